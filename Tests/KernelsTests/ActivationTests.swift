import Kernels
import TestSupport
import Testing

/// Activations reach the tests through the dense kernel: the network with w = v = 1, b = c = 0 is the activation itself.
private func values(_ activation: Activation, at z: [Double], _ precision: Precision, _ level: KernelLevel) -> [Double]
{
  let architecture = Architecture(inputDimension: 1, hidden: [1], activation: activation)
  return DenseNeuronsCall(architecture, precision, KernelTable(level)).values(parameters: [1, 0, 1, 0], inputs: z)
}

/// Quotients of the derivative of a sample's squared residual in b and in c.
private func derivatives(
  _ activation: Activation, at z: [Double], _ precision: Precision, _ level: KernelLevel
) -> [Double] {
  let architecture = Architecture(inputDimension: 1, hidden: [1], activation: activation)
  let call = DenseNeuronsCall(architecture, precision, KernelTable(level))
  return z.map {
    let target = DenseNetworkReference.value(activation, at: $0) - 0.5
    let gradient = call.gradient(parameters: [1, 0, 1, 0], inputs: [$0], targets: [target], weights: [1]).gradient
    return gradient[1] / gradient[3]
  }
}

private let activations =
  Activation.Kind.allCases.map { Activation($0) } + [
    Activation(.leakyReLU, parameter: -0.5), Activation(.elu, parameter: 2.5),
  ]

@Suite struct ActivationTests {
  /// Units of the last place of the result, but at least of 1/4: where a result is small its absolute error counts.
  private func error(_ value: Double, _ expected: Double, _ precision: Precision) -> Double {
    value.isNaN ? .infinity : abs(value - expected) / (max(abs(expected), 0.25) * 2 * precision.rounding)
  }

  @Test("values against the C library", arguments: activations, Precision.allCases)
  func values(_ activation: Activation, _ precision: Precision) {
    var random = SplitMix64(state: 11)
    let z = precision.rounded(
      (0..<4000).map { _ in random.uniform(-1, 1) } + (0..<4000).map { _ in random.uniform(-20, 20) }
        + (0..<1000).map { _ in random.uniform(-1e3, 1e3) } + (0..<500).map { _ in random.uniform(-1, 1) * 0x1p20 })
    var largest = 0.0
    for (z, value) in zip(z, KernelsTests.values(activation, at: z, precision, .widest)) {
      let expected = DenseNetworkReference.value(activation, at: z)
      largest = max(largest, error(value, expected, precision))
    }
    // Units in the last place: functions are within 1 (see `ElementaryFunctionTests`), a product or sum adds 1/2 and
    // the C library, in double precision, up to 1.
    #expect(largest <= 2)
  }

  @Test("derivatives against the C library", arguments: activations, Precision.allCases)
  func derivatives(_ activation: Activation, _ precision: Precision) {
    var random = SplitMix64(state: 12)
    let z = precision.rounded(
      (0..<500).map { _ in random.uniform(-1, 1) } + (0..<500).map { _ in random.uniform(-20, 20) })
    var largest = 0.0
    for (z, value) in zip(z, KernelsTests.derivatives(activation, at: z, precision, .widest)) {
      let expected = DenseNetworkReference.derivative(activation, at: z)
      largest = max(largest, error(value, expected, precision))
    }
    // As above, with one factor more and the quotient of two components of a gradient.
    #expect(largest <= 4)
  }

  /// Where little is left of a derivative it has its digits all the same.
  @Test("derivatives of saturated neurons", arguments: activations, Precision.allCases)
  func saturated(_ activation: Activation, _ precision: Precision) {
    let smallest = precision == .float32 ? Double(Float.leastNormalMagnitude) : Double.leastNormalMagnitude
    var random = SplitMix64(state: 14)
    let z = precision.rounded(
      (0..<400).map { n in random.uniform(3, precision == .float32 ? 85 : 700) * (n % 2 == 0 ? 1 : -1) })
    for (z, value) in zip(z, KernelsTests.derivatives(activation, at: z, precision, .widest)) {
      let expected = DenseNetworkReference.derivative(activation, at: z)
      guard abs(expected) > 4 * smallest, activation.kind != .sine else { continue }
      // The exponent of the normal density has a rounding error of its own size.
      // 8: a quotient of two components, and up to four functions, sums and products of relative errors that count in
      // full here.
      let units = activation.kind == .gelu ? 8 + z * z : 8
      #expect(abs(value - expected) <= units * 2 * precision.rounding * abs(expected), "\(z)")
    }
  }

  @Test("no NaN at large arguments", arguments: activations, Precision.allCases)
  func largeArguments(_ activation: Activation, _ precision: Precision) {
    let largest = precision == .float32 ? Double(Float.greatestFiniteMagnitude) : .greatestFiniteMagnitude
    let bound = activation.kind == .sine ? 0x1p20 : largest
    for z in [87.0, 88, 89, 103, 104, 105, 709, 710, 745, 746, 1e4, 0x1p20, 1e10, 1e19, 1e20, 1e30, largest]
    where z <= bound {
      for z in precision.rounded([z, -z]) {
        let value = KernelsTests.values(activation, at: [z], precision, .widest)[0]
        let expected = DenseNetworkReference.value(activation, at: z)
        // 17 * 2^-24 for single precision, as `Precision.demand`; 1e-30 for what underflows. What this looks for is
        // NaN and infinity.
        #expect(abs(value - expected) <= 1e-6 * abs(expected) + 1e-30, "\(z)")
      }
    }
    let values = KernelsTests.values(activation, at: [.nan], precision, .widest)
    #expect(values[0].isNaN)
  }

  @Test("all levels give the same bits", arguments: activations, Precision.allCases)
  func levels(_ activation: Activation, _ precision: Precision) {
    var random = SplitMix64(state: 13)
    let z = precision.rounded((0..<1000).map { _ in random.uniform(-1, 1) * 30 } + [0, -0.0, 1, 1e5, -1e30])
    for level in KernelLevel.supported {
      #expect(
        bits(KernelsTests.values(activation, at: z, precision, level))
          == bits(KernelsTests.values(activation, at: z, precision, .baseline)))
      let some = Array(z[..<50])
      #expect(
        bits(KernelsTests.derivatives(activation, at: some, precision, level))
          == bits(KernelsTests.derivatives(activation, at: some, precision, .baseline)))
    }
  }
}
