import Foundation
import Ledger
import Studies

/// What of a study is done, and how its runs went.
public struct StatusReport: Sendable {
  private let study: StoredStudy
  private let cells: [(record: CellRecord, progress: CellProgress)]
  private let runs: [StoredRun]

  public init(_ ledger: LedgerReader) throws {
    study = try ledger.study()
    cells = try ledger.cells().map { ($0, try ledger.progress(of: $0.key)) }
    runs = try ledger.runs()
  }

  public var text: String {
    var text = "\(study.study.name), \(study.kernelLevel) kernels, created \(Self.date(study.created))\n\n"
    let showsKernels = cells.contains { !$0.record.kernel.isEmpty }
    var table = TextTable(
      header: ["cell", "target", "stored", "gap-free", "missing"] + (showsKernels ? ["kernel"] : []))
    for (record, progress) in cells {
      let target = progress.target ?? 0
      table.append(
        [
          record.label, "\(target)", "\(progress.stored)", "\(progress.prefix)",
          "\(max(0, target - progress.stored))",
        ] + (showsKernels ? [record.kernel.isEmpty ? "-" : record.kernel] : []))
    }
    text += table.text + "\n"
    for run in runs {
      let ending = run.ending ?? "running, or killed"
      let ranks = "\(run.run.ranks) x \(run.run.threads)"
      text +=
        "run \(run.id), \(Self.date(run.run.started)), \(run.run.host), \(ranks) ranks x threads, "
        + "\(run.run.programText): \(ending)\n"
    }
    let missing = cells.reduce(0) { $0 + max(0, ($1.progress.target ?? 0) - $1.progress.stored) }
    text += missing == 0 ? "complete\n" : "\(missing) trials are missing: the same run command continues\n"
    return text
  }

  private static func date(_ date: Date) -> String { date.formatted(.iso8601) }
}
