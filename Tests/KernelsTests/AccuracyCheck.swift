import Kernels
import TestSupport
import Testing

/// Kernels' gradients at random initializations: each parameter block is to be right to 1e-6 of its norm in single, 1e-12
/// in double precision.
///
/// Where terms of both signs cancel to a small part of their size, single precision has no such digits, whatever sums
/// them. So in single precision at most one block in fifty may be worse, not more often by half than with terms that
/// are rounded alike but summed exactly, and none by more than 1e-6 of the sum of the moduli.
struct AccuracyCheck {
  let precision: Precision
  private var blocks = 0
  private var wrong = 0
  private var plainWrong = 0

  init(_ precision: Precision) { self.precision = precision }

  /// - Parameter gradients: of one network at one batch, by the levels.
  mutating func add(
    _ gradients: [[Double]], of network: DenseNetworkReference, inputs: [Double], targets: [Double],
    weights: [Double]? = nil
  ) {
    let expected = network.gradient(inputs: inputs, targets: targets, weights: weights)
    var plain = 0
    if precision == .float32 {
      let gradient = network.gradient(inputs: inputs, targets: targets, weights: weights, terms: .float32).gradient
      plain = expected.blocks(of: gradient, wrongByMoreThan: precision.demand).count
    }
    for gradient in gradients {
      let errors = expected.errors(of: gradient)
      #expect(errors.allSatisfy { $0.error <= precision.demand * $0.moduli }, "\(network.architecture)")
      blocks += errors.count
      wrong += expected.blocks(of: gradient, wrongByMoreThan: precision.demand).count
      plainWrong += plain
    }
  }

  func finish() {
    #expect(blocks > 1000)
    #expect(wrong <= (precision == .float32 ? blocks / 50 : 0), "\(wrong) of \(blocks)")
    #expect(wrong <= plainWrong + plainWrong / 2, "\(wrong) of \(blocks), with exact sums \(plainWrong)")
  }
}
