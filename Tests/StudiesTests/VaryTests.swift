import Kernels
import Networks
import Studies
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
    #expect(cell.training.optimizer == Optimizer(.adam, ["beta1": 0.5]))
    #expect(cell.training.learningRate.text == "0.01")
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
        + "verdict and landscape can, such as training.learning-rate"
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
        == "inner.yaml:23: vary: the cells 5 steps=7 and 5 steps=7 are the same; the values of a factor must differ in "
        + "what is trained")
  }
}
