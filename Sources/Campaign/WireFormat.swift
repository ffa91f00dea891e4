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
    write(results.further.count)
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

/// Bytes that no ``MessageWriter`` writes.
package struct MalformedMessage: Error {}

/// Reads what a ``MessageWriter`` wrote.
///
/// The messages come from the same program on another rank. One that is malformed, since the programs differ or the bytes
/// changed on the way, throws, and asks for no more memory than it has bytes for.
package struct MessageReader {
  private var reader: ByteReader

  package init(_ bytes: [UInt8]) { reader = ByteReader(bytes) }

  package mutating func integer() throws(MalformedMessage) -> Int {
    Int(Int64(bitPattern: try Self.present(reader.word())))
  }
  package mutating func real() throws(MalformedMessage) -> Double { try Self.present(reader.real()) }
  package mutating func block() throws(MalformedMessage) -> Block {
    let (cell, lower, upper) = (try integer(), try integer(), try integer())
    guard cell >= 0, lower >= 0, lower < upper, upper <= TrialIndex.limit else { throw MalformedMessage() }
    return Block(cell: cell, trials: lower..<upper)
  }
  /// The rest of the message.
  package mutating func results() throws(MalformedMessage) -> TrialResults {
    let count = try integer()
    let outcomes = try Self.present(Outcome.outcomes(of: try columns(Outcome.observables, count), count: count))
    var analyses: [TrialAnalysis] = []
    if try integer() != 0 {
      analyses = try Self.present(
        TrialAnalysis.analyses(of: try columns(TrialAnalysis.observables, count), count: count))
    }
    let measured = Measurement<MeasuredTrial>.all.map(\.observable)
    let number = try integer()
    guard 0...measured.count ~= number else { throw MalformedMessage() }
    let further = try columns(Array(measured.prefix(number)), count)
    let trajectories = try Self.present(reader.bytes(reader.remaining).flatMap(BlockTrajectories.init(bytes:)))
    return TrialResults(outcomes: outcomes, analyses: analyses, further: further, trajectories: trajectories)
  }

  private mutating func columns(
    _ observables: [Observable], _ count: Int
  ) throws(MalformedMessage) -> [ObservableColumn] {
    var columns: [ObservableColumn] = []
    for observable in observables {
      let bytes = try Self.present(reader.bytes(try integer()))
      columns.append(try Self.present(ObservableColumn(observable, count: count, bytes: bytes)))
    }
    return columns
  }

  private static func present<T>(_ part: T?) throws(MalformedMessage) -> T {
    guard let part else { throw MalformedMessage() }
    return part
  }
}
