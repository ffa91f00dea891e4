extension BuiltInStudies {
  static let bornDead = """
    # How often is a network born dead? If all neurons of a hidden layer are inactive on all inputs, the network is constant,
    # and stays constant whatever the optimizer: none of the parameters in front has a gradient. The deeper and the
    # narrower networks are, the more of them are so.
    study: born-dead
    source: "arXiv:1808.04947 and arXiv:1903.06733: dying ReLU and initialization, networks that are born dead"

    problem:
      # Varies below.
      input: {uniform: [0, 1]}
      target: "x^2"

    network:
      activation: relu
      # Widths 2, 3, 4, 5 and 8, with 1 to 10 hidden layers.
      hidden: [
        [2], [2, 2], [2, 2, 2], [2, 2, 2, 2], [2, 2, 2, 2, 2, 2], [2, 2, 2, 2, 2, 2, 2, 2, 2, 2],
        [3], [3, 3], [3, 3, 3], [3, 3, 3, 3], [3, 3, 3, 3, 3, 3], [3, 3, 3, 3, 3, 3, 3, 3, 3, 3],
        [4], [4, 4], [4, 4, 4], [4, 4, 4, 4], [4, 4, 4, 4, 4, 4], [4, 4, 4, 4, 4, 4, 4, 4, 4, 4],
        [5], [5, 5], [5, 5, 5], [5, 5, 5, 5], [5, 5, 5, 5, 5, 5], [5, 5, 5, 5, 5, 5, 5, 5, 5, 5],
        [8], [8, 8], [8, 8, 8], [8, 8, 8, 8], [8, 8, 8, 8, 8, 8], [8, 8, 8, 8, 8, 8, 8, 8, 8, 8]
      ]
      # He et al., arXiv:1502.01852. Any symmetric law with a density gives the same probabilities, the closed forms below
      # need biases that are 0.
      initial:
        weights: he-normal
        biases: {constant: 0}

    vary:
      # Inputs of one sign: with D layers of width N the probability is 1 - (1 - 2^-N)^D. Inputs of both signs: 0 for one
      # layer, 4^-N (3 - 2^(1-N)) for two; for more of them the report has proved bounds.
      - problem.input: [{uniform: [0, 1]}, {uniform: [-1, 1]}]

    training:
      # Everything is decided before the only step.
      optimizer: sgd
      learning-rate: 1e-6
      steps: 1
      batch: {size: 1}

    verdict:
      # About the end of training, which is the beginning here: look at the table of what is dead at initialization.
      good: {risk-at-most: 1e-3}

    limit: off

    # 10,000 networks of each shape on each interval: where they are 0.5, probabilities are known to within 0.01.
    sampling: {trials: 10000, seed: 0, confidence: 0.95}

    """
}
