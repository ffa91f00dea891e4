extension BuiltInStudies {
  static let flowInnerBias = """
    # Does the gradient flow itself bring the risk below a bound, with which probability at which time, and how does that move
    # as the width grows? The setting of the convergence theorem whose simulation is `inner-bias`: no batches, no steps.
    study: flow-inner-bias
    source: "arXiv:2212.13111, the flow of the theorem: ReLU, only inner biases trained"

    problem:
      input: {uniform: [0, 1]}
      # Convex, with f(0) = 0 and f'(0) >= 0, as the theorem asks. The second one too, with f'' >= 2 everywhere, which bounds
      # how the risk of critical points falls with the width.
      target: "x^4 * sin(x)"

    network:
      activation: relu
      hidden: [[5], [20], [100], [500]]
      # All weights are positive and stay as they are drawn. The exponents are those of the published simulation.
      initial:
        inner-weights: {half-normal: "h^(-4/15)"}
        inner-biases: {normal: "h^(-9/10)"}
        outer-weights: {half-normal: "h^(-4/15)"}
        outer-bias: {normal: "h^(-9/10)"}
      trainable: [inner-biases]

    training:
      optimizer: gradient-flow
      # Up to the flow time 1e5, in steps that grow geometrically: the times at which the risk is looked at.
      learning-rate: {geometric: {total: 1e5}}
      steps: 64

    verdict:
      # The variance of x^4 sin x is 0.047, the best straight line leaves 0.0144 and the best fit of two pieces 0.00064; of
      # x^2 these are 0.089, 0.0056 and 0.00035.
      good: {risk-at-most: 1e-3}

    # The risk at every one of these times.
    trajectory: {checkpoints: log}

    vary:
      - problem.target: ["x^4 * sin(x)", "x^2"]

    sampling: {trials: 300, seed: 5, confidence: 0.95}

    """
}
