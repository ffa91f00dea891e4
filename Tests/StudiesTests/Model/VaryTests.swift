import Foundation
import Kernels
import Networks
import Studies
import TestSupport
import Testing
import Training

/// Studies whose cells differ in more than their widths.
@Suite struct VaryTests {
  /// ``sampleText`` with these lines before the last one.
  private func text(_ vary: String) -> String {
    sampleText.replacing("  sampling".dropFirst(2), with: vary + "\nsampling")
  }

  private func study(_ vary: String, _ arguments: String...) throws -> Study {
    try parse(text(vary), overrides: arguments.map { try Override(argument: $0) })
  }

  private let factors = """
    vary:
      - {network.activation: [relu, {leaky-relu: 0.1}]}
      - {training.optimizer: [sgd, {adam: {beta1: 0.5}}, population], training.learning-rate: [0.1, 0.01, "0.1 / h"]}
    """

  @Test func cells() throws {
    let study = try study(factors)
    #expect(
      study.cells.map(\.label) == [
        "5 relu sgd", "20 relu sgd", "5 relu adam:beta1:0.5", "20 relu adam:beta1:0.5", "5 relu population",
        "20 relu population", "5 leaky-relu:0.1 sgd", "20 leaky-relu:0.1 sgd", "5 leaky-relu:0.1 adam:beta1:0.5",
        "20 leaky-relu:0.1 adam:beta1:0.5", "5 leaky-relu:0.1 population", "20 leaky-relu:0.1 population",
      ])
    #expect(Set(study.cells.map(\.key)).count == 12)
    let cell = study.cells[9]
    #expect(cell.architecture == Architecture(hidden: [20], activation: Activation(.leakyReLU, parameter: 0.1)))
    #expect(cell.training.optimizer == Optimizer(.adam, [.beta1: 0.5]))
    #expect(cell.training.steps.learningRate.text == "0.01")
    // A cell is the same trial for trial in a study in which nothing varies.
    let alone = try parse(
      sampleText,
      overrides: [
        Override(key: "network.activation", value: "{leaky-relu: 0.1}"),
        Override(key: "training.optimizer", value: "{adam: {beta1: 0.5}}"),
        Override(key: "training.learning-rate", value: "0.01"),
      ])
    #expect(alone.cells.map(\.key) == [study.cells[8].key, study.cells[9].key])
  }

  /// The text of the study, and what a ledger keeps of it, read back as the same study.
  @Test func texts() throws {
    for vary in [factors, "vary: [{network.hidden: [[[5], [6]], [[7]]], training.steps: [10, 20]}]"] {
      let study = try study(vary)
      let again = try parse(study.text)
      #expect(again == study && again.text == study.text)
      let restored = try Study.restored(definition: study.definition, cells: study.cellsText, path: "a.landfall")
      #expect(restored.cells.map(\.key) == study.cells.map(\.key))
      #expect(restored.cells.map(\.label) == study.cells.map(\.label))
      #expect(restored.hash == study.hash)
    }
    let plain = try parse(sampleText)
    #expect(Study.cellsText(labels: plain.cells.map(\.label)) == plain.cellsText)
  }

  /// Values that hang on a key that varies: with these lines in place of those of ``sampleText`` with the same keys, the
  /// factors have these keys.
  @Test(arguments: [
    (
      "{training.steps: [100, 1000]}", ["  learning-rate: {cosine: {initial: 0.1}}"],
      ["training.steps", "+training.learning-rate"]
    ),
    (
      "{training.learning-rate.cosine.initial: [0.1, 0.2]}", ["  learning-rate: {cosine: {initial: 1, final: 0.01}}"],
      ["training.learning-rate.cosine.initial", "+training.learning-rate"]
    ),
    (
      "{training.learning-rate.cosine.initial: [0.1, 0.2]}, {training.steps: [100, 1000]}",
      ["  learning-rate: {cosine: {initial: 1}}"], ["training.learning-rate.cosine.initial", "training.steps"]
    ),
    (
      "{training.precision: [float32, float64]}, {training.optimizer: [population, sgd]}", [],
      ["training.precision", "training.optimizer", "+training.batch"]
    ),
    ("{training.optimizer: [sgd, population]}", [], ["training.optimizer"]),
    (
      "{problem.data.gaussian.points: [10, 3000]}",
      ["  input: ~", "  data: {gaussian: {points: 1, dimension: 1}}", "  batch: {stream: shared}"],
      ["problem.data.gaussian.points", "+problem.data", "+training.batch"]
    ),
    (
      "{problem.input.normal.dimension: [5, 2]}", ["  input: {normal: {dimension: 1}}", "  target: x1"],
      ["problem.input.normal.dimension", "+problem.input", "+problem.evaluation-points"]
    ),
    (
      "{problem.input.normal.dimension: [2, 5], problem.evaluation-points: [~, 1000]}",
      ["  input: {normal: {dimension: 1}}", "  target: x1"],
      ["problem.input.normal.dimension", "problem.evaluation-points"]
    ),
    (
      "{problem.input: [~, {uniform: [1, 2]}], problem.data: [{points: [[1], [3]]}, ~]}", ["  input: ~"],
      ["problem.input", "problem.data"]
    ),
    ("{training.clipping: [~, {norm: 1}]}", [], ["training.clipping"]),
    (
      "{training.steps: [10, 20], limit.flow-time: [1e3, ~]}", ["  stationary: ~"],
      ["training.steps", "limit.flow-time"]
    ),
    (
      "{training.steps: [10, 20], verdict.stationary: [~, {gradient-norm-at-most: 1}]}", [],
      ["training.steps", "verdict.stationary", "+limit"]
    ),
    (
      "{training.steps: [10, 20], landscape.limit.flow-time: [1e3, ~]}", ["  stationary: ~"],
      ["training.steps", "limit.flow-time"]
    ),
    (
      "{training.optimizer: [population, sgd]}, {problem.data: [{gaussian: {points: 9, dimension: 1}}, {points: [[1]]}]}",
      ["  input: ~", "  batch: {stream: shared}"], ["training.optimizer", "problem.data", "+training.batch"]
    ),
    (
      "{training.steps: [2, 20]}", ["sampling: {}\ntrajectory: {checkpoints: [0, 1, 2]}"], ["training.steps"]
    ),
    (
      "{problem.target.teacher.hidden: [[2], [3, 3]]}",
      ["  target: {teacher: {hidden: [1], initial: {weights: {normal: 1}, biases: {normal: 1}}}}"],
      ["problem.target.teacher.hidden", "+problem.target"]
    ),
  ]) func dependentValues(factors: String, lines: [String], keys: [String]) throws {
    var text = text("vary: [\(factors)]").split(separator: "\n").map(String.init)
    for line in lines {
      let key = line.prefix { $0 != ":" } + ":"
      if let index = text.firstIndex(where: { $0.hasPrefix(key) }) {
        text[index] = line.hasSuffix("~") ? "" : line
      } else {
        text.insert(line, at: 3)
      }
    }
    let study = try parse(text.joined(separator: "\n"))
    #expect(study.factors.flatMap { $0.keys.map { ($0.isDerived ? "+" : "") + $0.name } } == keys)
    let again = try parse(study.text)
    #expect(again.cells.map(\.definition) == study.cells.map(\.definition))
    #expect(again.cells.map(\.trajectory) == study.cells.map(\.trajectory))
    #expect(again.families == study.families && again.text == study.text && again.hash == study.hash)
    let restored = try Study.restored(definition: study.definition, cells: study.cellsText, path: "a.landfall")
    #expect(restored.cells.map(\.definition) == study.cells.map(\.definition))
    #expect(restored.cells.map(\.label) == study.cells.map(\.label))
  }

  /// Data sets in files are known by absolute path and digest.
  @Test(arguments: [
    "problem.data.csv: [p.csv, q.csv]", "problem.data: [{csv: p.csv}, {csv: q.csv}]",
    "problem: [{data: {csv: p.csv}}, {data: {csv: q.csv}}]",
    "problem.data: [{csv: p.csv}, {points: [[1, 2], [3, 4]]}]", "problem.data: [{csv: p.csv}, {csv: \"p .csv\"}]",
  ]) func files(factor: String) throws {
    try withTemporaryFolder { folder in
      try folder.write("1,2\n3,5\n", to: "p.csv")
      try folder.write("1,2\n3,6\n", to: "q.csv")
      try folder.write("1,2\n3,7\n", to: "p .csv")
      let file = folder.file("a.yaml")
      var text = text("vary: [{\(factor)}]").split(separator: "\n").map(String.init)
      text[3...4] = ["  data: {points: [[1, 2]]}"]
      let study = try Study.parse(
        text: text.joined(separator: "\n"), origin: .file(file))
      #expect(try parse(study.text).families == study.families)
      #expect(try parse(study.text).text == study.text)
      #expect(study.text.contains(folder.file("p.csv")) && study.text.contains("sha256"))
      try FileManager.default.removeItem(atPath: folder.file("p.csv"))
      let restored = try Study.restored(definition: study.definition, cells: study.cellsText, path: "a.landfall")
      #expect(restored.cells.map(\.key) == study.cells.map(\.key))
      #expect(restored.cells.map(\.label) == study.cells.map(\.label))
      // Also where names differ in space only: the later one has a number.
      #expect(Set(study.cells.map(\.label)).count == study.cells.count)
    }
  }

  @Test func ambiguousValue() {
    let message = failure(
      text("vary: [{training.learning-rate.cosine.initial: [0.1, 0.2]}, {training.steps: [100, 1000]}]")
        .replacing(
          "learning-rate: \"0.1 * 0.5^floor((n+1)/500)\"", with: "learning-rate: {cosine: {initial: 1, final: 0.01}}"))
    #expect(
      message?.description
        == "inner.yaml:23: vary: training.learning-rate of a cell hangs on several factors; make them one factor, with an "
        + "entry for each combination")
  }

  /// Values can be added to those of a study with outcomes, like widths.
  @Test func addedValues() throws {
    let few = try study("vary: [{training.steps: [10, 20]}]")
    let more = try study("vary: [{training.steps: [10, 20, 30]}]")
    #expect(few.hash == more.hash)
    #expect(Array(more.cells.map(\.key).prefix(4)) == few.cells.map(\.key))
    #expect(try few.hash != study("vary: [{training.steps: [11, 20]}]").hash)
  }

  /// Labels have what tells the cells apart, and no more.
  @Test func labels() throws {
    func labels(_ vary: String) throws -> [String] { try study(vary).cells.map(\.label) }
    #expect(try labels("vary: [{network.hidden: [[[5]], [[7]]], training.steps: [1, 2]}]") == ["5", "7"])
    #expect(
      try labels(
        "vary: [{network.hidden: [[[5]], [[5]], [[7]]], training.steps: [1, 2, 2], training.precision: [float64, float64, float32]}]"
      )
        == ["5 steps=1", "5 steps=2", "7 steps=2"])
    #expect(
      try labels("vary: [{training.clipping: [{norm: 1, delta: 0.5}, {norm: 2}]}]")
        == ["5 norm:1;delta:0.5", "20 norm:1;delta:0.5", "5 norm:2", "20 norm:2"])
  }

  /// Nested lists and commas stay visible.
  @Test func likeLabels() throws {
    let factor = """
      vary:
        - problem.target:
          - {piecewise-polynomial: {breaks: [0, 0.5, 1], pieces: [[0], [1, 2]]}}
          - {piecewise-polynomial: {breaks: [0, 0.5, 1], pieces: [[0, 1], [2]]}}
          - max(x, 0.5)
      """
    #expect(
      try study(factor, "network.hidden=[[5]]").cells.map(\.label) == [
        "5 piecewise-polynomial:breaks:0;0.5;1;pieces:[0];[1;2]",
        "5 piecewise-polynomial:breaks:0;0.5;1;pieces:[0;1];[2]", "5 max(x;0.5)",
      ])
  }

  /// Keys that follow from others are no part of what names the study: values can be added that make some.
  @Test func derivedKeys() throws {
    func study(_ steps: String) throws -> Study {
      try parse(
        text("vary: [{training.steps: \(steps)}]")
          .replacing("\"0.1 * 0.5^floor((n+1)/500)\"", with: "{cosine: {initial: 0.1}}"))
    }
    let (one, two) = (try study("[40]"), try study("[40, 50]"))
    #expect(one.hash == two.hash && one.cells.map(\.key) == Array(two.cells.map(\.key).prefix(2)))
    #expect(two.text.contains("{training.steps: [40, 50], +training.learning-rate: ["))
    // Without the key that it follows from it does not vary either.
    let fixed = try parse(two.text, overrides: [Override(key: "training.steps", value: "30")])
    #expect(fixed.factors.isEmpty && fixed.cells.count == 2)
    #expect(fixed.family.training.steps.learningRate == one.family.training.steps.learningRate)
    let cosine = try parse(
      two.text, overrides: [Override(key: "training.learning-rate.cosine.initial", value: "0.03")])
    #expect(cosine.factors[0].keys.map(\.isDerived) == [false, true])
    #expect(Set(cosine.families.map(\.training.steps.learningRate)).count == 2)
    #expect(
      failure(text("vary: [{+training.steps: [1, 2]}]"))?.description
        == "inner.yaml:23: vary: +training.steps follows from nothing here; write training.steps for a key that varies")
  }

  /// A note about some cells names them.
  @Test func notesOfVariants() throws {
    #expect(
      try study("vary: [{training.optimizer: [sgd, population]}]").notes == [
        "training.batch is dropped: the optimizer population draws no mini-batches (in the cells population)"
      ])
  }

  @Test func keyBelowAnother() {
    #expect(
      failure(text("vary: [{training.optimizer: [sgd]}, {training.optimizer.adam.beta1: [0.1, 0.2]}]"))?.description
        == "inner.yaml:23: vary: training.optimizer.adam.beta1 is a part of training.optimizer, which varies too; write "
        + "its values there")
  }

  @Test func overrideBelow() {
    #expect(
      failure(text(factors), overrides: [Override(key: "training.optimizer.adam.beta2", value: "0.9")])?.description
        == "--set training.optimizer.adam.beta2: training.optimizer.adam.beta2 is a part of training.optimizer, which "
        + "varies; change its values in vary, or set training.optimizer for all cells")
  }

  @Test func overridden() throws {
    let fixed = try study(factors, "training.optimizer=sgd")
    #expect(
      fixed.notes == [
        "vary: training.optimizer does not vary, because --set training.optimizer gives it one value"
      ])
    #expect(fixed.cells.count == 12 && fixed.cells.allSatisfy { $0.training.optimizer == .sgd })
    let other = try study(factors, "vary=[{training.steps: [1, 2]}]")
    #expect(other.cells.map(\.label) == ["5 steps=1", "20 steps=1", "5 steps=2", "20 steps=2"])
  }

  @Test(arguments: [
    (
      "vary: 3",
      "vary must be a list of factors, each a mapping from dotted keys to lists of values, such as "
        + "[{training.learning-rate: [0.1, 0.01]}] (it is 3)"
    ),
    ("vary: [3]", "vary: a factor must be a mapping from dotted keys to lists of values (here is 3)"),
    ("vary: [{training.steps: 3}]", "vary: training.steps must have a list of values (it has 3)"),
    (
      "vary: [{sampling.trials: [1, 2]}]",
      "vary: sampling.trials cannot vary; keys below problem, network, training, "
        + "verdict and limit can, such as training.learning-rate"
    ),
    ("vary: [{training.stepz: [1, 2]}]", "training.stepz is not a key here; did you mean \"steps\"?"),
    ("vary: [{training.steps: [1, -2]}]", "training.steps must be a whole number from 1 to 10000000 (it is -2)"),
    (
      "vary: [{training.steps: [1, 2], training.precision: [float64]}]",
      "vary: the keys of one factor go together, entry by entry, and training.precision has 1 values where "
        + "training.steps has 2; for all combinations make it a factor of its own"
    ),
    ("vary: [{training.steps: [1]}, {training.steps: [2]}]", "vary: training.steps varies twice; keep one of them"),
  ]) func errors(vary: String, message: String) {
    #expect(failure(text(vary))?.description == "inner.yaml:23: \(message)")
  }

  @Test func equalCells() {
    #expect(
      failure(text("vary: [{training.steps: [7, 7]}]"))?.description
        == "inner.yaml:23: vary: the cells 5 steps=7 and 5 steps=7#2 are the same; the values of a factor must differ in "
        + "what is trained")
  }
}
