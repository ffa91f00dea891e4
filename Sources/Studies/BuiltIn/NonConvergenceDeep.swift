extension BuiltInStudies {
  static let nonConvergenceDeep = """
    # With what probability does training of deep networks miss the global minimum, and with what probability is a neuron of
    # the first hidden layer dead from the start? Such a network can only realize functions of networks with a narrower
    # first layer, whatever becomes of the layers behind it, whose neurons can come back to life.
    study: non-convergence-deep
    source: "arXiv:2410.10533 and arXiv:2503.01660: non-convergence to global minimizers of deep networks"

    problem:
      input: {uniform: [0, 1]}
      # Convex, so that the best fits by k lines join, with risk D_k = 1/(180 k^4).
      target: "x^2 + 2*x"

    network:
      activation: relu
      # Varies below.
      hidden: [[5, 5]]
      # He et al., arXiv:1502.01852. A neuron of the first layer is dead on [0, 1] with probability 1/2, some neuron of
      # h of them with 1 - 2^-h, 0.969 for h = 5; a whole layer with 1 - (1 - 2^-h)^D, 0.062 and 0.091 for h = 5 and D = 2
      # and 3.
      initial:
        weights: he-normal
        biases: {constant: 0}

    vary:
      # Good: as good as the best fit by h lines, D_h. Every network whose first layer has h neurons can be that: h - 1 of
      # them have the kinks, the last one is active everywhere, and one neuron in each layer behind passes the sum on. So
      # a trial whose limit is above D_h has missed the global minimum. (One below it need not have come to it: networks
      # with several layers have more pieces than h, up to the product of the h + 1.)
      - network.hidden: [[[5, 5]], [[10, 10]], [[20, 20]], [[5, 5, 5]], [[10, 10, 10]]]
        verdict.good.risk-at-most: [8.889e-6, 5.556e-7, 3.473e-8, 8.889e-6, 5.556e-7]
      # Four optimizers that leave a parameter alone as long as its gradients are 0.
      - training.optimizer: [sgd, momentum, rmsprop, adam]
        training.learning-rate: [0.05, 0.005, 0.003, 0.01]

    training:
      steps: 10000
      batch: {size: 256, stream: independent}

    verdict:
      good: {risk-at-most: 8.889e-6}

    # 300 networks of each shape with each optimizer.
    sampling: {trials: 300, seed: 0, confidence: 0.95}

    """
}
