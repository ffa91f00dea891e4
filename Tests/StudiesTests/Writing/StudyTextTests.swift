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
    #expect(study.family.problem.inputs == .law(.uniform(lower: 0, upper: 1)))
    #expect(study.family.activation == .relu)
    #expect(study.family.trainable.map(\.text) == ["inner-weights", "inner-biases", "outer-weights", "outer-bias"])
    #expect(study.family.trajectory == nil && study.notes.isEmpty)
    #expect(study.family.training.optimizer == .sgd)
    #expect(
      study.family.training.miniBatch?.batchSize == 1024 && study.family.training.miniBatch?.batchStream == .independent
    )
    #expect(study.family.verdictRule.restingGradientNorm == nil)
    #expect(study.family.limit == LimitPlan(flowTime: 1e12, steps: 20_000, classes: false))
    #expect(study.sampling == SamplingSettings(.trials([300]), seed: 0, confidence: 0.95))
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
        limit: {flow-time: 1e12, steps: 20000, classes: false}
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
        limit: {flow-time: 1e12, steps: 20000, classes: false}
        sampling: {seed: 0, confidence: 0.95}

        """)
    #expect(
      study.identity == """
        study: small
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
        sampling: {seed: 0}

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
    #expect(study.family.hidden == [[5], [20]])
    #expect(study.family.trainable == [BlockName("inner-biases")])
    #expect(study.family.problem.target == .expression(try Expression(parsing: "x^4*sin(x)", variables: ["x"])))
    let h = try Expression(parsing: "h", variables: ["h"])
    #expect(
      study.family.initialization.laws == [
        BlockName("inner-weights"): .halfNormal(try Expression(parsing: "h^(-4/15)", variables: ["h"])),
        BlockName("inner-biases"): .normal(Expression(constant: 1)),
        BlockName("outer-weights"): .uniform(lower: Expression(constant: -1), upper: h),
        BlockName("outer-bias"): .constant(Expression(constant: 0)),
      ])
    #expect(study.family.training.steps.count == 1000 && study.family.training.miniBatch?.batchSize == 64)
    #expect(
      study.family.verdictRule == VerdictRule(good: .risk(atMost: 1e-3), restingGradientNorm: 0.1))
    // A statement about the end of training needs no limit.
    #expect(study.family.limit == nil)
    #expect(study.sampling == SamplingSettings(.trials([300]), seed: 5, confidence: 0.95))
  }

  /// Whole numbers may be written in any decimal way.
  @Test(arguments: [
    ("1e4", 10000), ("1.0e3", 1000), ("2500e-2", 25), ("+5", 5), ("5.", 5), ("5.00", 5), ("007", 7), ("0.1e2", 1 * 10),
    ("10000000", 10_000_000), ("1e7", 10_000_000), ("1e0000000000000000000001", 10),
  ])
  func wholeNumbers(text: String, value: Int) throws {
    #expect(try parse(sample(line: 18, "  steps: \(text)")).family.training.steps.count == value)
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
    #expect(study.family.problem.inputs == .law(.uniform(lower: -Double.pi, upper: 0.25)))
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
}
