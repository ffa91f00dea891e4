extension Activation {
  /// A(z) for each z; NaN stays NaN. Lines are evaluated as they stand, all else as programs do.
  public func values(at z: [Double]) -> [Double] {
    let facts = facts
    guard facts.isPiecewiseAffine else { return program.evaluate(at: z) }
    return z.map { $0.isNaN ? $0 : facts.lines[facts.segment(of: $0)].value(at: $0) }
  }

  private var program: Program {
    var builder = ProgramBuilder(variableCount: 1)
    let z = builder.variable(startingAt: 0)
    builder.add(1, times: 0, to: z)
    builder.apply(self, to: z)
    return builder.program(result: z)
  }
}

extension ProgramBuilder {
  /// Replaces the value z of a register by that of the activation.
  ///
  /// The functions exp, log, tanh, sin and the error function are those of programs; differences such as exp(z) - 1 are
  /// taken as they stand, so activations have an absolute error of a few 2^-53 times max(1, |z|). Sine is NaN beyond
  /// |z| = 2^20.
  public mutating func apply(_ activation: Activation, to z: Int) {
    let zero = constant(0)
    let one = constant(1)
    switch activation.kind {
    case .identity: break
    case .relu: set(z, .maximum, z, zero)
    case .leakyReLU:
      let negative = value(.minimum, z, zero)
      set(z, .maximum, z, zero)
      add(activation.parameter, times: negative, to: z)
      discard([negative])
    case .clipping:
      set(z, .maximum, z, zero)
      set(z, .minimum, z, one)
    case .logistic, .silu:
      // 1 + exp(-z), with which 1 or z is divided.
      let denominator = value(.negate, z)
      set(denominator, .exp, denominator)
      set(denominator, .add, denominator, one)
      set(z, .divide, activation.kind == .silu ? z : one, denominator)
      discard([denominator])
    case .tanh: set(z, .tanh, z)
    case .softplus:
      // max(z, 0) + log(1 + exp(-|z|)).
      let term = value(.absolute, z)
      set(term, .negate, term)
      set(term, .exp, term)
      set(term, .add, term, one)
      set(term, .log, term)
      set(z, .maximum, z, zero)
      set(z, .add, z, term)
      discard([term])
    case .gelu:
      // z (1/2 + erf(z / sqrt(2)) / 2).
      let probability = value(.multiply, z, constant(0.5.squareRoot()))
      set(probability, .errorFunction, probability)
      set(probability, .multiply, probability, constant(0.5))
      set(probability, .add, probability, constant(0.5))
      set(z, .multiply, z, probability)
      discard([probability])
    case .elu:
      let negative = value(.minimum, z, zero)
      set(negative, .exp, negative)
      set(negative, .subtract, negative, one)
      set(z, .maximum, z, zero)
      add(activation.parameter, times: negative, to: z)
      discard([negative])
    case .softsign:
      let denominator = value(.absolute, z)
      set(denominator, .add, denominator, one)
      set(z, .divide, z, denominator)
      discard([denominator])
    case .sine: set(z, .sin, z)
    case .threshold: set(z, .lessThan, zero, z)
    }
  }
}
