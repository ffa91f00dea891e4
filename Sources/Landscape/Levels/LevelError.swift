import Kernels
import Networks
import Problems
import Risk

/// Why a problem and a network have no reference risks. The description says what there is instead.
public enum LevelError: Error, Sendable, Hashable {
  case dataSet
  case vectorInput(dimension: Int)
  case normalLaw
  case deepNetwork(layers: Int)
  case activation(Activation)
  case risk(RiskError)
}

extension LevelError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .dataSet: Self.scope("learns from a data set", "write the input as a law")
    case .vectorInput(let dimension):
      Self.scope("has inputs with \(dimension) coordinates", "choose a scalar input")
    case .normalLaw:
      Self.scope("has normal inputs", "choose a uniform input or a density on an interval")
    case .deepNetwork(let layers):
      "this study has \(layers) hidden layers, and the smallest risk of such networks is not known; choose networks with "
        + "one hidden layer, or a criterion risk-at-most"
    case .activation(let activation):
      Self.scope(
        activation.kind == .leakyReLU
          ? "has leaky ReLU networks with slope \(activation.parameter), which are lines"
          : "has the activation \(activation.kind.rawValue)", "choose the activation relu, leaky-relu or clipping")
    case .risk(let error): error.description
    }
  }

  private static func scope(_ fact: String, _ advice: String) -> String {
    """
    this study \(fact), and levels are defined for shallow ReLU, leaky ReLU and (lower bounds only) clipping networks \
    with a scalar input on an interval, uniform or with a piecewise polynomial density; \(advice)
    """
  }
}

/// Which reference risks there are.
public enum LevelAvailability: Sendable, Hashable {
  /// The optima m_h, searched up to a width, and the ladder D_k.
  case optima
  /// The ladder, and the levels of shallow networks, as names for the risks of limits of deep networks. Their smallest risk
  /// is not known.
  case names
  /// The ladder alone, which bounds the risks from below.
  case lowerBounds
  case unavailable(LevelError)
}
