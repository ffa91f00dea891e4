import Kernels
import Networks
import Problems
import Studies
import TestSupport
import Testing

/// Mini-batch gradients of the published experiments as their training starts, in single precision.
@Suite struct ExperimentGradientTests {
  private struct InputsAreNotUniform: Error {}

  private static let size = 1024

  /// A mini-batch of a cell without samples so near to a kink that rounding decides on which side they are.
  private static func batch(
    _ cell: Cell, _ reference: DenseNetworkReference, trial: Int
  ) throws -> (inputs: [Double], targets: [Double]) {
    guard case .law(.uniform(let lower, let upper)) = cell.problem.inputs else { throw InputsAreNotUniform() }
    var random = SplitMix64(state: UInt64(trial))
    var inputs: [Double] = []
    while inputs.count < size {
      let x = Precision.float32.rounded([random.uniform(lower, upper)])
      if !reference.isNearKink(x, .float32) { inputs += x }
    }
    return (inputs, Precision.float32.rounded(try #require(cell.problem.targetProgram).evaluate(at: inputs)))
  }

  /// Every parameter block to 1e-6 of its norm. The exact kernels do this for networks of all kinds; here the dense ones
  /// do, whose sums are in single precision.
  @Test(arguments: BuiltInStudies.names.prefix(12))
  func denseKernels(_ name: String) throws {
    for cell in try load(name, []).cells {
      let architecture = cell.architecture
      for trial in 0..<6 {
        let parameters = Precision.float32.rounded(
          cell.initialization.resolved(cell.architecture)
            .draw(studySeed: cell.seed, cellKey: cell.key.value, trial: trial, kernels: widest))
        let reference = DenseNetworkReference(architecture: architecture, parameters: parameters)
        let (inputs, targets) = try Self.batch(cell, reference, trial: trial)
        let samples = SampleBatch(size: Self.size, dimension: 1, precision: .float32)
        samples.set(inputs: inputs, targets: targets)
        let expected = reference.gradient(inputs: inputs, targets: targets)
        // In the clipping networks w x + b is a difference of two numbers of size h^3: without a fused multiply-add it has
        // no digits left.
        for level in KernelLevel.supported where name != "clipping" || level != .baseline {
          for kernel in GradientKernel.general {
            let ensemble = Ensemble(
              architecture: architecture, kernel: kernel, precision: .float32, count: 1, batchSize: Self.size,
              kernels: KernelTable(level))
            ensemble.start(0, at: parameters)
            ensemble.computeGradient(group: 0, samples: samples)
            let wrong = expected.blocks(of: ensemble.gradient(), wrongByMoreThan: Precision.float32.demand)
            #expect(wrong.isEmpty, "cell \(cell.label), \(kernel.rawValue), \(level.name), trial \(trial)")
          }
        }
      }
    }
  }
}
