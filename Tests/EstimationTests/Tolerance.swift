import Estimation

/// Whether `value` is within `tolerance` of `reference`, absolutely and, where `reference` is small, relatively.
func agrees(_ value: Double, _ reference: Double, within tolerance: Double) -> Bool {
  abs(value - reference) <= tolerance * min(1, abs(reference) * 1e3)
}

func agrees(_ interval: Interval, _ reference: (Double, Double), within tolerance: Double) -> Bool {
  agrees(interval.lower, reference.0, within: tolerance) && agrees(interval.upper, reference.1, within: tolerance)
}

let level95 = ConfidenceLevel(0.95)
let level99 = ConfidenceLevel(0.99)

extension Interval {
  /// Whether every probability of `other` is in this interval.
  func contains(_ other: Interval) -> Bool { lower <= other.lower && other.upper <= upper }
}
