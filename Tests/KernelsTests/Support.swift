import Foundation
import Kernels
import Randomness

/// The generator of G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators" (2014): a
/// source of test data that does not go through the code under test.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform on [lower, upper].
  mutating func uniform(_ lower: Double, _ upper: Double) -> Double {
    lower + (upper - lower) * (Double(next() >> 11) * 0x1p-53)
  }
}

func stream(_ trial: Int, _ purpose: Purpose = .batch, cellKey: UInt64 = 77) -> StreamAddress {
  StreamAddress(studySeed: 20_221_231, cellKey: cellKey, trial: trial, purpose: purpose)
}

/// The bits of numbers, every NaN as the same one: which NaN an operation returns depends on the order in which the
/// compiler gives it its operands.
func bits(_ numbers: [Double]) -> [UInt64] { numbers.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern } }

func bits(_ numbers: [Float]) -> [UInt32] { numbers.map(\.bitPattern) }

/// The bits of all parameters: w, b, v, c.
func bits(_ network: ShallowParameters) -> [UInt32] {
  bits(network.innerWeights + network.innerBiases + network.outerWeights + [network.outerBias])
}

/// A law of the initial parameters, drawn through the kernels' normal numbers.
enum InitialLaw: CaseIterable, Sendable {
  /// All parameters standard normal.
  case standardNormal
  /// Normal weights of variance 2 / (neurons before), zero biases: every kink stands at 0.
  case he
  /// w, v = h^(-4/15) |N|, b, c = h^(-9/10) N.
  case halfNormal

  func draw(width h: Int, trial: Int, kernels: KernelTable) -> ShallowParameters {
    func normals(_ block: UInt32, _ count: Int, _ scale: Double) -> [Float] {
      kernels.standardNormals(count, stream: stream(trial, .initialization), step: block).map { Float($0 * scale) }
    }
    let width = Double(h)
    switch self {
    case .standardNormal:
      return ShallowParameters(
        innerWeights: normals(0, h, 1), innerBiases: normals(1, h, 1), outerWeights: normals(2, h, 1),
        outerBias: normals(3, 1, 1)[0])
    case .he:
      return ShallowParameters(
        innerWeights: normals(0, h, 2.squareRoot()), innerBiases: Array(repeating: 0, count: h),
        outerWeights: normals(2, h, (2 / width).squareRoot()), outerBias: 0)
    case .halfNormal:
      let weight = pow(width, -4 / 15)
      let bias = pow(width, -9 / 10)
      return ShallowParameters(
        innerWeights: normals(0, h, weight).map(abs), innerBiases: normals(1, h, bias),
        outerWeights: normals(2, h, weight).map(abs), outerBias: normals(3, 1, bias)[0])
    }
  }
}
