import Archive
import Ledger
import Texts

/// What of a damaged ledger was copied.
public struct SalvageReport: Sendable {
  private let salvage: Salvage
  private let path: String

  /// - Parameter path: of the new ledger.
  public init(_ salvage: Salvage, path: String) {
    self.salvage = salvage
    self.path = path
  }

  public var report: Report {
    let summary = salvage.summary
    let copied = summary.cells.reduce(0) { $0 + $1.copied }
    let lost = summary.cells.reduce(0) { $0 + $1.lost }
    let cells = ReportTable(
      "cells", of: summary.cells,
      [
        ReportField("cell", .text) { .text($0.record.label) }, ReportField("copied", .count) { .count($0.copied) },
        ReportField("lost", .count) { .count($0.lost) },
      ])
    var notes = [
      "\(counted(copied, "trial was", plural: "trials were")) copied to \(path)\(lost == 0 ? "" : ", \(lost) are damaged")"
    ]
    if summary.lostBlocks > 0 {
      notes.append(
        "\(summary.lostBlocks) damaged blocks do not say which trials they had")
    }
    if !summary.hasTargets {
      notes.append(
        "what was planned before the first trial is not known any more: bounds are those of a run that is looked at")
    }
    notes.append("the trials that are missing are computed anew, with the same bits, by:")
    return Report(
      "salvage", schema: 1,
      facts: [
        .init("study", .text(salvage.study.name)), .init("trials_copied", .count(copied)),
        .init("trials_lost", .count(lost)), .init("blocks_lost", .count(summary.lostBlocks)),
        .init("targets_known", .truth(summary.hasTargets)),
      ],
      tables: [cells],
      sections: [
        Report.Section([.heading(salvage.study.titleLine), salvage.study.programNote]), Report.Section([.table(cells)]),
        Report.Section(
          notes.map { .note($0) } + [.verbatim(RunRecord.commandLine(["landfall", "run", RunRecord.operand(path)]))]),
      ])
  }
}
