import Estimation
import Outcomes

/// What the analyses of trials come to, as data.
extension StudyReport {
  /// Why the report has no table of this name although others have; nil where it has, or none has.
  public func unavailability(ofTable name: String) -> String? {
    if name == InitialDeath.tableName, initialDeathTable == nil {
      return "in \(path) nothing is dead at initialization, or it was not counted"
    }
    guard ["landscape", "reference_levels"].contains(name), cells.allSatisfy({ $0.landscape == nil }) else {
      return nil
    }
    return "\(path) holds no kinds and levels of limits: its study does not ask for them (limit: {classes: true})"
  }

  var landscapeTables: [ReportTable] { [landscapeTable, levelTable] }

  /// In long form: a row for each quality, kind, level, structure and critical point of each cell. Fields that a kind of row
  /// does not have are missing.
  private var landscapeTable: ReportTable {
    typealias Row = (cell: String, trials: Int, line: Line)
    let rows = cells.flatMap { cell -> [Row] in
      guard let landscape = cell.landscape else { return [] }
      return (lines(landscape, cell.references) + frozenLines(cell)).map { (cell.label, landscape.trials, $0) }
    }
    return ReportTable(
      "landscape", of: rows,
      cellColumns.fields(\Row.cell) + [
        ReportField("kind", .text) { .text($0.line.kind) },
        ReportField("name", .text) { .text($0.line.name) },
        ReportField("count", .count) { .count($0.line.count) },
        ReportField("trials", .count) { .count($0.line.estimate?.proportion.trials ?? $0.trials) },
      ] + ReportField.estimate("p") { $0.line.estimate } + [
        ReportField("method", .text) { .text($0.line.estimate?.method.rawValue) },
        ReportField("simultaneous_over", .count) { .count($0.line.simultaneousOver) },
        ReportField("reference", .real(.exact)) { .real($0.line.reference) },
        ReportField("smallest_risk", .real(.exact)) { .real($0.line.risks?.lowerBound) },
        ReportField("largest_risk", .real(.exact)) { .real($0.line.risks?.upperBound) },
        ReportField("signature", .real(.exact)) { .real($0.line.signature) },
        ReportField("levels", .tally) { $0.line.structure.map { .tally($0.count.tally) } ?? .missing },
        ReportField("interior_kinks", .count) { .count($0.line.structure?.key.interiorKinks) },
        ReportField("merged", .truth) { .truth($0.line.structure?.key.hasMergedKinks) },
        ReportField("has_active_neuron", .truth) { .truth($0.line.structure?.key.hasActiveNeuron) },
        ReportField("dead_neurons_per_trial", .real(.exact)) { .real($0.line.deadNeuronsPerTrial) },
      ])
  }

  /// The levels that are known for the cells.
  private var levelTable: ReportTable {
    typealias Row = (cell: String, level: ReferenceLevel)
    let rows = cells.filter { $0.landscape != nil }.flatMap { cell in
      cell.references.levels.map { level -> Row in (cell.label, level) }
    }
    return ReportTable(
      "reference_levels", of: rows,
      cellColumns.fields(\Row.cell) + [
        ReportField("level", .text) { .text($0.level.level.name) },
        ReportField("value", .real(.exact)) { .real($0.level.value) },
      ])
  }

  private struct Line {
    var kind: String
    var name: String
    var count: Int
    var estimate: Estimate?
    var reference: Double?
    var risks: ClosedRange<Double>?
    var signature: Double?
    var structure: LandscapeSummary.StructureRow?
    /// The rows whose bounds hold together.
    var simultaneousOver: Int?
    var deadNeuronsPerTrial: Double?
  }

  /// What frozen parameters say of the limits of clipping networks.
  private func frozenLines(_ cell: CellSummary) -> [Line] {
    guard let limit = cell.limitRisk, let frozen = cell.frozen else { return [] }
    return [
      Line(kind: "frozen", name: "median limit risk", count: limit.trials, reference: limit.quantiles[1]),
      Line(kind: "frozen", name: "bound with windows in place", count: frozen.trials, reference: frozen.bound),
      Line(kind: "frozen", name: "rise of the live neurons", count: frozen.trials, reference: frozen.rise),
      Line(kind: "frozen", name: "rise of the target", count: frozen.trials, reference: frozen.range),
    ]
  }

  private func lines(_ landscape: LandscapeSummary, _ references: CellReferences) -> [Line] {
    func line(
      _ kind: String, _ name: String, _ estimate: Estimate, reference: Double? = nil, over count: Int = 1
    ) -> Line {
      Line(
        kind: kind, name: name, count: estimate.proportion.successes, estimate: estimate, reference: reference,
        simultaneousOver: count)
    }
    var lines: [Line] = []
    for (name, estimate, reference) in [
      ("any", landscape.anyDead(at: confidence), references.anyDead),
      ("all", landscape.allDead(at: confidence), references.allDead),
    ] {
      guard let estimate else { continue }
      var dead = line("initially dead", name, estimate, reference: reference)
      dead.deadNeuronsPerTrial = Double(landscape.initiallyDead.neurons) / Double(landscape.initiallyDead.trials)
      lines.append(dead)
    }
    guard landscape.hasLimits else { return lines }
    if let estimate = landscape.aboveOptimum(at: confidence) {
      lines.append(
        line("limit", "above optimum", estimate, reference: references.missProbability))
    }
    let (qualities, kinds) = (landscape.qualityLines(at: confidence), landscape.kindLines(at: confidence))
    lines += qualities.map { line("quality", $0.name, $0.estimate, over: qualities.count) }
    lines += kinds.map { line("kind", $0.name, $0.estimate, over: kinds.count) }
    for level in landscape.levelLines(at: confidence) {
      lines.append(
        line(
          "level", level.name, level.estimate, reference: level.level.flatMap(references.value),
          over: landscape.possibleLevelLines))
      if level.nearby > 0 {
        lines.append(Line(kind: "near level", name: level.name, count: level.nearby))
      }
    }
    for areFreeKnotFits in [true, false] {
      let kind = landscape.isDeep ? "structure" : areFreeKnotFits ? "free-knot fit" : "other structure"
      let ranking = landscape.structures(areFreeKnotFits: areFreeKnotFits)
      lines += ranking.rows.map { row in
        Line(
          kind: kind, name: row.key.name, count: row.count.trials,
          risks: row.count.smallestRisk...row.count.largestRisk, structure: row)
      }
      if ranking.moreRows > 0 {
        lines.append(Line(kind: kind, name: "\(ranking.moreRows) more", count: ranking.moreTrials))
      }
    }
    let ranking = landscape.criticalPoints
    lines += ranking.rows.map { point, trials in
      Line(
        kind: "critical point", name: point.name, count: trials, risks: point.risk...point.risk,
        signature: point.signature)
    }
    if ranking.moreRows > 0 {
      lines.append(Line(kind: "critical point", name: "\(ranking.moreRows) more", count: ranking.moreTrials))
    }
    return lines
  }
}

extension LandscapeSummary.CriticalPoint {
  /// "good no way down".
  var name: String { (quality.map { "\($0.text) " } ?? "") + kind.text }
}

extension LandscapeSummary.StructureKey {
  /// "3 kinks", "3 kinks; merged; no neuron active everywhere".
  fileprivate var name: String {
    "\(interiorKinks) kinks" + (hasMergedKinks ? "; merged" : "")
      + (hasActiveNeuron ? "" : "; no neuron active everywhere")
  }
}
