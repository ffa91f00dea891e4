extension BuiltInStudies {
  static let innerBias = """
    # Does stochastic gradient descent find a good critical point when only the inner biases of a shallow ReLU network
    # are trained? The simulation beside the convergence theorem for such networks.
    study: inner-bias
    source: "arXiv:2212.13111, section 4: ReLU, only inner biases trained"

    problem:
      input: {uniform: [0, 1]}
      # Convex, with f(0) = 0 and f'(0) >= 0, as the theorem asks.
      target: "x^4 * sin(x)"

    network:
      activation: relu
      hidden: [[5], [20], [100]]
      # All weights are positive and stay as they are drawn. The exponents are those of the published simulation.
      initial:
        inner-weights: {half-normal: "h^(-4/15)"}
        inner-biases: {normal: "h^(-9/10)"}
        outer-weights: {half-normal: "h^(-4/15)"}
        outer-bias: {normal: "h^(-9/10)"}
      trainable: [inner-biases]

    training:
      optimizer: sgd
      # 0.1, halved every 500 steps. The rates add up to a flow time of 99.9.
      learning-rate: "0.1 * 0.5^floor((n+1)/500)"
      steps: 10000
    \(publishedBatch)

    verdict:
      # The target's variance is 0.047, the best straight line leaves 0.0144 and the best fit of two pieces 0.00064:
      # at most 0.001 asks for at least one kink in a useful place.
      good: {risk-at-most: 1e-3}

    \(publishedTrajectory)

    \(publishedSampling("networks of each width", seed: 5))

    """
}
