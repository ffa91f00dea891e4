import Kernels
import TestSupport
import Testing

/// What one network's gradient and training do not depend on.
@Suite("ensembles")
struct EnsembleTests {
  @Test("the indexed gradient has the same bits", arguments: KernelLevel.supported)
  func indexed(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    for (lower, upper) in [(0, 1), (-2, 3), (-1, 1), (1000, 1001), (-1e-6, 1e6)] as [(Float, Float)] {
      for size in [1, 2, 15, 16, 17, 100, 1024] {
        let batch = MiniBatch(
          size: size, lower: lower, upper: upper, target: Target.quadratic.program, kernels: kernels)
        for (trial, width) in [1, 5, 17, 100].enumerated() {
          let ensemble = ShallowEnsemble(width: width, count: InitialLaw.allCases.count + 1, kernels: kernels)
          for (i, law) in InitialLaw.allCases.enumerated() {
            ensemble[i] = law.draw(width: width, trial: trial, kernels: kernels)
          }
          batch.draw(stream(trial), step: 3)
          batch.index()
          // The last network has its kinks on and right beside the samples and the ends of the interval.
          let inputs = batch.inputs + [lower.nextUp, upper.nextDown]
          var network = ensemble[0]
          for j in 0..<width {
            let x = inputs[(j * 7) % inputs.count]
            let kink = [x, x.nextUp, x.nextDown][j % 3]
            network.innerWeights[j] = j % 2 == 0 ? 1 : -1
            network.innerBiases[j] = j % 2 == 0 ? -kink : kink
          }
          ensemble[ensemble.count - 1] = network
          for i in 0..<ensemble.count {
            #expect(
              bits(ensemble.gradient(i, batch: batch, indexed: true)) == bits(ensemble.gradient(i, batch: batch)))
          }
        }
      }
    }
  }

  @Test("the order of the kinks from earlier steps does not matter", arguments: KernelLevel.supported)
  func keptOrder(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    for law in InitialLaw.allCases {
      for (trial, width) in [5, 16, 33, 100].enumerated() {
        let batch = MiniBatch(size: 200, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
        let ensemble = ShallowEnsemble(width: width, count: 1, kernels: kernels)
        ensemble[0] = law.draw(width: width, trial: trial, kernels: kernels)
        for step in 0..<50 as Range<UInt32> {
          batch.draw(stream(trial), step: step)
          #expect(ensemble.descend(0, batch: batch, rate: 0.01))
        }
        let fresh = ShallowEnsemble(width: width, count: 1, kernels: kernels)
        fresh[0] = ensemble[0]
        batch.draw(stream(trial), step: 50)
        batch.index()
        let gradients = [ensemble, fresh].flatMap { ensemble in
          [false, true].map { bits(ensemble.gradient(0, batch: batch, indexed: $0)) }
        }
        #expect(Set(gradients).count == 1)
      }
    }
  }

  @Test("the order of the neurons moves components and changes only roundings", arguments: KernelLevel.supported)
  func permutation(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let width = 50
    let batch = MiniBatch(size: 300, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
    batch.draw(stream(0), step: 0)
    let network = InitialLaw.standardNormal.draw(width: width, trial: 0, kernels: kernels)
    let order = (0..<width).map { ($0 * 7 + 3) % width }
    let ensemble = ShallowEnsemble(width: width, count: 2, kernels: kernels)
    ensemble[0] = network
    ensemble[1] = ShallowParameters(
      innerWeights: order.map { network.innerWeights[$0] }, innerBiases: order.map { network.innerBiases[$0] },
      outerWeights: order.map { network.outerWeights[$0] }, outerBias: network.outerBias)
    let gradient = ensemble.gradient(0, batch: batch)
    let permuted = ensemble.gradient(1, batch: batch)
    // Sums in double precision, each rounded once: 2 * 2^-24 = 1.2e-7 of a component, and more where it cancels
    // (`Precision.demand`).
    for (i, j) in order.enumerated() {
      #expect(abs(permuted.innerWeights[i] - gradient.innerWeights[j]) <= 1e-6 * abs(gradient.innerWeights[j]))
      #expect(abs(permuted.innerBiases[i] - gradient.innerBiases[j]) <= 1e-6 * abs(gradient.innerBiases[j]))
      #expect(abs(permuted.outerWeights[i] - gradient.outerWeights[j]) <= 1e-6 * abs(gradient.outerWeights[j]))
    }
    #expect(abs(permuted.outerBias - gradient.outerBias) <= 1e-6 * abs(gradient.outerBias))
  }

  @Test("a network trains the same bits alone and among others", arguments: KernelLevel.supported)
  func company(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    for width in [5, 16, 37] {
      let batch = MiniBatch(size: 64, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
      let together = ShallowEnsemble(width: width, count: 4, kernels: kernels)
      for trial in 0..<4 {
        together[trial] = InitialLaw.standardNormal.draw(width: width, trial: trial, kernels: kernels)
      }
      // The third network diverges, which its neighbours must not feel.
      together[2].outerBias = 1e38
      for step in 0..<40 as Range<UInt32> {
        batch.draw(stream(0, .sharedBatch), step: step)
        batch.index()
        for trial in 0..<4 { _ = together.descend(trial, batch: batch, indexed: true, rate: 0.01) }
      }
      for trial in [0, 1, 3] {
        let alone = ShallowEnsemble(width: width, count: 1, kernels: kernels)
        alone[0] = InitialLaw.standardNormal.draw(width: width, trial: trial, kernels: kernels)
        for step in 0..<40 as Range<UInt32> {
          batch.draw(stream(0, .sharedBatch), step: step)
          #expect(alone.descend(0, batch: batch, rate: 0.01))
        }
        #expect(bits(alone[0]) == bits(together[trial]))
      }
    }
  }

  @Test("parameters come back as they were set", arguments: KernelLevel.supported)
  func parameters(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    for width in [1, 15, 16, 17, 32] {
      let ensemble = ShallowEnsemble(width: width, count: 3, kernels: kernels)
      let networks = (0..<3).map { InitialLaw.standardNormal.draw(width: width, trial: $0, kernels: kernels) }
      for i in 0..<3 { ensemble[i] = networks[i] }
      for i in 0..<3 { #expect(bits(ensemble[i]) == bits(networks[i])) }
      let architecture = Architecture(inputDimension: 1, hidden: [width], activation: .relu)
      let bytes = Ensemble.bytesPerNetwork(
        architecture: architecture, kernel: .shallow, precision: .float32, stateSlots: 0)
      #expect(bytes == (width + 15) / 16 * 192 + 64)
    }
  }
}
