import Expressions
import Kernels

/// What a network is to learn: the risk of a network N is E (N(x) - f(x))^2 for x of the input law, or the mean of
/// (N(x_i) - y_i)^2 over a finite data set, by the weights of its points.
public struct Problem: Sendable, Hashable {
  public enum Inputs: Sendable, Hashable {
    case law(InputLaw)
    case data(DataSet)
  }

  public let inputs: Inputs
  /// f; nil where a data set brings its labels.
  public let target: Target?
  /// Points of the fixed evaluation set that estimates the risk where there is neither a closed form nor quadrature:
  /// with a law in more than 3 dimensions.
  public let evaluationPoints: Int

  public static let defaultEvaluationPoints = 1 << 16

  public init(inputs: Inputs, target: Target?, evaluationPoints: Int = Problem.defaultEvaluationPoints) {
    self.inputs = inputs
    self.target = target
    self.evaluationPoints = evaluationPoints
  }

  /// A scalar or vector input with a target given by an expression.
  public init(input: InputLaw, target: Expression) {
    self.init(inputs: .law(input), target: .expression(target))
  }

  /// Coordinates of the input.
  public var dimension: Int {
    switch inputs {
    case .law(let law): law.dimension
    case .data(let data): data.dimension
    }
  }

  /// The target as code for the kernels, a function of the coordinates of the input; nil where labels stand in its
  /// place. Written anew at every call: keep it.
  public var targetProgram: Program? { target?.program(dimension: dimension) }

  /// Points where the target of a scalar input may not be smooth, increasing, as far as they are known; empty where
  /// none are.
  public var targetCuts: [Double] { dimension == 1 ? target?.cuts ?? [] : [] }

  /// The most dimensions of a law whose risk is integrated.
  public static let largestQuadratureDimension = 3

  /// Whether the risk is estimated on one fixed evaluation set.
  public var usesEvaluationSet: Bool {
    if case .law(let law) = inputs { return law.dimension > Self.largestQuadratureDimension }
    return false
  }
}
