/// The Beta distribution that a confidence sequence mixes over.
///
/// It is no belief about the unknown probability: the bounds are valid for every prior; one that puts more mass near the
/// true probability makes them tighter.
public struct BetaPrior: Sendable, Hashable {
  public let a: Double
  public let b: Double

  /// Beta(1/2, 1/2), the prior of Jeffreys: tight near 0 and 1, where probabilities of interest lie.
  public static let jeffreys = BetaPrior(a: 0.5, b: 0.5)

  /// Beta(1, 1), the uniform distribution.
  public static let uniform = BetaPrior(a: 1, b: 1)

  /// Precondition: 0 < `a` <= 1 and 0 < `b` <= 1. Up to 1 the probabilities that the one-sided confidence sequence
  /// does not reject are known to form an interval; see ``BetaBinomialMixture/logTruncated(at:)``.
  public init(a: Double, b: Double) {
    precondition(0 < a && a <= 1 && 0 < b && b <= 1, "the parameters of a mixing prior lie in (0, 1]")
    self.a = a
    self.b = b
  }
}
