import Kernels
import Networks

/// A shallow network with the smallest risk of its width: N(x) = c + sum_j a_j A(o_j (x - q_j)).
public struct OptimalFit: Sendable, Hashable, Codable {
  /// m_h, the smallest risk; 0 where it is that of rounding.
  public let risk: Double
  /// The orientations o_j in the order of the kinks: "R" for 1, active on the right of the kink, "L" for -1.
  public let pattern: String
  /// The kinks q_j, increasing. A neuron with its kink at an end of the interval is a line there, or nothing.
  public let knots: [Double]
  /// c, then the a_j.
  public let coefficients: [Double]

  /// h.
  public var width: Int { knots.count }

  /// The pattern as bits, "L" being 1, the first kink lowest.
  var patternBits: Int { pattern.reversed().reduce(0) { $0 << 1 | ($1 == "L" ? 1 : 0) } }

  /// The same function with one more neuron that does nothing.
  func padded(to end: Double) -> OptimalFit {
    OptimalFit(risk: risk, pattern: pattern + "R", knots: knots + [end], coefficients: coefficients + [0])
  }

  /// The network itself, for a width of at least 1.
  ///
  /// - Parameter activation: the one of the levels.
  public func network(activation: Activation) -> Network {
    let orientations = pattern.map { $0 == "R" ? 1.0 : -1 }
    return Network(
      activation: activation, innerWeights: orientations, innerBiases: zip(orientations, knots).map { -$0 * $1 },
      outerWeights: Array(coefficients.dropFirst()), outerBias: coefficients[0])
  }
}

/// A best fit by a line on each of k neighbouring intervals that need not join.
public struct LadderFit: Sendable, Hashable, Codable {
  /// k.
  public let pieces: Int
  /// D_k, the smallest risk; 0 where it is that of rounding.
  public let risk: Double
  /// Where the pieces meet, increasing.
  public let knots: [Double]
  /// The largest jump where pieces meet, relative to the root of the risk.
  public let gap: Double

  /// Whether the pieces join up to rounding, so that no continuous fit with as many pieces is better.
  public var isContinuous: Bool { gap <= 1e-5 }
}

/// A local minimum of the risk of continuous piecewise linear functions with K free knots in [a, b].
public struct FreeKnotFit: Sendable, Hashable, Codable {
  public let risk: Double
  /// Increasing.
  public let knots: [Double]
  /// The value at a.
  public let start: Double
  /// The slope at a.
  public let slope: Double
  /// By how much the slope rises at each knot.
  public let jumps: [Double]
}
