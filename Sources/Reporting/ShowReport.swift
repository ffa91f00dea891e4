import Archive
import Ledger
import Studies

/// What a ledger is about: its study, its runs, its arithmetic.
public struct ShowReport: Sendable {
  private let path: String
  private let stored: StoredStudy
  private let study: Study
  private let targets: [Int]
  private let runs: [StoredRun]

  public init(_ ledger: LedgerReader) throws {
    path = ledger.path
    stored = try ledger.study()
    study = try Study(in: ledger)
    targets = try study.cells.map { try ledger.progress(of: $0.key).target ?? 0 }
    runs = try ledger.runs()
  }

  private var studyText: String { study.text(trials: targets) ?? study.textWithoutTrials }

  /// "1", "1 and 2"; empty where no run knows it.
  private var arithmeticText: String {
    Set(runs.map(\.run.arithmetic)).subtracting([0]).sorted().map(String.init).joined(separator: " and ")
  }

  public var report: Report {
    let cells = zip(study.cells, targets).map { (cell: $0, target: $1) }
    let table = ReportTable(
      "cells", of: cells,
      [
        ReportField("cell", .text) { .text($0.cell.label) }, ReportField("key", .text) { .text($0.cell.key.text) },
        ReportField("target", .count) { .count($0.target) },
      ])
    let facts = [
      "ledger schema \(stored.schema)\(stored.hasSeals ? "" : ", without checksums of targets, runs and verdicts")",
      "kernel level \(stored.kernelLevel), arithmetic \(arithmeticText.isEmpty ? "unknown" : arithmeticText)",
      "created \(stored.created.formatted(.iso8601)) by landfall \(stored.version)",
    ]
    let runLines = runs.map { run in
      "run \(run.id), \(run.run.started.formatted(.iso8601)), \(run.run.host), \(run.run.programText), \(run.run.mpi): "
        + (run.ending ?? "no ending")
    }
    return Report(
      "show", schema: 1,
      facts: [
        .init("study", .text(study.name)), .init("ledger_schema", .count(stored.schema)),
        .init("kernel_level", .text(stored.kernelLevel)), .init("arithmetic", .text(arithmeticText)),
        .init("created", .date(stored.created)), .init("version", .text(stored.version)),
        .init("study_text", .text(studyText)),
      ],
      tables: [table, .runs(runs)],
      sections: [
        Report.Section([.heading(study.titleLine)] + facts.map { .note($0) }),
        Report.Section([.heading("The study"), .verbatim(studyText)]),
        Report.Section([.heading("Its cells"), .table(table)]),
        Report.Section(
          [.heading("Its runs")]
            + zip(runLines, runs).flatMap { [.note($0), .verbatim($1.run.commandLine)] as [Report.Block] }),
      ])
  }
}
