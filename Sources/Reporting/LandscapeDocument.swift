import Estimation
import Outcomes

/// What the analyses of a cell come to, as JSON; every field is described in Documentation/report.md.
struct LandscapeDocument: Codable, Hashable {
  struct Dead: Codable, Hashable {
    var p: ReportDocument.Bounds
    /// Null where it is not known.
    var closedForm: Double?
  }

  struct InitiallyDead: Codable, Hashable {
    var neuronsPerTrial: Double
    var any: Dead
    var all: Dead
  }

  struct Quality: Codable, Hashable {
    var quality: String
    var p: ReportDocument.Bounds
  }

  struct Kind: Codable, Hashable {
    var kind: String
    var p: ReportDocument.Bounds
  }

  struct Level: Codable, Hashable {
    var level: String
    /// Null where it is not known.
    var value: Double?
    var p: ReportDocument.Bounds
    var nearNotAtRest: Int
  }

  struct Reference: Codable, Hashable {
    var level: String
    var value: Double
  }

  struct Structure: Codable, Hashable {
    var interiorKinks: Int
    var merged: Bool
    var hasActiveNeuron: Bool
    var trials: Int
    var smallestRisk: Double
    var largestRisk: Double
    var levels: [Count]
  }

  struct Count: Codable, Hashable {
    var level: String
    var trials: Int
  }

  struct Structures: Codable, Hashable {
    var rows: [Structure]
    var moreRows: Int
    var moreTrials: Int

    init(_ ranking: LandscapeSummary.Ranking<LandscapeSummary.StructureRow>) {
      rows = ranking.rows.map { key, count in
        Structure(
          interiorKinks: key.interiorKinks, merged: key.hasMergedKinks, hasActiveNeuron: key.hasActiveNeuron,
          trials: count.trials, smallestRisk: count.smallestRisk, largestRisk: count.largestRisk,
          levels: count.sortedLevels.map { Count(level: $0.name, trials: $0.trials) })
      }
      moreRows = ranking.moreRows
      moreTrials = ranking.moreTrials
    }
  }

  struct CriticalPoint: Codable, Hashable {
    /// Null between the bounds of a criterion of which only a bracket is known.
    var quality: String?
    var kind: String
    var risk: Double
    var signature: Double
    var trials: Int
  }

  struct CriticalPoints: Codable, Hashable {
    var rows: [CriticalPoint]
    var moreRows: Int
    var moreTrials: Int

    init(_ ranking: LandscapeSummary.Ranking<LandscapeSummary.CriticalPointRow>) {
      rows = ranking.rows.map { point, trials in
        CriticalPoint(
          quality: point.quality?.text, kind: point.kind.text, risk: point.risk, signature: point.signature,
          trials: trials)
      }
      moreRows = ranking.moreRows
      moreTrials = ranking.moreTrials
    }
  }

  /// Null where dead neurons were not counted.
  var initiallyDead: InitiallyDead?
  /// P(risk of the limit above the optimum), and the closed form of a lower bound; null where the optimum is not known.
  var aboveOptimum: Dead?
  /// These are empty without limits.
  var qualities: [Quality]
  var kinds: [Kind]
  var levels: [Level]
  var possibleLevelLines: Int
  var withoutLimit: Int
  var freeKnotFits: Structures
  var otherStructures: Structures
  var criticalPoints: CriticalPoints
  var referenceLevels: [Reference]

  init(_ landscape: LandscapeSummary, _ references: CellReferences, at confidence: ConfidenceLevel) {
    if let any = landscape.anyDead(at: confidence), let all = landscape.allDead(at: confidence) {
      initiallyDead = InitiallyDead(
        neuronsPerTrial: Double(landscape.initiallyDead.neurons) / Double(landscape.initiallyDead.trials),
        any: Dead(p: .init(any), closedForm: references.anyDead),
        all: Dead(p: .init(all), closedForm: references.allDead))
    }
    aboveOptimum = landscape.aboveOptimum(at: confidence).map {
      Dead(p: .init($0), closedForm: references.missProbability)
    }
    let hasLimits = landscape.hasLimits
    qualities =
      !hasLimits ? [] : landscape.qualityLines(at: confidence).map { Quality(quality: $0.name, p: .init($0.estimate)) }
    kinds =
      !hasLimits ? [] : landscape.kindLines(at: confidence).map { Kind(kind: $0.name, p: .init($0.estimate)) }
    levels =
      !hasLimits
      ? []
      : landscape.levelLines(at: confidence).map {
        Level(
          level: $0.name, value: $0.level.flatMap(references.value), p: .init($0.estimate), nearNotAtRest: $0.nearby)
      }
    possibleLevelLines = landscape.possibleLevelLines
    withoutLimit = landscape.withoutLimit
    freeKnotFits = Structures(landscape.structures(areFreeKnotFits: true))
    otherStructures = Structures(landscape.structures(areFreeKnotFits: false))
    criticalPoints = CriticalPoints(landscape.criticalPoints)
    referenceLevels = references.levels.map { Reference(level: $0.level.name, value: $0.value) }
  }
}
