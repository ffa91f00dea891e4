import Studies
import Testing

/// All independent mistakes of a study are told at once, and nothing that only follows from them.
@Suite struct MistakesTests {
  /// As somebody writes it who has read no page.
  private static let firstStudy = """
    study: my first study
    problem:
      input: [-1, 1]
      target: "|x|"
    network:
      hidden: [5, 20]
      initial:
        weights: he-normal
        biases: 0
    training:
      learning_rate: 0.01
      steps: 1_000
      batch: 256
      loss: mse
    verdict:
      good: 1e-3
    sampling: {trials: 100, seeds: 5}
    """

  @Test func firstStudy() {
    #expect(
      failure(Self.firstStudy)?.description == """
        11 mistakes:
        inner.yaml:1: study must be a name of at most 100 letters, digits, "-", "_" and "." that starts with a letter or \
        digit (it is "my first study")
        inner.yaml:3: problem.input must be a mapping with one of the keys uniform, box, normal or density, such as \
        {uniform: [0, 1]} (it is [-1, 1]); write {uniform: [-1, 1]}
        inner.yaml:4: problem.target: unexpected "|" in column 1; an absolute value is written abs(...)
            |x|
            ^
        inner.yaml:6: network.hidden must be a list with one list of widths a cell, such as [[5], [20]] (it is [5, 20]); \
        for a cell of each width write [[5], [20]]
        inner.yaml:9: network.initial.biases must be he-normal, he-uniform, xavier-normal, xavier-uniform, lecun-normal, \
        lecun-uniform or pytorch, or a mapping with one of these or normal, half-normal, uniform, constant or large-bias \
        as its key, such as {normal: "h^(-1/2)"} (it is 0); write {constant: 0}
        inner.yaml:11: training.learning_rate is not a key here; did you mean "learning-rate"?
        inner.yaml:12: training.steps must be a whole number from 1 to 10000000 (it is "1_000"); write 1000
        inner.yaml:13: training.batch must be a mapping with the keys size, stream and sampling (it is 256); write \
        {size: 256}
        inner.yaml:14: training.loss is not a key here; the loss is always the square of the error, leave it out
        inner.yaml:16: verdict.good must be a mapping with one of the keys risk-at-most, excess-at-most or ratio-at-most, \
        such as {risk-at-most: 1e-3} (it is 1e-3); write {risk-at-most: 1e-3}
        inner.yaml:17: sampling.seeds is not a key here; did you mean "seed"?
        """)
  }

  /// Whoever does what the messages say needs no second round.
  @Test func firstStudyAfterOneRound() throws {
    let advice = [
      ("my first study", "my-first-study"), ("[-1, 1]", "{uniform: [-1, 1]}"), ("|x|", "abs(x)"),
      ("[5, 20]", "[[5], [20]]"), ("biases: 0", "biases: {constant: 0}"), ("learning_rate", "learning-rate"),
      ("1_000", "1000"), ("batch: 256", "batch: {size: 256}"), ("  loss: mse\n", ""),
      ("good: 1e-3", "good: {risk-at-most: 1e-3}"), ("seeds", "seed"),
    ]
    _ = try parse(advice.reduce(Self.firstStudy) { $0.replacing($1.0, with: $1.1) })
  }

  // MARK: Nothing is told that follows from something else

  /// Mistakes in lines of their own, one of each list.
  private static let lists = [
    ProblemErrorTests.headingCases, ProblemErrorTests.problemCases, NetworkErrorTests.cellsCases,
    NetworkErrorTests.lawsCases, NetworkErrorTests.trainableCases, TrainingErrorTests.trainingCases,
    TrainingErrorTests.verdictCases, TrainingErrorTests.samplingCases,
  ].map { cases in
    // Those that one line has alone.
    cases.filter { wrong in
      wrong.replacement?.contains("\n") == false
        && mistakes(failure(text([wrong]))).allSatisfy { $0.line == wrong.line }
    }
  }

  /// The text with all of these damages.
  private static func text(_ damages: [ErrorCase]) -> String {
    var lines = sampleText.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for damage in damages { lines[damage.line - 1] = damage.replacement! }
    return lines.joined(separator: "\n")
  }

  private static func mistakes(_ error: StudyError?) -> [StudyError] { error.map { [$0] + $0.others } ?? [] }

  private func descriptions(_ error: StudyError?) -> [String] {
    Self.mistakes(error)
      .map { StudyError(source: $0.source, line: $0.line, key: $0.key, message: $0.message).description }
  }

  /// Of eight mistakes those that do not hang on others are told in the first round, and the rest in the second.
  @Test func twoRounds() {
    var (told, all) = (0, 0)
    for round in 0..<(Self.lists.map(\.count).max() ?? 0) {
      let damages = Self.lists.map { $0[round % $0.count] }
      guard Set(damages.map(\.line)).count == damages.count else { continue }
      let own = damages.map { descriptions(failure(Self.text([$0]))) }
      let first = descriptions(failure(Self.text(damages)))
      #expect(Set(first).isSubset(of: own.joined()), "round \(round)")
      let rest = damages.indices.filter { !Set(own[$0]).isSubset(of: first) }
      let second = descriptions(failure(Self.text(rest.map { damages[$0] })))
      #expect(second.sorted() == rest.flatMap { own[$0] }.sorted(), "round \(round)")
      told += first.count
      all += own.joined().count
    }
    // Laws that are checked at every width wait for the widths.
    #expect(all > 200 && 100 * told > 85 * all, "\(told) of \(all)")
  }

  @Test(arguments: [
    // A misspelled or misplaced key is not missing, and what stands below it is checked.
    (
      sampleText.replacing("training:", with: "trainig:").replacing("steps: 1000", with: "steps: 0"),
      [
        "inner.yaml:15: trainig is not a key here; did you mean \"training\"?",
        "inner.yaml:18: training.steps must be a whole number from 1 to 10000000 (it is 0)",
      ]
    ),
    (
      sampleText.replacing("  hidden: [[5], [20]]\n", with: "").replacing("network:", with: "hidden: [[0]]\nnetwork:"),
      [
        "inner.yaml:6: hidden is not a key here; \"hidden\" belongs under \"network\"",
        "inner.yaml:6: network.hidden: a width must be a whole number from 1 to 65536 (in entry 1 it is 0)",
      ]
    ),
    (
      sampleText.replacing("hidden:", with: "widths:"),
      [
        """
        inner.yaml:8: network.widths is not a key here; write network.hidden, a list with one list of hidden widths a \
        cell
        """
      ]
    ),
    // The names of the blocks are those of deep networks, which only the widths tell.
    (
      """
      study: deep
      problem: {target: x}
      network:
        hiden: [[5, 5]]
        initial: {layer-1-weights: he-normal, layer-2-weights: he-normal, layer-3-weights: he-normal, biases: he-normal}
      training: {learning-rate: 0.1, steps: 10}
      verdict: {good: {risk-at-most: 1}}
      """, ["inner.yaml:4: network.hiden is not a key here; did you mean \"hidden\"?"]
    ),
    (
      """
      study: deep
      problem: {target: x}
      network:
        hidden: 5
        initial: {layer-1-weights: he-normal, biases: he-normal}
      training: {learning-rate: 0.1, steps: 10}
      verdict: {good: {risk-at-most: 1}}
      """,
      [
        """
        inner.yaml:4: network.hidden must be a list with one list of widths a cell, such as [[5], [20]] (it is 5); write \
        [[5]]
        """
      ]
    ),
    // A wrong value is not the default.
    (
      sampleText.replacing("{uniform: [0, 1]}", with: "{normal: {dimension: 0}}").replacing("x^4", with: "x2"),
      ["inner.yaml:4: problem.input.normal.dimension must be a whole number from 1 to 100 (it is 0)"]
    ),
    (
      sampleText.replacing("optimizer: sgd", with: "optimizer: {adam: {epsilon: 1e-30}}")
        .replacing("steps: 1000", with: "steps: 1000\n  precision: float46"),
      [
        """
        inner.yaml:19: training.precision must be float32 or float64 (it is "float46"); did you mean "float64"?
        """
      ]
    ),
    // Where nothing but the places is wrong, nothing is missing.
    (
      """
      study: flat
      target: x^2
      hidden: [[3]]
      initial: pytorch
      learning-rate: 0.1
      steps: 5
      risk-at-most: 1e-3
      """,
      [
        "inner.yaml:2: target is not a key here; \"target\" belongs under \"problem\"",
        "inner.yaml:3: hidden is not a key here; \"hidden\" belongs under \"network\"",
        "inner.yaml:4: initial is not a key here; \"initial\" belongs under \"network\"",
        "inner.yaml:5: learning-rate is not a key here; \"learning-rate\" belongs under \"training\"",
        "inner.yaml:6: steps is not a key here; \"steps\" belongs under \"training\" or \"limit\"",
        "inner.yaml:7: risk-at-most is not a key here; \"risk-at-most\" belongs under \"training.until\" or \"verdict.good\"",
      ]
    ),
    // What a merge key brings is unknown.
    (
      sampleText.replacing("    inner-weights: {half-normal: \"h^(-4/15)\"}\n", with: "    <<: {}\n"),
      ["inner.yaml:10: network.initial.<< is not a key here; merge keys are not supported, write the keys out"]
    ),
    // Several in one list.
    (
      sampleText.replacing("[[5], [20]]", with: "[[0], [20], [-3], 7]"),
      [
        "inner.yaml:8: network.hidden: a width must be a whole number from 1 to 65536 (in entry 1 it is 0)",
        "inner.yaml:8: network.hidden: a width must be a whole number from 1 to 65536 (in entry 3 it is -3)",
        "inner.yaml:8: network.hidden: entry 4 must be a list of widths, such as [20] (it is 7)",
      ]
    ),
    (
      sampleText.replacing("input: {uniform: [0, 1]}", with: "data: {points: [[1, 2], [3], [4, 5, 6]], weights: [1]}"),
      [
        "inner.yaml:4: problem.data.points: all points must have the same number of numbers (point 1 has 2, point 2 has 1)",
        "inner.yaml:4: problem.data.points: all points must have the same number of numbers (point 1 has 2, point 3 has 3)",
        "inner.yaml:4: problem.data.weights must have one number for each of the 3 points (it has 1)",
      ]
    ),
    // One that shows in every combination is told once.
    (
      sampleText.replacing("steps: 1000", with: "steps: 0")
        + "vary:\n  - {training.learning-rate: [0.1, q, 0.01, r]}\n",
      [
        "inner.yaml:18: training.steps must be a whole number from 1 to 10000000 (it is 0)",
        """
        inner.yaml:25: training.learning-rate: unknown name "q" in column 1; the names known here are n, h, pi and the \
        functions sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max
            q
            ^
        """,
        """
        inner.yaml:25: training.learning-rate: unknown name "r" in column 1; the names known here are n, h, pi and the \
        functions sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max
            r
            ^
        """,
      ]
    ),
    (
      sampleText.replacing("  steps: 1000\n", with: "")
        + "vary:\n  - {training.steps: 5}\n  - {sampling.trials: [1]}\n",
      [
        "inner.yaml:24: vary: training.steps must have a list of values (it has 5)",
        """
        inner.yaml:25: vary: sampling.trials cannot vary; keys below problem, network, training, verdict and limit can, \
        such as training.learning-rate
        """,
      ]
    ),
  ]) func following(text: String, messages: [String]) {
    #expect(descriptions(failure(text)) == messages)
  }

  @Test func overrides() throws {
    let arguments = ["training.steps=0", "foo=1", "training.step=2", "problem.target=[", "sampling.trials=-4"]
    let error = failure(sampleText, overrides: try arguments.map { try Override(argument: $0) })
    #expect(
      descriptions(error) == [
        "--set training.steps: training.steps must be a whole number from 1 to 10000000 (it is 0)",
        """
        --set foo: foo is not a key here; the keys here are study, source, problem, network, training, verdict, limit, \
        trajectory, vary and sampling
        """,
        "--set training.step: training.step is not a key here; did you mean \"steps\"?",
        "--set problem.target: a value is missing in column 1, or there is a comma, bracket or brace too many",
        """
        --set sampling.trials: sampling.trials must be a whole number from 1 to 1099511627776 = 2^40 (it is -4)
        """,
      ])
  }

  @Test func many() throws {
    let keys = (1...50).map { "  key\($0): 1\n" }.joined()
    let error = try #require(failure(sampleText.replacing("network:\n", with: "network:\n" + keys)))
    #expect(error.others.count == StudyError.shownLimit - 1 && error.hasMore)
    #expect(error.description.hasPrefix("more than 20 mistakes; the first 20 are:\ninner.yaml:7: network.key1 is"))
    #expect(error.others.map(\.line) == Array(8...26))
    // Of a long list too, whose first mistake is not the first that is found.
    let points = (1...1000).map { "[q\($0), 1]" }.joined(separator: ", ")
    let list = try #require(
      failure("problem: {data: {points: [\(points)]}}", overrides: []))
    #expect(list.others.count == 19 && list.hasMore)
  }

  // MARK: Advice

  /// A value in place of the mapping that it belongs to.
  @Test(arguments: [
    ("training.batch", "256", "{size: 256}"), ("training.batch", "full", "{sampling: full}"),
    ("training.batch", "shared", "{stream: shared}"), ("training.clipping", "0.5", "{norm: 0.5}"),
    ("training.until", "1e-4", "{risk-at-most: 1e-4}"), ("verdict", "1e-3", "{good: {risk-at-most: 1e-3}}"),
    ("verdict.good", "0", "{risk-at-most: 0}"), ("verdict.stationary", "1e-8", "{gradient-norm-at-most: 1e-8}"),
    ("sampling", "300", "{trials: 300}"), ("trajectory", "[0, 10]", "{checkpoints: [0, 10]}"),
    ("trajectory", "log", "{checkpoints: log}"), ("problem.input", "[0, 2]", "{uniform: [0, 2]}"),
    ("problem.input", "[[0, 1], [0, 1]]", "{box: [[0, 1], [0, 1]]}"), ("problem.data", "a.csv", "{csv: a.csv}"),
    ("problem.data", "[[0, 1]]", "{points: [[0, 1]]}"), ("network.initial.inner-biases", "0.5", "{constant: 0.5}"),
    ("network.initial", "[1, 2]", "{point: [1, 2]}"),
    ("training.batch", "size:64", "size: 64, with a space after the colon"),
    // No key below these takes the value.
    ("training.batch", "-5", nil), ("training.batch", "many", nil), ("verdict.good", "-1", nil),
    ("sampling", "no", nil),
    ("problem.input", "[0, 1, 2]", nil), ("training", "5", nil), ("network.initial.inner-biases", "x", nil),
  ]) func shorthands(key: String, value: String, advice: String?) throws {
    let error = try #require(failure(sampleText, overrides: [Override(key: key, value: value)]))
    if let advice {
      #expect(error.message.hasSuffix("; write \(advice)"))
      // And the advice leads on: what is wrong then is no longer the form.
      let next = failure(sampleText, overrides: [Override(key: key, value: advice)])
      #expect(next == nil || advice.contains("colon") || next?.message.contains("must be a mapping") == false)
    } else {
      #expect(!error.message.contains("; write"))
    }
  }

  @Test(arguments: [
    ("1_000", "1000"), ("0x10", "16"), ("0o17", "15"), ("0b101", "5"), ("1,000", "1000"), ("1'000'000", "1000000"),
    ("1 000", "1000"), ("10k", "10000"), ("2M", "2000000"), ("10^4", "10000"), ("2**10", "1024"), ("5 * 100", "500"),
    ("\"300\"", nil), ("1/3", nil), ("1,5", nil), ("many", nil), ("0xzz", nil), ("1__", "1"), ("-10^3", nil),
    ("k", nil),
  ]) func wholeNumbers(value: String, decimal: String?) throws {
    let error = try #require(failure(sampleText, overrides: [Override(key: "training.steps", value: value)]))
    let advice = value.hasPrefix("\"") ? "; write it without quotes" : decimal.map { "; write \($0)" } ?? ""
    #expect(error.message.hasSuffix(")\(advice)"), "\(error)")
  }

  @Test(arguments: [
    ("verdict.good.risk-at-most", "1/4", "write 0.25"), ("verdict.good.risk-at-most", "10^-3", "write 0.001"),
    ("problem.data", "{points: [[1_000, 0x10]]}", "plain decimal, 1000 (here is 1_000)"),
    ("problem.target", "1_000", "plain decimal, 1000 (here is 1_000)"),
  ]) func otherNumbers(key: String, value: String, advice: String) throws {
    let error = try #require(failure(sampleText, overrides: [Override(key: key, value: value)]))
    #expect(error.description.contains(advice), "\(error)")
  }

  /// Keys of other programs, and keys that have another meaning elsewhere.
  @Test(arguments: [
    ("training.loss", "the loss is always the square of the error, leave it out"),
    ("training.epochs", "training is counted in steps, each with a batch; write training.steps"),
    ("training.batch_size", "write training.batch.size"), ("training.lr", "write training.learning-rate"),
    ("network.units", "write network.hidden, a list with one list of hidden widths a cell"),
    ("network.dropout", "networks have no dropout, leave it out"), ("sampling.runs", "write sampling.trials"),
    ("training.weight_decay", weightDecay), ("training.optimizer.adam.weight-decay", weightDecay),
    (
      "problem.noise",
      """
      labels have no noise here; for points with noisy labels draw them once and put them into a CSV file \
      (problem.data.csv)
      """
    ),
    // Not one of normal laws: the study has another one.
    ("problem.mean", "the keys here are input, data, target and evaluation-points"),
  ]) func foreignKeys(key: String, advice: String) {
    #expect(overrideFailure("\(key)=1")?.message == "\(key) is not a key here; \(advice)")
  }

  private static let weightDecay =
    "only adamw has one, which is no L2 penalty of the risk; adam and the others have none"
}
