extension BuiltInStudies {
  static let clipping = """
    # Does stochastic gradient descent find a good critical point when only the biases of a shallow network with the
    # clipping activation are trained? The simulation beside the convergence theorem for such networks.
    study: clipping
    source: "arXiv:2212.13111, section 4: clipping, only biases trained"

    problem:
      input: {uniform: [0, 1]}
      # Increasing, as the theorem asks.
      target: "x^(1/4)"

    network:
      activation: clipping
      hidden: [[10], [100], [1000]]
      # All weights are positive and stay as they are drawn. The exponents are those of the published simulation.
      initial:
        inner-weights: {half-normal: "h^3"}
        inner-biases: {normal: "h^3"}
        outer-weights: {half-normal: "h^(-7/8)"}
        outer-bias: {normal: 1}
      trainable: [inner-biases, outer-bias]

    training:
      optimizer: sgd
      # 0.01, halved every 150 steps. The rates add up to a flow time of 2.99 only. With slopes of size h^3 the places
      # of the ramps hardly move in it: what is trained is the outer bias.
      learning-rate: "0.01 * 0.5^floor((n+1)/150)"
      # The authors' two public programs take 10,000 and 20,000 steps. The rate is below 1e-21 from step 10,000 on, so
      # that 20,000 steps end at the same risk; --set training.steps=20000
      steps: 10000
    \(publishedBatch)

    verdict:
      # The target's variance is 0.0267, the best straight line leaves 0.0030 and the best fit of two pieces 0.00041:
      # at most 0.003 asks for a network as good as the best straight line. Better ones would have to move their ramps.
      good: {risk-at-most: 3e-3}

    \(publishedTrajectory)

    \(publishedSampling("networks of each width"))

    """
}
