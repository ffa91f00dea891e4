import Kernels
import Randomness
import TestSupport
import Testing

/// The shallow kernel beyond ReLU in single precision: leaky ReLU, clipping, double precision.
@Suite("shallow gradients of all activations and precisions")
struct ShallowActivationTests {
  static let activations = [
    Activation(.relu), Activation(.leakyReLU), Activation(.leakyReLU, parameter: 0.3),
    Activation(.leakyReLU, parameter: -0.5), Activation(.leakyReLU, parameter: 1), Activation(.clipping),
  ]

  private static func architecture(_ width: Int, _ activation: Activation) -> Architecture {
    Architecture(inputDimension: 1, hidden: [width], activation: activation)
  }

  /// w, b of every neuron, v, c in the order of a vector of parameters.
  private static func parameters(_ neurons: [(Double, Double)], outer: [Double], constant: Double) -> [Double] {
    neurons.map(\.0) + neurons.map(\.1) + outer + [constant]
  }

  private static func ensemble(
    _ architecture: Architecture, _ precision: Precision, _ parameters: [Double], _ kernels: KernelTable
  ) -> Ensemble {
    let ensemble = Ensemble(
      architecture: architecture, kernel: .shallow, precision: precision, count: 1, batchSize: 1, kernels: kernels)
    ensemble.start(0, at: parameters)
    return ensemble
  }

  /// The gradient, which must not depend on the index of the batch.
  private static func gradient(_ ensemble: Ensemble, _ batch: MiniBatch) -> [Double] {
    #expect(ensemble.computeGradient(0, batch: batch, isIndexed: false))
    let gradient = ensemble.gradient()
    batch.index()
    #expect(ensemble.computeGradient(0, batch: batch, isIndexed: true))
    #expect(bits(ensemble.gradient()) == bits(gradient))
    return gradient
  }

  private static func check(
    _ architecture: Architecture, _ parameters: [Double], _ batch: MiniBatch, _ target: Target, trial: Int,
    _ kernels: KernelTable, _ precision: Precision, _ comment: Comment? = nil
  ) {
    let reference = DenseNetworkReference(architecture: architecture, parameters: precision.rounded(parameters))
    for step in 0..<1000 as Range<UInt32> {
      batch.draw(stream(trial), step: step)
      let inputs = batch.inputs.map(Double.init)
      if inputs.contains(where: { reference.isNearKink([$0], precision) }) { continue }
      let expected = reference.gradient(inputs: inputs, targets: inputs.map(target.value))
      let ensemble = ensemble(architecture, precision, parameters, kernels)
      #expect(
        expected.blocks(of: gradient(ensemble, batch), wrongByMoreThan: precision.demand).isEmpty, comment)
      return
    }
    Issue.record("every batch has a sample near a kink")
  }

  @Test("at random initializations", arguments: KernelLevel.supported, activations)
  func randomInitializations(_ level: KernelLevel, _ activation: Activation) {
    let kernels = KernelTable(level)
    for precision in Precision.allCases {
      for (lower, upper) in [(0, 1), (-2, 3)] as [(Float, Float)] {
        for size in [1, 7, 64, 1024] {
          let batch = MiniBatch(
            size: size, lower: lower, upper: upper, target: Target.quarticSine.program, kernels: kernels)
          for (trial, width) in [1, 5, 16, 17, 100].enumerated() {
            let architecture = Self.architecture(width, activation)
            Self.check(
              architecture, normalParameters(architecture, trial: trial, kernels: kernels), batch, .quarticSine,
              trial: trial,
              kernels, precision, "\(width) neurons, \(precision), batch of \(size)")
          }
        }
      }
    }
  }

  /// Inner weights of size h^3: the kinks of a neuron are 1e-3 to 1e-9 apart, and its line is as steep.
  @Test("of clipping with steep neurons", arguments: KernelLevel.supported)
  func steep(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    for precision in Precision.allCases {
      for (trial, width) in [10, 100, 1000].enumerated() {
        let architecture = Self.architecture(width, Activation(.clipping))
        let scale = Double(width * width * width)
        var parameters = normalParameters(architecture, trial: trial, kernels: kernels)
        for j in 0..<width {
          parameters[j] *= scale
          parameters[width + j] = -parameters[j] * (Double(j) + 0.37) / Double(width)
        }
        let batch = MiniBatch(size: 256, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
        Self.check(architecture, parameters, batch, .quadratic, trial: trial, kernels, precision, "\(width) neurons")
      }
    }
  }

  /// w, b of every neuron; v = 0.5, -1, 1.5, -2, ... and c = 0.25.
  static let specialNetworks: [(name: String, neurons: [(Double, Double)], lower: Float, upper: Float)] = [
    (
      "constant neurons",
      [(0, 1), (0, -1), (0, 0), (-0.0, 2), (-0.0, -2), (0, 0.5), (-0.0, 0.5), (1, -0.3), (0, 1e-30), (-0.0, 1)], 0, 1
    ),
    (
      "coincident kinks of both orientations",
      [(4, -1), (-4, 2), (8, -2), (-8, 3), (4, -1), (4, -1), (1, -0.25), (-1, 0.25), (2, -0.5)], 0, 1
    ),
    ("40 equal neurons", Array(repeating: (3, -0.3), count: 40), 0, 1),
    ("40 equal left-oriented neurons", Array(repeating: (-3, 0.3), count: 40), 0, 1),
    (
      "kinks on both sides outside, one outside and one inside",
      [
        (1, 0.5), (-1, -0.5), (1, -1.5), (-1, 1.5), (1, 100), (-1, 100), (1, -100), (-1, -100), (0.1, 0.3),
        (-0.1, 0.3), (1e10, 1), (-1e10, 1), (1e10, -1e10), (-1e10, 1e10), (1e-20, 1), (-1e-20, 0.5),
      ], 0, 1
    ),
    ("kinks at the ends", [(1, 0), (-1, 0), (1, -1), (-1, 1), (2, -2), (-2, 2), (1, 1), (-1, 2), (1, -0.0)], 0, 1),
    ("kinks at 0 inside", [(1, 0), (-1, 0), (2, -0.0), (-2, -0.0), (1, 1), (-1, 1), (4, 1), (-4, 1)], -1, 1),
    ("negative kinks", [(1, 1.5), (-1, -1.5), (2, 0.5), (-2, -0.5), (1, 0.001), (-1, -0.001), (5, 9)], -2, 3),
    ("weights of very different size", [(1e6, -3e5), (1e-6, -5e-7), (-1e6, 7e5), (-1e-6, 2e-7), (1, -0.9)], 0, 1),
  ]

  @Test("of special networks", arguments: KernelLevel.supported, activations)
  func special(_ level: KernelLevel, _ activation: Activation) {
    let kernels = KernelTable(level)
    for (index, special) in Self.specialNetworks.enumerated() {
      let h = special.neurons.count
      let parameters = Self.parameters(
        special.neurons, outer: (1...h).map { Double($0) * ($0 % 2 == 0 ? -0.5 : 0.5) }, constant: 0.25)
      for size in [1, 7, 64] {
        let batch = MiniBatch(
          size: size, lower: special.lower, upper: special.upper, target: Target.quadratic.program, kernels: kernels)
        for precision in Precision.allCases {
          Self.check(
            Self.architecture(h, activation), parameters, batch, .quadratic, trial: 100 + index, kernels, precision,
            "\(special.name), \(precision), batch of \(size)")
        }
      }
    }
  }

  /// Neurons whose pre-activation is exactly 0 or exactly 1 at a sample, in the kernel and in the reference.
  @Test("a sample on a kink is inactive", arguments: KernelLevel.supported, activations)
  func onKink(_ level: KernelLevel, _ activation: Activation) {
    let kernels = KernelTable(level)
    for precision in Precision.allCases {
      for (lower, upper) in [(0, 1), (-2, 3)] as [(Float, Float)] {
        for size in [2, 16, 17, 40] {
          let batch = MiniBatch(
            size: size, lower: lower, upper: upper, target: Target.quadratic.program, kernels: kernels)
          batch.draw(stream(size), step: 0)
          let inputs = batch.inputs.map(Double.init)
          var neurons: [(Double, Double)] = []
          for x in inputs {
            for w in [1, -1, 4, -0.5, 16, -16] {
              for z in activation.kind == .clipping ? [0.0, 1] : [0.0] {
                let b = z - w * x
                if precision.rounded([b]) == [b], w * x + b == z { neurons.append((w, b)) }
              }
            }
          }
          let architecture = Self.architecture(neurons.count, activation)
          let parameters = Self.parameters(
            neurons, outer: neurons.indices.map { Double($0 % 7) - 3 }, constant: 1)
          let reference = DenseNetworkReference(architecture: architecture, parameters: parameters)
          let expected = reference.gradient(inputs: inputs, targets: inputs.map(Target.quadratic.value))
          let ensemble = Self.ensemble(architecture, precision, parameters, kernels)
          #expect(
            expected.blocks(of: Self.gradient(ensemble, batch), wrongByMoreThan: precision.demand).isEmpty)
        }
      }
    }
  }

  /// The norm covers the padding, so that it is that of the gradient only if the padding's is 0. Its neurons would have a
  /// gradient in v of the size of the others.
  @Test("the padding has no gradient", arguments: KernelLevel.supported, activations)
  func padding(_ level: KernelLevel, _ activation: Activation) {
    let kernels = KernelTable(level)
    let batch = MiniBatch(size: 64, lower: -2, upper: 3, target: Target.quadratic.program, kernels: kernels)
    batch.draw(stream(0), step: 0)
    for precision in Precision.allCases {
      for (trial, width) in [1, 5, 15, 17].enumerated() {
        let architecture = Self.architecture(width, activation)
        let ensemble = Self.ensemble(
          architecture, precision, normalParameters(architecture, trial: trial, kernels: kernels), kernels)
        let gradient = Self.gradient(ensemble, batch)
        let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
        // 52 squares at most, in double precision, in another order: (52 / 2 + 1) 2^-53 = 3e-15 if all roundings
        // agree. Single precision, 6e-8, would be noticed.
        #expect(abs(ensemble.gradientNorms()[0] - norm) <= 1e-13 * norm)
      }
    }
  }

  /// Neurons that are active behind the last sample only, or in front of the first: not even rounding errors.
  @Test("of neurons without samples is exactly 0", arguments: KernelLevel.supported)
  func withoutSamples(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    for size in [2, 5, 64, 100] {
      for trial in 0..<30 {
        let batch = MiniBatch(size: size, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
        batch.draw(stream(trial), step: 0)
        let (first, last) = (Double(batch.inputs.min()!), Double(batch.inputs.max()!))
        let behind = 0.5 * (last + 1)
        let kinks: [(Double, Double)] = [(1.1, -1.1 * behind), (-0.7, 0.35 * first), (2, -2 * (0.5 * behind + 0.5))]
        for activation in [Activation(.relu), Activation(.clipping)] {
          for precision in Precision.allCases {
            let h = kinks.count + 1
            let parameters = precision.rounded(
              Self.parameters(kinks + [(1, 0.1)], outer: [0.7, 1.3, -0.9, 3], constant: 0.3123))
            let ensemble = Self.ensemble(Self.architecture(h, activation), precision, parameters, kernels)
            let gradient = Self.gradient(ensemble, batch)
            for block in 0..<3 {
              #expect(gradient[block * h..<block * h + h - 1].allSatisfy { $0 == 0 }, "\(size), \(trial)")
            }
          }
        }
      }
    }
  }

  /// The padding is 0 and stays it, whatever a decay multiplies it by.
  @Test("AdamW with a decay beyond 1 leaves the padding dead", arguments: KernelLevel.supported, Precision.allCases)
  func decayedPadding(_ level: KernelLevel, _ precision: Precision) {
    let kernels = KernelTable(level)
    let batch = MiniBatch(size: 64, lower: -2, upper: 3, target: Target.quadratic.program, kernels: kernels)
    batch.draw(stream(0), step: 0)
    let architecture = Self.architecture(1, Activation(.relu))
    let ensemble = Ensemble(
      architecture: architecture, kernel: .shallow, precision: precision, count: 1, batchSize: 1, kernels: kernels,
      stateSlots: 2)
    ensemble.start(0, at: [1, 0.25, 0.5, 0.125])
    for _ in 0..<3 {
      #expect(ensemble.computeGradient(0, batch: batch, isIndexed: false))
      let gradient = ensemble.gradient()
      let norm = gradient.reduce(0) { $0 + $1 * $1 }.squareRoot()
      #expect(abs(ensemble.gradientNorms()[0] - norm) <= 1e-13 * norm)
      // rate * decay = 1.5
      _ = ensemble.update(group: 0, .adamW, coefficients: [0.1, 0.9, 0.1, 0.999, 0.001, 1e-8, -0.5])
    }
  }

  @Test("of dead neurons is exactly 0", arguments: KernelLevel.supported)
  func dead(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let batch = MiniBatch(size: 100, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
    batch.draw(stream(0), step: 0)
    let dead: [(Double, Double)] = [(1, -2), (-1, -0.5), (0, 0), (0, -1), (1, -1), (-1, 0), (-0.0, -0.0), (1e-30, -1)]
    for activation in [Activation(.relu), Activation(.clipping)] {
      for precision in Precision.allCases {
        // The last neuron lives.
        let h = dead.count + 1
        let parameters = Self.parameters(dead + [(1, -0.5)], outer: Array(repeating: 3, count: h), constant: 1)
        let ensemble = Self.ensemble(Self.architecture(h, activation), precision, parameters, kernels)
        let gradient = Self.gradient(ensemble, batch)
        for block in 0..<3 {
          #expect(gradient[block * h..<block * h + h - 1].allSatisfy { $0 == 0 })
          #expect(gradient[block * h + h - 1] != 0)
        }
        #expect(gradient[3 * h] != 0)
      }
    }
  }

  @Test("at saturated neurons of clipping is exactly 0 in w and b", arguments: KernelLevel.supported)
  func saturated(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let batch = MiniBatch(size: 100, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
    batch.draw(stream(0), step: 0)
    let neurons: [(Double, Double)] = [(1, 2), (-1, 5), (0, 1), (-0.0, 3), (1e9, 1e9), (0.5, 1)]
    let h = neurons.count
    for precision in Precision.allCases {
      let parameters = Self.parameters(neurons, outer: Array(repeating: 2, count: h), constant: 1)
      let ensemble = Self.ensemble(Self.architecture(h, Activation(.clipping)), precision, parameters, kernels)
      let gradient = Self.gradient(ensemble, batch)
      #expect(gradient[..<(2 * h)].allSatisfy { $0 == 0 })
      // Each of them adds 1 to the output, as c does.
      #expect(gradient[(2 * h)...].allSatisfy { $0 == gradient[3 * h] && $0 != 0 })
    }
  }

  @Test("levels and orders from earlier steps agree bit for bit", arguments: KernelLevel.supported, activations)
  func agreement(_ level: KernelLevel, _ activation: Activation) {
    for precision in Precision.allCases {
      for (trial, width) in [5, 16, 33, 100].enumerated() {
        let architecture = Self.architecture(width, activation)
        let trained = [KernelTable(level), KernelTable(.baseline)].map { kernels in
          let batch = MiniBatch(size: 200, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
          let ensemble = Self.ensemble(
            architecture, precision, normalParameters(architecture, trial: trial, kernels: kernels), kernels)
          for step in 0..<50 as Range<UInt32> {
            batch.draw(stream(trial), step: step)
            _ = Self.gradient(ensemble, batch)
            #expect(ensemble.update(group: 0, .gradientDescent, coefficients: [0.001]) == 0)
          }
          let fresh = Self.ensemble(architecture, precision, ensemble.parameters(0), kernels)
          #expect(bits(Self.gradient(fresh, batch)) == bits(Self.gradient(ensemble, batch)))
          return bits(ensemble.parameters(0))
        }
        #expect(trained[0] == trained[1])
      }
    }
  }
}
