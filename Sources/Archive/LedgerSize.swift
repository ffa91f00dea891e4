import Foundation
import Outcomes
import Trials

/// About how many bytes the trials of a cell take in a ledger, from some of them.
public struct LedgerSize: Sendable {
  /// Of a ledger without trials.
  public static let ofEmptyLedger = 100_000.0
  /// A row of a block, or of a column, with its index.
  private static let row = 70.0
  /// Pages are not full.
  private static let filling = 1.1

  /// Of the values of a trial.
  private let bytesPerTrial: Double
  /// Of the rows of a block.
  private let bytesPerBlock: Double
  /// Of the trajectories of some trials.
  private let trajectory: (trials: Int, bytes: Int)?

  /// - Precondition: there are results.
  public init(_ results: [TrialResults]) {
    let trials = results.reduce(0) { $0 + $1.outcomes.count }
    var (bytes, columns) = (0, 0)
    for block in results {
      let all = Outcome.columns(of: block.outcomes) + TrialAnalysis.columns(of: block.analyses) + block.further
      for column in all where !column.isMissing {
        columns += 1
        // One value where all are the same.
        if column.bytes.count > 8 { bytes += column.bytes.count }
      }
    }
    bytesPerTrial = Double(bytes) / Double(trials)
    bytesPerBlock = Self.row * (1 + Double(columns) / Double(results.count))
    // Pages that are complete are kept together: what a ledger has of them grows slowly with their number.
    let pages = results.flatMap(\.trajectories.pages)
    trajectory = pages.last.map { ($0.trials.count, $0.aggregate.bytes.count) }
  }

  /// - Parameter blocks: in which the trials come.
  public func bytes(trials: Int, blocks: Double) -> Double {
    var bytes = Double(trials) * bytesPerTrial + blocks * bytesPerBlock
    if let trajectory {
      // The binary digits of the number of pages are the ranges that there are, each about as long as the law over the
      // trials has different values: up to a few times that of the measured page.
      let ranges = Double(max(1, (trials / TrajectoryPage.size).nonzeroBitCount))
      let growth = max(1, log2(Double(trials) / Double(max(1, trajectory.trials))).rounded() / 2 + 1)
      bytes += ranges * Double(trajectory.bytes) * growth
    }
    return bytes * Self.filling
  }
}
