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
    guard landscape.hasLimits else { return text }
    if let table = optimumTable(landscape, references) { text += table.text + "\n" }
    text += table("quality of the limit", landscape.qualityLines(at: confidence)).text + "\n"
    text += table("kind of the limit", landscape.kindLines(at: confidence)).text + "\n"
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

  private func table(_ title: String, _ lines: [LandscapeSummary.Line]) -> TextTable {
    var table = TextTable(header: [title, "trials"] + boundsHeader)
    for line in lines {
      table.append([line.name, "\(line.estimate.proportion.successes)"] + ReportText.columns(line.estimate))
    }
    return table
  }

  private func levelTable(_ landscape: LandscapeSummary, _ references: CellReferences) -> TextTable {
    let showsValues = !references.levels.isEmpty
    var table = TextTable(
      header: ["level of the limit"] + (showsValues ? ["value"] : []) + ["trials"] + boundsHeader
        + ["near, not at rest"])
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
    let title = areFreeKnotFits ? "limits at rest that are" : "limits at rest that are not"
    return "\(title) free-knot fits, by structure\n" + table.text
      + remainder(ranking, "structures") + "\n"
  }

  private func criticalPointText(_ landscape: LandscapeSummary) -> String {
    let ranking = landscape.criticalPoints
    if ranking.rows.isEmpty { return "" }
    var table = TextTable(header: ["critical point", "risk", "signature", "trials"])
    for (point, trials) in ranking.rows {
      table.append([
        point.name, point.risk == 0 ? "< 1e-12" : Self.risk(point.risk),
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
        "limit: of the gradient flow from the end of training, over all trials; at a level if it is at rest and its risk "
          + "within 1e-3 of it",
        "quality: by the risk; global: the smallest of networks of this width. kind: by derivatives and structure; minimum: "
          + "by a theorem, no way down: to second order. For each the intervals of a cell hold together, and so do the lower "
          + "bounds (Bonferroni)",
        "levels: listed if they occur; for their bounds to hold together all the same, they are corrected for all lines that "
          + "networks of this width can have (Bonferroni, \(lines))",
        "free-knot fit: one neuron at each interior kink, and one active everywhere",
      ]
    }
    if shown.contains(where: { $0.hasLimits && $0.withoutLimit > 0 }) {
      notes.append(
        "not followed: trials whose verdict needs no limit; limit: {classes: true} in the study follows them too")
    }
    if shown.contains(where: { !$0.criticalPoints.rows.isEmpty }) {
      notes.append(
        "critical points are told apart by risk to 8 digits and signature to 6; risks below 1e-12 count as 0")
    }
    return notes
  }
}
