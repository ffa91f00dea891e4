import Landscape
import Outcomes
import Studies
import TestSupport
import Testing
import Trials

/// What is measured of neurons and layers that are dead at initialization.
@Suite struct InitialDeathTests {
  private func column(_ observable: Observable, _ results: TrialResults) throws -> [Double?] {
    try #require(results.further.first { $0.observable == observable }).values
  }

  private func results(_ study: Study, _ trials: Int) throws -> [(cell: Cell, results: TrialResults)] {
    try PreparedStudy(study).runners.map { ($0.cell, $0.results(of: 0..<trials, kernels: widest)) }
  }

  /// Counts lie within 4.417 standard deviations of the closed forms or bounds: false alarms with probability 1e-5 for
  /// each of 12.
  @Test func asLawsSay() throws {
    let trials = 1000
    let study = try load("born-dead", [("network.hidden", "[[2], [2, 2], [3, 3, 3]]")])
    for (cell, results) in try results(study, trials) {
      let layers = try column(.initiallyDeadLayers, results).map { try #require($0) }
      let neurons = try column(.initiallyDeadInFirstLayer, results).map { try #require($0) }
      let layer = try #require(cell.initialization.deadLayerProbability(cell.architecture, on: cell.problem))
      let neuron = try #require(cell.initialization.probabilityOfADeadNeuron(cell.architecture, on: cell.problem))
      for (values, p) in [(layers, layer), (neurons, neuron...neuron)] {
        let count = Double(values.count { $0 > 0 })
        func deviation(_ p: Double) -> Double { 4.417 * (Double(trials) * p * (1 - p)).squareRoot() }
        let low = Double(trials) * p.lowerBound - deviation(p.lowerBound)
        let high = Double(trials) * p.upperBound + deviation(p.upperBound)
        #expect(low <= count && count <= high, "\(cell.label): \(count), \(p)")
      }
      // A dead layer leaves the next ones without inputs, and without biases.
      let depth = cell.architecture.depth
      #expect(layers.allSatisfy { Int($0) <= depth } && neurons.allSatisfy { Int($0) <= cell.architecture.width })
      for (layers, neurons) in zip(layers, neurons) where Int(neurons) == cell.architecture.width {
        #expect(Int(layers) == depth)
      }
    }
  }

  /// In shallow networks they are what analyses hold of dead neurons.
  @Test func asAnalysesSay() throws {
    let study = try prepare("ladder", [("network.hidden", "[[3]]")])
    let results = study.runners[0].results(of: 0..<40, kernels: widest)
    let neurons = try column(.initiallyDeadInFirstLayer, results)
    #expect(neurons == results.analyses.map { $0.initiallyDeadNeurons.map(Double.init) })
    #expect(try column(.initiallyDeadLayers, results) == neurons.map { $0 == 3 ? 1 : 0 })
    #expect(Set(neurons).count > 2)
  }

  @Test func missing() throws {
    let smooth = try results(parse(activation: "tanh", steps: 1), 2)[0].results
    #expect(try column(.initiallyDeadLayers, smooth) == [nil, nil])
    #expect(try column(.initiallyDeadInFirstLayer, smooth) == [nil, nil])
    // Only the first layer is counted.
    let vectors = try results(
      parse(hidden: "[[3, 3]]", input: "box: [[0, 1], [0, 1]]", target: "\"x1 + x2\"", steps: 1), 20)[0].results
    #expect(try column(.initiallyDeadLayers, vectors).allSatisfy { $0 == nil })
    let neurons = try column(.initiallyDeadInFirstLayer, vectors)
    #expect(neurons.allSatisfy { $0 != nil } && neurons.contains { $0! > 0 })
    let shallow = try results(
      parse(hidden: "[[1]]", input: "box: [[0, 1], [0, 1]]", target: "\"x1 + x2\"", steps: 1), 20)[0].results
    #expect(try column(.initiallyDeadLayers, shallow) == column(.initiallyDeadInFirstLayer, shallow))
  }
}
