extension BuiltInStudies {
  static let flowPolynomial = """
    # The gradient flow where its convergence is a theorem: target and density are piecewise polynomials, so every trajectory
    # that does not diverge converges to a critical point, and its risk with rate 1.
    study: flow-polynomial
    source: "arXiv:2108.08106, theorem 2: piecewise polynomial target and density, all parameters trained"

    problem:
      # 1/2 + 2 x up to 1/2, then 1.
      input: {density: {breaks: [0, 0.5, 1], pieces: [[0.5, 2], [1]]}}
      # A parabola, then a line: 4 x^2 up to 1/2, then 3/2 - x.
      target: {piecewise-polynomial: {breaks: [0, 0.5, 1], pieces: [[0, 0, 4], [1.5, -1]]}}

    network:
      activation: relu
      hidden: [[10], [100], [1000]]
      initial:
        weights: {normal: 1}
        biases: {normal: 1}

    training:
      optimizer: gradient-flow
      # Up to the flow time 1e4, in steps that grow geometrically.
      learning-rate: {geometric: {total: 1e4}}
      steps: 56

    verdict:
      good: {risk-at-most: 1e-3}

    # The risk at every one of these times: the theorem bounds what is left by a constant over 1 + t.
    trajectory: {checkpoints: log}

    sampling: {trials: 300, seed: 5, confidence: 0.95}

    """
}
