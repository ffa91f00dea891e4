/// A fixed grid for non-negative quantities: 64 bins a decade from 1e-36 to 1e12, and bins for zero, for what lies
/// below and above, and for what is not finite.
///
/// A bin inside of the grid is (lower edge, upper edge], so that "at most an edge" is decided by the bin: shares of
/// trials at or below an edge are exact. The edges are defined by correctly rounded operations alone, the same bits on
/// every machine: with r_1 the correctly rounded square root of 10 and r_k that of r_(k-1),
///
///     edge(64 d + j) = 10^(d - 36) f(j),   f(j) = r_1^(b_1) r_2^(b_2) ... r_6^(b_6),   j = b_1 b_2 ... b_6 in binary,
///
/// where 10^(d - 36) is the nearest double, the product f is taken from left to right, and every product is rounded.
/// Edges at whole decades are therefore the doubles 1e-36, 1e-35, ..., 1e12 themselves; the others are within 1e-15 of
/// 10^(d - 36 + j / 64), relatively.
public enum LogarithmicGrid {
  public static let binsPerDecade = 64
  /// Relative width of a bin: 10^(1/64) - 1, 3.7 %.
  public static let relativeWidth = 0.036632928437697996

  /// All edges, ascending: 64 * 48 + 1 of them.
  public static let edges: [Double] = {
    var root = 10.0
    let roots = (0..<6).map { _ in
      root = root.squareRoot()
      return root
    }
    let factors = (0..<binsPerDecade).map { place in
      roots.enumerated().reduce(1.0) { product, root in
        place >> (5 - root.offset) & 1 == 1 ? product * root.element : product
      }
    }
    return decades.dropLast().flatMap { decade in factors.map { decade * $0 } } + [decades.last!]
  }()

  private static let decades: [Double] = [
    1e-36, 1e-35, 1e-34, 1e-33, 1e-32, 1e-31, 1e-30, 1e-29, 1e-28, 1e-27, 1e-26, 1e-25, 1e-24, 1e-23, 1e-22, 1e-21,
    1e-20, 1e-19, 1e-18, 1e-17, 1e-16, 1e-15, 1e-14, 1e-13, 1e-12, 1e-11, 1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4,
    1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12,
  ]

  /// A bin. Bins are ordered like the numbers in them.
  public struct Bin: Sendable, Hashable, Comparable {
    /// 0 for zero, 1 for what is positive and at most the first edge, then one number for each bin inside of the grid,
    /// then overflow, then not finite. Stored in ledgers.
    public let rawValue: UInt16

    /// Nil if there is no such bin.
    public init?(rawValue: Int) {
      guard (0..<Bin.count).contains(rawValue) else { return nil }
      self.rawValue = UInt16(rawValue)
    }

    fileprivate init(place: Int) { rawValue = UInt16(place) }

    /// Exactly 0.
    public static let zero = Bin(place: 0)
    /// Positive, at most 1e-36.
    public static let below = Bin(place: 1)
    /// Finite, more than 1e12.
    public static let overflow = Bin(place: LogarithmicGrid.edges.count + 1)
    /// Infinite or not a number.
    public static let nonFinite = Bin(place: LogarithmicGrid.edges.count + 2)

    /// The number of bins.
    static let count = LogarithmicGrid.edges.count + 3

    /// What the numbers in the bin exceed; 0 for the bin of zero, which is nothing but 0, and infinity for the last.
    public var lower: Double {
      switch self {
      case .zero, .below: 0
      case .nonFinite: .infinity
      default: LogarithmicGrid.edges[Int(rawValue) - 2]
      }
    }

    /// What the numbers in the bin are at most.
    public var upper: Double {
      switch self {
      case .zero: 0
      case .overflow: .greatestFiniteMagnitude
      case .nonFinite: .infinity
      default: LogarithmicGrid.edges[Int(rawValue) - 1]
      }
    }

    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
  }

  /// The bin of a quantity. A negative number, which only the rounding of a quantity near 0 can produce, counts as 0.
  public static func bin(of value: Double) -> Bin {
    guard value.isFinite else { return .nonFinite }
    guard value > 0 else { return .zero }
    return Bin(place: edges.firstPlace { $0 >= value } + 1)
  }

  /// The last bin whose numbers are all at most `bound`: its upper edge is `bound` rounded down to 0 or an edge of the
  /// grid. A quantity is at most that edge if and only if its bin is not above this one.
  ///
  /// - Precondition: `bound` is not negative, and a number.
  public static func lastBin(atMost bound: Double) -> Bin {
    precondition(bound >= 0, "a bound on a quantity that is not negative is not negative")
    return Bin(place: edges.firstPlace { $0 > bound })
  }
}

extension Array {
  /// The place of the first element at or behind `start` that satisfies `condition`, which holds from some element on;
  /// the end if none does.
  func firstPlace(from start: Int = 0, where condition: (Element) -> Bool) -> Int {
    var (low, high) = (start, count)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
