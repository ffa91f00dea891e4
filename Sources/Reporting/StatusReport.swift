import Archive
import Foundation
import Ledger
import Studies
import Texts

/// What of a study is done, and how its runs went.
public struct StatusReport: Sendable {
  private let study: StoredStudy
  private let settings: [CellSettings]
  private let cells: [Row]
  private let runs: [StoredRun]
  private let lock: LockState
  private let crashes: [CrashRecord]

  private typealias Row = (record: CellRecord, progress: CellProgress)

  public init(_ ledger: LedgerReader) throws {
    // Before the rest: a run that ends meanwhile has left its ending there.
    lock = ledger.lock
    study = try ledger.study()
    // Of a study that this version of the program cannot read the labels are known alone; without seals it may be damage.
    do {
      settings = try Study(in: ledger).cellSettings
    } catch ArchiveError.unreadableStudy where study.hasSeals {
      settings = []
    }
    cells = try ledger.cells().map { ($0, try ledger.progress(of: $0.key)) }
    runs = try ledger.runs()
    crashes = try ledger.crashes()
  }

  /// What goes on with a ledger.
  private enum State: String {
    case running, stopped, killed, complete, incomplete
  }

  private var state: State {
    if case .held = lock { return .running }
    guard let last = runs.last else { return .incomplete }
    guard let ending = last.ending else { return .killed }
    if ending.hasPrefix("stopped") { return .stopped }
    return cells.contains { (Self.missing($0) ?? 0) > 0 } ? .incomplete : .complete
  }

  private var holder: LockHolder? { if case .held(let holder) = lock { holder } else { nil } }

  private var killedRuns: Int {
    runs.count { $0.ending == nil } - (state == .running && runs.last?.ending == nil ? 1 : 0)
  }

  private var stateText: String {
    switch state {
    case .running:
      let flight = holder?.trialsInFlight.map { ", \(counted($0, "trial")) in flight" } ?? ""
      return "running: \(holder?.text ?? "a process") writes the ledger\(flight)"
    case .stopped: return "stopped: the same run command continues"
    case .killed: return "killed: the last run did not end by itself, and the same run command continues"
    case .complete: return "complete: no run is at it"
    case .incomplete: return "not complete: the same run command continues"
    }
  }

  public var report: Report {
    let runLines = runs.map { run in
      let ending = run.ending ?? (state == .running && run.id == runs.last?.id ? "running" : "killed")
      let ranks = "\(counted(run.run.ranks, "rank")) x \(counted(run.run.threads, "thread"))"
      return "run \(run.id), \(Self.date(run.run.started)), \(run.run.host), \(ranks), "
        + "\(run.run.programText): \(ending)"
    }
    let missing = cells.reduce(0) { $0 + (Self.missing($1) ?? 0) }
    let isSequential = cells.contains { !$0.progress.rule.isEmpty }
    var ends = [stateText]
    if isSequential {
      ends.append(
        "the sampling ends by a rule, the target is the most that a cell can get: landfall report says which have met it"
      )
    }
    if missing > 0 { ends.append("\(counted(missing, "trial is", plural: "trials are")) missing") }
    for (record, _) in cells {
      let trials = crashes.filter { $0.cell == record.key }.map { "\($0.trial.value)" }
      if trials.isEmpty { continue }
      ends.append(
        "crashed: \(counted(trials.count, "trial")) of cell \(record.label), by a fault of landfall "
          + "(\(trials.prefix(5).joined(separator: ", "))\(trials.count > 5 ? ", ..." : ""))")
    }
    return Report(
      "status", schema: 1,
      facts: [
        .init("study", .text(study.study.name)), .init("kernel_level", .text(study.kernelLevel)),
        .init("created", .date(study.created)), .init("state", .text(state.rawValue)),
        .init("held_by_host", .text(holder?.host)),
        .init("held_by_process", holder.map { .count($0.processID) } ?? .missing),
        .init("trials_missing", .count(missing)),
        .init(
          "trials_in_flight", holder?.trialsInFlight.map { .count($0) } ?? (state == .running ? .missing : .count(0))),
        .init("runs_killed", .count(killedRuns)), .init("trials_crashed", .count(crashes.count)),
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
