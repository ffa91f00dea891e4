extension BuiltInStudies {
  static let affineTarget = """
    # For an affine target all critical points of shallow networks are known. Which of them does gradient descent reach
    # from a random initialization, and with what probability, as the width grows?
    study: affine-target
    source: "arXiv:2103.10922 and arXiv:2208.02083: critical points for affine target functions"

    problem:
      input: {uniform: [0, 1]}
      # Every network with a neuron that is active on all of [0, 1] can realize it, so the optimal risk is 0 from one
      # neuron on.
      target: {affine: {weights: [1], constant: 0}}

    network:
      hidden: [[1], [2], [3], [4], [5], [6], [7], [8]]
      # A neuron is dead, inactive on all of [0, 1], with probability 3/8, so all h of a ReLU network are with
      # probability (3/8)^h: then the risk stays at 1/12, that of the best constant, or above it. Networks with all
      # neurons dead, from the start or since, are the only local minima that are not global. Leaky networks have no
      # dead neurons and no such minima.
      initial:
        weights: {normal: 1}
        biases: {normal: 1}

    vary:
      - {network.activation: [relu, {leaky-relu: 0.1}]}

    training:
      # Descent with the exact gradient: the theorems are about it, and the limit of a mini-batch method would be
      # a random one. A flow time of 200, after which most networks are close to a critical point; the landscape below
      # follows the gradient flow from there. Double precision, because the risks fall to 0.
      optimizer: population
      learning-rate: 0.05
      steps: 4000
      precision: float64

    verdict:
      # Below all saddles: for width 8 the smallest risk of a saddle is 1/78732 = 1.3e-5 with ReLU and 8.9e-6 with this
      # leaky ReLU. A risk below those of a network's own width, its dead neurons left out, certifies that the flow from
      # there ends at a global minimum, if it does not diverge.
      good: {risk-at-most: 1e-6}

    # The class of the critical point that the gradient flow reaches: global minimum, local minimum, or saddle with n kinks.
    # Saddles with kinks are strict: their basins are null sets, and no trial should end on one.
    limit: {classes: true}

    # 1000 networks of each width and activation.
    sampling: {trials: 1000, seed: 0, confidence: 0.95}

    """
}
