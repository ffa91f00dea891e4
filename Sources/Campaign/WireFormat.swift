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

/// Writes messages between ranks: integers as words of 64 bits.
struct MessageWriter {
  private var writer = ByteWriter()
  var bytes: [UInt8] { writer.bytes }

  mutating func write(_ value: Int) { writer.write(word: UInt64(bitPattern: Int64(value))) }
  mutating func write(_ value: Double) { writer.write(value) }
  mutating func write(_ block: Block) {
    write(block.cell)
    write(block.trials.lowerBound)
    write(block.trials.upperBound)
  }
  /// Ends the message.
  mutating func write(_ results: TrialResults) {
    write(results.outcomes)
    write(results.analyses)
    writer.write(bytes: results.trajectories.bytes)
  }

  /// A number of records, and their bytes.
  private mutating func write<Record: FixedRecord>(_ records: [Record]) {
    write(records.count)
    writer.write(bytes: Record.records(of: records))
  }
}

/// Reads what a ``MessageWriter`` wrote.
///
/// The messages come from the same program on another rank, so a malformed one is a bug and ends the process.
struct MessageReader {
  private var reader: ByteReader

  init(_ bytes: [UInt8]) { reader = ByteReader(bytes) }

  mutating func integer() -> Int { Int(Int64(bitPattern: Self.present(reader.word()))) }
  mutating func real() -> Double { Self.present(reader.real()) }
  mutating func block() -> Block {
    let cell = integer()
    let lower = integer()
    return Block(cell: cell, trials: lower..<integer())
  }
  /// The rest of the message.
  mutating func results() -> TrialResults {
    TrialResults(
      outcomes: records(), analyses: records(),
      trajectories: Self.present(reader.bytes(reader.remaining).flatMap(BlockTrajectories.init(bytes:))))
  }

  private mutating func records<Record: FixedRecord>() -> [Record] {
    Self.present(reader.bytes(integer() * Record.recordSize).flatMap(Record.values(fromRecords:)))
  }

  private static func present<T>(_ part: T?) -> T {
    guard let part else { preconditionFailure("a message between ranks holds what the other rank wrote") }
    return part
  }
}
