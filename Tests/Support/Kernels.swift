import Kernels
import Randomness

/// The kernels of this machine's widest level.
package let widest = KernelTable(.widest)

/// A stream of random numbers.
package func stream(_ trial: Int, _ purpose: Purpose = .batch, cellKey: UInt64 = 77) -> StreamAddress {
  StreamAddress(studySeed: 20_221_231, cellKey: cellKey, trial: trial, purpose: purpose)
}
