import Foundation
import Kernels
import TestSupport
import Testing

/// After training residuals are small and the terms of a gradient cancel. Errors then stay small beside the norm of the
/// sums of the moduli of the terms: 1e-6 of it in single, 1e-12 in double precision, in every parameter block.
@Suite("gradients after training")
struct TrainedGradientTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let kernel: GradientKernel
    let activation: Activation
    let dimension: Int
    let hidden: [Int]
    var testDescription: String { "\(kernel.rawValue), \(activation.kind.rawValue), d = \(dimension)" }
    var architecture: Architecture { Architecture(inputDimension: dimension, hidden: hidden, activation: activation) }
  }

  static let cases =
    GradientKernel.general.flatMap { kernel in
      [Activation(.relu), Activation(.clipping), Activation(.tanh), Activation(.gelu)].flatMap { activation in
        [1, 3].map { Case(kernel: kernel, activation: activation, dimension: $0, hidden: [16, 17]) }
      }
    }
    + [Activation(.leakyReLU, parameter: 0.1), Activation(.clipping)].map {
      Case(kernel: .shallow, activation: $0, dimension: 1, hidden: [32])
    }

  @Test("errors are small beside the summed moduli of the terms", arguments: cases, Precision.allCases)
  func errors(_ test: Case, _ precision: Precision) throws {
    let batch: UInt32 = 100_000
    let training = Run(test, precision, KernelTable(.widest))
    let starts = training.networks.prefix(3)
    let inputs = training.inputs(size: 256, step: batch)
    let targets = training.targets(inputs)
    let risks = starts.map { $0.gradient(inputs: inputs, targets: targets).risk }
    // Networks when they have come down to a few per cent of the risk of their start.
    var ends: [Int: DenseNetworkReference] = [:]
    for step in 0..<4000 as Range<UInt32> where ends.count < starts.count {
      training.computeGradient(size: 256, step: step)
      #expect(training.ensemble.update(group: 0, .gradientDescent, coefficients: [0.005]) == 0)
      guard step % 10 == 9 else { continue }
      for lane in starts.indices where ends[lane] == nil {
        let network = DenseNetworkReference(
          architecture: test.architecture, parameters: training.ensemble.parameters(lane))
        let risk = zip(0..<256, targets)
          .reduce(0) { sum, sample in
            let x = Array(inputs[sample.0 * test.dimension..<(sample.0 + 1) * test.dimension])
            let residual = network.value(x) - sample.1
            return sum + residual * residual / 256
          }
        if risk < 0.04 * risks[lane] { ends[lane] = network }
      }
    }
    #expect(ends.count == starts.count)

    for (lane, end) in ends {
      // A batch without a sample on whose side of a kink rounding decides.
      let step = try #require(
        (batch..<batch + 1000).first { step in
          let inputs = training.inputs(size: 1024, step: step)
          return stride(from: 0, to: inputs.count, by: test.dimension)
            .allSatisfy { !end.isNearKink(Array(inputs[$0..<$0 + test.dimension]), precision) }
        })
      let inputs = training.inputs(size: 1024, step: step)
      let expected = end.gradient(inputs: inputs, targets: training.targets(inputs))
      #expect(0.0005 * risks[lane] < expected.risk && expected.risk < 0.06 * risks[lane])
      for level in KernelLevel.supported {
        let run = Run(test, precision, KernelTable(level))
        run.ensemble.start(lane, at: end.parameters)
        run.computeGradient(size: 1024, step: step)
        let blocks = expected.errors(of: run.ensemble.gradient(lane: lane))
        for block in blocks { #expect(block.error <= precision.demand * block.moduli, "\(level.name)") }
      }
    }
  }

  /// One network, or as many as the kernel trains side by side, and the batches of all.
  private struct Run {
    let test: Case
    let precision: Precision
    let kernels: KernelTable
    let ensemble: Ensemble

    init(_ test: Case, _ precision: Precision, _ kernels: KernelTable) {
      self.test = test
      self.precision = precision
      self.kernels = kernels
      let count = test.kernel == .denseNetworks ? precision.lanes : 1
      ensemble = Ensemble(
        architecture: test.architecture, kernel: test.kernel, precision: precision, count: count, batchSize: 1024,
        kernels: kernels)
      for lane in 0..<count {
        ensemble.start(lane, at: normalParameters(test.architecture, trial: lane, kernels: kernels))
      }
    }

    var networks: [DenseNetworkReference] {
      (0..<ensemble.count).map {
        DenseNetworkReference(architecture: test.architecture, parameters: ensemble.parameters($0))
      }
    }

    private func miniBatch(size: Int, step: UInt32) -> MiniBatch {
      let batch = MiniBatch(size: size, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
      batch.draw(stream(1), step: step)
      return batch
    }

    /// Uniform on [0, 1]^d, single precision numbers.
    func inputs(size: Int, step: UInt32) -> [Double] {
      test.kernel == .shallow
        ? miniBatch(size: size, step: step).inputs.map(Double.init)
        : kernels.uniforms(size * test.dimension, stream: stream(1), step: step).map { Double(Float($0)) }
    }

    /// A function of the first coordinate. The shallow kernel has it in double precision always.
    func targets(_ inputs: [Double]) -> [Double] {
      let values = stride(from: 0, to: inputs.count, by: test.dimension).map { Target.quadratic.value(inputs[$0]) }
      return test.kernel == .shallow ? values : precision.rounded(values)
    }

    func computeGradient(size: Int, step: UInt32) {
      if test.kernel == .shallow {
        #expect(ensemble.computeGradient(0, batch: miniBatch(size: size, step: step), isIndexed: false))
      } else {
        let inputs = inputs(size: size, step: step)
        let samples = SampleBatch(size: size, dimension: test.dimension, precision: precision)
        samples.set(inputs: inputs, targets: targets(inputs))
        ensemble.computeGradient(group: 0, samples: samples)
      }
    }
  }
}
