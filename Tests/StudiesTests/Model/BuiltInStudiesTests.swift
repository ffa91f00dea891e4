import Kernels
import Networks
import Studies
import Testing
import Training

@Suite struct BuiltInStudiesTests {
  /// The keys name the random numbers of every trial that was ever stored: they never change. Each is the beginning of
  /// `sha256sum` of the cell's definition.
  @Test(arguments: [
    ("inner-bias", ["5", "20", "100"], ["3a223f4f2326731b", "3d3bea0d09d59cb9", "a59daff27bdd86f6"]),
    ("shallow-normal", ["10", "100", "1000"], ["39a360c1a71faa6a", "739cfa249c8ceb0f", "f01c1841ab3e82f3"]),
    ("shallow-half-normal", ["5", "20", "150"], ["c026fd7ef7fc8e5c", "fd82843a668da4b7", "5d99527c7fbe70a7"]),
    ("shallow-he", ["32"], ["12dde3d43348c506"]),
    ("clipping", ["10", "100", "1000"], ["64f60507e1218aed", "58e89d8f98e10c20", "9fa6349d42babb98"]),
    ("deep-normal", ["8-8", "15-15", "50-50"], ["caf90bf554f83ba5", "9755054fe3b888d4", "c214270929c7a59d"]),
    ("deep-he", ["50-50"], ["011b5b0cd46e21b3"]), ("deep-xavier", ["50-50"], ["2b7f69a7f8a7dcc5"]),
    ("three-layer-he", ["32-32-32"], ["5bbf1e03879c6d99"]),
    ("three-layer-xavier", ["32-32-32"], ["7f62e2f67a2bd5b9"]), ("deep-he-adam", ["50-50"], ["54ea54e2a71ea6cb"]),
    ("deep-xavier-adam", ["50-50"], ["91d154894e1a6fe4"]),
  ])
  func cellKeys(name: String, labels: [String], keys: [String]) throws {
    let cells = try Study.load(name).cells
    #expect(cells.map(\.label) == labels)
    let found = cells.map(\.key.text)
    #expect(found == keys)
  }

  /// The first and the last cell of the studies of the landscape.
  @Test(arguments: [
    ("affine-target", 16, ["1 relu", "8 leaky-relu:0.1"], ["fdf9d683c51881e0", "a709f71dbd257be9"]),
    ("ladder", 4, ["5", "40"], ["97c5747e5e27497a", "a7cf779e628673fe"]),
    ("non-convergence", 24, ["5 sgd", "10 nadam-constant"], ["e44aae6899324f5f", "3cfb078e2e9deb57"]),
    ("non-convergence-deep", 20, ["5-5 sgd", "10-10-10 adam"], ["01d36b251b9001e2", "ba01102adb4c75b4"]),
    (
      "born-dead", 60, ["2 uniform:0;1", "8-8-8-8-8-8-8-8-8-8 uniform:-1;1"],
      ["99bccf07a63f39b5", "ccd548b79b95867d"]
    ),
    (
      "saddle-escape", 126,
      ["2 relu distance=1e-1 learning-rate=0.2", "4 leaky-relu:0.1 distance=1e-6 learning-rate=0.05"],
      ["7d07a9790eebac90", "76bcfa708c960764"]
    ),
    ("teacher-student", 30, ["6 dimension=6", "21 dimension=20"], ["207dac7a928032a3", "7eb5fd9929b45528"]),
  ])
  func landscapeCellKeys(name: String, count: Int, labels: [String], keys: [String]) throws {
    let cells = try Study.load(name).cells
    #expect(cells.count == count)
    #expect([cells[0].label, cells[count - 1].label] == labels)
    #expect([cells[0].key.text, cells[count - 1].key.text] == keys)
  }

  /// The hash is a part of the checksums of ledgers; it is about what identifies trials.
  @Test(arguments: [
    ("clipping", "f3f99cac771ca4ca12a4c3e8f510af450fcb0411bcfc2e9972a678fd3da54c9b"),
    ("inner-bias", "52273b04012ba00242696e22f7487f0ae1e8560ea7799472610b3e49ea2e7b3b"),
    ("shallow-normal", "ab879dd5523f8d1249d86e779fc9c68e7d5e5afaddea1d063a42b8c8e304bad1"),
    ("shallow-he", "4d80b47bbdc39c65244fb9e5e4a2f1eb1ccd179321edda477d7e98aec9c3a87d"),
    ("shallow-half-normal", "fbaddcc70cb845155f9fc5feeb90f44e69984433c65222c6b4c829b29613e6a1"),
    ("deep-normal", "6682c54299468edff64d4ed460bdf2614bf5e31e0097ae1c7efc45e554a438a1"),
    ("deep-he", "93c7814819a0fc6e7ad7d996aa0ce0ce8d254680da7e511bc596052e5a405600"),
    ("deep-xavier", "b4d823b53ebb0f39147d07ff562c7cb782ea12a00bc057fd4a4c86608d905f48"),
    ("three-layer-he", "43d01d3ce622762488790d915aef7715ecd2a560889eacd24aa4f993d30c7d0c"),
    ("three-layer-xavier", "ecdc9918ba5b15f7eaf566b3fe271e1fec655383d0da134d4841fc76baf5e631"),
    ("deep-he-adam", "38e045a5373923af7edc022c437f526fb0883eb4812f0e68b00bef7bb9b7b970"),
    ("deep-xavier-adam", "4ceb4adf34eca68229f90a1489c682ece91423c8fe02cebc5dc69cf826048c0a"),
  ])
  func hashes(name: String, hash: String) throws {
    let found = try Study.load(name).hash
    #expect(found == hash)
  }

  /// Those who keep results of a built-in study find them again.
  @Test func list() {
    #expect(
      BuiltInStudies.names == [
        "clipping", "inner-bias", "shallow-normal", "shallow-he", "shallow-half-normal", "deep-normal", "deep-he",
        "deep-xavier", "three-layer-he", "three-layer-xavier", "deep-he-adam", "deep-xavier-adam", "affine-target",
        "ladder", "non-convergence", "non-convergence-deep", "born-dead", "saddle-escape", "teacher-student",
        "flow-inner-bias", "flow-clipping", "flow-polynomial",
      ])
    #expect(
      BuiltInStudies.summary(of: "inner-bias") == "arXiv:2212.13111, section 4: ReLU, only inner biases trained")
    #expect(BuiltInStudies.text(of: "inner") == nil)
    #expect(BuiltInStudies.summary(of: "inner") == nil)
  }

  /// The twelve published experiments: the flow times are sums of the rates.
  @Test(arguments: [
    ("clipping", "10 100 1000", 2.99, 10000), ("inner-bias", "5 20 100", 99.9, 10000),
    ("shallow-normal", "10 100 1000", 4.42, 10000), ("shallow-he", "32", 100, 10000),
    ("shallow-half-normal", "5 20 150", 100, 10000), ("deep-normal", "8-8 15-15 50-50", 9.41, 50000),
    ("deep-he", "50-50", 100, 10000), ("deep-xavier", "50-50", 100, 10000), ("three-layer-he", "32-32-32", 100, 10000),
    ("three-layer-xavier", "32-32-32", 100, 10000), ("deep-he-adam", "50-50", 9.99, 10000),
    ("deep-xavier-adam", "50-50", 9.99, 10000),
  ])
  func settings(name: String, labels: String, flowTime: Double, steps: Int) throws {
    let study = try Study.load(name)
    #expect(study.name == name)
    #expect(study.source.hasPrefix("arXiv:2212.13111, section 4: "))
    #expect(study.cells.map(\.label).joined(separator: " ") == labels)
    #expect(study.sampling == SamplingSettings(.trials([300]), seed: name == "inner-bias" ? 5 : 0, confidence: 0.95))
    #expect(study.family.training.steps.count == steps && study.family.training.miniBatch?.batchSize == 1024)
    #expect(study.family.training.miniBatch?.batchStream == .independent && study.family.training.precision == .float32)
    let table = study.family.training.rates(width: study.family.hidden[0][0])
    // Flow times above have three digits.
    #expect(abs(table.flowTime - flowTime) < 1e-3 * flowTime)
    #expect(study.family.training.optimizer == (name.hasSuffix("adam") ? Optimizer(.adam) : .sgd))
    #expect(study.family.activation.kind == (name == "clipping" ? .clipping : .relu))
    #expect(study.family.trajectory == TrajectoryPlan(checkpoints: TrajectoryPlan.logarithmic(steps: steps)))
    for cell in study.cells {
      let trained = cell.trained.map { $0.name(depth: cell.architecture.depth) }
      switch name {
      case "clipping": #expect(trained == ["inner-biases", "outer-bias"])
      case "inner-bias": #expect(trained == ["inner-biases"])
      default: #expect(cell.trained == cell.architecture.blocks)
      }
      #expect(cell.kernel == (cell.architecture.depth == 1 ? .shallow : .piecewiseLinear))
    }
  }

  @Test(arguments: BuiltInStudies.names)
  func roundTrip(name: String) throws {
    let study = try Study.load(name)
    let again = try parse(study.text)
    #expect(again == study)
    #expect(again.text == study.text)
    #expect(again.cells.map(\.key) == study.cells.map(\.key))
  }

  /// The readings of the authors' other program.
  @Test func otherReadings() throws {
    let clipping = try Study.load(
      "clipping",
      overrides: [
        Override(key: "training.steps", value: "20000"), Override(key: "training.batch.stream", value: "shared"),
      ])
    #expect(clipping.family.training.steps.count == 20000 && clipping.family.training.miniBatch?.batchStream == .shared)
    #expect(clipping.family.trajectory?.checkpoints.last == 20000)
  }

  @Test func resolvedText() throws {
    #expect(
      try Study.load("inner-bias").text == """
        study: inner-bias
        source: "arXiv:2212.13111, section 4: ReLU, only inner biases trained"
        problem:
          input: {uniform: [0, 1]}
          target: "x^4 * sin(x)"
        network:
          activation: relu
          hidden: [[5], [20], [100]]
          initial:
            inner-weights: {half-normal: "h^(-4 / 15)"}
            inner-biases: {normal: "h^(-9 / 10)"}
            outer-weights: {half-normal: "h^(-4 / 15)"}
            outer-bias: {normal: "h^(-9 / 10)"}
          trainable: [inner-biases]
        training:
          optimizer: sgd
          learning-rate: "0.1 * 0.5^floor((n + 1) / 500)"
          steps: 10000
          batch: {size: 1024, stream: independent}
        verdict:
          good: {risk-at-most: 0.001}
        limit: {flow-time: 1e12, steps: 20000, classes: false}
        trajectory: {checkpoints: log, trials: []}
        sampling: {trials: 300, seed: 5, confidence: 0.95}

        """)
  }
}
