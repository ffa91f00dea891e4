extension BuiltInStudies {
  static let shallowHe = """
    # Shallow ReLU networks of width 32, all parameters trained from the He initialization.
    study: shallow-he
    source: "arXiv:2212.13111, section 4: ReLU, He initialization, all parameters trained"

    problem:
      input: {uniform: [0, 1]}
      target: "x^2 + 2*x"

    network:
      activation: relu
      hidden: [[32]]
      # He et al., arXiv:1502.01852: the variance of a weight is 2 / (number of inputs of its neuron), biases are 0.
      initial:
        inner-weights: {normal: "sqrt(2)"}
        inner-biases: {constant: 0}
        outer-weights: {normal: "sqrt(2/h)"}
        outer-bias: {constant: 0}
      trainable: [inner-weights, inner-biases, outer-weights, outer-bias]

    training:
      optimizer: sgd
      # A flow time of 100.
      learning-rate: 0.01
      steps: 10000
    \(publishedBatch)

    \(quadraticVerdict)

    \(publishedTrajectory)

    \(publishedSampling())

    """
}
