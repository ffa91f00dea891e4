import Outcomes
import Trials

/// The kinds of messages between rank zero and the others.
enum MessageTag: Int {
  /// To rank zero, first of all: number of compute threads.
  case ready = 1
  /// From rank zero: a block to do.
  case block = 2
  /// To rank zero: a finished block.
  case outcomes = 3
  /// From rank zero: no more blocks; finish the ones that are computing, within some seconds.
  case stop = 4
  /// To rank zero: nothing more will come.
  case stopped = 5
}

/// Writes integers and reals in little-endian order.
struct MessageWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ value: Int) { append(UInt64(bitPattern: Int64(value))) }
  mutating func write(_ value: Double) { append(value.bitPattern) }
  mutating func write(_ block: Block) {
    write(block.cell)
    write(block.trials.lowerBound)
    write(block.trials.upperBound)
  }
  /// Ends the message.
  mutating func write(_ results: TrialResults) {
    write(results.outcomes.count)
    bytes += Outcome.records(of: results.outcomes)
    write(results.analyses.count)
    bytes += TrialAnalysis.records(of: results.analyses)
    bytes += results.trajectories.bytes
  }

  private mutating func append(_ word: UInt64) {
    withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
  }
}

/// Reads what a ``MessageWriter`` wrote.
///
/// The messages come from the same program on another rank, so a malformed one is a bug and ends the process.
struct MessageReader {
  private var bytes: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  mutating func integer() -> Int { Int(Int64(bitPattern: word())) }
  mutating func real() -> Double { Double(bitPattern: word()) }
  mutating func block() -> Block {
    let cell = integer()
    let lower = integer()
    return Block(cell: cell, trials: lower..<integer())
  }
  /// The rest of the message.
  mutating func results() -> TrialResults {
    guard let outcomes = Outcome.outcomes(fromRecords: records(ofSize: Outcome.recordSize)),
      let analyses = TrialAnalysis.analyses(fromRecords: records(ofSize: TrialAnalysis.recordSize)),
      let trajectories = BlockTrajectories(bytes: Array(bytes))
    else { preconditionFailure("a message between ranks holds whole records of outcomes, analyses and trajectories") }
    bytes = []
    return TrialResults(outcomes: outcomes, analyses: analyses, trajectories: trajectories)
  }

  /// A number of records, and their bytes.
  private mutating func records(ofSize size: Int) -> [UInt8] {
    let count = integer() * size
    defer { bytes = bytes.dropFirst(count) }
    return Array(bytes.prefix(count))
  }

  private mutating func word() -> UInt64 {
    let word = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    bytes = bytes.dropFirst(8)
    return word
  }
}
