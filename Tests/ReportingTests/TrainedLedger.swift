import Archive
import Foundation
import Kernels
import Ledger
import Outcomes
import Studies
import TestSupport
import Trials

/// A ledger of a study with what its trials come to, 6 of each cell in blocks of 4 and 2, handed to `body`.
///
/// - Parameters:
///   - text: the study.
///   - change: of the outcome of a trial of the first cell.
func withTrainedLedger(
  _ text: String, arithmetic: Int? = nil,
  changing change: (Int, inout Outcome) -> Void = { _, _ in },
  _ body: (Study, LedgerReader, TemporaryFolder) throws -> Void
) throws {
  try withTemporaryFolder { folder in
    try folder.write(text, to: "study.yaml")
    let study = try Study.load(folder.file("study.yaml"))
    let kernels = KernelTable(.widest)
    let run = RunRecord(
      started: Date(timeIntervalSince1970: 1_800_000_000), host: "node", processID: 1, ranks: 1, threads: 1,
      kernelLevel: KernelLevel.widest.name, version: "0.2.0", arithmetic: arithmetic ?? Arithmetic.version(of: study),
      compiler: "Swift", mpi: "MPI",
      commandLine: "landfall run", seed: 5)
    let path = folder.file("trials.landfall")
    let writer = try LedgerWriter.open(path: path, study: study, run: run)
    for (place, runner) in try PreparedStudy(study).runners.enumerated() {
      let key = study.cells[place].key
      try writer.target(key, trials: 6)
      for trials in [0..<4, 4..<6] {
        var results = runner.results(of: trials, kernels: kernels)
        if place == 0 {
          for row in results.outcomes.indices { change(trials.lowerBound + row, &results.outcomes[row]) }
        }
        try writer.commit(
          BlockRecord(
            cell: key, first: TrialIndex(trials.lowerBound), outcomes: results.outcomes, analyses: results.analyses,
            further: results.further, seconds: 1, trajectories: results.trajectories))
      }
    }
    writer.close()
    try body(study, LedgerReader.open(path: path), folder)
  }
}
