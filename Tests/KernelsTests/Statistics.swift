import Foundation

/// The critical values of the statistical tests: each is passed by true randomness but for a probability of 1e-6. The
/// seeds are fixed, so a test that passes today passes tomorrow.
enum Critical {
  /// Two-sided, for a standard normal statistic.
  static let normal = 4.8916
  /// For sqrt(n) times the Kolmogorov-Smirnov distance: 2 exp(-2 t^2) = 1e-6.
  static let kolmogorovSmirnov = 2.6934
}

/// sqrt(n) times the largest distance between the empirical distribution of a sample and `distribution`.
func kolmogorovSmirnov(_ sample: [Double], _ distribution: (Double) -> Double) -> Double {
  let sorted = sample.sorted()
  let n = Double(sorted.count)
  var distance = 0.0
  for (i, x) in sorted.enumerated() {
    let p = distribution(x)
    distance = max(distance, p - Double(i) / n, Double(i + 1) / n - p)
  }
  return distance * n.squareRoot()
}

func mean(_ sample: [Double]) -> Double { sample.reduce(0, +) / Double(sample.count) }

/// The mean of a sample as a multiple of its standard error, after subtraction of the expected mean.
func score(_ sample: [Double], mean expected: Double, variance: Double) -> Double {
  (mean(sample) - expected) / (variance / Double(sample.count)).squareRoot()
}

/// sqrt(n) times the correlation coefficient of two samples: nearly standard normal for independent ones.
func correlationScore(_ a: [Double], _ b: [Double]) -> Double {
  let meanA = mean(a)
  let meanB = mean(b)
  var ab = 0.0
  var aa = 0.0
  var bb = 0.0
  for (x, y) in zip(a, b) {
    ab += (x - meanA) * (y - meanB)
    aa += (x - meanA) * (x - meanA)
    bb += (y - meanB) * (y - meanB)
  }
  return ab / (aa * bb).squareRoot() * Double(a.count).squareRoot()
}
