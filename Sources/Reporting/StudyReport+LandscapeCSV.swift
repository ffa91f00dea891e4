import Estimation
import Outcomes

/// Why a report of the landscape cannot be given.
public enum LandscapeRequestError: Error, Sendable, Hashable, CustomStringConvertible {
  case noAnalysis(path: String)

  public var description: String {
    switch self {
    case .noAnalysis(let path):
      "\(path) holds no kinds and levels of limits: its study does not ask for them (limit: {classes: true})"
    }
  }
}

extension StudyReport {
  /// What the analyses come to as CSV, in long form: a line for each quality, kind, level, structure and critical point
  /// of each cell. Fields that a kind of line does not have are empty.
  ///
  /// - Throws: ``LandscapeRequestError/noAnalysis(path:)``.
  public func landscapeCSV() throws(LandscapeRequestError) -> String {
    guard cells.contains(where: { $0.landscape != nil }) else { throw .noAnalysis(path: path) }
    var text =
      "cell,kind,name,count,trials,p,p_lower,p_upper,p_at_least,method,reference,smallest_risk,largest_risk,signature,"
      + "levels\n"
    for cell in cells {
      guard let landscape = cell.landscape else { continue }
      for line in lines(landscape, cell.references) { text += line.text(cell: cell.label, trials: landscape.trials) }
    }
    return text
  }

  private struct Line {
    var kind: String
    var name: String
    var count: Int
    var estimate: Estimate?
    var reference: Double?
    var risks: ClosedRange<Double>?
    var signature: Double?
    var levels = ""

    func text(cell: String, trials: Int) -> String {
      var fields = [cell, kind, name, "\(count)", "\(estimate?.proportion.trials ?? trials)"]
      fields += estimate.map { CSV.columns($0) + [$0.method.rawValue] } ?? ["", "", "", "", ""]
      fields += [reference, risks?.lowerBound, risks?.upperBound, signature].map { $0.map(CSV.real) ?? "" }
      return (fields + [levels]).joined(separator: ",") + "\n"
    }
  }

  private func lines(_ landscape: LandscapeSummary, _ references: CellReferences) -> [Line] {
    func line(_ kind: String, _ name: String, _ estimate: Estimate, reference: Double? = nil) -> Line {
      Line(
        kind: kind, name: name, count: estimate.proportion.successes, estimate: estimate, reference: reference)
    }
    var lines: [Line] = []
    for (name, estimate, reference) in [
      ("any", landscape.anyDead(at: confidence), references.anyDead),
      ("all", landscape.allDead(at: confidence), references.allDead),
    ] {
      if let estimate { lines.append(line("initially dead", name, estimate, reference: reference)) }
    }
    guard landscape.hasLimits else { return lines }
    if let estimate = landscape.aboveOptimum(at: confidence) {
      lines.append(
        line("limit", "above optimum", estimate, reference: references.missProbability))
    }
    lines += landscape.qualityLines(at: confidence).map { line("quality", $0.name, $0.estimate) }
    lines += landscape.kindLines(at: confidence).map { line("kind", $0.name, $0.estimate) }
    for level in landscape.levelLines(at: confidence) {
      lines.append(line("level", level.name, level.estimate, reference: level.level.flatMap(references.value)))
      if level.nearby > 0 {
        lines.append(Line(kind: "near level", name: level.name, count: level.nearby))
      }
    }
    for areFreeKnotFits in [true, false] {
      let kind = areFreeKnotFits ? "free-knot fit" : "other structure"
      let ranking = landscape.structures(areFreeKnotFits: areFreeKnotFits)
      lines += ranking.rows.map { key, count in
        Line(
          kind: kind, name: key.name, count: count.trials, risks: count.smallestRisk...count.largestRisk,
          levels: count.sortedLevels.map { "\($0.name) \($0.trials)" }.joined(separator: "; "))
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
