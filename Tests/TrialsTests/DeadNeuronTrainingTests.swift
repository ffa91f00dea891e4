import Kernels
import Networks
import Risk
import Studies
import TestSupport
import Testing
import Training

/// Neurons that are dead keep their bits through training with the dense kernels, on vector inputs and in every layer.
@Suite struct DeadNeuronTrainingTests {
  struct Setting: Sendable, CustomTestStringConvertible {
    let kernel: GradientKernel
    let precision: Precision
    let activation: String
    let hidden: String
    var testDescription: String { "\(kernel.rawValue) \(precision.rawValue) \(activation) \(hidden)" }
  }

  static let settings = GradientKernel.general.flatMap { kernel in
    Precision.allCases.flatMap { precision in
      ["relu", "clipping"].flatMap { activation in
        ["[[9]]", "[[3, 8]]"].map { Setting(kernel: kernel, precision: precision, activation: activation, hidden: $0) }
      }
    }
  }

  private static func cell(activation: String, hidden: String) throws -> Cell {
    try parse(
      activation: activation, hidden: hidden, initial: "{weights: {normal: 1}, biases: {normal: 1}}",
      input: "box: [[0, 1], [0, 1]]", target: "\"sin(3*x1) + x2\"", steps: 30, batch: "{size: 64}"
    ).cells[0]
  }

  /// The trainers do not use the risk, which costs more than they do.
  private static let risk = try! PopulationRisk(problem: cell(activation: "relu", hidden: "[[1]]").problem)

  /// A neuron whose pre-activation is at most 0 wherever its inputs can be: in the first layer on the box [0, 1]^2, in
  /// the second at all values that the first can put out. Its gradient is 0, and so is the step of every optimizer but
  /// AdamW's, which decays weights.
  private func isDead(_ neuron: Int, layer: Int, _ architecture: Architecture, _ start: [Double]) -> Bool {
    let fanIn = architecture.fanIn(layer: layer)
    let first = architecture.range(.weights(layer)).lowerBound + neuron * fanIn
    let bias = start[architecture.range(.biases(layer)).lowerBound + neuron]
    let slopes = start[first..<first + fanIn].reduce(0) { $0 + max($1, 0) }
    // The second layer of ReLU networks sees unbounded numbers.
    if layer > 1 && architecture.activation.kind == .relu { return slopes == 0 && bias <= 0 }
    // Not so near to 0 that rounding decides.
    return bias + slopes < -1e-5
  }

  /// The places of the weights into a neuron, of its bias and of the weights out of it.
  private func places(_ neuron: Int, layer: Int, _ architecture: Architecture) -> [Int] {
    let (fanIn, width) = (architecture.fanIn(layer: layer), architecture.fanOut(layer: layer))
    let first = architecture.range(.weights(layer)).lowerBound + neuron * fanIn
    let outgoing = architecture.range(.weights(layer + 1)).lowerBound + neuron
    return Array(first..<first + fanIn) + [architecture.range(.biases(layer)).lowerBound + neuron]
      + (0..<architecture.fanOut(layer: layer + 1)).map { outgoing + $0 * width }
  }

  @Test(arguments: OptimizerMethod.allCases.filter { $0 != .adamW }, settings)
  func keepTheirBits(_ method: OptimizerMethod, _ setting: Setting) throws {
    let cell = try Self.cell(activation: setting.activation, hidden: setting.hidden)
    let architecture = cell.architecture
    let trainer = try trainer(
      cell, kernel: setting.kernel, precision: setting.precision, optimizer: Optimizer(method), risk: Self.risk)
    var ends: [TrainedTrial.End] = []
    trainer.train(0..<16, kernels: widest) { ends.append($0.end) }
    var dead = Array(repeating: 0, count: architecture.depth)
    var moved = dead
    for (trial, end) in ends.enumerated() {
      guard case .finished(let end, _) = end else {
        Issue.record("trial \(trial) diverged")
        continue
      }
      let start = trainer.initialParameters(trial, kernels: widest)
        .map { setting.precision == .float32 ? Double(Float($0)) : $0 }
      for layer in 1...architecture.depth {
        for neuron in 0..<architecture.fanOut(layer: layer) {
          let places = places(neuron, layer: layer, architecture)
          let kept = places.map { end[$0].bitPattern == start[$0].bitPattern }
          if isDead(neuron, layer: layer, architecture, start) {
            dead[layer - 1] += 1
            #expect(kept.allSatisfy { $0 }, "trial \(trial), layer \(layer), neuron \(neuron)")
          } else if !kept[0...architecture.fanIn(layer: layer)].contains(true) {
            // The weights into the neuron and its bias; those out of it may lead to dead ones.
            moved[layer - 1] += 1
          }
        }
      }
    }
    #expect(dead.allSatisfy { $0 >= 3 } && moved.allSatisfy { $0 >= 3 })
  }
}
