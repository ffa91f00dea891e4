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
  ])
  func cellKeys(name: String, labels: [String], keys: [String]) throws {
    let cells = try Study.load(name).cells
    #expect(cells.map(\.label) == labels)
    #expect(cells.map(\.key.text) == keys)
  }

  /// The hash decides whether a stored study may be continued.
  @Test(arguments: [
    ("inner-bias", "50f0c0305fe72ae2b092a8048a6247c78989ed96165c899636efc19d10f9f4a9"),
    ("shallow-normal", "104c66d946c9ffb68a9e7d701fa37c049f5e4d4664044f4c79d1e45e42b812fd"),
    ("shallow-half-normal", "f68fddbda5a4772636bca8a833b9674ebc0c7fad7910c1da95328ea5dc071c3b"),
    ("shallow-he", "a53ecbfc10be0b613a29582c485d22ab131ea07809b3b1a3297653fea7dff554"),
  ])
  func hashes(name: String, hash: String) throws {
    #expect(try Study.load(name).hash == hash)
  }

  @Test func list() {
    #expect(BuiltInStudies.names == ["inner-bias", "shallow-normal", "shallow-half-normal", "shallow-he"])
    #expect(
      BuiltInStudies.summary(of: "inner-bias") == "arXiv:2212.13111, section 4: ReLU, only inner biases trained")
    #expect(BuiltInStudies.text(of: "inner") == nil)
    #expect(BuiltInStudies.summary(of: "inner") == nil)
  }

  /// The experiments have 300 networks, batches of 1024 and 10,000 steps; the flow times are sums of the rates.
  @Test(arguments: [("inner-bias", 99.9), ("shallow-normal", 4.42), ("shallow-half-normal", 100), ("shallow-he", 100)])
  func settings(name: String, flowTime: Double) throws {
    let study = try Study.load(name)
    #expect(study.name == name)
    #expect(study.source.hasPrefix("arXiv:2212.13111, section 4: "))
    #expect(study.sampling.trials == 300 && study.sampling.confidence == 0.95)
    #expect(study.training.steps == 10000 && study.training.batchSize == 1024)
    #expect(study.training.batchStream == .independent)
    let table = RateTable(plan: study.training, width: study.hidden[0][0])
    #expect(abs(table.flowTime - flowTime) < 1e-3 * flowTime)
    #expect(study.sampling.seed == (name == "inner-bias" ? 5 : 0))
    #expect(study.trainable == (name == "inner-bias" ? [.innerBiases] : ParameterBlock.allCases))
  }

  @Test(arguments: BuiltInStudies.names)
  func roundTrip(name: String) throws {
    let study = try Study.load(name)
    let again = try parse(study.text)
    #expect(again == study)
    #expect(again.text == study.text)
    #expect(again.cells.map(\.key) == study.cells.map(\.key))
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
          stationary: {relative-decrease-at-most: 0.1}
        sampling: {trials: 300, seed: 5, confidence: 0.95}

        """)
  }
}
