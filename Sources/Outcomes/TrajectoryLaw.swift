/// The empirical law of a quantity over trials: how many lie in each bin of the grid, and the sum of their squares.
///
/// Both are integers, so that laws of disjoint sets of trials add up to the same law in every order.
public struct TrajectoryLaw: Sendable, Hashable {
  /// A bin and the number of trials in it.
  public struct Count: Sendable, Hashable {
    public var bin: LogarithmicGrid.Bin
    public var trials: Int
  }

  /// The bins with at least one trial, ascending.
  public private(set) var counts: [Count] = []

  /// Fixed-point sums of squares, ascending by band. Squares span more powers of two than an integer of 128 bits, so
  /// there is a sum for each band that occurs.
  private(set) var squares: [SquareSum] = []

  /// The sum of the squares of numbers of one band: those v with 2^(32 band) <= v < 2^(32 (band + 1)), in units of
  /// 2^(64 band - 23).
  struct SquareSum: Sendable, Hashable {
    var band: Int
    var sum: UInt128
  }

  public init() {}

  init(counts: [Count], squares: [SquareSum]) {
    self.counts = counts
    self.squares = squares
  }

  /// Adds a trial.
  public mutating func add(_ value: Double) {
    let bin = LogarithmicGrid.bin(of: value)
    add(Count(bin: bin, trials: 1), from: 0)
    // Numbers below the grid are counted, but contribute nothing to the sum.
    if bin > .below && bin < .nonFinite { add(Self.square(value), from: 0) }
  }

  public static func += (law: inout Self, other: Self) {
    var place = 0
    for count in other.counts { place = law.add(count, from: place) }
    place = 0
    for square in other.squares { place = law.add(square, from: place) }
  }

  // Both look from `start` on, and return where they have added.

  @discardableResult
  private mutating func add(_ count: Count, from start: Int) -> Int {
    let place = counts.firstPlace(from: start) { $0.bin >= count.bin }
    if place < counts.count, counts[place].bin == count.bin {
      counts[place].trials += count.trials
    } else {
      counts.insert(count, at: place)
    }
    return place
  }

  @discardableResult
  private mutating func add(_ square: SquareSum, from start: Int) -> Int {
    let place = squares.firstPlace(from: start) { $0.band >= square.band }
    if place < squares.count, squares[place].band == square.band {
      squares[place].sum += square.sum
    } else {
      squares.insert(square, at: place)
    }
    return place
  }

  // MARK: - Squares

  /// Bands of the numbers that are summed: from 1e-36 = 2^-119.6 to the largest double.
  static let bands = -4...31
  /// The square of a number has at most 87 bits in the units of its band, so that those of 2^40 trials fit.
  static let squareBits = 87

  /// The square of a finite number above the grid's first edge, rounded to the nearest unit of its band: exact to
  /// 2^-24 relatively.
  private static func square(_ value: Double) -> SquareSum {
    let significand = UInt128(value.significandBitPattern | 1 << 52)
    let exponent = Int(value.exponent)
    let band = exponent >> 5
    // value = significand 2^(exponent - 52), in units: significand^2 2^(2 exponent - 104 - 64 band + 23).
    let shift = 81 - 2 * (exponent - 32 * band)
    return SquareSum(band: band, sum: (significand * significand + 1 << (shift - 1)) >> shift)
  }

  /// The root of the mean square; nil without trials. Relative error at most 3e-8, from the rounding of the squares;
  /// what is below the grid counts as 0. Infinite if a trial is not finite.
  public var rootMeanSquare: Double? {
    let trials = trials
    guard trials > 0 else { return nil }
    if count(.nonFinite) > 0 { return .infinity }
    guard let top = squares.last?.band else { return 0 }
    let sum = squares.reduce(0.0) {
      $0 + Double(sign: .plus, exponent: 64 * ($1.band - top), significand: Double($1.sum))
    }
    let mean = Double(sign: .plus, exponent: -23, significand: sum / Double(trials))
    return Double(sign: .plus, exponent: 32 * top, significand: mean.squareRoot())
  }

  // MARK: - Counts

  /// Trials in all bins.
  public var trials: Int { counts.reduce(0) { $0 + $1.trials } }

  /// Trials in a bin.
  public func count(_ bin: LogarithmicGrid.Bin) -> Int {
    let place = counts.firstPlace { $0.bin >= bin }
    return place < counts.count && counts[place].bin == bin ? counts[place].trials : 0
  }

  /// Trials in a bin or below it: exactly those whose quantity is at most the bin's upper edge.
  public func count(through bin: LogarithmicGrid.Bin) -> Int {
    counts.prefix { $0.bin <= bin }.reduce(0) { $0 + $1.trials }
  }

  /// The bin of the observation with this rank, from 1 for the smallest.
  ///
  /// - Precondition: 1 <= rank <= trials.
  public func bin(ofRank rank: Int) -> LogarithmicGrid.Bin {
    precondition(rank >= 1, "ranks start at 1")
    var rest = rank
    for count in counts {
      if rest <= count.trials { return count.bin }
      rest -= count.trials
    }
    preconditionFailure("a rank is at most the number of trials")
  }
}
