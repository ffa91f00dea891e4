import Kernels

/// The function of a network. A pre-activation is the bias, then the products with the weights one by one.
extension Network {
  /// What a layer sums up from its inputs: the pre-activations of a hidden layer, from 1 on, or the value of the network,
  /// alone in an array, in the layer after the last hidden one.
  ///
  /// - Parameter inputs: the input of the network for the first layer, the activations of the layer before for the others.
  public func preActivations(of layer: Int, at inputs: [Double]) -> [Double] {
    let places = architecture.parameterRanges[layer - 1]
    precondition(inputs.count * places.biases.count == places.weights.count)
    var row = places.weights.lowerBound
    return places.biases.map { bias in
      var z = parameters[bias]
      for (k, input) in inputs.enumerated() { z += parameters[row + k] * input }
      row += inputs.count
      return z
    }
  }

  /// The pre-activations of a layer at an input of the network.
  public func preActivations(at input: [Double], through layer: Int) -> [Double] {
    var z = preActivations(of: 1, at: input)
    for next in 1..<layer { z = preActivations(of: next + 1, at: architecture.activation.values(at: z)) }
    return z
  }

  /// The value at an input.
  public func value(at input: [Double]) -> Double { preActivations(at: input, through: architecture.layers)[0] }

  /// The value at a scalar input.
  public func value(at input: Double) -> Double { value(at: [input]) }

  /// ``value(at:)`` as code for the kernels.
  public var program: Program {
    var builder = ProgramBuilder(variableCount: architecture.inputDimension)
    var inputs = Array(0..<architecture.inputDimension)
    for (layer, block) in architecture.parameterRanges.enumerated() {
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
}
