import Foundation
import Kernels

/// A fully connected network in plain double-precision loops, one neuron and one sample after the other.
struct DenseNetworkReference {
  let shape: NetworkShape
  /// Layer by layer the weights as [output][input], then the biases.
  let parameters: [Double]

  init(shape: NetworkShape, parameters: [Double]) {
    precondition(parameters.count == shape.parameterCount)
    self.shape = shape
    self.parameters = parameters
  }

  func value(_ x: [Double]) -> Double { forward(x).values.last![0] }

  /// The weighted sum of squared residuals, weights 1 / size where there are none, and its gradient.
  ///
  /// - Parameters:
  ///   - inputs: [size][d].
  /// - Returns: `absoluteTerms` has for each parameter the sum over the samples of the moduli of their terms in the
  ///   gradient: what rounding errors are measured against where the terms cancel.
  func gradient(
    inputs: [Double], targets: [Double], weights: [Double]? = nil
  ) -> (risk: Double, gradient: [Double], absoluteTerms: [Double]) {
    let d = shape.inputDimension
    precondition(inputs.count == targets.count * d)
    var risk = 0.0
    var gradient = [Double](repeating: 0, count: parameters.count)
    var absoluteTerms = gradient
    for i in targets.indices {
      let weight = weights?[i] ?? 1 / Double(targets.count)
      let (preactivations, values) = forward(Array(inputs[i * d..<(i + 1) * d]))
      let residual = values.last![0] - targets[i]
      risk += weight * residual * residual
      var errors = [2 * weight * residual]
      for layer in stride(from: shape.layers - 1, through: 0, by: -1) {
        let block = shape.blocks[layer]
        let fanIn = shape.widths[layer]
        for (output, error) in errors.enumerated() {
          for input in 0..<fanIn {
            let place = block.weights.lowerBound + output * fanIn + input
            gradient[place] += error * values[layer][input]
            absoluteTerms[place] += abs(error * values[layer][input])
          }
          gradient[block.biases.lowerBound + output] += error
          absoluteTerms[block.biases.lowerBound + output] += abs(error)
        }
        if layer == 0 { break }
        errors = (0..<fanIn).map { input in
          var sum = 0.0
          for (output, error) in errors.enumerated() {
            sum += error * parameters[block.weights.lowerBound + output * fanIn + input]
          }
          return sum * Self.derivative(shape.activation, at: preactivations[layer - 1][input])
        }
      }
    }
    return (risk, gradient, absoluteTerms)
  }

  /// `values[0]` is the input, `values[l]` what layer l puts out, `preactivations[l - 1]` what goes into its activation.
  private func forward(_ x: [Double]) -> (preactivations: [[Double]], values: [[Double]]) {
    precondition(x.count == shape.inputDimension)
    var preactivations: [[Double]] = []
    var values = [x]
    for (layer, block) in shape.blocks.enumerated() {
      let input = values[layer]
      let z = (0..<shape.widths[layer + 1]).map { output in
        var sum = parameters[block.biases.lowerBound + output]
        for (k, x) in input.enumerated() {
          sum += parameters[block.weights.lowerBound + output * input.count + k] * x
        }
        return sum
      }
      preactivations.append(z)
      values.append(layer == shape.layers - 1 ? z : z.map { Self.value(shape.activation, at: $0) })
    }
    return (preactivations, values)
  }

  // MARK: Activations

  static func value(_ activation: Activation, at z: Double) -> Double {
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

  static func derivative(_ activation: Activation, at z: Double) -> Double {
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
