import Foundation
import Kernels
import TestSupport
import Testing

/// Samples that are numbers of the precision, none of them near a kink of the network: inputs on [-1, 2]^d, targets
/// 1 + sin(3 x1).
private func samples(
  _ reference: DenseNetworkReference, _ precision: Precision, size: Int, _ random: inout SplitMix64
) -> (inputs: [Double], targets: [Double]) {
  var inputs: [Double] = []
  let d = reference.architecture.inputDimension
  while inputs.count < size * d {
    let x = precision.rounded((0..<d).map { _ in random.uniform(-1, 2) })
    if !reference.isNearKink(x, precision) { inputs += x }
  }
  return (inputs, precision.rounded((0..<size).map { 1 + sin(3 * inputs[$0 * d]) }))
}

private let activations =
  Activation.Kind.allCases.map { Activation($0) } + [
    Activation(.leakyReLU, parameter: -0.5), Activation(.elu, parameter: 0.25),
  ]

/// Input dimension, hidden widths, samples: widths around multiples of 16, up to nine vectors of neurons, tiles that are
/// full, incomplete and single.
private let shapes: [(dimension: Int, hidden: [Int], size: Int)] = [
  (1, [1], 40), (1, [20], 100), (1, [32, 32, 32], 300), (2, [50, 50], 129), (3, [17, 40, 5], 77), (10, [64], 33),
  (1, [7, 100, 3, 33], 60), (100, [24, 16], 40), (5, [130, 90], 70),
]

@Suite("the dense kernel with lanes over neurons")
struct DenseNeuronsTests {
  @Test("gradients against plain loops in double precision", arguments: Precision.allCases)
  func gradients(_ precision: Precision) {
    var check = AccuracyCheck(precision)
    for activation in activations {
      var random = SplitMix64(state: 41)
      for (trial, (dimension, hidden, size)) in shapes.enumerated() {
        let architecture = Architecture(inputDimension: dimension, hidden: hidden, activation: activation)
        let parameters = precision.rounded(
          normalParameters(architecture, trial: trial, kernels: KernelTable(.baseline)))
        let reference = DenseNetworkReference(architecture: architecture, parameters: parameters)
        let (inputs, targets) = samples(reference, precision, size: size, &random)
        for weights in [nil, precision.rounded((0..<size).map { _ in random.uniform(0, 2) })] {
          let results = KernelLevel.supported.map {
            DenseNeuronsCall(architecture, precision, KernelTable($0))
              .gradient(parameters: parameters, inputs: inputs, targets: targets, weights: weights)
          }
          check.add(
            results.map(\.gradient), of: reference, inputs: inputs, targets: targets, weights: weights)
          let risk = reference.gradient(inputs: inputs, targets: targets, weights: weights).risk
          for result in results {
            #expect(abs(result.risk - risk) <= precision.demand * risk)
            #expect(result.padding.allSatisfy { $0 == 0 && $0.sign == .plus })
            #expect(result.isContained)
          }
        }
      }
    }
    check.finish()
  }

  @Test("AVX2 and AVX-512 give the same bits", arguments: activations, Precision.allCases)
  func levels(_ activation: Activation, _ precision: Precision) {
    guard KernelLevel.widest == .avx512 else { return }
    var random = SplitMix64(state: 42)
    for (trial, (dimension, hidden, size)) in (shapes + [(1, [300, 257], 200)]).enumerated() {
      let architecture = Architecture(inputDimension: dimension, hidden: hidden, activation: activation)
      let parameters = precision.rounded(normalParameters(architecture, trial: trial, kernels: KernelTable(.avx2)))
      let inputs = precision.rounded((0..<size * dimension).map { _ in random.uniform(-1, 2) })
      let targets = precision.rounded((0..<size).map { _ in random.uniform(-1, 1) })
      let results = [KernelLevel.avx2, .avx512].map {
        DenseNeuronsCall(architecture, precision, KernelTable($0))
          .gradient(parameters: parameters, inputs: inputs, targets: targets)
      }
      #expect(bits(results[0].gradient) == bits(results[1].gradient))
      #expect(results[0].risk.bitPattern == results[1].risk.bitPattern)
    }
  }

  @Test("values, and that they do not depend on the other samples", arguments: Precision.allCases)
  func values(_ precision: Precision) {
    var random = SplitMix64(state: 43)
    for level in KernelLevel.supported {
      for (trial, (dimension, hidden, size)) in shapes.enumerated() {
        let architecture = Architecture(inputDimension: dimension, hidden: hidden, activation: Activation(.tanh))
        let parameters = precision.rounded(normalParameters(architecture, trial: trial, kernels: KernelTable(level)))
        let reference = DenseNetworkReference(architecture: architecture, parameters: parameters)
        let (inputs, _) = samples(reference, precision, size: size, &random)
        let call = DenseNeuronsCall(architecture, precision, KernelTable(level))
        let values = call.values(parameters: parameters, inputs: inputs)
        for i in 0..<size {
          let x = Array(inputs[i * dimension..<(i + 1) * dimension])
          // Values of some units, absolutely: sums of a layer have the rounding that the demand on gradients allows,
          // and outer weights magnify it.
          #expect(abs(values[i] - reference.value(x)) <= 4 * precision.demand)
          if i % 16 == 15 || i == size - 1 {
            #expect(call.values(parameters: parameters, inputs: x) == [values[i]])
          }
        }
      }
    }
  }

  @Test("after training, errors stay small beside the summed moduli of the terms", arguments: Precision.allCases)
  func trained(_ precision: Precision) {
    let architecture = Architecture(inputDimension: 1, hidden: [32, 32], activation: Activation(.relu))
    let table = KernelTable(.widest)
    let call = DenseNeuronsCall(architecture, precision, table)
    var random = SplitMix64(state: 44)
    var parameters = precision.rounded(normalParameters(architecture, trial: 3, kernels: table))
    for step in 0..<400 {
      let reference = DenseNetworkReference(architecture: architecture, parameters: parameters)
      let inputs = samples(reference, precision, size: 1024, &random).inputs
      let targets = precision.rounded(inputs.map { $0 * $0 })
      let gradient = call.gradient(parameters: parameters, inputs: inputs, targets: targets).gradient
      if step == 399 {
        let expected = reference.gradient(inputs: inputs, targets: targets)
        #expect(expected.risk < 0.02)
        for block in expected.errors(of: gradient) { #expect(block.error <= precision.demand * block.moduli) }
      }
      for i in parameters.indices { parameters[i] -= 0.01 * gradient[i] }
      parameters = precision.rounded(parameters)
    }
  }

  @Test("derivatives at kinks", arguments: KernelLevel.supported, Precision.allCases)
  func kinks(_ level: KernelLevel, _ precision: Precision) {
    // One neuron with w = v = 1, b = c = 0 at samples that are the pre-activations. With target A(z) - 1/2 and weight 1
    // the derivative of the risk in b is that of the activation.
    func derivative(_ activation: Activation, at z: Double) -> Double {
      let architecture = Architecture(inputDimension: 1, hidden: [1], activation: activation)
      let target = DenseNetworkReference.value(activation, at: z) - 0.5
      return DenseNeuronsCall(architecture, precision, KernelTable(level))
        .gradient(parameters: [1, 0, 1, 0], inputs: [z], targets: [target], weights: [1]).gradient[1]
    }
    let tiny = precision == .float32 ? 0x1p-149 : 0x1p-1074
    for zero in [0, -0.0] {
      #expect(derivative(Activation(.relu), at: zero) == 0)
      #expect(derivative(Activation(.leakyReLU, parameter: 0.25), at: zero) == 0.25)
      #expect(derivative(Activation(.clipping), at: zero) == 0)
      #expect(derivative(Activation(.threshold), at: zero) == 1)
    }
    #expect(derivative(Activation(.relu), at: tiny) == 1)
    #expect(derivative(Activation(.leakyReLU, parameter: 0.25), at: tiny) == 1)
    #expect(derivative(Activation(.clipping), at: tiny) == 1)
    #expect(derivative(Activation(.clipping), at: 1 - precision.rounding) == 1)
    #expect(derivative(Activation(.clipping), at: 1) == 0)
    #expect(derivative(Activation(.clipping), at: 1 + 2 * precision.rounding) == 0)
  }

  @Test("parameters that are infinite or NaN show in the risk", arguments: KernelLevel.supported, Precision.allCases)
  func divergence(_ level: KernelLevel, _ precision: Precision) {
    for activation in activations {
      let architecture = Architecture(inputDimension: 1, hidden: [20, 20], activation: activation)
      let call = DenseNeuronsCall(architecture, precision, KernelTable(level))
      var parameters = normalParameters(architecture, trial: 1, kernels: KernelTable(level))
      parameters[architecture.parameterCount - 1] = .nan
      #expect(call.gradient(parameters: parameters, inputs: [0.5], targets: [0]).risk.isNaN)
      parameters[architecture.parameterCount - 1] = .infinity
      #expect(!call.gradient(parameters: parameters, inputs: [0.5], targets: [0]).risk.isFinite)
      parameters = normalParameters(architecture, trial: 1, kernels: KernelTable(level))
      parameters[3] = .nan
      #expect(call.gradient(parameters: parameters, inputs: [0.5], targets: [0]).risk.isNaN)
    }
  }
}
