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
      # The rates add up to a flow time of 4.42 only: expect many narrow networks that are not converged.
      learning-rate: "0.001 * (n+1)^(-0.1)"
      steps: 10000
      # The authors' two public programs differ: one draws one batch a step for all networks, the other one for each
      # network. Here networks have batches of their own, so that they are independent; for the other reading,
      # --set training.batch.stream=shared
      batch: {size: 1024, stream: independent}

    verdict:
      # The best constant leaves a risk of 0.0833, the best straight line 0.0809 and the best fit of two pieces 0.0035:
      # at most 0.01 asks for a network that has found the bend. After so short a training 0.001 would ask for the
      # speed of training, not for its end.
      good: {risk-at-most: 1e-2}
      stationary: {relative-decrease-at-most: 0.1}

    # Risk, gradient norms and distances on the way, as the published figures show them.
    trajectory: {checkpoints: log}

    # 300 networks of each width, as published.
    sampling: {trials: 300, seed: 0, confidence: 0.95}

    """
}
