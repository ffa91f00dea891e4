extension BuiltInStudies {
  static let flowClipping = """
    # Does the gradient flow itself find a good critical point when only the biases of a shallow network with the clipping
    # activation are trained? The theorem's flow, with slopes of size h, so that the ramps move within the flow time.
    study: flow-clipping
    source: "arXiv:2212.13111, the flow of the theorem: clipping, only biases trained, beta = 1"

    problem:
      input: {uniform: [0, 1]}
      # Increasing, as the theorem asks.
      target: "x^(1/4)"

    network:
      activation: clipping
      hidden: [[10], [100], [1000]]
      # The exponent beta of the published simulation is 3: places of ramps then move by h^(-6.9) a unit of flow time, which
      # has no end within reach. Here it is 1.
      initial:
        inner-weights: {half-normal: "h"}
        inner-biases: {normal: "h"}
        outer-weights: {half-normal: "h^(-7/8)"}
        outer-bias: {normal: 1}
      trainable: [inner-biases, outer-bias]

    training:
      optimizer: gradient-flow
      # Up to the flow time 1e6, in steps that grow geometrically.
      learning-rate: {geometric: {total: 1e6}}
      steps: 72

    verdict:
      # The target's variance is 0.0267, the best straight line leaves 0.0030 and the best fit of two pieces 0.00041.
      good: {risk-at-most: 3e-3}

    # The risk at every one of these times.
    trajectory: {checkpoints: log}

    sampling: {trials: 300, seed: 5, confidence: 0.95}

    """
}
