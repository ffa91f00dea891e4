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
package struct MessageWriter {
  private var writer = ByteWriter()

  package init() {}

  package var bytes: [UInt8] { writer.bytes }

  package mutating func write(_ value: Int) { writer.write(word: UInt64(bitPattern: Int64(value))) }
  package mutating func write(_ value: Double) { writer.write(value) }
  package mutating func write(_ block: Block) {
    write(block.cell)
    write(block.trials.lowerBound)
    write(block.trials.upperBound)
  }
  /// Ends the message.
  package mutating func write(_ results: TrialResults) {
    write(results.outcomes.count)
    write(Outcome.columns(of: results.outcomes))
    write(results.analyses.count)
    if !results.analyses.isEmpty { write(TrialAnalysis.columns(of: results.analyses)) }
    write(results.further)
    writer.write(bytes: results.trajectories.bytes)
  }

  /// For each column the number of its bytes, and the bytes; which observables they are of is known.
  private mutating func write(_ columns: [ObservableColumn]) {
    for column in columns {
      write(column.bytes.count)
      writer.write(bytes: column.bytes)
    }
  }
}

/// Reads what a ``MessageWriter`` wrote.
///
/// The messages come from the same program on another rank, so a malformed one is a bug and ends the process.
package struct MessageReader {
  private var reader: ByteReader

  package init(_ bytes: [UInt8]) { reader = ByteReader(bytes) }

  package mutating func integer() -> Int { Int(Int64(bitPattern: Self.present(reader.word()))) }
  package mutating func real() -> Double { Self.present(reader.real()) }
  package mutating func block() -> Block {
    let cell = integer()
    let lower = integer()
    return Block(cell: cell, trials: lower..<integer())
  }
  /// The rest of the message.
  package mutating func results() -> TrialResults {
    let count = integer()
    let outcomes = Self.present(Outcome.outcomes(of: columns(Outcome.observables, count), count: count))
    let analyses =
      integer() == 0
      ? [] : Self.present(TrialAnalysis.analyses(of: columns(TrialAnalysis.observables, count), count: count))
    return TrialResults(
      outcomes: outcomes, analyses: analyses,
      further: columns(Measurement<MeasuredTrial>.all.map(\.observable), count),
      trajectories: Self.present(reader.bytes(reader.remaining).flatMap(BlockTrajectories.init(bytes:))))
  }

  private mutating func columns(_ observables: [Observable], _ count: Int) -> [ObservableColumn] {
    observables.map { observable in
      Self.present(reader.bytes(integer()).flatMap { ObservableColumn(observable, count: count, bytes: $0) })
    }
  }

  private static func present<T>(_ part: T?) -> T {
    guard let part else { preconditionFailure("a message between ranks holds what the other rank wrote") }
    return part
  }
}
