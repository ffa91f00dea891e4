extension BuiltInStudies {
  static let shallowHalfNormal = """
    # Shallow ReLU networks of three widths, all parameters trained, positive weights at initialization.
    study: shallow-half-normal
    source: "arXiv:2212.13111, section 4: ReLU, half-normal weights, all parameters trained"

    problem:
      input: {uniform: [0, 1]}
      target: "x^2 + 2*x"

    network:
      activation: relu
      hidden: [[5], [20], [150]]
      # The exponents are those of the published simulation.
      initial:
        inner-weights: {half-normal: "h^(-1/7)"}
        inner-biases: {normal: "h^(-1/2)"}
        outer-weights: {half-normal: "h^(-1/7)"}
        outer-bias: {normal: "h^(-1/2)"}
      trainable: [inner-weights, inner-biases, outer-weights, outer-bias]

    training:
      optimizer: sgd
      # A flow time of 100.
      learning-rate: 0.01
      steps: 10000
    \(publishedBatch)

    \(quadraticVerdict)

    \(publishedTrajectory)

    \(publishedSampling("networks of each width"))

    """
}
