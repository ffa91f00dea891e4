extension BuiltInStudies {
  static let deepXavierAdam = """
    # ReLU networks with two hidden layers of width 50, all parameters trained by Adam from the Xavier initialization.
    study: deep-xavier-adam
    source: "arXiv:2212.13111, section 4: ReLU, two hidden layers, Xavier initialization, Adam"

    problem:
      input: {uniform: [0, 1]}
      target: "x^2 + 2*x"

    network:
      activation: relu
      hidden: [[50, 50]]
      # Glorot and Bengio, AISTATS 2010: the variance of a weight is 2 / (inputs of its neuron + neurons of its layer),
      # biases are 0.
      initial:
        weights: xavier-normal
        biases: {constant: 0}
      trainable: [weights, biases]

    training:
      optimizer: {adam: {beta1: 0.9, beta2: 0.999, epsilon: 1e-8}}
      # 0.01, halved every 500 steps.
      learning-rate: "0.01 * 0.5^floor((n+1)/500)"
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
