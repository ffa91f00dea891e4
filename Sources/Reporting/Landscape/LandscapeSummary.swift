import Estimation
import Foundation
import Landscape
import Outcomes

/// What the analyses of a cell come to: counts over its gap-free prefix of trials.
public struct LandscapeSummary: Sendable, Hashable {
  /// Trials counted.
  public private(set) var trials = 0
  public let plan: SamplingPlan
  /// Hidden neurons of a network of the cell.
  public let neurons: Int
  /// Whether networks of the cell have several hidden layers.
  public let isDeep: Bool
  /// Limits at rest by quality; those between the bounds of a criterion have none.
  public private(set) var qualities: [LimitQuality: Int] = [:]
  /// Limits at rest by kind.
  public private(set) var kinds: [LimitKind: Int] = [:]
  /// Trials whose flow was still moving when its budget was over.
  public private(set) var moving = 0
  public private(set) var diverged = 0
  /// Trials of which nothing is known.
  private(set) var crashed = 0
  /// Trials that neither diverged nor crashed and have no limit.
  public private(set) var withoutLimit = 0
  public private(set) var initiallyDead = InitiallyDead()
  /// The smallest risk of networks of the cell's width; nil where it is not known.
  public let optimum: Double?
  /// Trials whose limit is at rest with a risk above the optimum by more than 1e-6 of it and is not global, and diverged
  /// ones.
  public private(set) var aboveOptimum = 0
  /// Trials whose limit is at rest at the optimum. Where the others lead is not known.
  public private(set) var atOptimum = 0
  /// Trials by level; only levels that a network of the cell can come to.
  public private(set) var levels: [RiskLevel: LevelCount] = [:]
  /// Trials at any other level.
  public private(set) var otherLevels = LevelCount()
  /// Limits at rest that lie at no level.
  public private(set) var atNoLevel = 0
  /// Whether a neuron has no two kinks, so that limits can be free-knot fits.
  let hasFreeKnotFits: Bool
  private let negligibleRisk: Double
  /// Of the trials planned before the first look, where others were added: one or none.
  private var planned: [LandscapeSummary] = []
  private var structures: [StructureKey: StructureCount] = [:]
  private var points: [CriticalPoint: Int] = [:]
  /// Trials whose critical points are not in `points` because there are too many different ones.
  private var morePoints = 0

  /// Dead neurons at initialization.
  public struct InitiallyDead: Sendable, Hashable {
    /// Trials in which they were counted.
    public var trials = 0
    /// Trials with at least one.
    public var any = 0
    /// Trials in which all neurons are dead.
    public var all = 0
    /// Dead neurons of all these trials.
    public var neurons = 0
  }

  public struct LevelCount: Sendable, Hashable {
    /// Limits at rest at the level.
    public var limits = 0
    /// Trials whose flow was still moving when its budget was over, with a risk near the level.
    public var nearby = 0
  }

  struct StructureKey: Sendable, Hashable {
    var interiorKinks: Int
    /// Whether more than one neuron stands at an interior kink.
    var hasMergedKinks: Bool
    /// Whether a neuron is active everywhere.
    var hasActiveNeuron: Bool

    /// In deep networks a neuron can have several kinks: only those of the network are told apart.
    init(_ structure: LimitStructure, isDeep: Bool) {
      interiorKinks = structure.interiorKinks
      hasMergedKinks = !isDeep && structure.kinkedNeurons != structure.interiorKinks
      hasActiveNeuron = isDeep || structure.activeNeurons > 0
    }

    var isFreeKnotFit: Bool { !hasMergedKinks && hasActiveNeuron }
  }

  struct StructureCount: Sendable, Hashable {
    var trials = 0
    var smallestRisk = Double.infinity
    var largestRisk = 0.0
    /// By level; nil for none.
    var levels: [RiskLevel?: Int] = [:]

    mutating func add(_ limit: FlowLimit) {
      trials += 1
      smallestRisk = min(smallestRisk, limit.risk)
      largestRisk = max(largestRisk, limit.risk)
      levels[limit.level, default: 0] += 1
    }

    /// The levels by name, the most frequent first.
    var tally: [ReportCell.Count] {
      levels.sorted { a, b in
        func order(_ row: (key: RiskLevel?, value: Int)) -> (Int, UInt8, Int) {
          (-row.value, row.key?.kind.rawValue ?? .max, row.key?.index ?? 0)
        }
        return order(a) < order(b)
      }.map { ReportCell.Count(name: $0.key?.name ?? "none", count: $0.value) }
    }
  }

  /// A critical point as far as risk and signature tell it from others.
  struct CriticalPoint: Sendable, Hashable {
    var quality: LimitQuality?
    var kind: LimitKind
    /// To 8 digits; 0 below 1e-12.
    var risk: Double
    /// To 6 digits.
    var signature: Double

    init(_ limit: FlowLimit, _ kind: LimitKind, _ quality: LimitQuality?) {
      self.kind = kind
      self.quality = quality
      risk = limit.risk < 1e-12 ? 0 : limit.risk.rounded(digits: 8)
      signature = limit.signature.rounded(digits: 6)
    }
  }

  /// Different critical points that are told apart: bounds the memory.
  private static let mostPoints = 1 << 16

  /// - Parameter negligibleRisk: risks up to this one are 0 but for rounding.
  init(plan: SamplingPlan, hidden: [Int], optimum: Double?, negligibleRisk: Double, hasFreeKnotFits: Bool) {
    self.plan = plan
    neurons = hidden.reduce(0, +)
    isDeep = hidden.count > 1
    self.optimum = optimum
    self.negligibleRisk = negligibleRisk
    self.hasFreeKnotFits = hasFreeKnotFits
  }

  /// Whether a trial has a limit.
  public var hasLimits: Bool { moving > 0 || !kinds.isEmpty }

  /// The same of the trials planned before the first look; nil where no others were added.
  var first: LandscapeSummary? { planned.first }

  /// The trials counted so far are those planned before the first look.
  mutating func endPlan() { planned = [self] }

  /// Counts a trial. The order matters only once there are more different critical points than are told apart.
  mutating func add(_ outcome: Outcome, _ analysis: TrialAnalysis, bounds: GoodBounds) {
    trials += 1
    if outcome.hasCrashed {
      crashed += 1
      return
    }
    if let dead = analysis.initiallyDeadNeurons {
      initiallyDead.trials += 1
      initiallyDead.neurons += dead
      if dead > 0 { initiallyDead.any += 1 }
      if dead == neurons { initiallyDead.all += 1 }
    }
    if let optimum {
      let bound = max(optimum * (1 + LandscapeAnalysis.globalTolerance) + outcome.riskError, negligibleRisk)
      if outcome.hasDiverged {
        aboveOptimum += 1
      } else if let limit = analysis.limit, limit.isAtRest {
        if !limit.isGlobal && limit.risk > bound { aboveOptimum += 1 } else { atOptimum += 1 }
      }
    }
    if let limit = analysis.limit {
      add(limit, LimitQuality(limit, bounds: bounds))
    } else if outcome.hasDiverged {
      diverged += 1
    } else {
      withoutLimit += 1
    }
  }

  private mutating func add(_ limit: FlowLimit, _ quality: LimitQuality?) {
    if let level = limit.level {
      let place = limit.isAtRest ? \LevelCount.limits : \.nearby
      if canCome(to: level) {
        levels[level, default: LevelCount()][keyPath: place] += 1
      } else {
        otherLevels[keyPath: place] += 1
      }
    } else if limit.isAtRest {
      atNoLevel += 1
    }
    guard let kind = limit.kind else {
      moving += 1
      return
    }
    kinds[kind, default: 0] += 1
    if let quality { qualities[quality, default: 0] += 1 }
    // A limit without neurons of any kind is one of a network that has no such structure.
    let structure = limit.structure
    if structure.kinkedNeurons + structure.activeNeurons + structure.inactiveNeurons > 0 {
      structures[StructureKey(structure, isDeep: isDeep), default: StructureCount()].add(limit)
    }
    if limit.signature != 0 {
      let point = CriticalPoint(limit, kind, quality)
      if points.count < Self.mostPoints || points[point] != nil {
        points[point, default: 0] += 1
      } else {
        morePoints += 1
      }
    }
  }

  // MARK: - Levels that a network can come to

  /// Whether networks of the cell can come to the level: shallow ones to the optimum of at most their width, as many pieces
  /// as their kinks make, saddles and local minima with at most as many kinks; deep ones to all that were searched.
  private func canCome(to level: RiskLevel) -> Bool {
    switch level.kind {
    case .optimum: 0...largestOptimum ~= level.index
    case .saddle: !isDeep && 0...neurons ~= level.index
    case .ladder: 1...mostPieces ~= level.index
    case .localFit: 0...largestOptimum + 1 ~= level.index
    }
  }

  private var largestOptimum: Int { isDeep ? RiskLevels.largestSearchedWidth : neurons }
  private var mostPieces: Int { isDeep ? RiskLevels.ladderLength : neurons + 1 }

  /// The lines that a table of levels can have: the names for which ``canCome(to:)`` holds, "other", "none", "not at rest",
  /// "not followed" and "diverged". It does not depend on any outcome.
  var possibleLevelLines: Int {
    (largestOptimum + 1) + mostPieces + (isDeep ? 0 : neurons + 1) + (largestOptimum + 2) + 5
  }

  // MARK: - Rankings

  /// The most frequent of many rows, and how many there are besides.
  struct Ranking<Row> {
    var rows: [Row]
    /// Rows that are left out, or at least this many.
    var moreRows: Int
    /// The trials of rows that are left out.
    var moreTrials: Int
    /// Whether all rows were told apart, so that `moreRows` is their exact number.
    var isComplete = true

    static var mostRows: Int { 20 }

    init(_ sorted: [Row], trials: (Row) -> Int) {
      rows = Array(sorted.prefix(Self.mostRows))
      let rest = sorted.dropFirst(Self.mostRows)
      moreRows = rest.count
      moreTrials = rest.reduce(0) { $0 + trials($1) }
    }
  }

  typealias StructureRow = (key: StructureKey, count: StructureCount)

  /// The structures of limits at rest that are free-knot fits, or that are none, the most frequent first.
  func structures(areFreeKnotFits: Bool) -> Ranking<StructureRow> {
    let sorted = structures.filter { (hasFreeKnotFits && $0.key.isFreeKnotFit) == areFreeKnotFits }.sorted { a, b in
      func order(_ row: (key: StructureKey, value: StructureCount)) -> (Int, Int, Int, Int) {
        (
          -row.value.trials, row.key.interiorKinks, row.key.hasMergedKinks ? 1 : 0, row.key.hasActiveNeuron ? 1 : 0
        )
      }
      return order(a) < order(b)
    }
    return Ranking(sorted.map { (key: $0.key, count: $0.value) }) { $0.count.trials }
  }

  typealias CriticalPointRow = (point: CriticalPoint, trials: Int)

  /// The limits at rest with a signature, the most frequent first.
  var criticalPoints: Ranking<CriticalPointRow> {
    let sorted = points.sorted { a, b in
      func order(_ row: (key: CriticalPoint, value: Int)) -> (Int, Double, Double, UInt8) {
        (-row.value, row.key.risk, row.key.signature, row.key.kind.rawValue)
      }
      return order(a) < order(b)
    }
    var ranking = Ranking(sorted.map { (point: $0.key, trials: $0.value) }) { $0.trials }
    if morePoints > 0 {
      ranking.moreRows += 1
      ranking.moreTrials += morePoints
      ranking.isComplete = false
    }
    return ranking
  }
}
