/// A step of a method for y' = f(y), f: R^n -> R^n, over a time tau.
public struct OdeStep: Sendable {
  /// The change of y.
  public let increment: [Double]
  /// An estimate of the error of `increment`: the difference to the embedded method.
  public let error: [Double]
  /// The vectors that all of this is combined from, in the units of y: one for each stage of the method.
  public let stages: [[Double]]
  /// f at the end, if the method has it.
  public let slopeAtEnd: [Double]?
  /// Of the method.
  let bends: [[Double]]

  /// Dense output: the change of y after a share of the time from 0 to 1, by the continuous extension of the method.
  public func increment(after share: Double) -> [Double] {
    var change = [Double](repeating: 0, count: increment.count)
    for row in bends.reversed() {
      let bend = combination(row, stages, count: change.count)
      for k in change.indices { change[k] = change[k] * share + bend[k] }
    }
    for k in change.indices { change[k] = share * (increment[k] + (1 - share) * change[k]) }
    return change
  }
}

/// The sum of the vectors times their coefficients, term after term; where a coefficient is 0, the vector does not
/// count.
func combination(_ coefficients: [Double], _ vectors: [[Double]], count: Int) -> [Double] {
  var sum = [Double](repeating: 0, count: count)
  for (coefficient, vector) in zip(coefficients, vectors) where coefficient != 0 {
    for k in 0..<count { sum[k] += coefficient * vector[k] }
  }
  return sum
}
