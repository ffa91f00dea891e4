extension BuiltInStudies {
  static let teacherStudent = """
    # How often does gradient descent end in a spurious minimum when a network of n ReLU neurons learns one of k
    # orthonormal ReLU neurons? Inputs are Gaussian, so the risk has a closed form: no sampling is in the way.
    study: teacher-student
    source: "arXiv:1712.08968, experiments: gradient descent from random starts, orthonormal teacher of k neurons"

    problem:
      input: {normal: {dimension: 6}}
      # f(x) = max(x1, 0) + ... + max(xk, 0).
      target: {teacher: {hidden: [6], parameters: orthonormal}}

    network:
      activation: relu
      hidden: [[6], [7]]
      # Only the inner weights are trained. There are no biases, and the outer weights stay 1.
      initial:
        inner-weights: {normal: "1/sqrt(d)"}
        inner-biases: {constant: 0}
        outer-weights: {constant: 1}
        outer-bias: {constant: 0}
      trainable: [inner-weights]

    # As many neurons as the teacher has, k = 6 ... 20, and then one more.
    vary:
      -
        problem.input.normal.dimension: [6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 6, 7, 8, 9, 10, 11,
          12, 13, 14, 15, 16, 17, 18, 19, 20]
        problem.target.teacher.hidden: [[6], [7], [8], [9], [10], [11], [12], [13], [14], [15], [16], [17], [18],
          [19], [20], [6], [7], [8], [9], [10], [11], [12], [13], [14], [15], [16], [17], [18], [19], [20]]
        network.hidden: [[[6]], [[7]], [[8]], [[9]], [[10]], [[11]], [[12]], [[13]], [[14]], [[15]], [[16]], [[17]],
          [[18]], [[19]], [[20]], [[7]], [[8]], [[9]], [[10]], [[11]], [[12]], [[13]], [[14]], [[15]], [[16]],
          [[17]], [[18]], [[19]], [[20]], [[21]]]
        # With n = k, as published: until the gradient of half the risk in the weights of every neuron is at most 1e-9 /
        # (2 pi), which is 1e-9 / pi for the risk. With n = k + 1 two neurons share one of the teacher; the gradient falls
        # like 1 / steps^2 only, and that bound would take most of a million steps. At 3e-8 the risk is far from the bound of
        # the verdict already, on either side.
        training.until.neuron-gradient-at-most: [3.1830988618379067e-10, 3.1830988618379067e-10,
          3.1830988618379067e-10, 3.1830988618379067e-10, 3.1830988618379067e-10, 3.1830988618379067e-10,
          3.1830988618379067e-10, 3.1830988618379067e-10, 3.1830988618379067e-10, 3.1830988618379067e-10,
          3.1830988618379067e-10, 3.1830988618379067e-10, 3.1830988618379067e-10, 3.1830988618379067e-10,
          3.1830988618379067e-10, 3e-8, 3e-8, 3e-8, 3e-8, 3e-8, 3e-8, 3e-8, 3e-8, 3e-8, 3e-8, 3e-8, 3e-8, 3e-8,
          3e-8, 3e-8]
        # The bounds of the training make the norm of the gradient at most sqrt(21) times as large; a tenth of these
        # tolerances is still more.
        verdict.stationary.gradient-norm-at-most: [2e-8, 2e-8, 2e-8, 2e-8, 2e-8, 2e-8, 2e-8, 2e-8, 2e-8, 2e-8, 2e-8,
          2e-8, 2e-8, 2e-8, 2e-8, 2e-6, 2e-6, 2e-6, 2e-6, 2e-6, 2e-6, 2e-6, 2e-6, 2e-6, 2e-6, 2e-6, 2e-6, 2e-6,
          2e-6, 2e-6]

    training:
      optimizer: population
      precision: float64
      # The published objective is half of the risk: 0.05 for the risk is 0.1 for it.
      learning-rate: 0.05
      # Most trials need some thousands.
      steps: 2000000

    verdict:
      # Published: a minimum is spurious where half the risk is 0.001 or more.
      good: {risk-at-most: 2e-3}

    # Every trial ends at a critical point: global minimum, spurious minimum, or saddle by the Hessian.
    limit: {classes: true}

    # 1000 networks of each size, as published.
    sampling: {trials: 1000, seed: 6, confidence: 0.95}

    """
}
