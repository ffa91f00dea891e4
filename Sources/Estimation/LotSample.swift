import Foundation

/// A sample without replacement of a lot, and how many of it are defective.
public struct LotSample: Sendable, Hashable {
  /// Members of the lot.
  public let lot: Int
  /// Members that were looked at.
  public let sampled: Int
  /// Those of them that are defective.
  public let defective: Int

  /// - Precondition: 0 <= defective <= sampled <= lot.
  public init(lot: Int, sampled: Int, defective: Int) {
    precondition((0...lot).contains(sampled) && (0...sampled).contains(defective), "a sample is a part of its lot")
    self.lot = lot
    self.sampled = sampled
    self.defective = defective
  }

  /// The most members of the lot that can be defective: with more of them so few in the sample would have at most the error
  /// probability of the level. The one-sided exact bound of the hypergeometric distribution (J. Wright, "Exact confidence
  /// bounds when sampling from small finite universes", 1991).
  public func mostDefective(at level: ConfidenceLevel) -> Int {
    // Probabilities fall as the number of defective members grows.
    var (possible, impossible) = (defective, lot - (sampled - defective) + 1)
    while impossible - possible > 1 {
      let middle = possible + (impossible - possible) / 2
      // Rounding errors of the sums count for more defective members.
      if probability(defective: middle) > level.error * (1 - 1e-9) { possible = middle } else { impossible = middle }
    }
    return possible
  }

  /// P(at most as many defective members in the sample) if the lot has `total` of them.
  private func probability(defective total: Int) -> Double {
    let sound = lot - total
    // Fewer than `least` cannot be in the sample.
    let least = max(0, sampled - sound)
    guard least <= defective else { return 0 }
    // log P(least in the sample), as a product of ratios: binomial coefficients themselves would cancel.
    var logarithm = 0.0
    if least == 0 {
      for place in 0..<sampled { logarithm += log1p(-Double(total) / Double(lot - place)) }
    } else {
      // All sound members are in the sample.
      for place in 0..<sound { logarithm += log(Double(sampled - place)) - log(Double(lot - place)) }
    }
    var (term, sum) = (logarithm, exp(logarithm))
    for count in least..<defective {
      let rest = sound - (sampled - count) + 1
      term += log(Double(total - count)) + log(Double(sampled - count)) - log(Double(count + 1)) - log(Double(rest))
      sum += exp(term)
    }
    return sum
  }
}
