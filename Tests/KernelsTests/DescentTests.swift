import Kernels
import Randomness
import TestSupport
import Testing

@Suite("descent steps")
struct DescentTests {
  /// theta - rate * gradient, product and difference rounded once each.
  @Test("are rounded products and differences", arguments: KernelLevel.supported)
  func update(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let batch = MiniBatch(size: 100, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
    for (trial, width) in [1, 16, 33].enumerated() {
      let ensemble = ShallowEnsemble(width: width, count: 1, kernels: kernels)
      let start = InitialLaw.standardNormal.draw(width: width, trial: trial, kernels: kernels)
      ensemble[0] = start
      batch.draw(stream(trial), step: 0)
      let gradient = ensemble.gradient(0, batch: batch)
      let rate: Float = 0.017
      #expect(ensemble.descend(0, batch: batch, rate: rate))
      func stepped(_ parameters: [Float], _ gradient: [Float]) -> [UInt32] {
        bits(
          zip(parameters, gradient).map { parameter, slope in
            let product = slope * rate
            return parameter - product
          })
      }
      let end = ensemble[0]
      #expect(bits(end.innerWeights) == stepped(start.innerWeights, gradient.innerWeights))
      #expect(bits(end.innerBiases) == stepped(start.innerBiases, gradient.innerBiases))
      #expect(bits(end.outerWeights) == stepped(start.outerWeights, gradient.outerWeights))
      #expect(bits([end.outerBias]) == stepped([start.outerBias], [gradient.outerBias]))
    }
  }

  @Test("report a trained parameter that overflows", arguments: KernelLevel.supported)
  func overflow(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let batch = MiniBatch(size: 50, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
    batch.draw(stream(0), step: 0)
    batch.index()
    for width in [1, 16, 17, 40] {
      for block in [TrainedBlocks.innerWeights, .innerBiases, .outerWeights, .outerBias, .all] {
        for indexed in [false, true] {
          // One neuron lives, the last one; its residual is about 1e3, and so are its gradients.
          var network = ShallowParameters(
            innerWeights: Array(repeating: -1, count: width), innerBiases: Array(repeating: -1, count: width),
            outerWeights: Array(repeating: 1, count: width), outerBias: 1e3)
          network.innerWeights[width - 1] = 1
          network.innerBiases[width - 1] = 1
          func step(rate: Float, trained: TrainedBlocks) -> Bool {
            let ensemble = ShallowEnsemble(width: width, count: 1, trained: trained, kernels: kernels)
            ensemble[0] = network
            return ensemble.descend(0, batch: batch, indexed: indexed, rate: rate)
          }
          #expect(step(rate: 1e-3, trained: block))
          #expect(!step(rate: 1e37, trained: block))
          #expect(!step(rate: .nan, trained: block))
          #expect(step(rate: 1e37, trained: []))
        }
      }
    }
  }

  @Test("report divergence in training, in bounded time, and never before it", arguments: KernelLevel.supported)
  func divergence(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let batch = MiniBatch(size: 50, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
    for (rate, diverges) in [(10, true), (0.001, false)] as [(Float, Bool)] {
      let ensemble = ShallowEnsemble(width: 20, count: 1, kernels: kernels)
      ensemble[0] = InitialLaw.standardNormal.draw(width: 20, trial: 0, kernels: kernels)
      var finite = true
      for step in 0..<100 as Range<UInt32> where finite {
        batch.draw(stream(0), step: step)
        finite = ensemble.descend(0, batch: batch, rate: rate)
        let end = ensemble[0]
        let all = end.innerWeights + end.innerBiases + end.outerWeights + [end.outerBias]
        #expect(all.allSatisfy(\.isFinite) == finite)
      }
      #expect(finite == !diverges)
    }
  }

  @Test("of a network whose residual overflows are reported", arguments: KernelLevel.supported)
  func infiniteResidual(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let batch = MiniBatch(size: 50, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
    batch.draw(stream(0), step: 0)
    let ensemble = ShallowEnsemble(width: 2, count: 1, kernels: kernels)
    ensemble[0] = ShallowParameters(
      innerWeights: [1e30, -1e30], innerBiases: [1e30, 1e30], outerWeights: [1e30, 1e30], outerBias: 0)
    #expect(!ensemble.descend(0, batch: batch, rate: 1e-10))
  }
}
