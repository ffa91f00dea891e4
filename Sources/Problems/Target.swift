import Expressions
import Kernels
import Networks

/// The function that a network is to learn.
public enum Target: Sendable, Hashable {
  /// An expression in x, or in x1, x2, ... for vector inputs.
  case expression(Expression)
  /// Of a scalar input; continued by its outermost pieces.
  case piecewisePolynomial(PiecewisePolynomial)
  /// sum_k weights[k] x_k + constant.
  case affine(weights: [Double], constant: Double)
  case teacher(Teacher)
}

extension Target {
  /// The target as a program whose variables are the coordinates of the input.
  ///
  /// In expressions they are x1, x2, ..., and x with one coordinate.
  ///
  /// - Precondition: the target is a function of `dimension` coordinates.
  func program(dimension: Int) -> Program {
    switch self {
    case .expression(let expression):
      guard dimension == 1 else { return expression.program(of: (1...dimension).map { "x\($0)" }) }
      return expression.renaming("x1", to: "x").program(of: "x")
    case .piecewisePolynomial(let polynomial):
      precondition(dimension == 1)
      return polynomial.program
    case .affine(let weights, let constant):
      precondition(weights.count == dimension)
      var builder = ProgramBuilder(variableCount: dimension)
      let value = builder.variable(startingAt: constant)
      for (k, weight) in weights.enumerated() { builder.add(weight, times: k, to: value) }
      return builder.program(result: value)
    case .teacher(let teacher):
      precondition(teacher.architecture.inputDimension == dimension)
      return teacher.network.program
    }
  }

  /// Points where the target of a scalar input may not be smooth, increasing, as far as they are known: the inner
  /// breaks of a piecewise polynomial, and where neurons of a shallow teacher pass a point at which its activation is
  /// not smooth.
  var cuts: [Double] {
    switch self {
    case .expression, .affine: []
    case .piecewisePolynomial(let polynomial): Array(polynomial.breaks.dropFirst().dropLast())
    case .teacher(let teacher):
      teacher.architecture.depth == 1 && teacher.architecture.inputDimension == 1 ? teacher.network.shallow.kinks : []
    }
  }
}
