import Archive
import Foundation
import Ledger
import Studies

/// What of a study is done, and how its runs went.
public struct StatusReport: Sendable {
  private let study: StoredStudy
  private let settings: [CellSettings]
  private let cells: [Row]
  private let runs: [StoredRun]

  private typealias Row = (record: CellRecord, progress: CellProgress)

  public init(_ ledger: LedgerReader) throws {
    study = try ledger.study()
    // Of a study that this version of the program cannot read the labels are known alone.
    settings = (try? Study(in: ledger).cellSettings) ?? []
    cells = try ledger.cells().map { ($0, try ledger.progress(of: $0.key)) }
    runs = try ledger.runs()
  }

  public var report: Report {
    let runLines = runs.map { run in
      let ending = run.ending ?? "running, or killed"
      let ranks = "\(run.run.ranks) x \(run.run.threads)"
      return "run \(run.id), \(Self.date(run.run.started)), \(run.run.host), \(ranks) ranks x threads, "
        + "\(run.run.programText): \(ending)"
    }
    let missing = cells.reduce(0) { $0 + (Self.missing($1) ?? 0) }
    let isSequential = cells.contains { !$0.progress.rule.isEmpty }
    var ends: [String] = []
    if isSequential {
      ends.append(
        "the sampling ends by a rule, the target is the most that a cell can get: landfall report says which have met it"
      )
    }
    if missing > 0 {
      ends.append("\(missing) trials are missing: the same run command continues")
    } else if isSequential && runs.last?.ending != "done" {
      ends.append("the last run did not end by itself: the same run command continues")
    } else {
      ends.append("complete")
    }
    return Report(
      "status", schema: 1,
      facts: [
        .init("study", .text(study.study.name)), .init("kernel_level", .text(study.kernelLevel)),
        .init("created", .date(study.created)), .init("trials_missing", .count(missing)),
      ],
      tables: [
        ReportTable("cells", of: cells, CellColumns(settings).fields(\Row.record.label) + fields + [kernel(or: "")]),
        .runs(runs),
      ],
      sections: [
        Report.Section([
          .heading("\(study.study.name), \(study.kernelLevel) kernels, created \(Self.date(study.created))")
        ]),
        Report.Section([.table(overview)]),
        Report.Section((runLines + ends).map { .note($0) }),
      ])
  }

  private var overview: ReportTable {
    let showsKernels = cells.contains { !$0.record.kernel.isEmpty }
    return ReportTable(
      "cells", of: cells,
      [ReportField<Row>("cell", .text) { .text($0.record.label) }] + fields + (showsKernels ? [kernel(or: "-")] : []))
  }

  private var fields: [ReportField<Row>] {
    [
      ReportField("target", .count) { .count($0.progress.target ?? 0) },
      ReportField("stored", .count) { .count($0.progress.stored) },
      ReportField(.init("gap_free", title: "gap-free", .count)) { .count($0.progress.prefix) },
      ReportField("missing", .count) { .count(Self.missing($0)) },
    ]
  }

  private func kernel(or unknown: String) -> ReportField<Row> {
    ReportField("kernel", .text) { .text($0.record.kernel.isEmpty ? unknown : $0.record.kernel) }
  }

  /// Nil where a rule decides.
  private static func missing(_ row: Row) -> Int? {
    row.progress.rule.isEmpty ? max(0, (row.progress.target ?? 0) - row.progress.stored) : nil
  }

  private static func date(_ date: Date) -> String { date.formatted(.iso8601) }
}

extension ReportTable {
  /// The runs of a ledger, as data.
  static func runs(_ runs: [StoredRun]) -> ReportTable {
    ReportTable(
      "runs", of: runs,
      [
        ReportField("run", .count) { .count($0.id) },
        ReportField("started", .date) { .date($0.run.started) },
        ReportField("finished", .date) { .date($0.finished) },
        ReportField("ending", .text) { .text($0.ending) },
        ReportField("host", .text) { .text($0.run.host) },
        ReportField("ranks", .count) { .count($0.run.ranks) },
        ReportField("threads", .count) { .count($0.run.threads) },
        ReportField("version", .text) { .text($0.run.version) },
        ReportField("revision", .text) { .text($0.run.revision) },
        ReportField("arithmetic", .count) { $0.run.arithmetic == 0 ? .missing : .count($0.run.arithmetic) },
        ReportField("compiler", .text) { .text($0.run.compiler) },
        ReportField("command_line", .text) { .text($0.run.commandLine) },
      ])
  }
}
