// Squares are summed from the first component to the last, so that the bits depend on nothing else. With n components
// the relative error is at most about (n / 2 + 1) 2^-53, barring overflow and underflow of the squares.

extension Sequence<Double> {
  /// The Euclidean norm of a vector.
  @inlinable public var euclideanNorm: Double {
    var sum = 0.0
    for component in self { sum += component * component }
    return sum.squareRoot()
  }
}

extension [Double] {
  /// The Euclidean norm of the components in these ranges, in the order given.
  @inlinable public func euclideanNorm(over ranges: [Range<Int>]) -> Double {
    var sum = 0.0
    for range in ranges {
      for component in self[range] { sum += component * component }
    }
    return sum.squareRoot()
  }

  /// The Euclidean norm of the difference to another vector.
  @inlinable public func euclideanDistance(to other: [Double]) -> Double {
    euclideanDistance(to: other, over: [indices])
  }

  /// The Euclidean norm of the difference to another vector in the components in these ranges, in the order given.
  @inlinable public func euclideanDistance(to other: [Double], over ranges: [Range<Int>]) -> Double {
    var sum = 0.0
    for range in ranges {
      for index in range {
        let difference = self[index] - other[index]
        sum += difference * difference
      }
    }
    return sum.squareRoot()
  }
}

extension Collection<Double> {
  /// The Euclidean norm with the squares summed in the order of their size: permutations of the components change no
  /// bit.
  public var euclideanNormOfAnyOrder: Double { map { $0 * $0 }.sorted().reduce(0, +).squareRoot() }
}
