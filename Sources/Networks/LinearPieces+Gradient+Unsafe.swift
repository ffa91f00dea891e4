import Kernels
import Numerics

extension LinearPieces {
  /// Backward pass: the gradient of the sum over the pieces of residual * value + moment * slope, where the value in
  /// the middle and the slope are those of the network. Layer by layer the weights as [output][input], then the biases.
  public func gradient(residuals: [Double], moments: [Double]) -> [Double] {
    let architecture = network.architecture
    let places = architecture.parameterRanges
    let derivatives = facts.derivatives
    let last = last
    let count = last.count
    var gradient = [Double](repeating: 0, count: architecture.parameterCount)
    // [piece][neuron]: the derivative of the network by the pre-activations of the layer above, and of this one.
    var above = [Double](repeating: 1, count: count)
    for index in stride(from: architecture.layers, through: 1, by: -1) {
      let outputs = architecture.fanOut(layer: index)
      let inputs = architecture.fanIn(layer: index)
      let parameters = weights(index)
      var below = [Double](repeating: 0, count: index == 1 ? 0 : count * inputs)
      // For each piece the integral of the residual times each input of this layer.
      var integrals = [Double](repeating: 0, count: inputs)
      var parent = 0
      for piece in 0..<count {
        let middle = last.middle(piece)
        if index == 1 {
          integrals[0] = moments[piece] + middle * residuals[piece]
        } else {
          let layer = layers[index - 2]
          while layer.ends[parent + 1] <= middle { parent += 1 }
          let moment = moments[piece] + (middle - layer.middle(parent)) * residuals[piece]
          for i in 0..<inputs {
            integrals[i] =
              layer.values[parent * inputs + i] * residuals[piece] + layer.slopes[parent * inputs + i] * moment
          }
        }
        parameters.withUnsafeBufferPointer { parameters in
          integrals.withUnsafeBufferPointer { integrals in
            gradient.withUnsafeMutableBufferPointer { gradient in
              below.withUnsafeMutableBufferPointer { below in
                for o in 0..<outputs {
                  let derivative = above[piece * outputs + o]
                  if derivative == 0 { continue }
                  let row = o * inputs
                  addMultiple(
                    derivative, integrals.baseAddress!,
                    to: gradient.baseAddress! + places[index - 1].weights.lowerBound + row, inputs)
                  gradient[places[index - 1].biases.lowerBound + o] += derivative * residuals[piece]
                  if index > 1 {
                    addMultiple(
                      derivative, parameters.baseAddress! + row, to: below.baseAddress! + piece * inputs, inputs)
                  }
                }
              }
            }
          }
        }
        if index > 1 {
          let layer = layers[index - 2]
          for i in 0..<inputs { below[piece * inputs + i] *= derivatives[Int(layer.segments[parent * inputs + i])] }
        }
      }
      above = below
    }
    return gradient
  }
}
