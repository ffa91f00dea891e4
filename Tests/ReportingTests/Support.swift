import Foundation
import Ledger
import Outcomes
import Studies

/// Fills a ledger of the study inner-bias with two cells, 5 and 20, by `fill`, and hands it to `check`.
func withLedger(
  trials: Int = 10, stream: String = "independent", kernels: [String] = ["", ""], checkpoints: [Int] = [],
  analysis: Bool = false,
  _ fill: (LedgerWriter, Study) throws -> Void, _ check: (LedgerReader) throws -> Void
) throws {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).landfall").path
  defer {
    for suffix in ["", ".lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
  }
  let study = try Study.load(
    "inner-bias",
    overrides: [
      Override(key: "network.hidden", value: "[[5], [20]]"), Override(key: "sampling.trials", value: "\(trials)"),
      Override(key: "training.batch.stream", value: stream),
    ])
  let writer = try LedgerWriter.open(
    path: path, study: StudyRecord(name: study.name, definition: study.definition, hash: study.hash),
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
  try check(LedgerReader.open(path: path))
}
