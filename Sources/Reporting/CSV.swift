import Estimation

/// Numbers in comma-separated files.
enum CSV {
  static func real(_ value: Double) -> String { ReportText.exact(value) }

  /// The share, the ends of the interval and the lower bound.
  static func columns(_ estimate: Estimate) -> [String] {
    [estimate.proportion.share.map(real) ?? ""]
      + [estimate.interval.lower, estimate.interval.upper, estimate.lowerBound].map(real)
  }
}
