/// The critical values of the statistical tests: each is passed by true randomness but for a probability of 1e-6. The
/// seeds are fixed, so a test that passes today passes tomorrow.
package enum Critical {
  /// For sqrt(n) times the Kolmogorov-Smirnov distance: 2 exp(-2 t^2) = 1e-6.
  package static let kolmogorovSmirnov = 2.6934
}

/// sqrt(n) times the largest distance between the empirical distribution of a sample and `distribution`, which is
/// continuous.
package func kolmogorovSmirnov(_ sample: [Double], _ distribution: (Double) -> Double) -> Double {
  let n = Double(sample.count)
  var distance = 0.0
  for (i, x) in sample.sorted().enumerated() {
    let p = distribution(x)
    distance = max(distance, p - Double(i) / n, Double(i + 1) / n - p)
  }
  return distance * n.squareRoot()
}
