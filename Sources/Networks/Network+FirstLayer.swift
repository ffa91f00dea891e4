import Kernels

/// The first hidden layer of a network with scalar input, of any depth: the neurons whose kinks do not move with those of
/// other layers. Their weights stand at the places 0, 1, ... of the parameters, their biases behind them.
extension Network {
  public var firstLayerWidth: Int { architecture.hidden[0] }

  /// The places of weight and bias of a neuron of the first layer.
  public func firstLayerPlaces(_ neuron: Int) -> (weight: Int, bias: Int) { (neuron, firstLayerWidth + neuron) }

  public func firstLayerWeight(_ neuron: Int) -> Double { parameters[neuron] }
  public func firstLayerBias(_ neuron: Int) -> Double { parameters[firstLayerWidth + neuron] }

  /// w x + b.
  public func firstLayerPreActivation(_ neuron: Int, at x: Double) -> Double {
    firstLayerWeight(neuron) * x + firstLayerBias(neuron)
  }

  /// Where on an interval the neurons of the first layer are active.
  public func firstLayerActivities(on interval: ClosedRange<Double>) -> [NeuronActivity] {
    (0..<firstLayerWidth).map {
      NeuronActivity(weight: firstLayerWeight($0), bias: firstLayerBias($0), on: interval)
    }
  }

  /// The derivatives of the value at x by the activations of the first layer: the outer weights, where it is the only one.
  ///
  /// - Precondition: The activation is piecewise linear.
  public func firstLayerInfluences(at x: Double) -> [Double] {
    let facts = architecture.activation.facts
    let derivatives = facts.derivatives
    var influences = Array(self[ParameterBlock(layer: architecture.layers, kind: .weights)])
    for layer in stride(from: architecture.depth, to: 1, by: -1) {
      let inputs = architecture.fanIn(layer: layer)
      let weights = Array(self[ParameterBlock(layer: layer, kind: .weights)])
      let z = preActivations(at: [x], through: layer)
      var below = [Double](repeating: 0, count: inputs)
      for o in z.indices {
        let delta = influences[o] * derivatives[facts.segment(of: z[o])]
        if delta == 0 { continue }
        for i in 0..<inputs { below[i] += delta * weights[o * inputs + i] }
      }
      influences = below
    }
    return influences
  }
}
