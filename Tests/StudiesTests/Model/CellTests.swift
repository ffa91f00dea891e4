import Kernels
import Networks
import Studies
import Testing

@Suite struct CellTests {
  @Test func content() throws {
    let study = try parse(sampleText)
    let cells = study.cells
    #expect(cells.map(\.label) == ["5", "20"])
    #expect(cells.map(\.architecture) == [5, 20].map { Architecture(hidden: [$0], activation: .relu) })
    for cell in cells {
      #expect(cell.problem == study.family.problem && cell.training == study.family.training)
      #expect(cell.initialization == study.family.initialization && cell.verdictRule == study.family.verdictRule)
      #expect(cell.trained == [ParameterBlock(layer: 1, kind: .biases)])
      #expect(cell.seed == 5)
    }
  }

  /// What determines a trained network changes the key; nothing else does.
  @Test(arguments: [
    ("study", "other", false), ("source", "other", false), ("problem.input", "{uniform: [0, 2]}", true),
    ("problem.target", "x^4 * cos(x)", true), ("problem.target", "(x^4)*(sin(x))", false),
    ("network.hidden", "[[20], [5]]", false), ("network.initial.inner-biases", "{half-normal: 1}", true),
    ("network.initial.inner-biases", "{normal: 1.0}", false), ("network.initial.outer-bias", "{constant: 1}", true),
    ("network.trainable", "[outer-bias]", true), ("training.learning-rate", "0.1", true),
    ("training.steps", "1001", true),
    ("training.batch.size", "65", true), ("training.batch.stream", "shared", true),
    ("verdict.good.risk-at-most", "1", false), ("verdict.stationary.gradient-norm-at-most", "1", false),
    ("sampling.seed", "6", false), ("sampling.trials", "6", false), ("sampling.confidence", "0.5", false),
  ])
  func identity(key: String, value: String, changes: Bool) throws {
    let old = try parse(sampleText)
    let new = try parse(sampleText, overrides: [Override(key: key, value: value)])
    let oldKeys = Set(old.cells.map(\.key))
    let newKeys = Set(new.cells.map(\.key))
    #expect(changes ? oldKeys.isDisjoint(with: newKeys) : oldKeys == newKeys)

    // The hash of the study changes with everything that identifies its trials, but not with spelling, cells and their
    // number, and not with source, verdict and confidence.
    let isSame =
      ["source", "network.hidden", "sampling.trials", "sampling.confidence"].contains(key) || key.hasPrefix("verdict")
      || new.text == old.text
    #expect((new.hash == old.hash) == isSame)
  }
}
