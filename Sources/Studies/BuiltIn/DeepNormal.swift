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

    # 300 networks of each shape, as published.
    sampling: {trials: 300, seed: 0, confidence: 0.95}

    """
}
