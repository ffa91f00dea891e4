/// What is kept of the trajectories of a set of trials: the law of every quantity at every checkpoint.
///
/// Its size is bounded by the number of checkpoints, not by the number of trials. Everything in it is an integer:
/// aggregates of disjoint sets of trials add up to the same aggregate, and the same bytes, in every order.
public struct TrajectoryAggregate: Sendable, Hashable {
  public let checkpoints: Int
  /// The number of observables at a checkpoint.
  public let observables: Int
  /// Crashed ones, which are in no law, among them.
  public private(set) var trials = 0
  /// Checkpoint by checkpoint, at each the observables in the order of the cell.
  private var laws: [TrajectoryLaw]

  /// Without trials.
  public init(checkpoints: Int, observables: Int) {
    self.checkpoints = checkpoints
    self.observables = observables
    laws = Array(repeating: TrajectoryLaw(), count: checkpoints * observables)
  }

  /// The law of an observable, by its place in the list of the cell, at a checkpoint.
  public subscript(checkpoint: Int, place: Int) -> TrajectoryLaw { laws[checkpoint * observables + place] }

  /// Adds a trial.
  ///
  /// - Precondition: it has as many checkpoints and observables.
  public mutating func add(_ trajectory: TrialTrajectory) {
    precondition(
      trajectory.values.count == checkpoints && trajectory.values.allSatisfy { $0.count == observables },
      "a trajectory has a value of each observable at each checkpoint")
    for (place, value) in trajectory.values.joined().enumerated() { laws[place].add(value) }
    trials += 1
  }

  /// Adds a trial that has crashed: nothing is known of it.
  mutating func addCrashed() { trials += 1 }

  /// Trials of which nothing is known, because they have crashed: every law has the others.
  public var crashedTrials: Int { laws.isEmpty ? 0 : trials - laws[0].trials }

  /// Adds other trials.
  ///
  /// - Precondition: as many checkpoints and observables.
  public static func += (aggregate: inout Self, other: Self) {
    precondition(
      other.checkpoints == aggregate.checkpoints && other.observables == aggregate.observables,
      "aggregates with the same checkpoints and observables add up")
    for place in aggregate.laws.indices { aggregate.laws[place] += other.laws[place] }
    aggregate.trials += other.trials
  }

  /// The aggregate without the observables at other places.
  public func selecting(_ places: [Int]) -> Self {
    var selection = Self(checkpoints: checkpoints, observables: places.count)
    selection.laws = (0..<checkpoints).flatMap { checkpoint in places.map { self[checkpoint, $0] } }
    selection.trials = trials
    return selection
  }
}

/// The stored form; equal aggregates have equal bytes. All integers are unsigned, in LEB128:
///
/// 1. the version of this form: 1 for five observables, otherwise 2
/// 2. checkpoints
/// 3. in version 2, observables
/// 4. trials; crashed ones are in none of the bins below, and the others in one of each list
/// 5. for each checkpoint, for each observable in the order of the cell:
///    - the number of bins with at least one trial; for each of them, ascending, its raw value less that of the bin
///      before it and less 1 (the raw value itself for the first), then its trials
///    - the number of bands with a sum of squares; for each of them, ascending, 4 + the band less that of the band
///      before it and less 1 (4 + the band itself for the first), then the sum
extension TrajectoryAggregate {
  /// Of version 1, that of ledgers up to schema 4.
  private static let observablesOfVersion1 = 5

  public var bytes: [UInt8] {
    var writer = ByteWriter()
    write(to: &writer)
    return writer.bytes
  }

  /// Nil if the bytes are not those of an aggregate.
  public init?(bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    self.init(from: &reader)
    guard reader.isAtEnd else { return nil }
  }

  func write(to writer: inout ByteWriter) {
    let form = observables == Self.observablesOfVersion1 ? [1, checkpoints] : [2, checkpoints, observables]
    for number in form + [trials] { writer.write(number) }
    for law in laws {
      writer.write(law.counts.count)
      var next = 0
      for count in law.counts {
        writer.write(Int(count.bin.rawValue) - next)
        writer.write(count.trials)
        next = Int(count.bin.rawValue) + 1
      }
      writer.write(law.squares.count)
      next = TrajectoryLaw.bands.lowerBound
      for square in law.squares {
        writer.write(square.band - next)
        writer.write(square.sum)
        next = square.band + 1
      }
    }
  }

  init?(from reader: inout ByteReader) {
    guard let version = reader.integer(atMost: 2), version > 0,
      let checkpoints = reader.integer(atMost: reader.remaining)
    else { return nil }
    var observables = Self.observablesOfVersion1
    if version == 2 {
      guard let number = reader.integer(atMost: reader.remaining), number != observables else { return nil }
      observables = number
    }
    guard let trials = reader.integer(atMost: TrialIndex.limit),
      // A law takes two bytes at least, which bounds the memory that damaged bytes can ask for.
      checkpoints.multipliedReportingOverflow(by: observables).partialValue <= reader.remaining / 2
    else { return nil }
    self.init(checkpoints: checkpoints, observables: observables)
    self.trials = trials
    for place in laws.indices {
      guard let law = Self.law(from: &reader, trials: trials), place == 0 || law.trials == laws[0].trials else {
        return nil
      }
      laws[place] = law
    }
  }

  private static func law(from reader: inout ByteReader, trials: Int) -> TrajectoryLaw? {
    guard let bins = reader.integer(atMost: LogarithmicGrid.Bin.count) else { return nil }
    var counts: [TrajectoryLaw.Count] = []
    var (next, rest) = (0, trials)
    for _ in 0..<bins {
      guard let step = reader.integer(atMost: LogarithmicGrid.Bin.count),
        let bin = LogarithmicGrid.Bin(rawValue: next + step),
        let count = reader.integer(atMost: rest), count > 0
      else { return nil }
      counts.append(TrajectoryLaw.Count(bin: bin, trials: count))
      next += step + 1
      rest -= count
    }
    let all = TrajectoryLaw.bands
    guard let bands = reader.integer(atMost: all.count) else { return nil }
    var squares: [TrajectoryLaw.SquareSum] = []
    next = all.lowerBound
    for _ in 0..<bands {
      // The bound on a sum keeps those of up to 2^40 trials from overflowing, whatever the bytes are.
      guard let step = reader.integer(atMost: all.count), all.contains(next + step), let sum = reader.unsigned(),
        sum > 0, sum <= UInt128(trials) << TrajectoryLaw.squareBits
      else { return nil }
      squares.append(TrajectoryLaw.SquareSum(band: next + step, sum: sum))
      next += step + 1
    }
    return TrajectoryLaw(counts: counts, squares: squares)
  }
}
