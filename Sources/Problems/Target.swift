import Expressions

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
