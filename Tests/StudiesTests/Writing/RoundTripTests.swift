import Kernels
import Studies
import TestSupport
import Testing
import Training

@Suite struct RoundTripTests {
  /// For random studies, written in random forms:
  /// 1. the text parses to an equal study,
  /// 2. the text of that is the same,
  /// 3. the definition depends on neither cells nor trials, and neither do the keys of cells on each other.
  @Test func roundTrip() throws {
    // Nil: the exact gradient.
    var optimizers: Set<OptimizerMethod?> = []
    var kernels: Set<GradientKernel> = []
    for seed in 0..<400 as Range<UInt64> {
      var sketch = StudySketch(generator: SplitMix64(state: seed))
      let text = sketch.text()
      let study = try parse(text)
      let again = try parse(study.text)
      #expect(again == study, "1: \(text)")
      #expect(again.text == study.text, "2: \(text)")
      optimizers.insert(study.family.training.optimizer?.method)
      kernels.formUnion(study.cells.map(\.kernel))

      let first = study.family.hidden[0]
      let other = (sketch.hasGeneralBlocks ? [3] : []) + [65] + first.dropFirst()
      let widened = try parse(
        study.text,
        overrides: [
          Override(key: "network.hidden", value: "[\(other), \(first)]"),
          Override(key: "sampling.trials", value: "7"),
        ])
      #expect(widened.definition == study.definition && widened.hash == study.hash, "3: \(text)")
      #expect(widened.cells[1].key == study.cells[0].key, "3: \(text)")
      #expect(widened.cells[0].key != study.cells[0].key, "3: \(text)")
    }
    #expect(optimizers == Set(OptimizerMethod.allCases + [nil]))
    #expect(kernels == Set(GradientKernel.allCases))
  }

  /// The same for random studies with random factors:
  /// 1. the text parses to the same families, and the text of those is the same,
  /// 2. so does what a ledger keeps,
  /// 3. each family is the study that has its values by overrides.
  @Test func variedRoundTrip() throws {
    var derived: Set<String> = []
    var count = 0
    for seed in 1000..<1300 as Range<UInt64> {
      var sketch = StudySketch(generator: SplitMix64(state: seed))
      let text = sketch.text()
      let factors = sketch.factors()
      let vary = factors.map { "  - {\($0.key): [\($0.values.joined(separator: ", "))]}" }.joined(separator: "\n")
      // Some values do not fit the study, such as an activation that its kernel cannot train.
      guard let study = try? parse(text + "\nvary:\n" + vary) else { continue }
      count += 1
      derived.formUnion(study.factors.flatMap { $0.keys.filter(\.isDerived).map(\.name) })
      let again = try parse(study.text)
      #expect(again.families == study.families && again.text == study.text && again.hash == study.hash, "1: \(text)")
      let restored = try Study.restored(definition: study.definition, cells: study.cellsText, path: "a.landfall")
      #expect(restored.cells.map(\.definition) == study.cells.map(\.definition), "2: \(text)")
      #expect(restored.cells.map(\.label) == study.cells.map(\.label), "2: \(text)")
      var overrides: [[Override]] = [[]]
      for (key, values) in factors {
        overrides = overrides.flatMap { some in values.map { some + [Override(key: key, value: $0)] } }
      }
      for (family, overrides) in overrides.enumerated() {
        let alone = try parse(text, overrides: overrides)
        #expect(
          alone.cells.map(\.definition) == study.cells.filter { $0.family == family }.map(\.definition),
          "3: \(text)\n\(overrides)")
      }
    }
    #expect(count > 150)
    #expect(derived.isSuperset(of: ["training.learning-rate", "training.batch"]), "\(derived)")
  }
}

/// Draws study files at random.
private struct StudySketch {
  var generator: SplitMix64
  /// Whether laws and trained blocks are those of all weights and of all biases.
  private(set) var hasGeneralBlocks = false

  init(generator: SplitMix64) { self.generator = generator }

  mutating func text() -> String {
    var lines = ["study: \(name())"]
    if chance { lines.append("source: \"arXiv \(generator.next())\"") }
    let (inputs, dimension, isData, isLabelled) = inputs()
    lines += ["problem:"] + inputs
    if !isLabelled { lines.append("  target: \(target(dimension))") }

    hasGeneralBlocks = chance
    let depth = 1 + generator.below(3)
    lines += ["network:", "  initial:"]
    let blocks = blocks(depth)
    for block in blocks { lines.append("    \(block): \(law(depth))") }
    // Different, for they end in different digits.
    let cells = (1...1 + generator.below(3)).map { last in
      "\((0..<depth).map { _ in 10 * generator.below(12) + last })"
    }
    lines.append("  hidden: [\(cells.joined(separator: ", "))]")
    if chance {
      let some = blocks.filter { _ in chance }
      lines.append("  trainable: [\((some.isEmpty ? [blocks[1]] : some.reversed()).joined(separator: ", "))]")
    }
    if chance { lines.append("  activation: \(activation())") }

    lines += ["training:", "  steps: \(20 + generator.below(50))"]
    lines.append("  learning-rate: \(learningRate())")
    var optimizer = optimizer()
    // Exact gradients need data or at most 3 dimensions.
    if optimizer == "population" || optimizer.contains("gradient-flow"), !isData, dimension > 3 { optimizer = "sgd" }
    let draws = optimizer != "population" && !optimizer.contains("gradient-flow")
    lines.append("  optimizer: \(optimizer)")
    if !optimizer.contains("gradient-flow"), chance {
      lines.append("  clipping: {norm: \(number())\(chance ? ", delta: 0.1" : "")}")
    }
    if !optimizer.contains("gradient-flow"), chance {
      lines.append("  precision: \(generator.element(["float32", "float64"]))")
    }
    if draws { lines += batch(isData) }
    lines += ["verdict:", "  good: {risk-at-most: \(number())}"]
    if chance { lines.append("  stationary: {gradient-norm-at-most: \(number())e-3}") }
    if chance {
      let checkpoints = generator.element(["", "checkpoints: log", "checkpoints: [0, 3, 20]", "trials: [5, 7]"])
      lines.append("trajectory: {\(checkpoints)}")
    }
    if chance {
      lines.append(
        "sampling: {seed: \(generator.next()), trials: \(1 + generator.below(1 << 40)), "
          + "confidence: 0.\(1 + generator.below(998))}")
    }
    return lines.joined(separator: "\n")
  }

  /// One to three different keys that vary, with two or three values each.
  mutating func factors() -> [(key: String, values: [String])] {
    var all: [(key: String, values: [String])] = [
      ("training.steps", ["21", "70"]), ("training.optimizer", ["adam", "population", "sgd"].filter { _ in chance }),
      ("training.precision", ["float64", "float32"]),
      ("training.clipping", ["~", "{norm: 2}", "{norm: 0.5, delta: 0.1}"]),
      ("training.learning-rate", ["{cosine: {initial: 0.1}}", "0.01"]), ("network.activation", ["tanh", "relu"]),
      ("verdict.stationary", ["~", "{gradient-norm-at-most: 0.5}"]), ("training.batch.size", ["~", "16", "128"]),
    ]
    return (0..<1 + generator.below(3)).map { _ in all.remove(at: generator.below(all.count)) }
      .filter { !$0.values.isEmpty }
  }

  private var chance: Bool {
    mutating get { generator.below(2) == 0 }
  }

  private mutating func name() -> String {
    let letters = "abcXYZ019-_.".map(String.init)
    let rest = (0..<generator.below(12)).map { _ in generator.element(letters) }
    return "\"\(generator.element(["a", "Z", "7"]))\(rest.joined())\""
  }

  /// A positive number with up to 17 digits.
  private mutating func number() -> String { "\(generator.below(10)).\(1 + generator.below(1 << 53))" }

  private mutating func numbers(_ count: Int) -> String {
    "[\((0..<count).map { _ in (chance ? "-" : "") + number() }.joined(separator: ", "))]"
  }

  // MARK: Problem

  private mutating func inputs() -> (lines: [String], dimension: Int, isData: Bool, isLabelled: Bool) {
    let dimension = 1 + generator.below(5)
    func law(_ text: String, _ dimension: Int) -> (lines: [String], dimension: Int, isData: Bool, isLabelled: Bool) {
      (["  input: {\(text)}"], dimension, false, false)
    }
    switch generator.below(9) {
    case 0: return ([], 1, false, false)
    case 1, 2: return law("uniform: [\(-generator.below(4)), \"\(number()) + 1/8\"]", 1)
    case 3: return law("box: [\((0..<dimension).map { "[-\($0), \(number())]" }.joined(separator: ", "))]", dimension)
    case 4:
      let settings = ["mean: -\(number())", "standard-deviation: \(number())"].filter { _ in chance }
      return law("normal: {\((settings + ["dimension: \(dimension)"]).joined(separator: ", "))}", dimension)
    case 5: return law("density: {breaks: [0, \"1/4\", 1], pieces: [[0, 8], [\"8/3\", \"-8/3\"]]}", 1)
    case 6:
      let isLabelled = chance
      let rows = (0..<3).map { _ in numbers(dimension + (isLabelled ? 1 : 0)) }
      return (["  data: {points: [\(rows.joined(separator: ", "))]}"], dimension, true, isLabelled)
    case 7:
      return (["  data: {gaussian: {points: 9, dimension: \(dimension)}}"], dimension, true, false)
    default:
      let settings = "points: \(dimension), dimension: \(dimension), noise: \(number()), seed: \(generator.next())"
      return (["  data: {nearly-orthogonal: {\(settings)}}"], dimension, true, false)
    }
  }

  private mutating func target(_ dimension: Int) -> String {
    switch generator.below(dimension == 1 ? 5 : 4) {
    case 0: return "{affine: {weights: \(numbers(dimension))\(chance ? ", constant: -1" : "")}}"
    case 1: return "{teacher: {hidden: [2], parameters: \(numbers(2 * dimension + 5)), activation: \(activation())}}"
    case 2:
      hasGeneralBlocks = chance
      let blocks = blocks(2)
      let laws = blocks.map { "\($0): \(law(2))" }
      return "{teacher: {hidden: [2, 3], initial: {\(laws.joined(separator: ", "))}, seed: \(generator.next())}}"
    case 3: return "\"\(tree(dimension == 1 ? "x" : "x\(dimension)", depth: 3))\""
    default: return "{piecewise-polynomial: {breaks: [-1, \(number()), 20], pieces: [\(numbers(2)), \(numbers(1))]}}"
    }
  }

  private mutating func tree(_ variable: String, depth: Int) -> String {
    guard depth > 0 else { return chance ? variable : number() }
    let (left, right) = (tree(variable, depth: depth - 1), tree(variable, depth: depth - 1))
    return generator.element([
      "(\(left)) + \(right)", "\(left) - (\(right))", "(\(left))*(\(right))", "-(\(left))^2", "sin( \(left) )",
      "max(\(left),\(right))", "(\(left)) / (\(right))",
    ])
  }

  // MARK: Network

  private mutating func activation() -> String {
    let words = Activation.Kind.allCases.map(\.rawValue).filter { $0 != "relu" }
    return generator.element(
      Array(repeating: "relu", count: 12) + words + ["{leaky-relu: -\(number())}", "{elu: \(number())}"])
  }

  private func blocks(_ depth: Int) -> [String] {
    if hasGeneralBlocks { return ["weights", "biases"] }
    if depth == 1 { return ["inner-weights", "inner-biases", "outer-weights", "outer-bias"] }
    return (1...depth + 1).flatMap { ["layer-\($0)-weights", "layer-\($0)-biases"] }
  }

  private mutating func law(_ depth: Int) -> String {
    switch generator.below(8) {
    case 0: "{normal: \"\(number()) * h^(-\(number()))\"}"
    case 1: "{half-normal: \(number())}"
    case 2: "{uniform: [-\(number()), \"sqrt(h1)\"]}"
    case 3: "{constant: \"\(chance ? "h\(depth)" : number())\"}"
    case 4: "{large-bias: \"sqrt(log(h) + d)\"}"
    case 5: generator.element(["he", "xavier", "lecun"]) + "-" + generator.element(["normal", "uniform"])
    case 6: "{xavier-normal: \"1 + \(number())/d\"}"
    default: chance ? "pytorch" : "{pytorch: \(number())}"
    }
  }

  // MARK: Training

  private mutating func optimizer() -> String {
    guard let method = generator.element(OptimizerMethod.allCases + [nil]) else {
      return generator.element([
        "population", "gradient-flow", "{gradient-flow: {method: rkc2}}",
        "{gradient-flow: {tolerance: 1e-\(2 + generator.below(10))}}",
      ])
    }
    let settings = method.hyperparameters.filter { _ in chance }
      .map { "\($0.name.rawValue): 0.\(1 + generator.below(1 << 50))" }
    return settings.isEmpty ? method.rawValue : "{\(method.rawValue): {\(settings.joined(separator: ", "))}}"
  }

  private mutating func learningRate() -> String {
    let schedules = [
      "{constant: 0.1}", "{step-decay: {initial: 0.1, factor: 0.5, every: 7}}",
      "{polynomial-decay: {initial: 0.1, final: 1e-3, power: 2, steps: 30}}", "{polynomial-decay: {initial: 1}}",
      "{cosine: {initial: 0.2}}", "{geometric: {total: 100}}",
      "{geometric: {total: \(number()), first: 1e-2, steps: 9}}",
      "\"0.1*0.5^floor((n+1)/500)\"",
    ]
    let rates = [
      "0.01", "1e-3", "\"\(number())/(h + n)\"", "{warm-up: {steps: 5, then: \(generator.element(schedules))}}",
    ]
    return generator.element(schedules + rates)
  }

  private mutating func batch(_ isData: Bool) -> [String] {
    var settings = ["size: \(1 + generator.below(2000))", "stream: \(generator.element(["shared", "independent"]))"]
      .filter { _ in chance }
    if isData {
      switch generator.below(3) {
      case 0: settings = ["sampling: full"]
      case 1: settings = ["size: 1", "sampling: without-replacement"]
      default: break
      }
    }
    let kernel = chance ? ["  kernel: \(generator.element(["auto", "dense-neurons", "dense-networks"]))"] : []
    return (chance || isData ? ["  batch: {\(settings.joined(separator: ", "))}"] : []) + kernel
  }
}
