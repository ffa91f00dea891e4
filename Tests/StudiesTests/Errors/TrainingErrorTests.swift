import Studies
import Testing

/// The literal text of every error in one part of a study file.
@Suite struct TrainingErrorTests {
  @Test(arguments: trainingCases) func training(_ wrong: ErrorCase) { wrong.check() }

  @Test(arguments: verdictCases) func verdict(_ wrong: ErrorCase) { wrong.check() }

  @Test(arguments: samplingCases) func sampling(_ wrong: ErrorCase) { wrong.check() }

  /// A criterion on the gradients of neurons that are not trained holds from the start.
  @Test func vacuousCriterion() {
    let text = sampleText.replacing("trainable: [inner-biases]", with: "trainable: [outer-weights, outer-bias]")
      .replacing("optimizer: sgd", with: "optimizer: population\n  until: {neuron-gradient-at-most: 1e-3}")
      .replacing("  batch: {size: 64, stream: independent}\n", with: "")
    #expect(
      failure(text)?.description
        == "inner.yaml:17: training.until.neuron-gradient-at-most is about the weights and biases of hidden neurons, of "
        + "which cell 5 trains none; train some of them (network.trainable), or use risk-at-most")
  }

  static let trainingCases: [ErrorCase] = [
    ErrorCase(
      line: 15, "trainng:",
      "inner.yaml:15: trainng is not a key here; did you mean \"training\"?",
      key: "trainng"),
    ErrorCase(
      line: 16, "  optimizer: sdg",
      """
      inner.yaml:16: training.optimizer must be sgd, momentum, momentum-averaged, nesterov, nesterov-look-ahead, \
      adagrad, rmsprop, adadelta, adam, adamw, amsgrad, amsgrad-uncorrected, adamax, adamax-unsmoothed, nadam, \
      nadam-constant, averaged-sgd, population or gradient-flow, or a mapping with a setting, such as {adam: {beta1: 0.9}} (it is \
      "sdg"); did you mean "sgd"?
      """,
      key: "training.optimizer"),
    ErrorCase(
      line: 17, nil,
      """
      inner.yaml:15: training.learning-rate is missing; it must be an expression in n and h, such as "0.1 * \
      0.5^floor(n / 500)", or a mapping with one of the keys constant, step-decay, polynomial-decay, cosine, geometric or \
      warm-up, such as {step-decay: {initial: 0.1, factor: 0.5, every: 500}}
      """,
      key: "training.learning-rate"),
    ErrorCase(
      line: 17, "  learning-rate: \"0.1 - 0.01 * n\"",
      """
      inner.yaml:17: training.learning-rate must be from 0 to 3.4e38 at every step (it is \
      -0.009999999999999995 at step 11 of cell 5)
      """,
      key: "training.learning-rate"),
    ErrorCase(
      line: 17, "  learning-rate: 0",
      "inner.yaml:17: training.learning-rate must not be 0 at every step (it is in cell 5)",
      key: "training.learning-rate"),
    ErrorCase(
      line: 17, "  learning-rate: \"sqrt(100 - n*h)\"",
      """
      inner.yaml:17: training.learning-rate must be from 0 to 3.4e38 at every step (it is nan at step 21 of \
      cell 5)
      """,
      key: "training.learning-rate"),
    ErrorCase(
      line: 17, "  learning-rate: \"1/n\"",
      """
      inner.yaml:17: training.learning-rate must be from 0 to 3.4e38 at every step (it is inf at step 0 of \
      cell 5)
      """,
      key: "training.learning-rate"),
    ErrorCase(
      line: 17, "  learning-rate: \"0.1 * t\"",
      """
      inner.yaml:17: training.learning-rate: unknown name "t" in column 7; the names known here are n, h, pi \
      and the functions sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max
          0.1 * t
                ^
      """,
      key: "training.learning-rate"),
    ErrorCase(
      line: 17, "  learning-rate: -0.1",
      """
      inner.yaml:17: training.learning-rate must be from 0 to 3.4e38 at every step (it is -0.1 at step 0 of \
      cell 5)
      """,
      key: "training.learning-rate"),
    ErrorCase(
      line: 17, "  learnin-rate: 0.1",
      "inner.yaml:17: training.learnin-rate is not a key here; did you mean \"learning-rate\"?",
      key: "training.learnin-rate"),
    ErrorCase(
      line: 17, "  learning_rate: 0.1",
      "inner.yaml:17: training.learning_rate is not a key here; did you mean \"learning-rate\"?",
      key: "training.learning_rate"),
    ErrorCase(
      line: 17, "  lr: 0.1",
      "inner.yaml:17: training.lr is not a key here; write training.learning-rate",
      key: "training.lr"),
    ErrorCase(
      line: 17, "  rate: 0.1",
      "inner.yaml:17: training.rate is not a key here; write training.learning-rate",
      key: "training.rate"),
    ErrorCase(
      line: 17, "  learning-rate: \"1e-50 / (n + 1)\"",
      """
      inner.yaml:17: training.learning-rate must be at least 1.4e-45 at some step in single precision (in cell 5 it is \
      at most 1e-50); or set training.precision to float64
      """,
      key: "training.learning-rate"),
    ErrorCase(
      line: 17, "  learning-rate: -.inf",
      "inner.yaml:17: training.learning-rate: numbers must be finite (here is -.inf)",
      key: "training.learning-rate"),
    ErrorCase(
      line: 18, nil,
      "inner.yaml:15: training.steps is missing; it must be a whole number from 1 to 10000000",
      key: "training.steps"),
    ErrorCase(
      line: 18, "  steps: -5",
      "inner.yaml:18: training.steps must be a whole number from 1 to 10000000 (it is -5)",
      key: "training.steps"),
    ErrorCase(
      line: 18, "  steps: 0",
      "inner.yaml:18: training.steps must be a whole number from 1 to 10000000 (it is 0)",
      key: "training.steps"),
    ErrorCase(
      line: 18, "  steps: 10000001",
      "inner.yaml:18: training.steps must be a whole number from 1 to 10000000 (it is 10000001)",
      key: "training.steps"),
    ErrorCase(
      line: 18, "  steps: 2.5",
      "inner.yaml:18: training.steps must be a whole number from 1 to 10000000 (it is 2.5)",
      key: "training.steps"),
    ErrorCase(
      line: 18, "  steps: \"300\"",
      """
      inner.yaml:18: training.steps must be a whole number from 1 to 10000000 (it is the text "300"); write it \
      without quotes
      """,
      key: "training.steps"),
    ErrorCase(
      line: 18, "  steps: many",
      "inner.yaml:18: training.steps must be a whole number from 1 to 10000000 (it is \"many\")",
      key: "training.steps"),
    ErrorCase(
      line: 18, "  steps: no",
      "inner.yaml:18: training.steps must be a whole number from 1 to 10000000 (it is the YAML value no)",
      key: "training.steps"),
    ErrorCase(
      line: 18, "  steps: [5]",
      "inner.yaml:18: training.steps must be a whole number from 1 to 10000000 (it is [5])",
      key: "training.steps"),
    ErrorCase(
      line: 18, "  steps: {a: 5}",
      "inner.yaml:18: training.steps must be a whole number from 1 to 10000000 (it is a mapping)",
      key: "training.steps"),
    ErrorCase(
      line: 18, "  steps:",
      "inner.yaml:18: training.steps has no value; it must be a whole number from 1 to 10000000",
      key: "training.steps"),
    ErrorCase(
      line: 18, "  steps: 0x10",
      "inner.yaml:18: training.steps must be a whole number from 1 to 10000000 (it is \"0x10\"); write 16",
      key: "training.steps"),
    ErrorCase(
      line: 18, "  steps: 1_000",
      "inner.yaml:18: training.steps must be a whole number from 1 to 10000000 (it is \"1_000\"); write 1000",
      key: "training.steps"),
    ErrorCase(
      line: 19, "  batch: 64",
      "inner.yaml:19: training.batch must be a mapping with the keys size, stream and sampling (it is 64); write {size: 64}",
      key: "training.batch"),
    ErrorCase(
      line: 19, "  batch: {size: 0}",
      "inner.yaml:19: training.batch.size must be a whole number from 1 to 1048576 = 2^20 (it is 0)",
      key: "training.batch.size"),
    ErrorCase(
      line: 19, "  batch: {size: 1048577}",
      "inner.yaml:19: training.batch.size must be a whole number from 1 to 1048576 = 2^20 (it is 1048577)",
      key: "training.batch.size"),
    ErrorCase(
      line: 19, "  batch: {stream: shard}",
      """
      inner.yaml:19: training.batch.stream must be independent or shared (it is "shard"); did you mean "shared"?
      """,
      key: "training.batch.stream"),
    ErrorCase(
      line: 19, "  batch: {stream: on}",
      "inner.yaml:19: training.batch.stream must be independent or shared (it is the YAML value on)",
      key: "training.batch.stream"),
    ErrorCase(
      line: 19, "  batch: {trials: 5}",
      """
      inner.yaml:19: training.batch.trials is not a key here; "trials" belongs under "trajectory" or "sampling"
      """,
      key: "training.batch.trials"),
    ErrorCase(
      line: 19, "  batch: {sise: 5}",
      "inner.yaml:19: training.batch.sise is not a key here; did you mean \"size\"?",
      key: "training.batch.sise"),
    ErrorCase(
      line: 19, "  batch: [64]",
      "inner.yaml:19: training.batch must be a mapping with the keys size, stream and sampling (it is [64])",
      key: "training.batch"),
  ]

  static let verdictCases: [ErrorCase] = [
    ErrorCase(
      line: 20, "verdit:",
      "inner.yaml:20: verdit is not a key here; did you mean \"verdict\"?",
      key: "verdit"),
    ErrorCase(
      line: 21, nil,
      """
      inner.yaml:20: verdict.good is missing; it must be a mapping with one of the keys risk-at-most, excess-at-most or ratio-at-most, such as \
      {risk-at-most: 1e-3}
      """,
      key: "verdict.good"),
    ErrorCase(
      line: 21, "  good: 1e-3",
      """
      inner.yaml:21: verdict.good must be a mapping with one of the keys risk-at-most, excess-at-most or ratio-at-most, such as {risk-at-most: 1e-3} \
      (it is 1e-3); write {risk-at-most: 1e-3}
      """,
      key: "verdict.good"),
    ErrorCase(
      line: 21, "  good: {risk-at-most: -1}",
      "inner.yaml:21: verdict.good.risk-at-most must be a finite number, 0 or greater (it is -1)",
      key: "verdict.good.risk-at-most"),
    ErrorCase(
      line: 21, "  good: {risk-at-most: .inf}",
      "inner.yaml:21: verdict.good.risk-at-most must be a finite number, 0 or greater (it is \".inf\")",
      key: "verdict.good.risk-at-most"),
    ErrorCase(
      line: 21, "  good: {risk-at-most: \"1e-3\"}",
      """
      inner.yaml:21: verdict.good.risk-at-most must be a finite number, 0 or greater (it is the text "1e-3"); \
      write it without quotes
      """,
      key: "verdict.good.risk-at-most"),
    ErrorCase(
      line: 21, "  good: {risk-at-least: 1}",
      "inner.yaml:21: verdict.good.risk-at-least is not a key here; did you mean \"risk-at-most\"?",
      key: "verdict.good.risk-at-least"),
    ErrorCase(
      line: 21, "  good: {}",
      """
      inner.yaml:21: verdict.good must be a mapping with one of the keys risk-at-most, excess-at-most or ratio-at-most, such as {risk-at-most: 1e-3} \
      (it is empty)
      """,
      key: "verdict.good"),
    ErrorCase(
      line: 21, "  good: {risk-at-most: 1e999}",
      "inner.yaml:21: verdict.good.risk-at-most must be a finite number, 0 or greater (it is 1e999)",
      key: "verdict.good.risk-at-most"),
    ErrorCase(
      line: 22, "  stationary: {gradient-norm-at-most: 0}",
      """
      inner.yaml:22: verdict.stationary.gradient-norm-at-most must be a finite number greater than 0 (it is 0)
      """,
      key: "verdict.stationary.gradient-norm-at-most"),
    ErrorCase(
      line: 22, "  stationary: {}",
      """
      inner.yaml:22: verdict.stationary must be a mapping with the key gradient-norm-at-most, such as \
      {gradient-norm-at-most: 1e-8} (it is empty)
      """,
      key: "verdict.stationary"),
    ErrorCase(
      line: 22, "  stationary: true",
      """
      inner.yaml:22: verdict.stationary must be a mapping with the key gradient-norm-at-most, such as \
      {gradient-norm-at-most: 1e-8} (it is the YAML value true)
      """,
      key: "verdict.stationary"),
  ]

  static let samplingCases: [ErrorCase] = [
    ErrorCase(
      line: 23, "sampling: {trials: 0}",
      "inner.yaml:23: sampling.trials must be a whole number from 1 to 1099511627776 = 2^40 (it is 0)",
      key: "sampling.trials"),
    ErrorCase(
      line: 23, "sampling: {trials: 1099511627777}",
      """
      inner.yaml:23: sampling.trials must be a whole number from 1 to 1099511627776 = 2^40 (it is 1099511627777)
      """,
      key: "sampling.trials"),
    ErrorCase(
      line: 23, "sampling: {trials: 1e13}",
      "inner.yaml:23: sampling.trials must be a whole number from 1 to 1099511627776 = 2^40 (it is 1e13)",
      key: "sampling.trials"),
    ErrorCase(
      line: 23, "sampling: {seed: -1}",
      "inner.yaml:23: sampling.seed must be a whole number from 0 to 18446744073709551615 (it is -1)",
      key: "sampling.seed"),
    ErrorCase(
      line: 23, "sampling: {seed: 18446744073709551616}",
      """
      inner.yaml:23: sampling.seed must be a whole number from 0 to 18446744073709551615 (it is \
      18446744073709551616)
      """,
      key: "sampling.seed"),
    ErrorCase(
      line: 23, "sampling: {confidence: 1}",
      "inner.yaml:23: sampling.confidence must be a number between 0 and 1, neither included (it is 1)",
      key: "sampling.confidence"),
    ErrorCase(
      line: 23, "sampling: {confidence: 95}",
      "inner.yaml:23: sampling.confidence must be a number between 0 and 1, neither included (it is 95)",
      key: "sampling.confidence"),
    ErrorCase(
      line: 23, "sampling: {confidence: 0}",
      "inner.yaml:23: sampling.confidence must be a number between 0 and 1, neither included (it is 0)",
      key: "sampling.confidence"),
    ErrorCase(
      line: 23, "sampling: [5]",
      "inner.yaml:23: sampling must be a mapping with the keys trials, until, stages, look, seed and confidence (it is [5])",
      key: "sampling"),
    ErrorCase(
      line: 23, "sampling:",
      "inner.yaml:23: sampling has no value; it must be a mapping with the keys trials, until, stages, look, seed and confidence",
      key: "sampling"),
    ErrorCase(
      line: 23, "sampling: {seeds: 5}",
      "inner.yaml:23: sampling.seeds is not a key here; did you mean \"seed\"?",
      key: "sampling.seeds"),
  ]
}
