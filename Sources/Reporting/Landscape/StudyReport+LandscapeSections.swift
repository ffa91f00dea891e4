import Estimation
import Foundation
import Outcomes
import Trials
import Texts

/// What the analyses of trials come to, for readers.
extension StudyReport {
  /// The sections of a cell; none if its analyses say nothing.
  func sections(_ landscape: LandscapeSummary, of cell: CellSummary) -> [Report.Section] {
    let references = cell.references
    var sections: [[Report.Block]] = []
    // In a shallow network all of its neurons are those of the first layer, and a table above has the same.
    let isRepeated = cell.isShallow && !cell.initialDeath.counts.isEmpty
    if !isRepeated, let table = initiallyDeadTable(landscape, references) { sections.append([.table(table)]) }
    if landscape.hasLimits {
      if let table = optimumTable(landscape, references) { sections.append([.table(table)]) }
      sections.append(frozenTable(cell))
      sections.append([.table(table("quality of the limit", landscape.qualityLines(at: confidence)))])
      sections.append([.table(table("kind of the limit", landscape.kindLines(at: confidence)))])
      sections.append([.table(levelTable(landscape, references))])
      sections.append(structures(landscape, areFreeKnotFits: true))
      sections.append(structures(landscape, areFreeKnotFits: false))
      sections.append(criticalPoints(landscape))
    }
    sections.removeAll(where: \.isEmpty)
    if !sections.isEmpty {
      sections[0].insert(.heading("cell \(cell.label): landscape, \(counted(landscape.trials, "trial"))"), at: 0)
    }
    return sections.map { Report.Section($0) }
  }

  private typealias Line = LandscapeSummary.Line
  private typealias Comparison = (name: String, estimate: Estimate, theory: Double?)

  private func initiallyDeadTable(_ landscape: LandscapeSummary, _ references: CellReferences) -> ReportTable? {
    guard let any = landscape.anyDead(at: confidence), let all = landscape.allDead(at: confidence) else { return nil }
    return comparison(
      "at initialization", with: "closed form",
      [("a neuron is dead", any, references.anyDead), ("all neurons are dead", all, references.allDead)])
  }

  /// The probability of missing the global minimum, beside what dead neurons certify.
  private func optimumTable(_ landscape: LandscapeSummary, _ references: CellReferences) -> ReportTable? {
    guard let estimate = landscape.aboveOptimum(at: confidence) else { return nil }
    return comparison(
      "at the limit", with: "closed form: at least",
      [("risk above m_\(landscape.neurons)", estimate, references.missProbability)])
  }

  /// The median risk of the limits of clipping networks beside what their frozen parameters say.
  private func frozenTable(_ cell: CellSummary) -> [Report.Block] {
    typealias Row = (limit: QuantitySpread, frozen: FrozenReference)
    guard let limit = cell.limitRisk, let frozen = cell.frozen else { return [] }
    let table = ReportTable(
      "frozen", of: [(limit, frozen)],
      [
        ReportField<Row>("median limit risk", .real(.scientific(2))) { .real($0.limit.quantiles[1]) },
        ReportField("bound in place", .real(.scientific(2))) { .real($0.frozen.bound) },
        ReportField("rise of live neurons", .real(.digits(3))) { .real($0.frozen.rise) },
        ReportField("of the target", .real(.digits(3))) { .real($0.frozen.range) },
      ])
    return [.table(table)]
  }

  /// Trials, share, interval and lower bound.
  private func estimateFields<Row>(_ estimate: @escaping (Row) -> Estimate) -> [ReportField<Row>] {
    [ReportField("trials", .count) { .count(estimate($0).proportion.successes) }]
      + ReportField.bounds("p", confidence: confidenceText, estimate) + [.atLeast("p", estimate)]
  }

  /// Estimates beside what theory says of them: of all lines, or of none, and then without that column.
  private func comparison(_ title: String, with theory: String, _ lines: [Comparison]) -> ReportTable {
    let hasTheory = lines.contains { $0.theory != nil }
    return ReportTable(
      "comparison", of: lines,
      [ReportField(title, .text) { .text($0.name) }] + estimateFields(\Comparison.estimate)
        + (hasTheory ? [ReportField(theory, .real(.fixed(6))) { .real($0.theory) }] : []))
  }

  private func table(_ title: String, _ lines: [Line]) -> ReportTable {
    ReportTable(
      "limits", of: lines, [ReportField(title, .text) { .text($0.name) }] + estimateFields(\Line.estimate))
  }

  private func levelTable(_ landscape: LandscapeSummary, _ references: CellReferences) -> ReportTable {
    let value = ReportField<Line>("value", .real(.digits(8))) { .real($0.level.flatMap(references.value)) }
    return ReportTable(
      "levels", of: landscape.levelLines(at: confidence),
      [ReportField("level of the limit", .text) { .text($0.name) }] + (references.levels.isEmpty ? [] : [value])
        + estimateFields(\Line.estimate) + [
          ReportField("near, not at rest", .count) {
            $0.level == nil && $0.nearby == 0 ? .missing : .count($0.nearby)
          }
        ])
  }

  private func structures(_ landscape: LandscapeSummary, areFreeKnotFits: Bool) -> [Report.Block] {
    typealias Row = LandscapeSummary.StructureRow
    let ranking = landscape.structures(areFreeKnotFits: areFreeKnotFits)
    if ranking.rows.isEmpty { return [] }
    let distinctions: [ReportField<Row>] = [
      ReportField("merged", .truth) { .truth($0.key.hasMergedKinks) },
      ReportField("a neuron active everywhere", .truth) { .truth($0.key.hasActiveNeuron) },
    ]
    let table = ReportTable(
      "structures", of: ranking.rows,
      [ReportField("interior kinks", .count) { .count($0.key.interiorKinks) }]
        + (areFreeKnotFits ? [] : distinctions) + [
          ReportField("trials", .count) { .count($0.count.trials) },
          ReportField("smallest risk", .real(.digits(8))) { .real($0.count.smallestRisk) },
          ReportField("largest risk", .real(.digits(8))) { .real($0.count.largestRisk) },
          ReportField("levels", .tally) { .tally($0.count.tally) },
        ])
    let title =
      landscape.isDeep
      ? "limits at rest, by structure"
      : "limits at rest that are\(areFreeKnotFits ? "" : " not") free-knot fits, by structure"
    return [.heading(title), .table(table)] + remainder(ranking, "structures")
  }

  private func criticalPoints(_ landscape: LandscapeSummary) -> [Report.Block] {
    let ranking = landscape.criticalPoints
    if ranking.rows.isEmpty { return [] }
    let table = ReportTable(
      "critical_points", of: ranking.rows,
      [
        ReportField("critical point", .text) { .text($0.point.name) },
        ReportField("risk", .real(.digits(8))) { $0.point.risk == 0 ? .text("< 1e-12") : .real($0.point.risk) },
        ReportField("signature", .real(.digits(6))) { .real($0.point.signature) },
        ReportField("trials", .count) { .count($0.trials) },
      ])
    return [.table(table)] + remainder(ranking, "critical points")
  }

  private func remainder(_ ranking: LandscapeSummary.Ranking<some Any>, _ name: String) -> [Report.Block] {
    if ranking.moreRows == 0 { return [] }
    let number = ranking.isComplete ? "\(ranking.moreRows)" : "at least \(ranking.moreRows)"
    return [.note("and \(number) more \(name) in \(counted(ranking.moreTrials, "trial"))")]
  }

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
      ]
      if shown.contains(where: { $0.hasLimits && !$0.isDeep && $0.hasFreeKnotFits }) {
        notes.append("free-knot fit: one neuron at each interior kink, and one active everywhere")
      }
      if shown.contains(where: { $0.hasLimits && $0.isDeep }) {
        notes.append(
          "networks with several hidden layers: interior kinks are those between pieces longer than a thousandth of the "
            + "interval; the levels are names, of which none is known to be the smallest risk")
      }
    }
    if shown.contains(where: { $0.hasLimits && !$0.hasFreeKnotFits }) {
      notes.append(
        "clipping networks: a kink stands for a window, where 0 < w x + b < 1; neurons without one inside are dead or active "
          + "everywhere, and never move")
    }
    if cells.contains(where: { $0.frozen != nil && $0.limitRisk != nil }) {
      notes.append(
        "bound in place: of the risk where windows stand all over the interval; it and the rise are medians over the first "
          + "trials, of networks as they begin. The live neurons can raise "
          + "the network by the sum of their outer weights and no more; where that is less than the rise of the target, "
          + "windows do not stand all over the interval, and the limit is bounded by that, not by training")
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
