extension BuiltInStudies {
  static let saddleEscape = """
    # How long does gradient descent need to leave a saddle, and does it always? It starts at a random point at a given
    # distance from a saddle that is known exactly.
    study: saddle-escape
    source: "arXiv:2208.02083: gradient descent escapes saddle points of shallow ReLU networks; arXiv:2103.10922"

    problem:
      input: {uniform: [0, 1]}
      target: {affine: {weights: [1], constant: 0}}

    vary:
      # The saddles with n kinks of networks with n neurons. ReLU: n is even and the risk 1/(12 (n+1)^4). Leaky ReLU with
      # slope g = 0.1: any n, the risk (1-g)^2/(12 D^4) with D = 2 + (n-1) sqrt(1+g) for even n and D = 1 + sqrt(g) +
      # (n-1) sqrt(1+g) for odd n.
      # A trial ends when the risk is 9/10 of the saddle's. No critical point of its width has a smaller risk than the
      # saddle except 0, so gradient flow from there ends at a global minimum, if it does not diverge. With a bound
      # far below 9/10 the way from the saddle to the minimum would count as well.
      - network.activation: [relu, relu, relu, {leaky-relu: 0.1}, {leaky-relu: 0.1}, {leaky-relu: 0.1}, {leaky-relu: 0.1}]
        network.hidden: [[[2]], [[4]], [[6]], [[1]], [[2]], [[3]], [[4]]]
        network.initial.saddle: [2, 4, 6, 1, 2, 3, 4]
        training.until.risk-at-most: [9.259e-4, 1.2e-4, 3.124e-5, 2.024e-2, 7.031e-4, 4.473e-4, 8.660e-5]
        verdict.good.risk-at-most: [9.259e-4, 1.2e-4, 3.124e-5, 2.024e-2, 7.031e-4, 4.473e-4, 8.660e-5]
      # Near the saddle the component of the start along the most negative eigenvector of the Hessian, with eigenvalue
      # lambda, grows by the factor 1 + rate |lambda| a step. So the flow time to escape, rate times steps, is linear in
      # log(1/distance), with slope rate / log(1 + rate |lambda|), about 1/|lambda| for small rates: 37.5, 117.2 and 266.7
      # for the ReLU saddles, 33.3, 41.7, 59.8 and 144.7 for the leaky ones. From distance 0.1 on the risk is not quadratic
      # any more: fit the line to the others.
      - {network.initial.distance: [1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6]}
      # Stable for all saddles: the largest eigenvalue is 7.5 for the leaky neuron with n = 1 and 3.2 for the others, and
      # rates must be below 2 over it. The limit of steps is a flow time of 10,000, 37 times 1/|lambda| at least.
      - training.learning-rate: [0.2, 0.1, 0.05]
        training.steps: [50000, 100000, 200000]

    training:
      # Descent with the exact gradient. In single precision, distances below 1e-5 would be lost in rounding.
      optimizer: population
      precision: float64

    # 200 starts for each saddle, distance and rate. Times of one distance scatter by 1.1/|lambda|, so the slope over five
    # distances has a standard error of 1.1 %; --trials 2000 for 0.3 %.
    sampling: {trials: 200, seed: 0, confidence: 0.95}

    """
}
