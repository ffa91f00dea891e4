extension BuiltInStudies {
  static let deepNormal = """
    # ReLU networks with two hidden layers of three widths, all parameters trained from a standard normal
    # initialization.
    study: deep-normal
    source: "arXiv:2212.13111, section 4: ReLU, two hidden layers, standard normal initialization"

    problem:
      input: {uniform: [0, 1]}
      target: "sin(3*x)"

    network:
      activation: relu
      hidden: [[8, 8], [15, 15], [50, 50]]
      initial:
        weights: {normal: 1}
        biases: {normal: 1}
      trainable: [weights, biases]

    training:
      optimizer: sgd
      # The rates add up to a flow time of 9.41.
      learning-rate: "0.0005 * (n+1)^(-0.1)"
      steps: 50000
    \(publishedBatch)

    \(sineVerdict)

    \(publishedTrajectory)

    \(publishedSampling("networks of each shape"))

    """
}
