extension BuiltInStudies {
  static let nonConvergence = """
    # With what probability does training fail to reach a global minimum because neurons are dead from the start? For
    # every optimizer that leaves a parameter alone as long as its gradients are 0.
    study: non-convergence
    source: "arXiv:2402.05155 and arXiv:2410.10533: non-convergence to global minimizers"

    problem:
      input: {uniform: [0, 1]}
      # The optimal risk m_h falls strictly with the width h: 0.0422 for 1 neuron, 3.7e-5 for 5, 3.0e-6 for 10.
      target: "sin(3*x)"

    network:
      activation: relu
      # The probabilities below are near 1 already, and m_h is known to all digits.
      hidden: [[5], [10]]
      # A neuron is inactive on all of [0, 1] with probability 3/8. None of its parameters ever has a gradient, so a network
      # with K dead neurons at initialization has risks of at least m_(h-K) forever: the probability of missing the
      # global minimum is at least 1 - (5/8)^h, 0.905 for h = 5 and 0.991 for h = 10.
      initial:
        weights: {normal: 1}
        biases: {normal: 1}

    vary:
      # The optimizers of the papers, in the papers' forms. Rates are round ones with which each optimizer brings the
      # risk down in 10000 steps; where momentum adds gradients up, it is 1 - 0.9 times that of SGD.
      - training.optimizer:
          - sgd
          - momentum
          - momentum-averaged
          - nesterov
          - nesterov-look-ahead
          - adagrad
          - rmsprop
          - adadelta
          - adam
          - amsgrad-uncorrected
          - adamax-unsmoothed
          - nadam-constant
        training.learning-rate: [0.05, 0.005, 0.05, 0.005, 0.05, 0.05, 0.003, 0.3, 0.01, 0.01, 0.01, 0.01]

    training:
      steps: 10000
      batch: {size: 256, stream: independent}

    verdict:
      # The best constant leaves a risk of 0.0833, the best straight line 0.0809, the best fit of two pieces 0.0035 and
      # the best networks of width 2 and 3 leave 0.00062 and 0.00029.
      good: {risk-at-most: 1e-3}

    # The limit of the gradient flow from the end of training, to be compared with m_h: training with noise stays above
    # even where it comes to a global minimum.
    limit: {classes: true}

    # 300 networks of each width with each optimizer.
    sampling: {trials: 300, seed: 0, confidence: 0.95}

    """
}
