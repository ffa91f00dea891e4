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
      # The authors' two public programs differ: one draws one batch a step for all networks, the other one for each
      # network. Here networks have batches of their own, so that they are independent; for the other reading,
      # --set training.batch.stream=shared
      batch: {size: 1024, stream: independent}

    verdict:
      # The best straight line leaves a risk of 1/180 = 0.0056, the best fit of two pieces 1/2880 = 0.00035: at most
      # 0.001 asks for at least one kink in a useful place.
      good: {risk-at-most: 1e-3}
      stationary: {relative-decrease-at-most: 0.1}

    # Risk, gradient norms and distances on the way, as the published figures show them.
    trajectory: {checkpoints: log}

    # 300 networks, as published.
    sampling: {trials: 300, seed: 0, confidence: 0.95}

    """
}
