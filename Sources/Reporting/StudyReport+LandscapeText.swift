import Estimation
import Foundation
import Outcomes

extension StudyReport {
  /// The block of a cell: what the analyses of its trials come to; empty if they say nothing.
  func text(_ landscape: LandscapeSummary, of cell: CellSummary) -> String {
    let text = self.text(landscape, cell.references)
    return text.isEmpty ? "" : "cell \(cell.label): landscape, \(landscape.trials) trials\n" + text
  }

  private func text(_ landscape: LandscapeSummary, _ references: CellReferences) -> String {
    var text = ""
    if let table = initiallyDeadTable(landscape, references) { text += table.text + "\n" }
    if landscape.certified.trials > 0 {
      let certified = landscape.certified
      text +=
        "certified when training ended that the gradient flow ends at a global minimum: \(certified.trials) trials; "
      text += "\(certified.notConverged) of them not converged then, "
      text += "\(certified.limitNotConverged) with a limit that is not converged\n\n"
    }
    guard landscape.hasLimits else { return text }
    if let table = optimumTable(landscape, references) { text += table.text + "\n" }
    text += classTable(landscape).text + "\n"
    text += levelTable(landscape, references).text + "\n"
    text += structureText(landscape, areFreeKnotFits: true)
    text += structureText(landscape, areFreeKnotFits: false)
    text += criticalPointText(landscape)
    return text
  }

  private var boundsHeader: [String] {
    ["P", "\(ReportText.percent(study.sampling.confidence)) interval", "at least"]
  }

  private func initiallyDeadTable(_ landscape: LandscapeSummary, _ references: CellReferences) -> TextTable? {
    guard let any = landscape.anyDead(at: confidence), let all = landscape.allDead(at: confidence) else { return nil }
    return comparison(
      "at initialization", with: "closed form",
      [("a neuron is dead", any, references.anyDead), ("all neurons are dead", all, references.allDead)])
  }

  /// The probability of missing the global minimum, beside what dead neurons certify.
  private func optimumTable(_ landscape: LandscapeSummary, _ references: CellReferences) -> TextTable? {
    guard let estimate = landscape.aboveOptimum(at: confidence) else { return nil }
    return comparison(
      "at the limit", with: "closed form: at least",
      [("risk above m_\(landscape.neurons)", estimate, references.missProbability)])
  }

  /// Estimates beside what theory says of them: of all lines, or of none, and then without that column.
  private func comparison(
    _ title: String, with theory: String, _ lines: [(name: String, estimate: Estimate, theory: Double?)]
  ) -> TextTable {
    let hasTheory = lines.contains { $0.theory != nil }
    var table = TextTable(header: [title, "trials"] + boundsHeader + (hasTheory ? [theory] : []))
    for line in lines {
      table.append(
        [line.name, "\(line.estimate.proportion.successes)"] + ReportText.columns(line.estimate)
          + (line.theory.map { [String(format: "%.6f", $0)] } ?? []))
    }
    return table
  }

  private func classTable(_ landscape: LandscapeSummary) -> TextTable {
    var table = TextTable(header: ["class of the limit", "trials"] + boundsHeader)
    for line in landscape.classLines(at: confidence) {
      table.append([line.name, "\(line.estimate.proportion.successes)"] + ReportText.columns(line.estimate))
    }
    return table
  }

  private func levelTable(_ landscape: LandscapeSummary, _ references: CellReferences) -> TextTable {
    let showsValues = !references.levels.isEmpty
    var table = TextTable(
      header: ["level of the limit"] + (showsValues ? ["value"] : []) + ["trials"] + boundsHeader
        + ["near, not converged"])
    for line in landscape.levelLines(at: confidence) {
      let value = line.level.flatMap(references.value).map(Self.risk) ?? "-"
      table.append(
        [line.name] + (showsValues ? [value] : []) + ["\(line.estimate.proportion.successes)"]
          + ReportText.columns(line.estimate) + [line.level == nil && line.nearby == 0 ? "-" : "\(line.nearby)"])
    }
    return table
  }

  private func structureText(_ landscape: LandscapeSummary, areFreeKnotFits: Bool) -> String {
    let ranking = landscape.structures(areFreeKnotFits: areFreeKnotFits)
    if ranking.rows.isEmpty { return "" }
    var table = TextTable(
      header: ["interior kinks"] + (areFreeKnotFits ? [] : ["merged", "a neuron active everywhere"]) + [
        "trials", "smallest risk", "largest risk", "levels",
      ])
    for (key, count) in ranking.rows {
      let kind = areFreeKnotFits ? [] : [key.hasMergedKinks ? "yes" : "no", key.hasActiveNeuron ? "yes" : "no"]
      table.append(
        ["\(key.interiorKinks)"] + kind + [
          "\(count.trials)", Self.risk(count.smallestRisk), Self.risk(count.largestRisk),
          count.sortedLevels.map { "\($0.name) \($0.trials)" }.joined(separator: ", "),
        ])
    }
    let title = areFreeKnotFits ? "stationary limits that are" : "stationary limits that are not"
    return "\(title) free-knot fits, by structure\n" + table.text
      + remainder(ranking, "structures") + "\n"
  }

  private func criticalPointText(_ landscape: LandscapeSummary) -> String {
    let ranking = landscape.criticalPoints
    if ranking.rows.isEmpty { return "" }
    var table = TextTable(header: ["critical point", "risk", "signature", "trials"])
    for (point, trials) in ranking.rows {
      table.append([
        point.pointClass.text, point.risk == 0 ? "< 1e-12" : Self.risk(point.risk),
        String(format: "%.6g", point.signature), "\(trials)",
      ])
    }
    return table.text + remainder(ranking, "critical points") + "\n"
  }

  private func remainder(_ ranking: LandscapeSummary.Ranking<some Any>, _ name: String) -> String {
    if ranking.moreRows == 0 { return "" }
    let number = ranking.isComplete ? "\(ranking.moreRows)" : "at least \(ranking.moreRows)"
    return "and \(number) more \(name) in \(ranking.moreTrials) trials\n"
  }

  private static func risk(_ value: Double) -> String { String(format: "%.8g", value) }

  /// What the blocks of the cells need to be understood.
  var landscapeNotes: [String] {
    let shown = cells.compactMap(\.landscape).filter { $0.trials > 0 }
    var notes: [String] = []
    if shown.contains(where: \.hasLimits) {
      let numbers = Set(shown.map(\.possibleLevelLines)).sorted()
      let lines = numbers.count == 1 ? "\(numbers[0])" : "\(numbers[0]) to \(numbers.last!)"
      notes += [
        "limit: of the gradient flow from the end of training, over all trials; at a level if it is stationary and its risk "
          + "within 1e-3 of it",
        "classes: the intervals of a cell hold together, and so do the lower bounds (Bonferroni, "
          + "\(LandscapeSummary.classNames.count))",
        "levels: listed if they occur; for their bounds to hold together all the same, they are corrected for all lines that "
          + "networks of this width can have (Bonferroni, \(lines))",
        "free-knot fit: one neuron at each interior kink, and one active everywhere",
      ]
    }
    let without = shown.reduce(0) { $0 + $1.withoutLimit }
    if without > 0 && shown.contains(where: \.hasLimits) {
      notes.append("trials without limit that did not diverge, and are in no line of classes and levels: \(without)")
    }
    if shown.contains(where: { !$0.criticalPoints.rows.isEmpty }) {
      notes.append(
        "critical points are told apart by risk to 8 digits and signature to 6; risks below 1e-12 count as 0")
    }
    return notes
  }
}
