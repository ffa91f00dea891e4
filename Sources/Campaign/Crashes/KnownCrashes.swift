import CSignals
import Kernels
import Outcomes
import Trials

/// What all ranks of a job know of trials that trap.
package struct KnownCrashes: Sendable, Hashable {
  /// The path of the ledger from the root.
  package var ledger: String
  /// The trials that are not to be computed, by cell; ascending.
  package var trials: [CellKey: [Int]]

  package init(ledger: String, trials: [CellKey: [Int]]) {
    self.ledger = ledger
    self.trials = trials
  }

  /// From now on these trials of the study are spared, and a crash of this rank is written down beside the ledger.
  func begin(for study: inout PreparedStudy) {
    study.crashedTrials = trials
    // Of a path that is too long, standard error still tells where it crashed.
    _ = signals_keep_crashes(ledger, CrashFile(ledger: ledger).path)
  }
}

/// The form in messages between processes: the number of cells; of each its key, the number of its trials and these; then the
/// path.
extension KnownCrashes {
  package var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.write(word: UInt64(trials.count))
    for (cell, trials) in trials.sorted(by: { $0.key.value < $1.key.value }) {
      writer.write(word: cell.value)
      writer.write(word: UInt64(trials.count))
      for trial in trials { writer.write(word: UInt64(trial)) }
    }
    writer.write(bytes: Array(ledger.utf8))
    return writer.bytes
  }

  /// Nil for anything else.
  package init?(bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    self.init(ledger: "", trials: [:])
    guard let cells = reader.word(), cells <= UInt64(bytes.count) else { return nil }
    for _ in 0..<cells {
      guard let cell = reader.word(), let count = reader.word(), count <= UInt64(bytes.count) else { return nil }
      for _ in 0..<count {
        guard let trial = reader.word(), trial < UInt64(TrialIndex.limit) else { return nil }
        trials[CellKey(cell), default: []].append(Int(trial))
      }
    }
    guard let path = reader.bytes(reader.remaining) else { return nil }
    ledger = String(decoding: path, as: UTF8.self)
  }
}

extension PreparedStudy {
  /// What a block comes to: crashed trials are spared.
  func results(of block: Block, kernels: KernelTable) -> TrialResults {
    let runner = runners[block.cell]
    return runner.results(of: block.trials, sparing: crashedTrials[runner.cell.key, default: []]) { trials in
      #if TRAPS
        Trap.spring(trials, of: runner.cell)
      #endif
      return runner.results(of: trials, kernels: kernels)
    }
  }
}
