import Kernels
import Networks
import Outcomes
import Problems
import Training

extension StudyKey {
  /// The whole study file; the names of parameter blocks are those of networks of these depths.
  static func study(_ depths: StudyDepths) -> StudyKey {
    required(
      "",
      .group([
        required("study", .name), optional("source", .text), problem(depths), network(depths), training, verdict,
        limit, trajectory, optional(StudyVariation.key, .factors), sampling,
      ]))
  }

  private static func required(_ name: String, _ form: Form) -> StudyKey {
    StudyKey(name: name, form: form, isRequired: true)
  }

  private static func optional(_ name: String, _ form: Form) -> StudyKey {
    StudyKey(name: name, form: form, isRequired: false)
  }
}

extension Study {
  /// The dotted paths of all keys of study files, with the block names of shallow networks.
  package static let keys = StudyKey.study(StudyDepths()).paths
}

// MARK: - Problem

extension StudyKey {
  /// The most coordinates of an input.
  static let dimensions = 1...UInt64(100)
  /// The most points of a data set.
  static let points = 1...UInt64(MiniBatchPlan.maximumBatchSize)
  private static let seeds = 0...UInt64.max

  private static func problem(_ depths: StudyDepths) -> StudyKey {
    required(
      "problem",
      .group([
        optional("input", input).withShorthands("uniform", "box"),
        optional("data", data).withShorthands("csv", "points"), optional("target", target(depths)),
        optional("evaluation-points", .integer(2...UInt64(1 << 24))),
      ]))
  }

  private static let input = Form.choice(
    [
      optional("uniform", .bounds(variables: [])), optional("box", .box),
      optional(
        "normal",
        .group([
          optional("mean", .real(.any)), optional("standard-deviation", .real(.positive)),
          optional("dimension", .integer(dimensions)),
        ])),
      optional("density", piecewisePolynomial),
    ], example: "{uniform: [0, 1]}")

  private static let piecewisePolynomial = Form.group([
    required("breaks", .numbers(example: "[0, 0.5, 1]")),
    required("pieces", .numberLists(example: "[[0, 4], [4, -4]]")),
  ])

  private static let data = Form.choice(
    [
      optional(
        "csv",
        .either(
          .path,
          orMapping: .stored([
            required("sha256", .digest), required("points", .integer(points)),
            required("dimension", .integer(dimensions)),
            optional(
              "header", .group([required("line", .integer(1...UInt64(Int32.max))), required("columns", .text)])),
          ]))),
      optional("points", .numberLists(example: "[[0, 1], [0.5, 2]]")),
      optional(
        "gaussian",
        .group([
          required("points", .integer(points)), required("dimension", .integer(dimensions)),
          optional("seed", .integer(seeds)),
        ])),
      optional(
        "nearly-orthogonal",
        .group([
          required("points", .integer(dimensions)), required("dimension", .integer(dimensions)),
          required("noise", .real(.nonnegative)), optional("seed", .integer(seeds)),
        ])),
    ], companions: [optional("sha256", .digest), optional("weights", .weights(example: "[1, 2, 1]"))],
    example: "{csv: points.csv}")

  private static func target(_ depths: StudyDepths) -> Form {
    .either(
      .expression(variables: ["x"], example: "\"x^4 * sin(x)\""),
      orMapping: .choice(
        [
          optional("piecewise-polynomial", piecewisePolynomial),
          optional(
            "affine",
            .group([required("weights", .numbers(example: "[1, -2]")), optional("constant", .real(.any))])),
          optional(
            "teacher",
            .group([
              optional("activation", activation), required("hidden", .widths),
              optional(
                "parameters", .numbersOrWord(Teacher.orthonormalWord, example: "[1, -1, 0, 0, 2, 1, 0]")),
              optional("initial", initial(BlockName.names(depth: depths.teacher), layers: depths.teacher)),
              optional("seed", .integer(seeds)),
            ])),
        ], example: "{affine: {weights: [2], constant: 1}}"))
  }
}

// MARK: - Network

extension StudyKey {
  private static func network(_ depths: StudyDepths) -> StudyKey {
    let blocks = BlockName.names(depth: depths.common)
    return required(
      "network",
      .group([
        optional("activation", activation), required("hidden", .cells),
        required("initial", initial(blocks, layers: depths.cells.lowerBound, start: startingPoint))
          .withShorthands("point"),
        optional("trainable", .words(blocks.map(\.text), example: "[\(blocks[min(1, blocks.count - 2)].text)]")),
      ]))
  }

  private static let activation = Form.either(
    .word(Activation.Kind.allCases.map(\.rawValue)),
    orMapping: .choice(
      [
        optional(Activation.Kind.leakyReLU.rawValue, .real(.any)),
        optional(Activation.Kind.elu.rawValue, .real(.positive)),
      ], example: "{leaky-relu: 0.01}"))

  /// The keys of a starting point, around which trials begin.
  static let startingPoint = [
    optional("point", .numbers(example: "[1, -1, 0, 0.5, 2, 1, 0]")), optional("saddle", .integer(1...100)),
    optional("distance", .real(.nonnegative)), optional("first-kink", .word(["right", "left"])),
  ]

  /// Laws of blocks; or a starting point, where it has keys.
  private static func initial(_ blocks: [BlockName], layers: Int, start: [StudyKey] = []) -> Form {
    let law = law(StudyDepths.variables(depth: layers))
    return .either(
      .word([LawName.pytorch]),
      orMapping: .laws(blocks.map { optional($0.text, law).withShorthands("constant") }, start: start))
  }

  private static func law(_ variables: [String]) -> Form {
    let scale = Form.expression(variables: variables, example: "\"h^(-1/2)\"")
    let laws =
      [optional("normal", scale), optional("half-normal", scale), optional("uniform", .bounds(variables: variables))]
      + ["constant", "large-bias"].map { optional($0, scale) } + LawName.words.map { optional($0, scale) }
    return .either(.word(LawName.words), orMapping: .choice(laws, example: "{normal: \"h^(-1/2)\"}"))
  }
}

/// The names of the laws that need no more than a name.
enum LawName {
  static let pytorch = "pytorch"

  static let rules: [(name: String, rule: VarianceRule, shape: VarianceRule.Shape)] =
    VarianceRule.allCases.flatMap { rule in
      VarianceRule.Shape.allCases.map { shape in ("\(rule.rawValue)-\(shape.rawValue)", rule, shape) }
    }

  static let words = rules.map(\.name) + [pytorch]
}

// MARK: - Training

extension StudyKey {
  private static let training = required(
    "training",
    .group([
      optional("optimizer", optimizer),
      optional("clipping", .group([required("norm", .real(.positive)), optional("delta", .real(.decay))]))
        .withShorthands("norm"),
      required("learning-rate", learningRate),
      required("steps", steps),
      optional(
        "batch",
        .group([
          optional("size", .integer(1...UInt64(MiniBatchPlan.maximumBatchSize))),
          optional("stream", .word(BatchStream.allCases.map(\.rawValue))),
          optional("sampling", .word(DataSampling.allCases.map(\.rawValue))),
        ])
      ).withShorthands("size", "sampling", "stream"),
      optional(
        "until",
        .choice(
          [optional("risk-at-most", .real(.positive)), optional("neuron-gradient-at-most", .real(.positive))],
          companions: [optional("every", steps)],
          example: "{risk-at-most: 1e-4}")
      ).withShorthands("risk-at-most"),
      optional("precision", .word(Precision.allCases.map(\.rawValue))),
      optional("kernel", .word([automaticKernel] + GradientKernel.allCases.map(\.rawValue))),
    ]))

  /// The word for the engine's own choice of a kernel.
  static let automaticKernel = "auto"

  private static let steps = Form.integer(1...UInt64(StepPlan.maximumCount))

  /// The word for gradient descent with the exact gradient, in place of an optimizer's.
  static let population = "population"

  /// The word for the gradient flow, in place of an optimizer's.
  static let gradientFlow = "gradient-flow"

  private static let flowSettings = optional(
    gradientFlow,
    .group([
      optional("method", .word(FlowIntegrator.allCases.map(\.rawValue))), optional("tolerance", .real(.flowTolerance)),
      optional("steps", .integer(1...UInt64(UInt32.max))),
    ]))

  private static let optimizer = Form.either(
    .word(OptimizerMethod.allCases.map(\.rawValue) + [population, gradientFlow]),
    orMapping: .choice(
      OptimizerMethod.allCases.filter { !$0.hyperparameters.isEmpty }
        .map { method in
          optional(
            method.rawValue,
            .group(method.hyperparameters.map { optional($0.name.rawValue, .real(RealRange($0.range))) }))
        } + [flowSettings], example: "{adam: {beta1: 0.9}}"))

  private static let rate = Form.expression(variables: ["n", "h"], example: "\"0.1 * 0.5^floor(n / 500)\"")

  private static let schedules = [
    optional("constant", .real(.positive)),
    optional(
      "step-decay",
      .group([
        required("initial", .real(.positive)), required("factor", .real(.fraction)), required("every", steps),
      ])),
    optional(
      "polynomial-decay",
      .group([
        required("initial", .real(.positive)), optional("final", .real(.nonnegative)),
        optional("power", .real(.positive)), optional("steps", steps),
      ])),
    optional(
      "cosine",
      .group([
        required("initial", .real(.positive)), optional("final", .real(.nonnegative)), optional("steps", steps),
      ])),
    optional(
      "geometric",
      .group([
        required("total", .real(.positive)), optional("first", .real(.positive)), optional("steps", steps),
      ])),
  ]

  private static let learningRate = Form.either(
    rate,
    orMapping: .choice(
      schedules + [
        optional(
          "warm-up",
          .group([
            required("steps", steps),
            required("then", .either(rate, orMapping: .choice(schedules, example: "{constant: 0.01}"))),
          ]))
      ], example: "{step-decay: {initial: 0.1, factor: 0.5, every: 500}}"))
}

extension RealRange {
  init(_ range: Hyperparameter.Range) {
    self =
      switch range {
      case .decay: .decay
      case .positive: .positive
      case .nonnegative: .nonnegative
      case .fraction: .fraction
      }
  }
}

// MARK: - Verdict, limit, trajectory, sampling

extension StudyKey {
  private static let verdict = required(
    "verdict",
    .group([
      required(
        "good",
        .choice(
          [
            optional("risk-at-most", .real(.nonnegative)), optional("excess-at-most", .real(.nonnegative)),
            optional("ratio-at-most", .real(.atLeastOne)),
          ], example: "{risk-at-most: 1e-3}")
      ).withShorthands("risk-at-most"),
      optional(
        "stationary",
        .choice(
          [optional("gradient-norm-at-most", .real(.positive))], example: "{gradient-norm-at-most: 1e-8}")
      ).withShorthands("gradient-norm-at-most"),
    ])
  ).withShorthands("good")

  /// The word for flows that are not followed.
  static let limitOff = "off"

  private static let limit = optional(
    "limit",
    .either(
      .word([limitOff]),
      orMapping: .group([
        optional("flow-time", .real(.nonnegative)), optional("steps", .integer(1...UInt64(UInt32.max))),
        optional("work", .real(.positive)), optional("classes", .word(["true", "false"])),
      ])))

  /// The word for checkpoints on a logarithmic grid.
  static let logarithmic = "log"

  private static let trajectory = optional(
    "trajectory",
    .group([
      optional(
        "checkpoints",
        .integersOrWord(logarithmic, 0...UInt64(StepPlan.maximumCount), example: "[0, 10, 100, 1000]")),
      optional("trials", .integers(0...UInt64(TrialIndex.limit - 1), example: "[0, 1]")),
    ])
  ).withShorthands("checkpoints")

  private static let sampling = optional(
    "sampling",
    .group([
      optional("trials", .counts(trials, example: "[1000, 3000]")),
      optional("until", until), optional("stages", .integers(trials, example: "[1000, 4000, 16000]")),
      optional("look", .integer(1...UInt64(1 << 20))), optional("seed", .integer(seeds)),
      optional("confidence", .real(.openUnitInterval)),
    ])
  ).withShorthands("trials")

  private static let trials = 1...UInt64(TrialIndex.limit)

  /// The words for the events that every study has.
  static let goodEvent = "good"
  static let riskEvent = "risk"

  private static let until = Form.choice(
    [
      optional("half-width", .real(.openUnitInterval)), optional("lower-bound-above", .real(.openUnitInterval)),
      optional("decided", .real(.openUnitInterval)),
    ],
    companions: [
      optional(
        "of",
        .either(
          .word([goodEvent, riskEvent]),
          orMapping: .choice(
            [optional("at-most", .real(.any)), optional("at-least", .real(.any)), optional("is", .text)],
            companions: [optional("observable", .text)], example: "{observable: dead-neurons, at-most: 0}"))),
      optional("at-most", .integer(trials)),
    ], example: "{half-width: 0.005, at-most: 100000}")
}
