import Expressions
import Kernels

/// The law of the input x.
public enum InputLaw: Sendable, Hashable {
  /// Uniform on [lower, upper].
  case uniform(lower: Double, upper: Double)

  public var lower: Double {
    switch self {
    case .uniform(let lower, _): lower
    }
  }

  public var upper: Double {
    switch self {
    case .uniform(_, let upper): upper
    }
  }
}

/// What a network is to learn: the risk of a network N is E (N(x) - f(x))^2 for x of the input law.
public struct Problem: Sendable, Hashable {
  public let input: InputLaw
  /// f, an expression in x.
  public let target: Expression

  public init(input: InputLaw, target: Expression) {
    self.input = input
    self.target = target
  }

  /// The target as code for the kernels.
  public var targetProgram: Program { target.program(of: "x") }
}
