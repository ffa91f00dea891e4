import Studies
import Testing

/// The literal text of every error in one part of a study file.
@Suite struct NetworkErrorTests {
  @Test(arguments: cellsCases) func cells(_ wrong: ErrorCase) { wrong.check() }

  @Test(arguments: lawsCases) func laws(_ wrong: ErrorCase) { wrong.check() }

  @Test(arguments: trainableCases) func trainable(_ wrong: ErrorCase) { wrong.check() }

  static let cellsCases: [ErrorCase] = [
    ErrorCase(
      line: 6, "netwrk:",
      "inner.yaml:6: netwrk is not a key here; did you mean \"network\"?",
      key: "netwrk"),
    ErrorCase(
      line: 7, "  activation: rleu",
      """
      inner.yaml:7: network.activation must be relu, leaky-relu, clipping, identity, logistic, tanh, softplus, gelu, \
      silu, elu, softsign, sine or threshold-straight-through, or a mapping with a setting, such as {leaky-relu: \
      0.01} (it is "rleu"); did you mean "relu"?
      """,
      key: "network.activation"),
    ErrorCase(
      line: 7, "  activation: 1",
      """
      inner.yaml:7: network.activation must be relu, leaky-relu, clipping, identity, logistic, tanh, softplus, gelu, \
      silu, elu, softsign, sine or threshold-straight-through, or a mapping with a setting, such as {leaky-relu: \
      0.01} (it is 1)
      """,
      key: "network.activation"),
    ErrorCase(
      line: 7, "  activation: [relu]",
      """
      inner.yaml:7: network.activation must be relu, leaky-relu, clipping, identity, logistic, tanh, softplus, gelu, \
      silu, elu, softsign, sine or threshold-straight-through, or a mapping with a setting, such as {leaky-relu: \
      0.01} (it is [relu])
      """,
      key: "network.activation"),
    ErrorCase(
      line: 7, "  activation: threshold",
      """
      inner.yaml:7: network.activation must be relu, leaky-relu, clipping, identity, logistic, tanh, softplus, gelu, \
      silu, elu, softsign, sine or threshold-straight-through, or a mapping with a setting, such as {leaky-relu: \
      0.01} (it is "threshold"); did you mean "threshold-straight-through"?
      """,
      key: "network.activation"),
    ErrorCase(
      line: 7, "  activation: {leaky-relu: 1e39}",
      """
      inner.yaml:7: network.activation.leaky-relu must be a number of magnitude at most 3.4e38 (it is 1e39)
      """,
      key: "network.activation.leaky-relu"),
    ErrorCase(
      line: 7, "  activation: {elu: 1e300}",
      "inner.yaml:7: network.activation.elu must be a number of magnitude at most 3.4e38 (it is 1e300)",
      key: "network.activation.elu"),
    ErrorCase(
      line: 8, nil,
      """
      inner.yaml:6: network.hidden is missing; it must be a list with one list of widths a cell, such as [[5], \
      [20]]
      """,
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hiden: [[5], [20]]",
      "inner.yaml:8: network.hiden is not a key here; did you mean \"hidden\"?",
      key: "network.hiden"),
    ErrorCase(
      line: 8, "  hidden: []",
      """
      inner.yaml:8: network.hidden is empty; it must be a list with one list of widths a cell, such as [[5], \
      [20]]
      """,
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [5, 20]",
      """
      inner.yaml:8: network.hidden must be a list with one list of widths a cell, such as [[5], [20]] (it is \
      [5, 20]); for a cell of each width write [[5], [20]]
      """,
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [5, 20, 30, 40]",
      """
      inner.yaml:8: network.hidden must be a list with one list of widths a cell, such as [[5], [20]] (it is \
      [5, 20, 30, 40]); for a cell of each width write [[5], [20], [30], ...]
      """,
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: 5",
      """
      inner.yaml:8: network.hidden must be a list with one list of widths a cell, such as [[5], [20]] (it is \
      5); write [[5]]
      """,
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: \"5\"",
      """
      inner.yaml:8: network.hidden must be a list with one list of widths a cell, such as [[5], [20]] (it is \
      the text "5")
      """,
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [[5], 20]",
      "inner.yaml:8: network.hidden: entry 2 must be a list of widths, such as [20] (it is 20)",
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [[5], []]",
      "inner.yaml:8: network.hidden: entry 2 has no widths; it must be a list of widths, such as [20]",
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [[5], [0]]",
      "inner.yaml:8: network.hidden: a width must be a whole number from 1 to 65536 (in entry 2 it is 0)",
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [[5], [-3]]",
      "inner.yaml:8: network.hidden: a width must be a whole number from 1 to 65536 (in entry 2 it is -3)",
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [[5], [2.5]]",
      "inner.yaml:8: network.hidden: a width must be a whole number from 1 to 65536 (in entry 2 it is 2.5)",
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [[5], [65537]]",
      "inner.yaml:8: network.hidden: a width must be a whole number from 1 to 65536 (in entry 2 it is 65537)",
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [[5], [\"5\"]]",
      """
      inner.yaml:8: network.hidden: a width must be a whole number from 1 to 65536 (in entry 2 it is the text \
      "5"); write it without quotes
      """,
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [[5], [[5]]]",
      "inner.yaml:8: network.hidden: a width must be a whole number from 1 to 65536 (in entry 2 it is [5])",
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [[5], [8, 8]]",
      """
      5 mistakes:
      inner.yaml:10: network.initial.inner-weights is not a key here; the parameter blocks of these networks are \
      weights and biases
      inner.yaml:11: network.initial.inner-biases is not a key here; the parameter blocks of these networks are \
      weights and biases
      inner.yaml:12: network.initial.outer-weights is not a key here; the parameter blocks of these networks are \
      weights and biases
      inner.yaml:13: network.initial.outer-bias is not a key here; the parameter blocks of these networks are \
      weights and biases
      inner.yaml:14: network.trainable may list weights and biases (here is "inner-biases")
      """,
      key: "network.initial.inner-weights"),
    ErrorCase(
      line: 8, "  hidden: [[5], [20], [5.0]]",
      "inner.yaml:8: network.hidden: the cell [5] is listed twice, as entries 1 and 3",
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: {a: 5}",
      """
      inner.yaml:8: network.hidden must be a list with one list of widths a cell, such as [[5], [20]] (it is a \
      mapping)
      """,
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [[5], [x]]",
      "inner.yaml:8: network.hidden: a width must be a whole number from 1 to 65536 (in entry 2 it is \"x\")",
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [[5], ~]",
      "inner.yaml:8: network.hidden: entry 2 must be a list of widths, such as [20] (it is empty)",
      key: "network.hidden"),
    ErrorCase(
      line: 8, "  hidden: [a, b]",
      """
      2 mistakes:
      inner.yaml:8: network.hidden: entry 1 must be a list of widths, such as [20] (it is "a")
      inner.yaml:8: network.hidden: entry 2 must be a list of widths, such as [20] (it is "b")
      """,
      key: "network.hidden"),
  ]

  static let lawsCases: [ErrorCase] = [
    ErrorCase(
      line: 9, "  inital:",
      "inner.yaml:9: network.inital is not a key here; did you mean \"initial\"?",
      key: "network.inital"),
    ErrorCase(
      line: 10, nil,
      """
      inner.yaml:9: network.initial.inner-weights is missing; it must be he-normal, he-uniform, xavier-normal, \
      xavier-uniform, lecun-normal, lecun-uniform or pytorch, or a mapping with one of these or normal, half-normal, \
      uniform, constant or large-bias as its key, such as {normal: "h^(-1/2)"}
      """,
      key: "network.initial.inner-weights"),
    ErrorCase(
      line: 10, "    inner-weight: {normal: 1}",
      "inner.yaml:10: network.initial.inner-weight is not a key here; did you mean \"inner-weights\"?",
      key: "network.initial.inner-weight"),
    ErrorCase(
      line: 10, "    inner-weights: 1",
      """
      inner.yaml:10: network.initial.inner-weights must be he-normal, he-uniform, xavier-normal, xavier-uniform, \
      lecun-normal, lecun-uniform or pytorch, or a mapping with one of these or normal, half-normal, uniform, \
      constant or large-bias as its key, such as {normal: "h^(-1/2)"} (it is 1); write {constant: 1}
      """,
      key: "network.initial.inner-weights"),
    ErrorCase(
      line: 10, "    inner-weights: {gaussian: 1}",
      "inner.yaml:10: network.initial.inner-weights.gaussian is not a key here; did you mean \"normal\"?",
      key: "network.initial.inner-weights.gaussian"),
    ErrorCase(
      line: 10, "    inner-weights: {cauchy: 1}",
      """
      inner.yaml:10: network.initial.inner-weights.cauchy is not a key here; the keys here are normal, \
      half-normal, uniform, constant, large-bias, he-normal, he-uniform, xavier-normal, xavier-uniform, \
      lecun-normal, lecun-uniform and pytorch
      """,
      key: "network.initial.inner-weights.cauchy"),
    ErrorCase(
      line: 10, "    inner-weights: he",
      """
      inner.yaml:10: network.initial.inner-weights must be he-normal, he-uniform, xavier-normal, xavier-uniform, \
      lecun-normal, lecun-uniform or pytorch, or a mapping with one of these or normal, half-normal, uniform, constant \
      or large-bias as its key, such as {normal: "h^(-1/2)"} (it is "he"); did you mean "he-normal" or "he-uniform"?
      """,
      key: "network.initial.inner-weights"),
    ErrorCase(
      line: 10, "    inner-weights: {halfnormal: 1}",
      """
      inner.yaml:10: network.initial.inner-weights.halfnormal is not a key here; did you mean "half-normal"?
      """,
      key: "network.initial.inner-weights.halfnormal"),
    ErrorCase(
      line: 10, "    inner-weights: {normal: 1, constant: 2}",
      """
      inner.yaml:10: network.initial.inner-weights must be he-normal, he-uniform, xavier-normal, xavier-uniform, \
      lecun-normal, lecun-uniform or pytorch, or a mapping with one of these or normal, half-normal, uniform, \
      constant or large-bias as its key, such as {normal: "h^(-1/2)"} (it has normal and constant)
      """,
      key: "network.initial.inner-weights"),
    ErrorCase(
      line: 10, "    inner-weights: {}",
      """
      inner.yaml:10: network.initial.inner-weights must be he-normal, he-uniform, xavier-normal, xavier-uniform, \
      lecun-normal, lecun-uniform or pytorch, or a mapping with one of these or normal, half-normal, uniform, \
      constant or large-bias as its key, such as {normal: "h^(-1/2)"} (it is empty)
      """,
      key: "network.initial.inner-weights"),
    ErrorCase(
      line: 10, "    inner-weights: {normal: \"1 - h\"}",
      """
      inner.yaml:10: network.initial.inner-weights.normal must be a standard deviation from 0 to 3.4e38 in every \
      cell (it is -4 in cell 5)
      """,
      key: "network.initial.inner-weights.normal"),
    ErrorCase(
      line: 10, "    inner-weights: {half-normal: \"log(h - 20)\"}",
      """
      inner.yaml:10: network.initial.inner-weights.half-normal must be a standard deviation from 0 to 3.4e38 in \
      every cell (it is nan in cell 5)
      """,
      key: "network.initial.inner-weights.half-normal"),
    ErrorCase(
      line: 10, "    inner-weights: {half-normal: \"h^50\"}",
      """
      inner.yaml:10: network.initial.inner-weights.half-normal must be a standard deviation from 0 to 3.4e38 in \
      every cell (it is 1.125899906842624e65 in cell 20)
      """,
      key: "network.initial.inner-weights.half-normal"),
    ErrorCase(
      line: 10, "    inner-weights: {constant: \"1/(h-5)\"}",
      """
      inner.yaml:10: network.initial.inner-weights.constant must be a number of magnitude at most 3.4e38 in every \
      cell (it is inf in cell 5)
      """,
      key: "network.initial.inner-weights.constant"),
    ErrorCase(
      line: 10, "    inner-weights: {uniform: [h, 10]}",
      """
      inner.yaml:10: network.initial.inner-weights.uniform: the lower bound must not exceed the upper bound (they \
      are 20 and 10 in cell 20)
      """,
      key: "network.initial.inner-weights.uniform"),
    ErrorCase(
      line: 10, "    inner-weights: {uniform: [0, \"1/(h-5)\"]}",
      """
      inner.yaml:10: network.initial.inner-weights.uniform: the bounds must be of magnitude at most 3.4e38 in every \
      cell (they are 0 and inf in cell 5)
      """,
      key: "network.initial.inner-weights.uniform"),
    ErrorCase(
      line: 10, "    inner-weights: {uniform: 1}",
      """
      inner.yaml:10: network.initial.inner-weights.uniform must be a list of two expressions in h, h1 and d, [lower, \
      upper] (it is 1)
      """,
      key: "network.initial.inner-weights.uniform"),
    ErrorCase(
      line: 10, "    inner-weights: {uniform: [0, \"x\"]}",
      """
      inner.yaml:10: network.initial.inner-weights.uniform: unknown name "x" in column 1; the names known here are \
      h, h1, d, pi and the functions sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max
          x
          ^
      """,
      key: "network.initial.inner-weights.uniform"),
    ErrorCase(
      line: 10, "    inner-weights: {normal: \"n\"}",
      """
      inner.yaml:10: network.initial.inner-weights.normal: unknown name "n" in column 1; the names known here are h, \
      h1, d, pi and the functions sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max
          n
          ^
      """,
      key: "network.initial.inner-weights.normal"),
    ErrorCase(
      line: 10, "    inner-weights: {normal: [1]}",
      """
      inner.yaml:10: network.initial.inner-weights.normal must be an expression in h, h1 and d, such as "h^(-1/2)" \
      (it is [1])
      """,
      key: "network.initial.inner-weights.normal"),
  ]

  static let trainableCases: [ErrorCase] = [
    ErrorCase(
      line: 14, "  trainable: inner-biases",
      """
      inner.yaml:14: network.trainable must be a list of parameter blocks, such as [inner-biases] (it is \
      "inner-biases"); write [inner-biases]
      """,
      key: "network.trainable"),
    ErrorCase(
      line: 14, "  trainable: all",
      """
      inner.yaml:14: network.trainable must be a list of parameter blocks, such as [inner-biases] (it is "all")
      """,
      key: "network.trainable"),
    ErrorCase(
      line: 14, "  trainable: []",
      """
      inner.yaml:14: network.trainable is empty; it must be a list of parameter blocks, such as [inner-biases]
      """,
      key: "network.trainable"),
    ErrorCase(
      line: 14, "  trainable: [inner-biass]",
      """
      inner.yaml:14: network.trainable may list inner-weights, inner-biases, outer-weights, outer-bias, weights and \
      biases (here is "inner-biass"); did you mean "inner-biases"?
      """,
      key: "network.trainable"),
    ErrorCase(
      line: 14, "  trainable: [inner-biases, inner-biases]",
      "inner.yaml:14: network.trainable lists inner-biases twice; keep one of them",
      key: "network.trainable"),
    ErrorCase(
      line: 14, "  trainable: [[inner-biases]]",
      """
      inner.yaml:14: network.trainable may list inner-weights, inner-biases, outer-weights, outer-bias, weights and \
      biases (here is [inner-biases])
      """,
      key: "network.trainable"),
  ]
}
