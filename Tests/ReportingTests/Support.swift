import Foundation
import Ledger
import Outcomes
import Studies
import TestSupport

/// Fills a ledger of a built-in study with networks of these widths by `fill`, and hands it to `check`.
func withLedger(
  of name: String = "inner-bias", hidden: String = "[[5], [20]]", trials: Int = 10, stream: String? = nil,
  kernels: [String] = ["", ""], checkpoints: [Int] = [], analysis: Bool = false,
  _ fill: (LedgerWriter, Study) throws -> Void, _ check: (LedgerReader) throws -> Void
) throws {
  var overrides = [
    Override(key: "network.hidden", value: hidden), Override(key: "sampling.trials", value: "\(trials)"),
  ]
  if let stream { overrides.append(Override(key: "training.batch.stream", value: stream)) }
  let study = try Study.load(name, overrides: overrides)
  try withTemporaryFolder { folder in
    let writer = try LedgerWriter.open(
      path: folder.file(), study: StudyRecord(name: study.name, definition: study.definition, hash: study.hash),
      cells: zip(study.cells, kernels).map {
        CellRecord(
          key: $0.key, label: $0.label, definition: $0.definition, kernel: $1, checkpoints: checkpoints,
          hasAnalysis: analysis)
      },
      run: RunRecord(
        started: Date(timeIntervalSince1970: 1_800_000_000), host: "node", processID: 1, ranks: 2, threads: 1,
        kernelLevel: "avx2", version: "0.1.0", compiler: "Swift", mpi: "Open MPI", commandLine: "landfall run", seed: 5)
    )
    for cell in study.cells { try writer.target(cell.key, trials: trials) }
    try fill(writer, study)
    try writer.finish(ending: "done", at: Date(timeIntervalSince1970: 1_800_000_021))
    try check(LedgerReader.open(path: folder.file()))
  }
}
