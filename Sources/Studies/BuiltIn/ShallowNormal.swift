extension BuiltInStudies {
  static let shallowNormal = """
    # Shallow ReLU networks of three widths, all parameters trained from a standard normal initialization.
    study: shallow-normal
    source: "arXiv:2212.13111, section 4: ReLU, standard normal initialization, all parameters trained"

    problem:
      input: {uniform: [0, 1]}
      target: "sin(3*x)"

    network:
      activation: relu
      hidden: [[10], [100], [1000]]
      initial:
        inner-weights: {normal: 1}
        inner-biases: {normal: 1}
        outer-weights: {normal: 1}
        outer-bias: {normal: 1}
      trainable: [inner-weights, inner-biases, outer-weights, outer-bias]

    training:
      optimizer: sgd
      # The rates add up to a flow time of 4.42 only: most networks are still far from the limit then, which the gradient
      # flow finds.
      learning-rate: "0.001 * (n+1)^(-0.1)"
      steps: 10000
    \(publishedBatch)

    \(sineVerdict)

    \(publishedTrajectory)

    \(publishedSampling("networks of each width"))

    """
}
