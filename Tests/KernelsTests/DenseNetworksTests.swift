import Foundation
import Kernels
import TestSupport
import Testing

/// The dense kernel with one network in each lane.
@Suite("dense gradients, one network a lane")
struct DenseNetworksTests {
  static let activations = Activation.Kind.allCases.map { Activation($0) } + [Activation(.leakyReLU, parameter: 0.3)]

  private static let shapes: [(Int, [Int])] = [
    (1, [1]), (1, [4]), (1, [7]), (1, [33]), (3, [5]), (1, [8, 8]), (2, [7, 5]), (1, [6, 5, 9]), (5, [9, 10, 7]),
    (100, [6]),
  ]

  private static func ensemble(
    _ architecture: Architecture, _ precision: Precision, size: Int, _ kernels: KernelTable
  ) -> Ensemble {
    Ensemble(
      architecture: architecture, kernel: .denseNetworks, precision: precision, count: precision.lanes, batchSize: size,
      kernels: kernels)
  }

  /// Samples at which none of the networks is near a kink: inputs on [-1, 1]^d, targets 1 + sin(3 x1).
  private static func samples(
    _ size: Int, _ networks: [DenseNetworkReference], _ precision: Precision, seed: UInt64
  ) -> (inputs: [Double], targets: [Double]) {
    var random = SplitMix64(state: seed)
    var inputs: [Double] = []
    let d = networks[0].architecture.inputDimension
    while inputs.count < size * d {
      let x = (0..<d).map { _ in Double(Float(random.uniform(-1, 1))) }
      if !networks.contains(where: { $0.isNearKink(x, precision) }) { inputs += x }
    }
    return (inputs, precision.rounded((0..<size).map { 1 + sin(3 * inputs[$0 * d]) }))
  }

  @Test("against loops in double precision", arguments: Precision.allCases)
  func accuracy(_ precision: Precision) {
    var check = AccuracyCheck(precision)
    for activation in Self.activations {
      for (d, hidden) in Self.shapes {
        let architecture = Architecture(inputDimension: d, hidden: hidden, activation: activation)
        let networks = (0..<precision.lanes).map { lane in
          let parameters = normalParameters(architecture, trial: lane, kernels: KernelTable(.baseline))
          return DenseNetworkReference(architecture: architecture, parameters: precision.rounded(parameters))
        }
        for size in d == 1 && hidden.count == 1 ? [37, 128, 300] : [37, 64] {
          let own = SampleBatch(size: size, dimension: d, lanes: precision.lanes, precision: precision)
          let batches = networks.enumerated().map { lane, network in
            Self.samples(size, [network], precision, seed: UInt64(lane))
          }
          for (lane, batch) in batches.enumerated() {
            own.set(lane: lane, inputs: batch.inputs, targets: batch.targets)
          }
          let ensembles = KernelLevel.supported.map { level in
            let ensemble = Self.ensemble(architecture, precision, size: size, KernelTable(level))
            for (lane, network) in networks.enumerated() { ensemble.start(lane, at: network.parameters) }
            ensemble.computeGradient(group: 0, samples: own)
            return ensemble
          }
          for (lane, network) in networks.enumerated() {
            check.add(
              ensembles.map { $0.gradient(lane: lane) }, of: network, inputs: batches[lane].inputs,
              targets: batches[lane].targets)
          }
        }
      }
    }
    check.finish()
  }

  @Test("samples that the lanes share give the same bits", arguments: KernelLevel.supported)
  func shared(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    for precision in Precision.allCases {
      for (d, hidden) in Self.shapes {
        for kind in [Activation.Kind.relu, .tanh] {
          let architecture = Architecture(inputDimension: d, hidden: hidden, activation: Activation(kind))
          for size in [1, 3, 16, 130] {
            let ensemble = Self.ensemble(architecture, precision, size: size, kernels)
            let parameters = (0..<precision.lanes).map { normalParameters(architecture, trial: $0, kernels: kernels) }
            for lane in 0..<precision.lanes { ensemble.start(lane, at: parameters[lane]) }
            let network = DenseNetworkReference(architecture: architecture, parameters: parameters[0])
            let (inputs, targets) = Self.samples(size, [network], precision, seed: 7)
            let one = SampleBatch(size: size, dimension: d, precision: precision)
            one.set(inputs: inputs, targets: targets)
            let own = SampleBatch(size: size, dimension: d, lanes: precision.lanes, precision: precision)
            for lane in 0..<precision.lanes { own.set(lane: lane, inputs: inputs, targets: targets) }
            ensemble.computeGradient(group: 0, samples: one)
            let gradients = (0..<precision.lanes).map { bits(ensemble.gradient(lane: $0)) }
            ensemble.computeGradient(group: 0, samples: own)
            for lane in 0..<precision.lanes { #expect(bits(ensemble.gradient(lane: lane)) == gradients[lane]) }
            #expect(Set(gradients).count == precision.lanes)
          }
        }
      }
    }
  }

  /// In the second group the networks stand in other lanes, and all but one of their neighbours are infinite or NaN.
  @Test("a network has the same gradient in every lane and company", arguments: KernelLevel.supported, activations)
  func company(_ level: KernelLevel, _ activation: Activation) {
    let kernels = KernelTable(level)
    for precision in Precision.allCases {
      let lanes = precision.lanes
      for (d, hidden) in [(1, [5]), (2, [7, 5])] {
        let architecture = Architecture(inputDimension: d, hidden: hidden, activation: activation)
        let size = 50
        let networks = (0..<lanes).map { lane in
          DenseNetworkReference(
            architecture: architecture, parameters: normalParameters(architecture, trial: lane, kernels: kernels))
        }
        let (inputs, targets) = Self.samples(size, networks, precision, seed: 3)
        let batch = SampleBatch(size: size, dimension: d, precision: precision)
        batch.set(inputs: inputs, targets: targets)
        let together = Self.ensemble(architecture, precision, size: size, kernels)
        for lane in 0..<lanes { together.start(lane, at: networks[lane].parameters) }
        together.computeGradient(group: 0, samples: batch)
        let gradients = (0..<lanes).map { bits(together.gradient(lane: $0)) }
        for moved in [0, 3, lanes - 1] {
          let other = Self.ensemble(architecture, precision, size: size, kernels)
          for lane in 0..<lanes {
            let value: Double = [.infinity, .nan, 3e38][lane % 3]
            other.start(lane, at: Array(repeating: value, count: architecture.parameterCount))
          }
          let lane = (moved + 5) % lanes
          other.start(lane, at: networks[moved].parameters)
          other.computeGradient(group: 0, samples: batch)
          #expect(bits(other.gradient(lane: lane)) == gradients[moved])
        }
      }
    }
  }

  /// The levels with fused multiply-add.
  @Test(
    "AVX2 and AVX-512 give the same bits", .enabled(if: KernelLevel.supported.contains(.avx512)), arguments: activations
  )
  func levels(_ activation: Activation) {
    for precision in Precision.allCases {
      for (d, hidden) in Self.shapes {
        let architecture = Architecture(inputDimension: d, hidden: hidden, activation: activation)
        let size = 150
        let gradients = [KernelLevel.avx2, .avx512].map { level in
          let kernels = KernelTable(level)
          let ensemble = Self.ensemble(architecture, precision, size: size, kernels)
          for lane in 0..<precision.lanes {
            ensemble.start(lane, at: normalParameters(architecture, trial: lane, kernels: kernels))
          }
          var random = SplitMix64(state: 1)
          let batch = SampleBatch(size: size, dimension: d, precision: precision)
          batch.set(
            inputs: (0..<size * d).map { _ in random.uniform(-2, 2) },
            targets: (0..<size).map { _ in random.uniform(-2, 2) })
          ensemble.computeGradient(group: 0, samples: batch)
          return (0..<precision.lanes).map { bits(ensemble.gradient(lane: $0)) }
        }
        #expect(gradients[0] == gradients[1])
      }
    }
  }

  /// Both are exact up to rounding, on a scale on which ten steps do not amplify it much.
  @Test("ten steps of training end where the shallow kernel's do", arguments: KernelLevel.supported)
  func training(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    // Ten steps round parameters of both kernels: 20 * 2^-24 = 1.2e-6 or 20 * 2^-53 = 2.2e-15; gradients, right to
    // `Precision.demand`, times the rate 0.01 and ten steps, add 1e-7 or 1e-13 of their norm.
    for (precision, tolerance) in [(Precision.float32, 2e-6), (.float64, 1e-13)] {
      for activation in [Activation(.relu), Activation(.leakyReLU, parameter: 0.1), Activation(.clipping)] {
        let architecture = Architecture(inputDimension: 1, hidden: [12], activation: activation)
        let size = 256
        let dense = Self.ensemble(architecture, precision, size: size, kernels)
        let exact = Ensemble(
          architecture: architecture, kernel: .shallow, precision: precision, count: precision.lanes, batchSize: size,
          kernels: kernels)
        for lane in 0..<precision.lanes {
          let parameters = normalParameters(architecture, trial: lane, kernels: kernels)
          dense.start(lane, at: parameters)
          exact.start(lane, at: parameters)
        }
        let batch = MiniBatch(size: size, lower: -1, upper: 1, target: Target.quadratic.program, kernels: kernels)
        let samples = SampleBatch(size: size, dimension: 1, precision: precision)
        for step in 0..<10 as Range<UInt32> {
          batch.draw(stream(0, .sharedBatch), step: step)
          let inputs = batch.inputs.map(Double.init)
          samples.set(inputs: inputs, targets: inputs.map(Target.quadratic.value))
          dense.computeGradient(group: 0, samples: samples)
          #expect(dense.update(group: 0, .gradientDescent, coefficients: [0.01]) == 0)
          for lane in 0..<precision.lanes {
            #expect(exact.computeGradient(lane, batch: batch, isIndexed: false))
            #expect(exact.update(group: lane, .gradientDescent, coefficients: [0.01]) == 0)
          }
        }
        for lane in 0..<precision.lanes {
          let end = exact.parameters(lane)
          for (a, b) in zip(dense.parameters(lane), end) { #expect(abs(a - b) <= tolerance * max(1, abs(b))) }
          #expect(end != normalParameters(architecture, trial: lane, kernels: kernels))
        }
      }
    }
  }
}
