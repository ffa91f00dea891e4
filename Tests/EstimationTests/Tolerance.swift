import Estimation

/// Whether `value` is within `tolerance` of `reference`, absolutely and, where `reference` is small, relatively.
/// The tolerances that tests share: bounds of Clopper and Pearson are rounded outward by 1e-13 of the tail
/// probability and trials * 2^-62 of it (2e-10 for 10^9 trials), which moves them by less than this part of a
/// standard deviation; 1e-12 leaves the rest to the inversion behind SciPy's printed 16 digits. Confidence sequences
/// are rounded outward by 4e-12 in the logarithm of the martingale (1e-12 (1 + log 20)), which moves with the bound
/// at a rate of 1 or more: 1e-11. The incomplete beta function is computed in long double and rounded once: 1e-15.
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

/// Those that need one count of trials only.
let plansOfOneSample: [SamplingPlan] = [.fixed, .anytime]
