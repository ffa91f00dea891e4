import Kernels
import TestSupport
import Testing

/// The kernel's gradient against plain loops in double precision: |g - g_ref| <= 1e-6 |g_ref| for every parameter
/// block. The kernel sums in double precision and rounds each component once, which leaves 2^-24; the demand has room
/// for that alone, also where a block's sum cancels.
@Suite("gradient against double precision")
struct GradientTests {
  static let demand = 1e-6
  static let widths = [1, 2, 5, 16, 17, 32, 100, 1000]

  private static func check(
    _ network: ShallowParameters, _ batch: MiniBatch, trial: Int, _ target: Target, _ kernels: KernelTable,
    _ comment: Comment? = nil
  ) {
    let inputs = drawAwayFromKinks(batch, network, trial: trial)
    let reference = DenseReference(network, inputs: inputs, target: target.value)
    let ensemble = ShallowEnsemble(width: network.width, count: 1, kernels: kernels)
    ensemble[0] = network
    #expect(reference.largestError(of: ensemble.gradient(0, batch: batch)) <= demand, comment)
    batch.index()
    #expect(reference.largestError(of: ensemble.gradient(0, batch: batch, indexed: true)) <= demand, comment)
  }

  @Test("at random initializations", arguments: KernelLevel.supported, InitialLaw.allCases)
  func randomInitializations(_ level: KernelLevel, _ law: InitialLaw) {
    let kernels = KernelTable(level)
    for target in [Target.quadratic, .quarticSine] {
      for (lower, upper) in [(0, 1), (-2, 3)] as [(Float, Float)] {
        for size in [1, 7, 64, 1024] {
          let batch = MiniBatch(size: size, lower: lower, upper: upper, target: target.program, kernels: kernels)
          for (trial, width) in Self.widths.enumerated() {
            Self.check(law.draw(width: width, trial: trial, kernels: kernels), batch, trial: trial, target, kernels)
          }
        }
      }
    }
  }

  /// Kinks that have moved in training are almost sorted, coincide less and stand closer to each other.
  @Test("along training", arguments: KernelLevel.supported)
  func alongTraining(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let target = Target.quadratic
    for (trial, width) in [5, 32, 100].enumerated() {
      let ensemble = ShallowEnsemble(width: width, count: 1, kernels: kernels)
      ensemble[0] = InitialLaw.he.draw(width: width, trial: trial, kernels: kernels)
      let batch = MiniBatch(size: 128, lower: 0, upper: 1, target: target.program, kernels: kernels)
      for step in 0..<300 as Range<UInt32> {
        batch.draw(stream(trial), step: step)
        if step % 50 == 0 || step == 299, !isNearKink(ensemble[0], sortedInputs: batch.inputs) {
          let reference = DenseReference(ensemble[0], inputs: batch.inputs, target: target.value)
          #expect(reference.largestError(of: ensemble.gradient(0, batch: batch)) <= Self.demand)
        }
        #expect(ensemble.descend(0, batch: batch, rate: 0.01))
      }
    }
  }

  /// w, b of every neuron; v = 0.5, -1, 1.5, -2, ... and c = 0.25. No kink of these is a sample, but by chance.
  static let specialNetworks: [(name: String, neurons: [(Float, Float)], lower: Float, upper: Float)] = [
    (
      "w = 0 with b > 0, b < 0 and b = 0", [(0, 1), (0, -1), (0, 0), (-0.0, 2), (-0.0, -2), (1, -0.3), (0, 1e-30)], 0, 1
    ),
    (
      "coincident kinks of both orientations",
      [(1, -0.5), (-1, 0.5), (2, -1), (-3, 1.5), (1, -0.5), (-4, 2), (0.25, -0.125), (-1, 0.5)], 0, 1
    ),
    ("40 equal neurons", Array(repeating: (1, -0.3), count: 40), 0, 1),
    ("40 equal left-oriented neurons", Array(repeating: (-1, 0.3), count: 40), 0, 1),
    (
      "kinks outside on both sides, in both orientations",
      [(1, 0.5), (-1, -0.5), (1, -1.5), (-1, 1.5), (1, 100), (-1, 100), (1, -100), (1e-20, 1), (1e-20, -1), (1e10, 1)],
      0, 1
    ),
    ("kinks at the ends of the interval", [(1, 0), (-1, 0), (1, -1), (-1, 1), (2, -2), (-2, 2), (1, -0.0)], 0, 1),
    ("kinks at 0 inside", [(1, 0), (-1, 0), (2, -0.0), (-2, -0.0), (0.5, 0), (-0.5, 0)], -1, 1),
    ("all left-oriented", [(-1, 0.1), (-2, 1.8), (-0.5, 0.2), (-3, 1), (-1, 0.7)], 0, 1),
    ("negative kinks", [(1, 1.5), (-1, -1.5), (2, 0.5), (-2, -0.5), (1, 0.001), (-1, -0.001)], -2, 3),
    ("kinks one unit in the last place apart", [(1, -0.5), (1, -0.5 + 0x1p-25), (-1, 0.5 - 0x1p-25), (-1, 0.5)], 0, 1),
    ("kinks near the ends", [(1, -1e-30), (-1, 1e-30), (1, -1 + 0x1p-24), (-1, 1 - 0x1p-24)], 0, 1),
    ("weights of very different size", [(1e6, -3e5), (1e-6, -5e-7), (-1e6, 7e5), (-1e-6, 2e-7), (1, -0.9)], 0, 1),
  ]

  @Test("of special networks", arguments: KernelLevel.supported)
  func special(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    for (index, special) in Self.specialNetworks.enumerated() {
      let h = special.neurons.count
      let network = ShallowParameters(
        innerWeights: special.neurons.map(\.0), innerBiases: special.neurons.map(\.1),
        outerWeights: (1...h).map { Float($0) * ($0 % 2 == 0 ? -0.5 : 0.5) }, outerBias: 0.25)
      var withoutOuter = network
      withoutOuter.outerWeights = Array(repeating: 0, count: h)
      for size in [1, 7, 64, 1024] {
        let batch = MiniBatch(
          size: size, lower: special.lower, upper: special.upper, target: Target.quadratic.program, kernels: kernels)
        for trial in 0..<5 {
          Self.check(
            network, batch, trial: 100 * index + trial, .quadratic, kernels, "\(special.name), batch of \(size)")
          // v = 0: the gradient in w and b is 0, that in v is not.
          Self.check(
            withoutOuter, batch, trial: 100 * index + trial, .quadratic, kernels, "\(special.name), batch of \(size)")
        }
      }
    }
  }

  @Test("of dead neurons is exactly 0", arguments: KernelLevel.supported)
  func dead(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let dead: [(Float, Float)] = [(1, -2), (-1, -0.5), (0, 0), (0, -1), (1, -1), (-1, 0), (-0.0, -0.0), (1e-30, -1)]
    let ensemble = ShallowEnsemble(width: dead.count + 1, count: 1, kernels: kernels)
    // The last neuron lives.
    ensemble[0] = ShallowParameters(
      innerWeights: dead.map(\.0) + [1], innerBiases: dead.map(\.1) + [-0.5],
      outerWeights: Array(repeating: 3, count: dead.count + 1), outerBias: 1)
    let batch = MiniBatch(size: 100, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
    batch.draw(stream(0), step: 0)
    batch.index()
    for indexed in [false, true] {
      let gradient = ensemble.gradient(0, batch: batch, indexed: indexed)
      #expect(gradient.innerWeights.dropLast().allSatisfy { $0 == 0 } && gradient.innerWeights.last! != 0)
      #expect(gradient.innerBiases.dropLast().allSatisfy { $0 == 0 } && gradient.innerBiases.last! != 0)
      #expect(gradient.outerWeights.dropLast().allSatisfy { $0 == 0 } && gradient.outerWeights.last! != 0)
      #expect(gradient.outerBias != 0)
    }
  }

  /// w = +-2^k and b = -w x put the kink exactly on the sample x; the pre-activation is exactly 0 there, in the kernel
  /// and in the reference, and the neuron is inactive.
  @Test("a sample on a kink is inactive", arguments: KernelLevel.supported)
  func onKink(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    for (lower, upper) in [(0, 1), (-2, 3)] as [(Float, Float)] {
      for size in [1, 2, 15, 16, 17, 100] {
        let batch = MiniBatch(
          size: size, lower: lower, upper: upper, target: Target.quadratic.program, kernels: kernels)
        batch.draw(stream(size), step: 0)
        batch.index()
        let inputs = batch.inputs
        let weights: [Float] = [1, -1, 4, -0.5]
        let network = ShallowParameters(
          innerWeights: inputs.flatMap { _ in weights }, innerBiases: inputs.flatMap { x in weights.map { -$0 * x } },
          outerWeights: (0..<4 * size).map { Float($0 % 7) - 3 }, outerBias: 1)
        let reference = DenseReference(network, inputs: inputs, target: Target.quadratic.value)
        let ensemble = ShallowEnsemble(width: network.width, count: 1, kernels: kernels)
        ensemble[0] = network
        for indexed in [false, true] {
          #expect(reference.largestError(of: ensemble.gradient(0, batch: batch, indexed: indexed)) <= Self.demand)
        }
      }
    }
  }

  /// On [-1, 1] about one sample in 3e7 is exactly 0. At that place two floats compare equal, and the neuron with w < 0
  /// and b = 0 must still be inactive.
  @Test("a sample of 0 on a kink of 0 is inactive")
  func zeroOnKink() throws {
    let kernels = KernelTable(.widest)
    let size = 1 << 18
    let batch = MiniBatch(size: size, lower: -1, upper: 1, target: Target.identity.program, kernels: kernels)
    var inputs: [Float] = []
    for step in 0..<2000 as Range<UInt32> {
      batch.draw(stream(9), step: step)
      inputs = batch.inputs
      if inputs.contains(0) { break }
    }
    try #require(inputs.contains(0))
    let network = ShallowParameters(
      innerWeights: [1, -1, 2, -2], innerBiases: [0, 0, -0.0, -0.0], outerWeights: [1, 2, -3, 4], outerBias: 5)
    let reference = DenseReference(network, inputs: inputs, target: Target.identity.value)
    batch.index()
    for level in KernelLevel.supported {
      let ensemble = ShallowEnsemble(width: 4, count: 1, kernels: KernelTable(level))
      ensemble[0] = network
      for indexed in [false, true] {
        let gradient = ensemble.gradient(0, batch: batch, indexed: indexed)
        #expect(reference.largestError(of: gradient) <= Self.demand)
        // One sample of 2^18 is 4e-6 of the gradient in b: more than the demand, so that this test can fail.
        #expect(abs(Double(gradient.innerBiases[1]) - reference.innerBiases[1]) <= 1e-6 * abs(reference.innerBiases[1]))
      }
    }
  }
}
