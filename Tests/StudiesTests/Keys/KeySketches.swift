import Foundation
import Training

/// A study file that can be taken apart.
indirect enum Sketch {
  case number(String)
  case text(String)
  case list(String)
  case mapping([(key: String, value: Sketch)])

  var yaml: String {
    switch self {
    case .number(let text), .list(let text): text
    case .text(let text): "\"\(text)\""
    case .mapping(let entries): "{\(entries.map { "\"\($0.key)\": \($0.value.yaml)" }.joined(separator: ", "))}"
    }
  }

  var paths: [[String]] {
    guard case .mapping(let entries) = self else { return [] }
    return entries.flatMap { entry in [[entry.key]] + entry.value.paths.map { [entry.key] + $0 } }
  }

  func value(_ path: ArraySlice<String>) -> Sketch {
    guard let key = path.first, case .mapping(let entries) = self else { return self }
    return entries.first { $0.key == key }!.value.value(path.dropFirst())
  }

  /// With `change` in place of the entry at `path`; without the entry if it is nil.
  func changing(
    _ path: ArraySlice<String>, _ change: (key: String, value: Sketch)?
  ) -> Sketch {
    guard let key = path.first, case .mapping(let entries) = self else { return self }
    return .mapping(
      entries.compactMap { entry in
        if entry.key != key { return entry }
        if path.count == 1 { return change }
        return (key, entry.value.changing(path.dropFirst(), change))
      })
  }
}

// MARK: - Full study files

extension Sketch {
  /// Full study files, which together have all keys.
  static let all = trained + analysed + sequential + [flow]

  /// Studies of the landscape.
  private static let analysed: [Sketch] = [
    (
      [("point", .list("[1, -1, 0, 0.5, 2, 1, 0]")), ("distance", .number("0.1"))], "x^2", "risk-at-most",
      "ratio-at-most", "2"
    ),
    (
      [("saddle", .number("2")), ("distance", .number("0.1")), ("first-kink", .text("right"))],
      "2 * x", "neuron-gradient-at-most", "excess-at-most", "1e-3"
    ),
  ].map { (start: [(String, Sketch)], target, until, good, bound) in
    .mapping([
      ("study", .text("full")),
      ("problem", .mapping([("input", choice("uniform", .list("[0, 1]"))), ("target", .text(target))])),
      ("network", .mapping([("hidden", .list("[[2]]")), ("initial", .mapping(start))])),
      (
        "training",
        .mapping([
          ("optimizer", .text("population")), ("learning-rate", .number("0.1")), ("steps", .number("9")),
          ("until", settings([(until, "1e-6"), ("every", "2")])),
        ])
      ),
      ("verdict", .mapping([("good", settings([(good, bound)]))])),
      (
        "limit",
        .mapping([
          ("flow-time", .number("10")), ("steps", .number("100")), ("work", .number("1e6")),
          ("classes", .text("false")),
        ])
      ),
      ("vary", .list("[{training.steps: [9, 10]}]")),
    ])
  }

  /// A study of the gradient flow.
  private static let flow: Sketch = .mapping([
    ("study", .text("full")),
    ("problem", .mapping([("input", choice("uniform", .list("[0, 1]"))), ("target", .text("x"))])),
    ("network", .mapping([("hidden", .list("[[2]]")), ("initial", .text("pytorch"))])),
    (
      "training",
      .mapping([
        (
          "optimizer",
          choice(
            "gradient-flow",
            .mapping([("method", .text("rkc2")), ("tolerance", .number("1e-7")), ("steps", .number("1000"))]))
        ),
        ("learning-rate", .number("0.5")), ("steps", .number("9")),
      ])
    ),
    ("verdict", .mapping([("good", settings([("risk-at-most", "0.1")]))])),
  ])

  /// Studies whose sampling ends by a rule. `look` has no meaning alone, and comes last.
  private static let sequential: [Sketch] =
    [
      ("half-width", .text("risk"), []),
      ("lower-bound-above", condition("at-most", .number("0")), []),
      ("decided", condition("at-least", .number("1")), []),
      ("decided", .mapping([("observable", .text("kind")), ("is", .text("saddle"))]), [("look", .number("10"))]),
    ].map { (goal, event: Sketch, look: [(String, Sketch)]) in
      .mapping([
        ("study", .text("full")),
        ("problem", .mapping([("input", choice("uniform", .list("[0, 1]"))), ("target", .text("x"))])),
        ("network", .mapping([("hidden", .list("[[2]]")), ("initial", .text("pytorch"))])),
        ("training", settings([("learning-rate", "0.1"), ("steps", "9")])),
        ("verdict", .mapping([("good", settings([("risk-at-most", "0.1")]))])),
        (
          "sampling",
          .mapping(
            [("until", .mapping([(goal, .number("0.1")), ("of", event), ("at-most", .number("100"))]))] + look)
        ),
      ])
    } + [
      .mapping([
        ("study", .text("full")),
        ("problem", .mapping([("input", choice("uniform", .list("[0, 1]"))), ("target", .text("x"))])),
        ("network", .mapping([("hidden", .list("[[2]]")), ("initial", .text("pytorch"))])),
        ("training", settings([("learning-rate", "0.1"), ("steps", "9")])),
        ("verdict", .mapping([("good", settings([("risk-at-most", "0.1")]))])),
        ("sampling", .mapping([("stages", .list("[10, 100]"))])),
      ])
    ]

  private static func condition(_ key: String, _ bound: Sketch) -> Sketch {
    .mapping([("observable", .text("dead-neurons")), (key, bound)])
  }

  private static let trained: [Sketch] = (0..<34).map { turn in
    .mapping([
      ("study", .text("full")), ("source", .text("nowhere")), ("problem", problem(turn)), ("network", network(turn)),
      ("training", training(turn)), ("verdict", verdict),
      ("trajectory", .mapping([("checkpoints", .list("[0, 5]")), ("trials", .list("[1, 2]"))])),
      ("sampling", settings([("trials", "10"), ("seed", "1"), ("confidence", "0.9")])),
    ])
  }

  private static func settings(_ settings: [(String, String)]) -> Sketch {
    .mapping(settings.map { ($0.0, .number($0.1)) })
  }

  private static func choice(_ key: String, _ value: Sketch) -> Sketch { .mapping([(key, value)]) }

  private static func problem(_ turn: Int) -> Sketch {
    let polynomial = Sketch.mapping([("breaks", .list("[0, 1]")), ("pieces", .list("[[1]]"))])
    let generated = settings([("points", "2"), ("dimension", "2"), ("noise", "0.5"), ("seed", "3")])
    let inputs: [(String, Sketch)] = [
      ("input", choice("uniform", .list("[0, 1]"))),
      ("input", choice("box", .list("[[0, 1], [0, 1]]"))),
      ("input", choice("normal", settings([("mean", "1"), ("standard-deviation", "2"), ("dimension", "4")]))),
      ("input", choice("density", polynomial)),
      ("data", .mapping([("points", .list("[[0], [1]]")), ("weights", .list("[1, 2]"))])),
      ("data", choice("gaussian", generated.changing(["noise"], nil))),
      ("data", choice("nearly-orthogonal", generated)),
      ("data", .mapping([("csv", .text(dataFile)), ("sha256", .text(dataDigest)), ("weights", .number("2"))])),
    ]
    let place = turn % inputs.count
    let dimension = [1, 2, 4, 1, 1, 2, 2, 1][place]
    let layer = (0..<2 * dimension + 5).map { "\($0)" }.joined(separator: ", ")
    let teachers: [Sketch] = [
      .mapping([("hidden", .list("[2]")), ("activation", .text("tanh")), ("parameters", .list("[\(layer)]"))]),
      .mapping([
        ("hidden", .list("[2]")), ("activation", activations[turn % 3]),
        (
          "initial",
          .mapping(blocks(turn).enumerated().map { ($1, law(turn + 3 * $0)) })
        ),
        ("seed", .number("7")),
      ]),
    ]
    let ones = Array(repeating: "1", count: dimension).joined(separator: ", ")
    let targets: [Sketch] = [
      choice("affine", .mapping([("weights", .list("[\(ones)]")), ("constant", .number("2"))])),
      .text("sin(\(dimension == 1 ? "x" : "x\(dimension)"))"), choice("teacher", teachers[0]),
      choice("piecewise-polynomial", polynomial),
    ]
    // All laws for all blocks, then the other targets; the fourth input is a scalar.
    let target = turn < 26 ? choice("teacher", teachers[1]) : targets[turn % 8 % 4]
    let evaluation: [(String, Sketch)] = dimension > 3 ? [("evaluation-points", .number("100"))] : []
    return .mapping([inputs[place], ("target", target)] + evaluation)
  }

  /// A CSV file and its digest.
  private static let dataFile: String = {
    let path = FileManager.default.temporaryDirectory.appending(path: "key-tests-\(UUID().uuidString).csv").path
    try! Data("0,1\n1,2\n".utf8).write(to: URL(filePath: path))
    return path
  }()
  private static let dataDigest = "5a05c3373a50fb19c9d96733cddc770849657fc92c1765e73f49551b5ad0ae9f"

  private static func blocks(_ turn: Int) -> [String] {
    turn < 13 ? ["inner-weights", "inner-biases", "outer-weights", "outer-bias"] : ["weights", "biases"]
  }

  private static func law(_ turn: Int) -> Sketch {
    let laws: [Sketch] = [
      choice("normal", .text("1/h")), choice("half-normal", .number("2")), choice("uniform", .list("[-1, \"h1\"]")),
      choice("constant", .number("0")), choice("large-bias", .text("sqrt(h)")), choice("he-normal", .number("1")),
      choice("he-uniform", .number("1")), choice("xavier-normal", .number("1")), choice("xavier-uniform", .number("1")),
      choice("lecun-normal", .number("1")), choice("lecun-uniform", .number("1")), choice("pytorch", .number("1")),
      .text("he-normal"),
    ]
    return laws[turn % laws.count]
  }

  private static let activations: [Sketch] = [
    .text("relu"), choice("leaky-relu", .number("0.1")), choice("elu", .number("0.5")),
  ]

  private static func network(_ turn: Int) -> Sketch {
    return .mapping([
      ("activation", activations[turn % 3]), ("hidden", .list("[[5], [20]]")),
      ("initial", .mapping(blocks(turn).enumerated().map { ($1, law(turn + 3 * $0)) })),
      ("trainable", .list("[inner-biases]")),
    ])
  }

  private static func training(_ turn: Int) -> Sketch {
    let method = OptimizerMethod.allCases[turn % OptimizerMethod.allCases.count]
    let values = method.hyperparameters.map { ($0.name.rawValue, $0.name == .epsilon ? "1e-6" : "0.5") }
    let optimizer = values.isEmpty ? Sketch.text(method.rawValue) : choice(method.rawValue, settings(values))
    let schedules: [Sketch] = [
      choice("constant", .number("0.1")),
      choice("step-decay", settings([("initial", "0.1"), ("factor", "0.5"), ("every", "3")])),
      choice(
        "polynomial-decay", settings([("initial", "0.1"), ("final", "0.01"), ("power", "2"), ("steps", "3")])),
      choice("cosine", settings([("initial", "0.1"), ("final", "0.01"), ("steps", "3")])),
      choice("geometric", settings([("total", "10"), ("first", "0.1"), ("steps", "5")])),
    ]
    let rates =
      schedules + [.number("0.1")]
      + schedules.map { choice("warm-up", .mapping([("steps", .number("5")), ("then", $0)])) }
    // Data sets are drawn from in more ways than laws.
    let sampling: [(String, Sketch)] = turn % 8 >= 4 ? [("sampling", .text("with-replacement"))] : []
    return .mapping([
      ("optimizer", optimizer), ("clipping", settings([("norm", "1"), ("delta", "0.5")])),
      ("learning-rate", rates[turn % rates.count]), ("steps", .number("100")),
      ("batch", .mapping([("size", .number("16")), ("stream", .text("shared"))] + sampling)),
      ("precision", .text("float64")), ("kernel", .text("dense-neurons")),
    ])
  }

  private static var verdict: Sketch {
    .mapping([
      ("good", settings([("risk-at-most", "1e-3")])),
      ("stationary", settings([("gradient-norm-at-most", "0.1")])),
    ])
  }
}
