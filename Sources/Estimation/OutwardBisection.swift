/// Bisection that ends on the safe side.
enum OutwardBisection {
  /// The last number outside of a set, seen from `outside` towards `inside`: its neighbour towards `inside` is not
  /// outside any more. An interval that ends there contains the set up to that end.
  ///
  /// The bit patterns of non-negative numbers are bisected, so that the end has full relative accuracy however small it
  /// is, after at most 64 evaluations. If the predicate changes more than once, one of the changes is found.
  ///
  /// Precondition: `outside` and `inside` are non-negative, and are what their names say; neither is evaluated.
  ///
  /// - Parameter guess: a number near the end, or NaN; a good one saves about half of the evaluations.
  static func end(
    outside: Double, inside: Double, near guess: Double = .nan, isOutside: (Double) -> Bool
  ) -> Double {
    var bracket = (outside: outside, inside: inside)
    func narrow(to probe: Double) {
      if isOutside(probe) { bracket.outside = probe } else { bracket.inside = probe }
    }
    let limits = min(outside, inside)...max(outside, inside)
    for probe in [guess * (1 - 0x1p-30), guess * (1 + 0x1p-30)] where limits.contains(probe) { narrow(to: probe) }
    while true {
      let (a, b) = (bracket.outside.bitPattern, bracket.inside.bitPattern)
      guard max(a, b) - min(a, b) > 1 else { return bracket.outside }
      narrow(to: Double(bitPattern: min(a, b) + (max(a, b) - min(a, b)) / 2))
    }
  }
}
