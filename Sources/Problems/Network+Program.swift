import Kernels
import Networks

extension Network {
  /// The function of the network. A pre-activation is the bias, then the products with the weights one by one.
  ///
  /// The functions exp, log, tanh, sin and the error function are those of programs; differences such as exp(z) - 1 are
  /// taken as they stand, so activations have an absolute error of a few 2^-53 times max(1, |z|). Sine is NaN beyond
  /// |z| = 2^20.
  var program: Program {
    var builder = ProgramBuilder(variableCount: architecture.inputDimension)
    var inputs = Array(0..<architecture.inputDimension)
    for (layer, block) in architecture.shape.blocks.enumerated() {
      let isOutput = layer == architecture.depth
      let outputs = block.biases.enumerated().map { neuron, bias in
        let sum = builder.variable(startingAt: parameters[bias])
        let row = block.weights.lowerBound + neuron * inputs.count
        for (k, input) in inputs.enumerated() { builder.add(parameters[row + k], times: input, to: sum) }
        if !isOutput { builder.apply(architecture.activation, to: sum) }
        return sum
      }
      if layer > 0 { builder.discard(inputs) }
      inputs = outputs
    }
    return builder.program(result: inputs[0])
  }

  /// Where neurons of a shallow network with scalar input pass a point at which the activation is not smooth,
  /// increasing; empty for other networks.
  var kinks: [Double] {
    guard architecture.depth == 1, architecture.inputDimension == 1 else { return [] }
    let points: [Double]
    switch architecture.activation.kind {
    case .relu, .leakyReLU, .elu, .softsign, .threshold: points = [0]
    case .clipping: points = [0, 1]
    case .identity, .logistic, .tanh, .softplus, .gelu, .silu, .sine: points = []
    }
    let weights = self[ParameterBlock(layer: 1, kind: .weights)]
    let biases = self[ParameterBlock(layer: 1, kind: .biases)]
    let kinks = zip(weights, biases).flatMap { weight, bias in points.map { ($0 - bias) / weight } }
    return Set(kinks.filter(\.isFinite)).sorted()
  }
}

extension ProgramBuilder {
  /// Replaces the value z of a register by that of the activation.
  fileprivate mutating func apply(_ activation: Activation, to z: Int) {
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
