import Archive
import Estimation
import Landscape
import Ledger
import Outcomes
import Studies
import Trials

/// The cells of a run whose sampling ends by a rule, and their results that wait.
///
/// The rule looks at the trials in their order. So a block is stored when all before it are, and none behind the look
/// that ends the sampling ever is: a ledger holds the same trials however they were computed.
struct SequentialCells {
  private struct Sampling {
    let key: CellKey
    let event: TrialEvent
    let judge: Judge
    /// Of the trials below `frontier`.
    var monitor: StoppingMonitor
    /// The first trial that is not stored.
    var frontier: Int
    /// What was stored behind gaps before the run: the end of each range by its begin.
    var stored: [Int: Int]
    /// Results by their first trial.
    var waiting: [Int: Arrivals.Arrival] = [:]
    /// Trials at the last outlook.
    var outlook = 0

    /// Takes in what was stored behind a gap that is filled now.
    mutating func addStored(_ ledger: LedgerReader) throws(LedgerError) {
      while let end = stored.removeValue(forKey: frontier) {
        while frontier < end, let block = try ledger.block(of: key, containing: TrialIndex(frontier)) {
          if monitor.ending == nil { _ = monitor.add(event.results(in: block, judge: judge)) }
          frontier = block.trials.upperBound
        }
      }
    }

    /// Ends the sampling at `end` trials: those behind the frontier are still to be computed.
    mutating func end(at end: Int, _ place: Int, _ schedule: inout Schedule) {
      for (finished, _) in waiting.values { schedule.discard(finished.block) }
      waiting = [:]
      // A block that was stored before may go on behind the most trials.
      let end = min(end, schedule.tallies[place].target)
      schedule.close(place, at: end, missing: min(frontier, end)..<end)
    }
  }

  /// By the place of the cell in the study.
  private var cells: [Int: Sampling] = [:]

  /// Takes in the results of the cell at `place` that the ledger has.
  ///
  /// - Parameter missing: its trials that are not stored.
  /// - Returns: whether they are enough; false where there is no rule.
  mutating func begin(
    _ place: Int, _ study: PreparedStudy, missing: [Range<Int>], ledger: LedgerReader
  ) throws(LedgerError) -> Bool {
    let runner = study.runners[place]
    guard let event = study.study.sampling.rule?.event, let judge = runner.judge else { return false }
    let progress = try ledger.progress(of: runner.cell.key)
    guard
      let monitor = try StoppingMonitor(runner.cell, of: study.study, judge: judge, progress: progress, in: ledger)
    else { return false }
    if monitor.ending != nil { return true }
    var stored: [Int: Int] = [:]
    for (gap, next) in zip(missing, missing.dropFirst()) where gap.upperBound < next.lowerBound {
      stored[gap.upperBound] = next.lowerBound
    }
    let end = study.study.trials(of: runner.cell)
    if let last = missing.last, last.upperBound < end { stored[last.upperBound] = end }
    cells[place] = Sampling(
      key: runner.cell.key, event: event, judge: judge, monitor: monitor, frontier: progress.prefix, stored: stored)
    return false
  }

  /// Those of the arrived results that are to be stored now, and others that waited for them.
  ///
  /// Cells whose sampling ends are closed in the schedule; results that are not needed are dropped.
  ///
  /// - Parameter record: what is stored of a block.
  mutating func release(
    _ arrivals: [Arrivals.Arrival], schedule: inout Schedule, ledger: LedgerReader,
    record: (FinishedBlock) -> BlockRecord
  ) throws(LedgerError) -> [Arrivals.Arrival] {
    var released: [Arrivals.Arrival] = []
    var touched: Set<Int> = []
    for arrival in arrivals {
      let block = arrival.finished.block
      if !schedule.wants(block) {
        schedule.discard(block)
      } else if let sampling = cells[block.cell], block.trials.lowerBound >= sampling.frontier {
        cells[block.cell]!.waiting[block.trials.lowerBound] = arrival
        touched.insert(block.cell)
      } else {
        released.append(arrival)
      }
    }
    for place in touched.sorted() {
      released += try advance(place, schedule: &schedule, ledger: ledger, record: record)
    }
    return released
  }

  private mutating func advance(
    _ place: Int, schedule: inout Schedule, ledger: LedgerReader, record: (FinishedBlock) -> BlockRecord
  ) throws(LedgerError) -> [Arrivals.Arrival] {
    guard var sampling = cells[place] else { return [] }
    var released: [Arrivals.Arrival] = []
    while let arrival = sampling.waiting.removeValue(forKey: sampling.frontier) {
      let block = arrival.finished.block
      var monitor = sampling.monitor
      let needed = monitor.add(sampling.event.results(in: record(arrival.finished), judge: sampling.judge))
      if needed < block.trials.count {
        // The part before the last look is computed anew: what is kept of a block beside the outcomes, its trajectories,
        // cannot be cut.
        schedule.discard(block)
        sampling.end(at: sampling.frontier + needed, place, &schedule)
        cells[place] = sampling
        return released
      }
      released.append(arrival)
      (sampling.monitor, sampling.frontier) = (monitor, block.trials.upperBound)
      if monitor.ending == nil { try sampling.addStored(ledger) }
      if sampling.monitor.ending != nil {
        sampling.end(at: sampling.frontier, place, &schedule)
        cells[place] = nil
        return released
      }
    }
    if sampling.monitor.counts.trials >= sampling.outlook + sampling.outlook / 16 {
      let counts = sampling.monitor.counts
      sampling.outlook = counts.trials
      schedule.expect(
        sampling.monitor.likelyTrials ?? sampling.monitor.rule.mostTrials, ofCell: place)
    }
    cells[place] = sampling
    return released
  }
}
