import Archive
import Foundation
import Ledger
import Outcomes
import Studies

/// A trial of a ledger that was computed anew, beside what is stored of it.
public struct ReplayReport: Sendable {
  private let comparison: Replay.Comparison
  private let study: Study
  private let kernelLevel: String

  /// Computes the trial.
  ///
  /// - Parameter selection: fits one cell.
  /// - Throws: also ``CellSelectionError``, where the selection fits no cell or several.
  public init(_ replay: Replay, _ ledger: LedgerReader, cell selection: CellSelection, trial: TrialIndex) throws {
    study = replay.study
    kernelLevel = replay.kernels.level.name
    comparison = try replay.comparison(trial, ofCell: selection.place(in: study.cellSettings), in: ledger)
  }

  /// What users are told where the bits differ; nil where they do not.
  public var failure: String? {
    let names = comparison.differences.map(\.observable.name)
    if names.isEmpty { return nil }
    return
      "trial \(comparison.trial) of cell \(comparison.cell.label) comes out with other bits than those that are stored: "
      + names.joined(separator: ", ")
  }

  /// Of the JSON.
  private static let schema = 1

  public var report: Report {
    // Where there is no value in either, nothing is compared.
    let quantities = (comparison.determined + comparison.limit).filter { $0.stored != nil || $0.recomputed != nil }
    let name = ReportField<Replay.Quantity>(.init("quantity", title: "quantity", .text, alignment: .left)) {
      .text($0.observable.name)
    }
    let stored = ReportField<Replay.Quantity>("stored", .text) { .text(Self.text($0.stored, $0.observable)) }
    let data = ReportTable(
      "quantities", of: quantities,
      [
        name, stored, ReportField("recomputed", .text) { .text(Self.text($0.recomputed, $0.observable)) },
        ReportField("same_bits", .truth) { .truth($0.isSame) },
      ])
    let table = ReportTable(
      "quantities", of: quantities,
      [
        name, stored,
        ReportField("recomputed", .text) { .text($0.isSame ? "the same" : Self.text($0.recomputed, $0.observable)) },
      ])
    let count = comparison.determined.count
    let same = comparison.differences.isEmpty
    var notes = [
      failure ?? "the same bits: whatever training determines (\(count) quantities)",
      "verdict: \(comparison.storedVerdict.text) as stored, \(comparison.verdict.text) as recomputed",
    ]
    if !comparison.limit.isEmpty {
      notes.append("quantities of the limit may differ in their last digits from machine to machine")
    }
    return Report(
      "replay", schema: Self.schema,
      facts: [
        .init("study", .text(study.name)), .init("cell", .text(comparison.cell.label)),
        .init("trial", .count(comparison.trial)), .init("kernel_level", .text(kernelLevel)),
        .init("same_bits", .truth(same)), .init("stored_verdict", .text(comparison.storedVerdict.text)),
        .init("verdict", .text(comparison.verdict.text)),
      ],
      tables: [data],
      sections: [
        Report.Section([
          .heading(study.titleLine), study.programNote,
          .note("cell \(comparison.cell.label), trial \(comparison.trial), recomputed alone, \(kernelLevel)"),
        ]), Report.Section([.table(table)]), Report.Section(notes.map { .note($0) }),
      ])
  }

  private static func text(_ value: Double?, _ observable: Observable) -> String? {
    let column = ReportTable.Column(observable.name, observable.domain.kind)
    return value.map { column.text(observable.domain.cell($0)) }
  }
}
