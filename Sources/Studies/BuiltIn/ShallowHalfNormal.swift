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

    # 300 networks of each width, as published.
    sampling: {trials: 300, seed: 0, confidence: 0.95}

    """
}
