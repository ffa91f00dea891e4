import Foundation
import Kernels

/// A fully connected network in plain double-precision loops, one neuron and one sample after the other.
package struct DenseNetworkReference {
  package let architecture: Architecture
  /// Layer by layer the weights as [output][input], then the biases.
  package let parameters: [Double]

  package init(architecture: Architecture, parameters: [Double]) {
    precondition(parameters.count == architecture.parameterCount)
    self.architecture = architecture
    self.parameters = parameters
  }

  package func value(_ x: [Double]) -> Double { forward(x, parameters).values.last![0] }

  /// The weighted sum of squared residuals, weights 1 / size where there are none, and its gradient.
  ///
  /// - Parameters:
  ///   - inputs: [size][d].
  ///   - terms: the precision in which the terms of the samples are evaluated. Their sums are in double precision always.
  package func gradient(
    inputs: [Double], targets: [Double], weights: [Double]? = nil, terms: Precision = .float64
  ) -> ReferenceGradient {
    switch terms {
    case .float32: sum(inputs.map { Float($0) }, targets, weights)
    case .float64: sum(inputs, targets, weights)
    }
  }

  private func sum<Real: BinaryFloatingPoint>(
    _ inputs: [Real], _ targets: [Double], _ weights: [Double]?
  ) -> ReferenceGradient {
    let d = architecture.inputDimension
    precondition(inputs.count == targets.count * d)
    let parameters = parameters.map { Real($0) }
    let zeros = [Double](repeating: 0, count: parameters.count)
    var result = ReferenceGradient(architecture: architecture, gradient: zeros, absoluteTerms: zeros)
    for i in targets.indices {
      let weight = weights?[i] ?? 1 / Double(targets.count)
      let (preactivations, values) = forward(Array(inputs[i * d..<(i + 1) * d]), parameters)
      let residual = values.last![0] - Real(targets[i])
      result.risk += weight * Double(residual) * Double(residual)
      var errors = [2 * Real(weight) * residual]
      for layer in stride(from: architecture.layers - 1, through: 0, by: -1) {
        let block = architecture.parameterRanges[layer]
        let fanIn = architecture.widths[layer]
        for (output, error) in errors.enumerated() {
          for input in 0..<fanIn {
            let place = block.weights.lowerBound + output * fanIn + input
            let term = Double(error) * Double(values[layer][input])
            result.gradient[place] += term
            result.absoluteTerms[place] += abs(term)
          }
          result.gradient[block.biases.lowerBound + output] += Double(error)
          result.absoluteTerms[block.biases.lowerBound + output] += abs(Double(error))
        }
        if layer == 0 { break }
        errors = (0..<fanIn).map { input in
          var sum: Real = 0
          for (output, error) in errors.enumerated() {
            sum += error * parameters[block.weights.lowerBound + output * fanIn + input]
          }
          return sum * Real(Self.derivative(architecture.activation, at: Double(preactivations[layer - 1][input])))
        }
      }
    }
    return result
  }

  /// `values[0]` is the input, `values[l]` what layer l puts out, `preactivations[l - 1]` what goes into its activation.
  private func forward<Real: BinaryFloatingPoint>(
    _ x: [Real], _ parameters: [Real]
  ) -> (preactivations: [[Real]], values: [[Real]]) {
    precondition(x.count == architecture.inputDimension)
    var preactivations: [[Real]] = []
    var values = [x]
    for (layer, block) in architecture.parameterRanges.enumerated() {
      let input = values[layer]
      let z = (0..<architecture.widths[layer + 1]).map { output in
        var sum = parameters[block.biases.lowerBound + output]
        for (k, x) in input.enumerated() {
          sum += parameters[block.weights.lowerBound + output * input.count + k] * x
        }
        return sum
      }
      preactivations.append(z)
      values.append(
        layer == architecture.layers - 1 ? z : z.map { Real(Self.value(architecture.activation, at: Double($0))) })
    }
    return (preactivations, values)
  }

  // MARK: Activations

  package static func value(_ activation: Activation, at z: Double) -> Double {
    switch activation.kind {
    case .relu: max(z, 0)
    case .leakyReLU: z > 0 ? z : activation.parameter * z
    case .clipping: min(max(z, 0), 1)
    case .identity: z
    case .logistic: logistic(z)
    case .tanh: tanh(z)
    case .softplus: max(z, 0) + log1p(exp(-abs(z)))
    case .gelu: z * normalDistribution(z)
    case .silu: z * logistic(z)
    case .elu: z > 0 ? z : activation.parameter * expm1(z)
    case .softsign: z / (1 + abs(z))
    case .sine: sin(z)
    case .threshold: z > 0 ? 1 : 0
    }
  }

  package static func derivative(_ activation: Activation, at z: Double) -> Double {
    switch activation.kind {
    case .relu: z > 0 ? 1 : 0
    case .leakyReLU: z > 0 ? 1 : activation.parameter
    case .clipping: z > 0 && z < 1 ? 1 : 0
    case .identity: 1
    case .logistic: logistic(z) * logistic(-z)
    case .tanh: 1 / (cosh(z) * cosh(z))
    case .softplus: logistic(z)
    case .gelu: normalDistribution(z) + z * exp(-z * z / 2) / (2 * Double.pi).squareRoot()
    case .silu: logistic(z) * (1 + z * logistic(-z))
    case .elu: z > 0 ? 1 : activation.parameter * exp(z)
    case .softsign: 1 / ((1 + abs(z)) * (1 + abs(z)))
    case .sine: cos(z)
    case .threshold: 1
    }
  }

  private static func logistic(_ z: Double) -> Double { 1 / (1 + exp(-z)) }

  private static func normalDistribution(_ z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }
}
