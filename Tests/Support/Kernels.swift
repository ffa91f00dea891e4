import Kernels
import Randomness

/// The kernels of this machine's widest level.
package let widest = KernelTable(.widest)

extension GradientKernel {
  /// The kernels that train every network: with inputs of several dimensions, too, and any activation.
  package static let general = allCases.filter { kernel in
    Activation.Kind.allCases.allSatisfy { kind in
      kernel.canTrain(Architecture(inputDimension: 2, hidden: [3, 3], activation: Activation(kind)))
    }
  }
}

/// A stream of random numbers.
package func stream(_ trial: Int, _ purpose: Purpose = .batch, cellKey: UInt64 = 77) -> StreamAddress {
  StreamAddress(studySeed: 20_221_231, cellKey: cellKey, trial: trial, purpose: purpose)
}
