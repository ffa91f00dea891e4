import TestSupport

extension Critical {
  /// Two-sided, for a standard normal statistic.
  /// 2 (1 - Phi(t)) = 1e-6.
  static let normal = 4.8916
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
