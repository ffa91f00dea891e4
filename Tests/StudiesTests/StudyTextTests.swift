import Expressions
import Landscape
import Networks
import Problems
import Studies
import Testing
import Training

@Suite struct StudyTextTests {
  /// A file with the required keys only shows every default.
  @Test func defaults() throws {
    let study = try parse(
      """
      study: small
      problem: {target: 2}
      network:
        hidden: [[3]]
        initial:
          {inner-weights: {normal: 1}, inner-biases: {normal: 1},
           outer-weights: {normal: 1}, outer-bias: {constant: -1}}
      training: {learning-rate: 1e-5, steps: 10}
      verdict: {good: {risk-at-most: 0}}
      """)
    #expect(study.source == "")
    #expect(study.problem.input == .uniform(lower: 0, upper: 1))
    #expect(study.activation == .relu)
    #expect(study.trainable == ParameterBlock.allCases)
    #expect(study.training.optimizer == .sgd)
    #expect(study.training.batchSize == 1024 && study.training.batchStream == .independent)
    #expect(study.verdictRule.stationary == .relativeDecrease(atMost: 0.1))
    #expect(study.sampling == SamplingSettings(trials: 300, seed: 0, confidence: 0.95))
    #expect(
      study.text == """
        study: small
        source: ""
        problem:
          input: {uniform: [0, 1]}
          target: 2
        network:
          activation: relu
          hidden: [[3]]
          initial:
            inner-weights: {normal: 1}
            inner-biases: {normal: 1}
            outer-weights: {normal: 1}
            outer-bias: {constant: -1}
          trainable: [inner-weights, inner-biases, outer-weights, outer-bias]
        training:
          optimizer: sgd
          learning-rate: 1e-5
          steps: 10
          batch: {size: 1024, stream: independent}
        verdict:
          good: {risk-at-most: 0}
          stationary: {relative-decrease-at-most: 0.1}
        sampling: {trials: 300, seed: 0, confidence: 0.95}

        """)
    #expect(
      study.definition == """
        study: small
        source: ""
        problem:
          input: {uniform: [0, 1]}
          target: 2
        network:
          activation: relu
          initial:
            inner-weights: {normal: 1}
            inner-biases: {normal: 1}
            outer-weights: {normal: 1}
            outer-bias: {constant: -1}
          trainable: [inner-weights, inner-biases, outer-weights, outer-bias]
        training:
          optimizer: sgd
          learning-rate: 1e-5
          steps: 10
          batch: {size: 1024, stream: independent}
        verdict:
          good: {risk-at-most: 0}
          stationary: {relative-decrease-at-most: 0.1}
        sampling: {seed: 0, confidence: 0.95}

        """)
    #expect(
      study.cells[0].definition == """
        problem:
          input: {uniform: [0, 1]}
          target: 2
        network:
          activation: relu
          hidden: [[3]]
          initial:
            inner-weights: {normal: 1}
            inner-biases: {normal: 1}
            outer-weights: {normal: 1}
            outer-bias: {constant: -1}
          trainable: [inner-weights, inner-biases, outer-weights, outer-bias]
        training:
          optimizer: sgd
          learning-rate: 1e-5
          steps: 10
          batch: {size: 1024, stream: independent}

        """)
  }

  @Test func values() throws {
    let study = try parse(sampleText)
    #expect(study.name == "inner-bias" && study.source == "a test")
    #expect(study.hidden == [[5], [20]])
    #expect(study.trainable == [.innerBiases])
    #expect(study.problem.target == (try Expression(parsing: "x^4*sin(x)", variables: ["x"])))
    let h = try Expression(parsing: "h", variables: ["h"])
    #expect(
      study.initialization.laws == [
        .innerWeights: .halfNormal(try Expression(parsing: "h^(-4/15)", variables: ["h"])),
        .innerBiases: .normal(Expression(constant: 1)),
        .outerWeights: .uniform(lower: Expression(constant: -1), upper: h),
        .outerBias: .constant(Expression(constant: 0)),
      ])
    #expect(study.training.steps == 1000 && study.training.batchSize == 64)
    #expect(
      study.verdictRule == VerdictRule(good: .risk(atMost: 1e-3), stationary: .relativeDecrease(atMost: 0.1)))
    #expect(study.sampling == SamplingSettings(trials: 300, seed: 5, confidence: 0.95))
  }

  /// Whole numbers may be written in any decimal way.
  @Test(arguments: [
    ("1e4", 10000), ("1.0e3", 1000), ("2500e-2", 25), ("+5", 5), ("5.", 5), ("5.00", 5), ("007", 7), ("0.1e2", 1 * 10),
    ("10000000", 10_000_000), ("1e7", 10_000_000), ("1e0000000000000000000001", 10),
  ])
  func wholeNumbers(text: String, value: Int) throws {
    #expect(try parse(sample(line: 18, "  steps: \(text)")).training.steps == value)
  }

  @Test(arguments: [
    "1e-1", "1e8", "0.5", "12345678901234567890123", "1e99999999999999999999", "1e-99999999999999999999", "1e", "e5",
    ".",
    "5 5", "\u{0665}",
  ])
  func noWholeNumbers(text: String) {
    #expect(failure(sample(line: 18, "  steps: \(text)"))?.key == "training.steps")
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("18446744073709551615", UInt64.max), ("1.8446744073709551615e19", UInt64.max),
    ("9007199254740993", 9_007_199_254_740_993),
  ])
  func seeds(text: String, value: UInt64) throws {
    let study = try parse(sample(line: 23, "sampling: {seed: \(text)}"))
    #expect(study.sampling.seed == value)
    #expect(try parse(study.text).sampling.seed == value)
  }

  @Test func inputBounds() throws {
    let study = try parse(sample(line: 4, "  input: {uniform: [\"-pi\", \"1/4\"]}"))
    #expect(study.problem.input == .uniform(lower: -Double.pi, upper: 0.25))
    #expect(study.text.contains("  input: {uniform: [-3.141592653589793, 0.25]}\n"))
    // -0 is printed as 0, so that it does not make another cell.
    let zero = try parse(sample(line: 4, "  input: {uniform: [-0, 1]}"))
    #expect(zero.cells[0].key == (try parse(sampleText).cells[0].key))
  }

  /// White space in the source becomes single spaces; every other printable text survives.
  @Test func source() throws {
    let texts = [
      "caf\u{E9} \u{1F600} \"quoted\" \\ 'x': # {", "no", "42", "~", "- a", "a\u{AD}b\u{200D}c\u{FEFF}d\u{FFFE}",
    ]
    for text in texts {
      let escaped = text.unicodeScalars.map { scalar in
        let digits = String(scalar.value, radix: 16)
        return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
      }
      let study = try parse(sample(line: 2, "source: \"\(escaped.joined())\""))
      #expect(study.source == text)
      #expect(try parse(study.text) == study)
    }
    let folded = try parse(sample(line: 2, "source: >\n  two\n  lines\n\n  \u{2003} and more\n"))
    #expect(folded.source == "two lines and more")
    for unusual in ["no", "Null", "1e5", "y"] {
      let study = try parse(sample(line: 1, "study: \"\(unusual)\""))
      #expect(study.text.hasPrefix("study: \"\(unusual)\"\n"))
      #expect(try parse(study.text) == study)
    }
  }

  /// For random studies, written in random forms:
  /// 1. the text parses to an equal study,
  /// 2. the text of that is the same,
  /// 3. the definition depends on neither cells nor trials, and neither do the keys of cells on each other.
  @Test func roundTrip() throws {
    for seed in 0..<200 as Range<UInt64> {
      var sketch = StudySketch(generator: Generator(state: seed))
      let text = sketch.text()
      let study = try parse(text)
      let again = try parse(study.text)
      #expect(again == study, "1: \(text)")
      #expect(again.text == study.text, "2: \(text)")

      let widened = try parse(
        study.text,
        overrides: [
          Override(key: "network.hidden", value: "[[65536], [\(study.hidden[0][0])]]"),
          Override(key: "sampling.trials", value: "7"),
        ])
      #expect(widened.definition == study.definition && widened.hash == study.hash, "3: \(text)")
      #expect(widened.cells[1].key == study.cells[0].key, "3: \(text)")
      #expect(widened.cells[0].key != study.cells[0].key, "3: \(text)")
    }
  }
}

/// Draws study files at random.
private struct StudySketch {
  var generator: Generator

  mutating func text() -> String {
    var lines = ["study: \(name())"]
    if chance { lines.append("source: \"arXiv \(generator.next())\"") }
    lines += ["problem:", "  target: \(expression("x", depth: 3))"]
    if chance { lines.append("  input: {uniform: [\(-generator.below(4)), \"\(number()) + 1/8\"]}") }
    lines += ["network:", "  initial:"]
    for block in ParameterBlock.allCases { lines.append("    \(block.rawValue): \(law())") }
    // Different, for they end in different digits.
    let cells = (1...1 + generator.below(4)).map { "[\(10 * generator.below(100) + $0)]" }
    lines.append("  hidden: [\(cells.joined(separator: ", "))]")
    if chance {
      let blocks = ParameterBlock.allCases.filter { _ in chance }.map(\.rawValue)
      lines.append("  trainable: [\((blocks.isEmpty ? ["outer-bias"] : blocks.reversed()).joined(separator: ", "))]")
    }
    lines += ["training:", "  steps: \(1 + generator.below(50))"]
    let rates = ["0.01", "\"0.1*0.5^floor((n+1)/500)\"", "1e-3", "\"\(number())/(h + n)\""]
    lines.append("  learning-rate: \(generator.element(rates))")
    if chance {
      lines.append(
        "  batch: {size: \(1 + generator.below(2000)), stream: \(generator.element(["shared", "independent"]))}")
    }
    lines += ["verdict:", "  good: {risk-at-most: \(number())}"]
    if chance { lines.append("  stationary: {gradient-norm-at-most: \(number())e-3}") }
    if chance {
      lines.append(
        "sampling: {seed: \(generator.next()), trials: \(1 + generator.below(1 << 40)), "
          + "confidence: 0.\(1 + generator.below(998))}")
    }
    return lines.joined(separator: "\n")
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

  private mutating func law() -> String {
    switch generator.below(4) {
    case 0: "{normal: \"\(number()) * h^(-\(number()))\"}"
    case 1: "{half-normal: \(number())}"
    case 2: "{uniform: [-\(number()), \"sqrt(h)\"]}"
    default: "{constant: \(expression("h", depth: 0))}"
    }
  }

  private mutating func expression(_ variable: String, depth: Int) -> String {
    func quoted(_ text: String) -> String { "\"\(text)\"" }
    return quoted(tree(variable, depth: depth))
  }

  private mutating func tree(_ variable: String, depth: Int) -> String {
    guard depth > 0 else { return chance ? variable : number() }
    let (left, right) = (tree(variable, depth: depth - 1), tree(variable, depth: depth - 1))
    return generator.element([
      "(\(left)) + \(right)", "\(left) - (\(right))", "(\(left))*(\(right))", "-(\(left))^2", "sin( \(left) )",
      "max(\(left),\(right))", "(\(left)) / (\(right))",
    ])
  }
}
