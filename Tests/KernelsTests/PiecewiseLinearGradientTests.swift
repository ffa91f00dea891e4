import Foundation
import Kernels
import TestSupport
import Testing

/// The gradient from the breakpoints of deep piecewise linear networks against plain loops over the samples.
@Suite("gradient on breakpoints")
struct PiecewiseLinearGradientTests {
  static let activations = [Activation.relu, Activation(.leakyReLU, parameter: 0.1), Activation(.clipping)]

  private static func architecture(_ hidden: [Int], _ activation: Activation = .relu) -> Architecture {
    Architecture(inputDimension: 1, hidden: hidden, activation: activation)
  }

  private static func ensemble(
    _ architecture: Architecture, _ parameters: [Double], _ precision: Precision, _ level: KernelLevel,
    batchSize: Int = 1024
  ) -> Ensemble {
    let ensemble = Ensemble(
      architecture: architecture, kernel: .piecewiseLinear, precision: precision, count: 1, batchSize: batchSize,
      kernels: KernelTable(level))
    ensemble.start(0, at: parameters)
    return ensemble
  }

  /// The norm over all numbers of the gradient in memory is that of the gradient: the padding holds zeros.
  private static func expectZeroPadding(_ ensemble: Ensemble, _ comment: Comment) {
    let norm = ensemble.gradient().reduce(0) { $0 + $1 * $1 }.squareRoot()
    // Sums in double precision of up to some thousands of positive squares in different orders: 90 * 2^-53, the root
    // of their number for roundings of either sign.
    #expect(abs(ensemble.gradientNorms()[0] - norm) <= 1e-14 * norm, comment)
  }

  // MARK: Random initializations

  static let hidden = [
    [1], [5], [17], [64], [1, 1], [7, 9], [16, 32], [50, 50], [64, 33], [8, 8, 8], [32, 32, 32], [20, 10, 30, 5],
  ]

  @Test("at random initializations", arguments: hidden, PiecewiseLinearLaw.allCases)
  func randomInitializations(_ hidden: [Int], _ law: PiecewiseLinearLaw) {
    for (index, activation) in Self.activations.enumerated() {
      for (lower, upper) in [(0, 1), (-2, 3)] as [(Float, Float)] {
        let architecture = Self.architecture(hidden, activation)
        let batch = MiniBatch(
          size: 600, lower: lower, upper: upper, target: Target.quadratic.program, kernels: KernelTable(.baseline))
        var generator = SplitMix64(state: UInt64(100 * hidden.reduce(0, +) + 10 * index) + UInt64(upper))
        for trial in 0..<2 {
          let parameters = law.draw(architecture, &generator)
          batch.draw(stream(trial), step: 0)
          batch.index()
          let reference = batch.referenceGradient(architecture, parameters, .quadratic)
          for level in KernelLevel.supported {
            for precision in Precision.allCases {
              let comment: Comment = "\(activation) on [\(lower), \(upper)], \(level.name), \(precision), \(trial)"
              let ensemble = Self.ensemble(architecture, parameters, precision, level)
              for isIndexed in [false, true] {
                #expect(ensemble.computeGradient(0, batch: batch, isIndexed: isIndexed), comment)
                for block in reference.errors(of: ensemble.gradient()) {
                  #expect(block.error <= precision.demand * block.norm, comment)
                }
              }
              Self.expectZeroPadding(ensemble, comment)
            }
          }
        }
      }
    }
  }

  /// Few samples, most segments between breakpoints without any.
  @Test("on small batches", arguments: [1, 2, 7, 16, 17, 33])
  func smallBatches(_ size: Int) {
    for activation in Self.activations {
      let architecture = Self.architecture([6, 5], activation)
      var generator = SplitMix64(state: UInt64(size))
      for trial in 0..<10 {
        let parameters = PiecewiseLinearLaw.xavier.draw(architecture, &generator)
        let batch = MiniBatch(
          size: size, lower: -2, upper: 3, target: Target.quadratic.program, kernels: KernelTable(.baseline))
        batch.draw(stream(trial), step: 0)
        let reference = batch.referenceGradient(architecture, parameters, .quadratic)
        for level in KernelLevel.supported {
          for precision in Precision.allCases {
            let ensemble = Self.ensemble(architecture, parameters, precision, level)
            #expect(ensemble.computeGradient(0, batch: batch, isIndexed: false))
            for block in reference.errors(of: ensemble.gradient()) {
              #expect(
                block.error <= precision.demand * block.moduli, "\(activation), \(level.name), \(precision), \(trial)")
            }
          }
        }
      }
    }
  }

  // MARK: Training

  /// Residuals are small after training, so that the terms of a gradient cancel.
  @Test("along training", arguments: [[12], [50, 50], [32, 32, 32]], activations)
  func alongTraining(_ hidden: [Int], _ activation: Activation) {
    let architecture = Self.architecture(hidden, activation)
    var generator = SplitMix64(state: 3)
    let parameters = PiecewiseLinearLaw.he.draw(architecture, &generator)
    for precision in Precision.allCases {
      let ensemble = Self.ensemble(architecture, parameters, precision, .widest, batchSize: 512)
      let batch = MiniBatch(
        size: 512, lower: 0, upper: 1, target: Target.quadratic.program, kernels: KernelTable(.widest))
      var risks: [Double] = []
      for step in 0..<600 as Range<UInt32> {
        batch.draw(stream(1), step: step)
        #expect(ensemble.computeGradient(0, batch: batch, isIndexed: false))
        if step % 150 == 0 || step == 599 {
          let reference = batch.referenceGradient(architecture, ensemble.parameters(0), .quadratic)
          risks.append(reference.risk)
          for block in reference.errors(of: ensemble.gradient()) {
            #expect(block.error <= precision.demand * block.moduli)
          }
        }
        #expect(ensemble.update(group: 0, .gradientDescent, coefficients: [0.02]) == 0)
      }
      #expect(risks.last! < 0.1 * risks[0])
    }
  }

  // MARK: Bits

  @Test(
    "is the same from both ways of finding ranks, and at AVX2 and AVX-512", arguments: [[40], [50, 50], [9, 20, 33]])
  func bits(_ hidden: [Int]) {
    for activation in Self.activations {
      let architecture = Self.architecture(hidden, activation)
      var generator = SplitMix64(state: 8)
      for size in [1, 2, 15, 16, 17, 100, 1024] {
        let batch = MiniBatch(
          size: size, lower: -1, upper: 2, target: Target.quarticSine.program, kernels: KernelTable(.baseline))
        batch.draw(stream(size), step: 0)
        batch.index()
        let parameters = PiecewiseLinearLaw.xavier.draw(architecture, &generator)
        for precision in Precision.allCases {
          var first: [Double]?
          for level in KernelLevel.supported where level >= .avx2 || KernelLevel.widest == .baseline {
            for isIndexed in [false, true] {
              let ensemble = Self.ensemble(architecture, parameters, precision, level)
              // A batch of a few samples has no room for many breakpoints.
              guard ensemble.computeGradient(0, batch: batch, isIndexed: isIndexed) else { continue }
              if first == nil { first = ensemble.gradient() }
              #expect(ensemble.gradient() == first, "\(activation), \(level.name), \(precision), batch of \(size)")
            }
          }
          #expect(size < 1024 || first != nil)
        }
      }
    }
  }

  // MARK: Special networks

  /// w = +-2^k and b = -w x put a first kink exactly on the sample x; the neuron is inactive there. With clipping,
  /// b = 1 - w x puts the upper one there, too.
  @Test("a sample on a first kink is inactive", arguments: activations)
  func onKink(_ activation: Activation) {
    for (lower, upper) in [(0, 1), (-2, 3)] as [(Float, Float)] {
      for size in [160, 200] {
        let batch = MiniBatch(
          size: size, lower: lower, upper: upper, target: Target.quadratic.program, kernels: KernelTable(.baseline))
        batch.draw(stream(size), step: 0)
        batch.index()
        // The first and the last sample, and some between.
        let places = [0, 1, 40, 41, 80, size - 1]
        let weights: [Double] = [1, -1, 4, -0.5]
        let samples = places.map { Double(batch.inputs[$0]) }
        let lowerKinks = samples.flatMap { x in weights.map { ($0, -$0 * x) } }
        let upperKinks = samples.map { (2.0, 1 - 2 * $0) } + samples.map { (-2.0, 1 + 2 * $0) }
        // 1 - w x needs more than 24 bits.
        for (precision, neurons) in [(Precision.float32, lowerKinks), (.float64, lowerKinks), (.float64, upperKinks)] {
          let h = neurons.count
          for hidden in [[h], [h, 3]] {
            let architecture = Self.architecture(hidden, activation)
            // Second-layer neurons that are active everywhere: their only kinks are those of the first layer.
            var parameters = neurons.map(\.0) + neurons.map(\.1)
            if hidden.count == 1 {
              for j in 0..<h { parameters.append(Double(j % 7) - 3) }
              parameters.append(1)
            } else {
              for i in 0..<3 * h { parameters.append(0x1p-12 * Double(i % 7 + 1)) }
              parameters += [0.25, 0.375, 0.5, 1, -2, 0.5, 1]
            }
            let reference = batch.referenceGradient(architecture, parameters, .quadratic)
            for level in KernelLevel.supported {
              let ensemble = Self.ensemble(architecture, parameters, precision, level)
              for isIndexed in [false, true] {
                let comment: Comment = "\(hidden), \(precision), \(level.name), batch of \(size)"
                #expect(ensemble.computeGradient(0, batch: batch, isIndexed: isIndexed), comment)
                for block in reference.errors(of: ensemble.gradient()) {
                  #expect(block.error <= precision.demand * block.moduli, comment)
                }
              }
            }
          }
        }
      }
    }
  }

  /// Layers without biases: all kinks of all layers stand at 0, in both orientations.
  @Test("of networks with all kinks in one place", arguments: activations)
  func coincidentKinks(_ activation: Activation) {
    for hidden in [[30], [30, 20], [16, 16, 16]] {
      let architecture = Self.architecture(hidden, activation)
      let batch = MiniBatch(
        size: 700, lower: -1, upper: 1, target: Target.quadratic.program, kernels: KernelTable(.baseline))
      batch.draw(stream(3), step: 0)
      var generator = SplitMix64(state: UInt64(hidden.count))
      let parameters = PiecewiseLinearLaw.he.draw(architecture, &generator)
      let reference = batch.referenceGradient(architecture, parameters, .quadratic)
      for level in KernelLevel.supported {
        for precision in Precision.allCases {
          let ensemble = Self.ensemble(architecture, parameters, precision, level)
          #expect(ensemble.computeGradient(0, batch: batch, isIndexed: false))
          for block in reference.errors(of: ensemble.gradient()) {
            #expect(block.error <= precision.demand * block.moduli, "\(hidden), \(level.name), \(precision)")
          }
        }
      }
    }
  }

  /// Weights of size h^3 make jumps of clipped neurons: their two kinks have no sample between them, and in single
  /// precision the pre-activation there is rounding only.
  @Test("of clipping networks with steep first layers", arguments: [[20], [20, 10], [20, 10, 10]])
  func steepClipping(_ hidden: [Int]) {
    let architecture = Self.architecture(hidden, Activation(.clipping))
    for trial in 0..<10 {
      var generator = SplitMix64(state: UInt64(trial))
      var parameters = PiecewiseLinearLaw.xavier.draw(architecture, &generator)
      for j in 0..<20 {
        let w = Float(generator.uniform(-1, 1) * 1e9)
        parameters[j] = Double(w)
        parameters[20 + j] = Double(-w * Float(generator.uniform(0, 1)))
      }
      let batch = MiniBatch(
        size: 400, lower: 0, upper: 1, target: Target.quadratic.program, kernels: KernelTable(.baseline))
      batch.draw(stream(trial), step: 0)
      let reference = batch.referenceGradient(architecture, parameters, .quadratic)
      for level in KernelLevel.supported {
        for precision in Precision.allCases {
          let ensemble = Self.ensemble(architecture, parameters, precision, level)
          #expect(ensemble.computeGradient(0, batch: batch, isIndexed: false))
          for block in reference.errors(of: ensemble.gradient()) {
            #expect(block.error <= precision.demand * block.moduli, "trial \(trial), \(level.name), \(precision)")
          }
        }
      }
    }
  }

  /// Neurons of deeper layers as steep as that: both kinks of a neuron are within a rounding error.
  @Test(
    "of clipping networks with steep layers",
    arguments: [(1e9, 1e9), (1e9, -1e9), (-1e9, 1e8), (-1e17, -1e3), (1e17, 1e3)])
  func steepLayers(_ first: Double, _ second: Double) {
    let architecture = Self.architecture([1, 1], Activation(.clipping))
    let slopes = Precision.float32.rounded([first, second])
    let parameters = [slopes[0], -slopes[0] / 2, slopes[1], -slopes[1] / 2, 1, 0]
    let batch = MiniBatch(
      size: 400, lower: 0, upper: 1, target: Target.quadratic.program, kernels: KernelTable(.baseline))
    batch.draw(stream(3), step: 0)
    let reference = batch.referenceGradient(architecture, parameters, .quadratic)
    for level in KernelLevel.supported {
      for precision in Precision.allCases {
        let ensemble = Self.ensemble(architecture, parameters, precision, level)
        #expect(ensemble.computeGradient(0, batch: batch, isIndexed: false))
        let gradient = ensemble.gradient()
        for block in reference.errors(of: gradient) {
          #expect(block.error <= precision.demand * block.moduli, "\(level.name), \(precision)")
        }
        // No sample is on the slopes.
        #expect(gradient.prefix(4).allSatisfy { $0 == 0 })
      }
    }
  }

  @Test("of dead neurons is exactly 0", arguments: KernelLevel.supported, Precision.allCases)
  func dead(_ level: KernelLevel, _ precision: Precision) {
    // Neuron 0 of each layer is dead: in the first by its kink outside, in the second by its bias.
    let architecture = Self.architecture([3, 2])
    let parameters: [Double] = [1, 1, -1, -2, 0.5, 0.75] + [0.5, 1, 1, 0.5, 1, -1, -9, 0.1] + [2, -1] + [0.5]
    let batch = MiniBatch(
      size: 200, lower: 0, upper: 1, target: Target.quadratic.program, kernels: KernelTable(level))
    batch.draw(stream(0), step: 0)
    let ensemble = Self.ensemble(architecture, parameters, precision, level)
    #expect(ensemble.computeGradient(0, batch: batch, isIndexed: false))
    let gradient = ensemble.gradient()
    let zeros = [0, 3, 6, 7, 8, 9, 12, 14]
    for i in gradient.indices { #expect((gradient[i] == 0) == zeros.contains(i), "parameter \(i)") }
  }

  // MARK: Limits

  /// 1-h-1 with h kinks at the multiples of 1 / (h + 1).
  private static func comb(_ h: Int) -> [Double] {
    Array(repeating: 1, count: h) + (1...h).map { -Double($0) / Double(h + 1) } + Array(repeating: 1, count: h) + [0]
  }

  @Test("refuses more breakpoints than make sense, and leaves the gradient alone", arguments: KernelLevel.supported)
  func capacity(_ level: KernelLevel) {
    // A third of the batch.
    let batch = MiniBatch(
      size: 120, lower: 0, upper: 1, target: Target.quadratic.program, kernels: KernelTable(level))
    batch.draw(stream(2), step: 0)
    for hidden in [[40], [1, 40], [40, 1]] {
      let h = hidden.max()!
      for tooMany in [false, true] {
        let widths = hidden.map { $0 == h && tooMany ? h + 1 : $0 }
        let architecture = Self.architecture(widths)
        let n = tooMany ? h + 1 : h
        let comb = Self.comb(n)
        var parameters = comb
        if widths == [1, n] {
          // The first layer computes x + 1.
          parameters = [1, 1]
          parameters += comb[0..<n]
          parameters += comb[n..<2 * n].map { $0 - 1 }
          parameters += comb[(2 * n)...]
        } else if widths == [n, 1] {
          // The second layer has no kink of its own.
          parameters = Array(comb[0..<2 * n])
          parameters += Array(repeating: 0.5, count: n)
          parameters += [1, 1, 0]
        }
        let ensemble = Self.ensemble(architecture, parameters, .float32, level, batchSize: 120)
        ensemble.setGradient(Array(repeating: 7, count: architecture.parameterCount))
        #expect(ensemble.computeGradient(0, batch: batch, isIndexed: false) == !tooMany, "\(widths)")
        #expect(ensemble.gradient().allSatisfy { $0 == 7 } == tooMany, "\(widths)")
      }
    }
  }

  @Test("takes any numbers", arguments: KernelLevel.supported, Precision.allCases)
  func anyNumbers(_ level: KernelLevel, _ precision: Precision) {
    let hostile: [Double] = [
      .nan, .infinity, -.infinity, 0, -0.0, 1e-45, -1e-45, 3e38, -3e38, 1e-300, -1e300, 1e19, -1e-20, 1,
    ]
    var generator = SplitMix64(state: 1)
    let batch = MiniBatch(
      size: 200, lower: -1, upper: 1, target: Target.quadratic.program, kernels: KernelTable(level))
    batch.draw(stream(4), step: 0)
    batch.index()
    for activation in Self.activations + [Activation(.leakyReLU, parameter: -1), Activation(.leakyReLU, parameter: 3)] {
      for hidden in [[3], [20, 17], [5, 6, 7]] {
        let architecture = Self.architecture(hidden, activation)
        for share in [1, 0.1, 0.01] {
          for _ in 0..<4 {
            let parameters = PiecewiseLinearLaw.xavier.draw(architecture, &generator).map { number in
              generator.uniform(0, 1) < share ? hostile[Int(generator.next() % UInt64(hostile.count))] : number
            }
            let ensemble = Self.ensemble(architecture, parameters, precision, level)
            for isIndexed in [false, true] {
              if ensemble.computeGradient(0, batch: batch, isIndexed: isIndexed), parameters.contains(where: \.isNaN) {
                // Every parameter has an influence on the output, and so on the gradient in its bias.
                #expect(!ensemble.gradient().last!.isFinite)
              }
            }
          }
        }
      }
    }
  }
}
