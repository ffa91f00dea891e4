import Expressions

/// The law of the independent entries of a parameter block at initialization. Scales are expressions in h, the width of
/// the first hidden layer, in h1, h2, ..., the widths of all hidden layers, and in d, the input dimension.
public enum InitialLaw: Sendable, Hashable {
  /// Normal with mean 0 and this standard deviation.
  case normal(Expression)
  /// The modulus of a normal variable with mean 0 and this standard deviation.
  case halfNormal(Expression)
  /// Uniform on [lower, upper].
  case uniform(lower: Expression, upper: Expression)
  /// Always this value.
  case constant(Expression)
  /// Always minus this value: biases that leave most neurons inactive at initialization (arXiv:2301.00327).
  case largeBias(Expression)
  /// Mean 0, and the variance that a rule gives to the layer times the square of the gain.
  case scaled(VarianceRule, VarianceRule.Shape, gain: Expression)
  /// PyTorch's default for linear layers, weights and biases alike: uniform on [-s, s], s = gain / sqrt(fan-in).
  case pytorch(gain: Expression)

  /// The expressions of the law.
  public var expressions: [Expression] {
    switch self {
    case .normal(let scale), .halfNormal(let scale): [scale]
    case .uniform(let lower, let upper): [lower, upper]
    case .constant(let value), .largeBias(let value): [value]
    case .scaled(_, _, let gain), .pytorch(let gain): [gain]
    }
  }
}

/// How the variance of weights follows from the size of their layer. Fan-in: inputs of a neuron; fan-out: neurons of
/// the layer.
public enum VarianceRule: String, Sendable, Hashable, CaseIterable {
  /// 2 / fan-in (He, Zhang, Ren and Sun, arXiv:1502.01852).
  case he
  /// 2 / (fan-in + fan-out) (Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural
  /// networks", AISTATS 2010).
  case xavier
  /// 1 / fan-in (LeCun, Bottou, Orr and Mueller, "Efficient BackProp", 1998).
  case lecun

  public enum Shape: String, Sendable, Hashable, CaseIterable {
    case normal
    /// Uniform on [-sqrt(3 variance), sqrt(3 variance)].
    case uniform
  }

  func variance(fanIn: Int, fanOut: Int) -> Double {
    switch self {
    case .he: 2 / Double(fanIn)
    case .xavier: 2 / Double(fanIn + fanOut)
    case .lecun: 1 / Double(fanIn)
    }
  }
}
