extension Double {
  /// The positive n-th root of a positive number, to a few units in the last place: by Newton's method, pure arithmetic with the
  /// same bits on every machine, which library functions do not promise. 0, infinity and NaN are their own roots.
  package func root(_ n: Int) -> Double {
    precondition(n >= 1 && (self >= 0 || isNaN))
    guard self > 0, isFinite, n > 1 else { return self }
    if n == 2 { return squareRoot() }
    // From above, so that the iterates fall until rounding ends it.
    var root = Double(sign: .plus, exponent: Int((Double(exponent + 1) / Double(n)).rounded(.up)), significand: 1)
    while true {
      var power = root
      for _ in 2..<n { power *= root }
      let next = root - (root - self / power) / Double(n)
      guard next < root else { return root }
      root = next
    }
  }
}
