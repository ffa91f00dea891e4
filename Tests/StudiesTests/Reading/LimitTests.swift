import Studies
import TestSupport
import Testing

/// Studies that ask for too much: the product that is too large is named, and nothing of it is made.
@Suite struct LimitTests {
  private static func list(_ count: Int, from first: Int = 1, _ item: (Int) -> String = { "\($0)" }) -> String {
    "[\((first..<first + count).map(item).joined(separator: ", "))]"
  }

  /// What `sampleText` says with one of its lines replaced, or with lines added.
  private func message(_ line: Int, _ replacement: String) -> String? {
    failure(sample(line: line, replacement))?.description
  }

  private func message(adding text: String) -> String? { failure(sampleText + text)?.description }

  @Test func drawnData() throws {
    let gaussian = "{gaussian: {points: 1048576, dimension: 100}}"
    #expect(
      message(4, "  data: \(gaussian)")
        == "inner.yaml:4: problem.data.gaussian: 1048576 points of 100 coordinates are 104857600 numbers, and the data "
        + "sets that a study draws have at most 4194304 in all; take fewer points, or put them into a CSV file "
        + "(problem.data.csv)")
    // Each is small.
    let seeds = Self.list(100)
    #expect(
      message(
        adding:
          "vary: [{problem: \(Self.list(100) { "{data: {gaussian: {points: 1000, dimension: 100, seed: \($0)}}, target: x1}" })}]\n"
      )
        == "inner.yaml:24: problem.data.gaussian: 1000 points of 100 coordinates are 100000 numbers, and the data sets "
        + "that a study draws have at most 4194304 in all; take fewer points, or put them into a CSV file "
        + "(problem.data.csv)")
    // The same data in all combinations are drawn once.
    let study = try parse(
      sample(line: 4, "  data: {gaussian: {points: 40000, dimension: 100}}").replacing("\"x^4 * sin(x)\"", with: "x1")
        + "vary: [{training.learning-rate: \(seeds)}]\n")
    #expect(study.families.count == 100)
  }

  @Test func evaluationSets() throws {
    let input = "  input: {normal: {dimension: 100}}"
    let text = sample(line: 4, input).replacing("\"x^4 * sin(x)\"", with: "x1\n  evaluation-points: 16777216")
    #expect(
      failure(text)?.description
        == "inner.yaml:6: problem.evaluation-points: 16777216 points of 100 coordinates are 1677721600 numbers, and an "
        + "evaluation set has at most 8388608; write at most 83886")
    #expect(failure(text.replacing("16777216", with: "83886")) == nil)
    let targets = Self.list(11) { "\($0) * x1" }
    #expect(
      failure(
        sample(line: 4, input).replacing("\"x^4 * sin(x)\"", with: "x1") + "vary: [{problem.target: \(targets)}]\n")?
        .description
        == "inner.yaml:3: problem.evaluation-points: the evaluation sets of the problems that vary have more than 67108864 "
        + "numbers in all, which is the most; take fewer points or coordinates, or make several studies of it")
  }

  @Test func targets() throws {
    let sum = Self.list(1500) { "sin(\($0) * x1)" }.dropFirst().dropLast()
    let terms = sum.split(separator: ", ").map(String.init)
    func balanced(_ terms: ArraySlice<String>) -> String {
      if terms.count == 1 { return terms.first! }
      let middle = terms.startIndex + terms.count / 2
      return "(\(balanced(terms[..<middle])) + \(balanced(terms[middle...])))"
    }
    let target = balanced(terms[...])
    let text = sample(line: 4, "  input: {normal: {dimension: 4}}")
      .replacing("\"x^4 * sin(x)\"", with: "\"\(target)\"\n  evaluation-points: 2000000")
    #expect(
      failure(text)?.description
        == "inner.yaml:5: problem.target: a target of 7539 operations at 2000000 points is too much; the targets of a study "
        + "have at most 2147483648 in all, so write it shorter, or take fewer points or several studies")
    func teacher(_ activation: String) -> String {
      "  target: {teacher: {activation: \(activation), hidden: [10000], initial: pytorch, seed: 1}}"
    }
    #expect(message(5, teacher("relu")) == nil)
    #expect(
      message(5, teacher("tanh"))
        == "inner.yaml:5: problem.target: a target of 47540 operations at 131072 points is too much; the targets of a study "
        + "have at most 2147483648 in all, so write it shorter, or take fewer points or several studies")
  }

  @Test func cells() {
    #expect(
      message(8, "  hidden: \(Self.list(10_001) { "[\($0)]" })")
        == "inner.yaml:8: network.hidden has 10001 entries, and a study has at most 10000 cells; make several studies of "
        + "it")
    let vary = "vary: [{training.learning-rate: \(Self.list(101))}]\n"
    #expect(
      failure(sample(line: 8, "  hidden: \(Self.list(100) { "[\($0)]" })") + vary)?.description
        == "inner.yaml:24: vary: the 101 combinations of values have more than 10000 cells (the first one has 100), which "
        + "is the most; make several studies of it")
    #expect(
      message(8, "  hidden: \(Self.list(1001) { n in Self.list(100) { "\($0 + n)" } })")
        == "inner.yaml:8: network.hidden has 100100 hidden layers in 1001 entries, and a study has at most 100000; make "
        + "several studies of it")
  }

  @Test func combinations() {
    let steps = "training.steps: \(Self.list(65))"
    #expect(
      message(adding: "vary: [{\(steps)}, {training.learning-rate: \(Self.list(64))}]\n")
        == "inner.yaml:24: vary has 4160 combinations of values, and at most 2500 are possible; make several studies of it"
    )
    let points = "  data: {points: \(Self.list(10_000) { "[\($0 % 10), 1]" })}\n"
    let text = sample(line: 5, nil).replacing("  input: {uniform: [0, 1]}\n", with: points)
    #expect(
      failure(text + "vary: [{training.learning-rate: \(Self.list(100))}]\n")?.description
        == "inner.yaml:23: vary: the study has 5041992 bytes of names and values in its 100 combinations, and at most 2097152 "
        + "are possible; make several studies of it, or put points into a CSV file (problem.data.csv)")
  }

  @Test func textOfCells() {
    let scale = "(\(String(repeating: "h + ", count: 400))h)"
    #expect(
      failure(
        sample(line: 8, "  hidden: \(Self.list(10_000) { "[\($0)]" })").replacing(
          "{normal: 1}", with: "{normal: \(scale)}"))?
        .description
        == "inner.yaml:8: network.hidden: 10000 cells of problem, network and training of 1869 bytes are too much; in all cells "
        + "they have at most 16777216, so write shorter expressions, put points into a CSV file (problem.data.csv), or make "
        + "several studies of it")
  }

  @Test func learningRates() {
    #expect(
      failure(
        sample(line: 8, "  hidden: \(Self.list(20) { "[\($0)]" })").replacing(
          "steps: 1000\n", with: "steps: 10000000\n"
        )
        .replacing("\"0.1 * 0.5^floor((n+1)/500)\"", with: "\"0.1 * exp(-n) / h\""))?.description
        == "inner.yaml:17: training.learning-rate: 10000000 steps of an expression of 7 numbers, names and operations are "
        + "too many for all cells; their products may come to 536870912, so write it shorter, train fewer steps, or make "
        + "several studies of it")
  }

  @Test func piecewisePolynomials() {
    func target(_ pieces: Int, _ coefficients: Int) -> String {
      let ones = Self.list(coefficients) { _ in "1" }
      return
        "  target: {piecewise-polynomial: {breaks: \(Self.list(pieces + 1)), pieces: \(Self.list(pieces) { _ in ones })}}"
    }
    let rest = "at most 1000 pieces of 100 coefficients are possible, and 10000 coefficients in all"
    let beginning = "inner.yaml:5: problem.target.piecewise-polynomial.pieces: "
    #expect(message(5, target(60_000, 1)) == "\(beginning)60000 pieces of up to 1 coefficients are too many; \(rest)")
    #expect(message(5, target(1, 400)) == "\(beginning)1 pieces of up to 400 coefficients are too many; \(rest)")
    #expect(message(5, target(500, 50)) == "\(beginning)500 pieces of up to 50 coefficients are too many; \(rest)")
    #expect(message(5, target(100, 100)) == nil)
  }

  @Test func memory() {
    let wide = sample(line: 14, nil).replacing("[[5], [20]]", with: "[[11000, 11000]]")
      .replacing("    inner-weights: {half-normal: \"h^(-4/15)\"}\n", with: "")
    let text = wide.replacing(
      "    initial:\n      inner-biases: {normal: 1}\n      outer-weights: {uniform: [-1, \"h\"]}\n      outer-bias: {constant: 0}\n",
      with: "")
    #expect(failure(text)?.key != nil)
    let shared = overrides([
      "network.initial=pytorch", "network.hidden=[[11000, 11000]]", "training.batch.stream=shared",
    ])
    #expect(
      failure(sample(line: 14, nil), overrides: shared)?.description
        == "--set network.hidden: network.hidden: 16 networks of 121044001 parameters (cell 11000-11000), which are trained "
        + "side by side, take up to 36939 MiB of memory a thread, and at most 8192 MiB are possible; take smaller networks, "
        + "independent batches or another kernel")
  }

  private func overrides(_ arguments: [String]) -> [Override] { arguments.compactMap { try? Override(argument: $0) } }

  // MARK: - Long texts in messages

  @Test func longTexts() {
    let long = String(repeating: "a", count: 1_000_000)
    let shown = String(repeating: "a", count: 60) + "... (1000000 characters)"
    func firstLine(_ message: String?) -> String { message.map { String($0.prefix { $0 != "\n" }) } ?? "" }
    #expect(
      firstLine(message(5, "  target: \"\(long)\""))
        == "inner.yaml:5: problem.target: unknown name \"\(shown)\" in column 1; the names known here are x, pi and the "
        + "functions sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max")
    let digits = String(repeating: "1", count: 1_000_000)
    #expect(
      firstLine(message(5, "  target: \"\(digits)\""))
        == "inner.yaml:5: problem.target: the number \(String(repeating: "1", count: 60))... (1000000 characters) in column 1 "
        + "is out of range; numbers lie between 5e-324 and 1.7976931348623157e308, or are 0")
    let path = failure(sample(line: 5, nil).replacing("input: {uniform: [0, 1]}", with: "data: {csv: \(long)}"))
    #expect((1..<300).contains(path?.description.utf8.count ?? 0))
    #expect((message(16, "  optimizer: \(long)")?.utf8.count ?? 0) < 600)
    #expect((message(adding: "? \(long)\n: 1\n")?.utf8.count ?? 0) < 400)
    #expect((message(adding: "vary: [{\"\(long)\": [1]}]\n")?.utf8.count ?? 0) < 400)
    #expect((overrideFailure("\(long)=1")?.description.utf8.count ?? 0) < 500)
    #expect((overrideFailure(long)?.description.utf8.count ?? 0) < 500)
  }

  @Test func manyUnknownKeys() {
    let keys = (0..<80_000).map { "k\($0): 1\n" }.joined()
    #expect(
      message(adding: keys)?.hasPrefix(
        "more than 20 mistakes; the first 20 are:\ninner.yaml:24: k0 is not a key here; the keys here are study, source, "
      )
        == true)
    let varied = (0..<40_000).map { "training.k\($0): [1]" }.joined(separator: ", ")
    #expect(
      message(adding: "vary: [{\(varied)}]\n")?.hasPrefix(
        "more than 20 mistakes; the first 20 are:\ninner.yaml:24: training.k0 is not a key here; ") == true)
  }

  @Test func commas() {
    #expect(
      message(8, "  hidden: [[\(String(repeating: "1,", count: 500_000))]]")
        == "inner.yaml: the text has 500005 commas, and a study has at most 400000; put points into a CSV file "
        + "(problem.data.csv)")
  }

  @Test func longExpressions() {
    func balanced(_ count: Int) -> String {
      count == 1 ? "x" : "(\(balanced(count / 2)) * \(balanced(count - count / 2)))"
    }
    #expect(
      message(5, "  target: \"\(balanced(80_000))\"")?.hasPrefix(
        "inner.yaml:5: problem.target: the expression is too long in column ") == true)
    #expect(
      message(5, "  target: \"\(balanced(80_000))\"")?.contains(
        ": it has more than 50000 numbers, names and operations\n    ...") == true)
  }

  // MARK: - Characters

  @Test func controlCharacters() throws {
    #expect(
      message(5, "  target: \"x + \\e[31m\"")
        == "inner.yaml:5: problem.target: unexpected \"\\u{1B}\" in column 5; expressions use numbers, names, + - * / ^ ( ) "
        + "and commas\n    x + \\u{1B}[31m\n        ^")
    #expect(
      message(5, "  target: \"\\e\\e + y\"")?.hasSuffix("\n    \\u{1B}\\u{1B} + y\n    ^") == true)
    // What follows something that is escaped stands further right.
    #expect(
      message(5, "  target: \"x +\\u2028 y\"")?.hasSuffix("\n    x +  y\n         ^") == true)
    // What turns the direction of a text is written so that it reads back.
    let study = try parse(sample(line: 2, "source: \"a\\u202Eb\\u2066\""))
    #expect(study.source == "a\u{202E}b\u{2066}")
    #expect(study.text.contains("source: \"a\\u202Eb\\u2066\"\n"))
    #expect(try parse(study.text).source == study.source)
  }
}
