extension BuiltInStudies {
  static let ladder = """
    # On which rung of the ladder of local minima does the gradient flow end? From a standard normal initialization, shallow
    # ReLU networks end on the best piecewise linear fits with as many pieces as they have kept kinks inside the interval.
    study: ladder
    source: "arXiv:2402.05155: a hierarchy of local minimizers; limits of the gradient flow"

    problem:
      input: {uniform: [0, 1]}
      # Concave, so the best fits by k lines, with risks D_k, join by themselves. D_1 = 0.0809 is that of the best line, 97 %
      # of the variance of the target; D_2 = 0.0035, D_3 = 0.00062, D_4 = 0.00019.
      target: "sin(3*x)"

    network:
      activation: relu
      hidden: [[5], [10], [20], [40]]
      # A quarter of the kinks are inside [0, 1]; 3/8 of the neurons are active everywhere, 3/8 are dead.
      initial:
        weights: {normal: 1}
        biases: {normal: 1}

    training:
      # Nothing but the start of the flow: one tiny step. What follows is the gradient flow itself.
      optimizer: population
      learning-rate: 1e-6
      steps: 1
      precision: float64

    verdict:
      # A quarter of the neurons have their kink inside, so h/4 pieces and with them (h / (h/4))^4 = 256 times the smallest
      # risk are what may be expected: good, but far from optimal.
      good: {ratio-at-most: 256}

    # The limit of the gradient flow: which level, and which kind of critical point.
    limit: {classes: true}

    # 10,000 networks of each width.
    sampling: {trials: 10000, seed: 0, confidence: 0.95}

    """
}
