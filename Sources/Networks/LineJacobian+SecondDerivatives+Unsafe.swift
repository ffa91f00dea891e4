import Numerics

extension LineJacobian {
  /// The product of a vector u with the second derivatives of sum_k (y_k value_k + y_(K+k) slope_k) where breakpoints
  /// are held: a tangent of the lines of all layers, one of the derivatives by pre-activations, and both in place of
  /// either. They couple parameters of different layers only. O(K P).
  ///
  /// - Parameters:
  ///   - y: 2 K weights.
  ///   - u: is 0 at the parameters that are not trained.
  public func secondDerivatives(weights y: [Double], along u: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: parameterCount)
    let tangents = lineTangents(along: u)
    var deltas = [Double](repeating: 0, count: pieces)
    for (index, layer) in layers.enumerated().reversed() {
      let lines = tangents[index]
      let (inputs, outputs) = (layer.inputs, layer.outputs)
      for k in 0..<pieces {
        let (value, slope) = (y[k], y[pieces + k])
        for o in 0..<outputs {
          let (delta, change) = (layer.deltas[k * outputs + o], deltas[k * outputs + o])
          if delta == 0 && change == 0 { continue }
          if layer.trainsWeights {
            for i in 0..<inputs {
              let (a, s) = (k * inputs + i, (pieces + k) * inputs + i)
              let moved = delta * (value * lines[a] + slope * lines[s])
              result[layer.weights.lowerBound + o * inputs + i] +=
                moved + change * (value * layer.lines[a] + slope * layer.lines[s])
            }
          }
          if layer.trainsBiases { result[layer.biases.lowerBound + o] += change * value }
        }
      }
      if index > 0 { deltas = deltaTangents(below: index, deltas, along: u) }
    }
    return result
  }

  /// For each layer the changes of its inputs: of the values in the middles, then of the slopes.
  private func lineTangents(along u: [Double]) -> [[Double]] {
    var tangents = [[Double](repeating: 0, count: 2 * pieces)]
    for layer in layers.dropLast() {
      let (inputs, outputs) = (layer.inputs, layer.outputs)
      let below = tangents[tangents.count - 1]
      var changes = [Double](repeating: 0, count: 2 * pieces * outputs)
      for row in 0..<2 * pieces {
        let k = row % pieces
        for o in 0..<outputs {
          let factor = layer.activations[k * outputs + o]
          if factor == 0 { continue }
          let at = layer.weights.lowerBound + o * inputs
          var sum = row < pieces ? u[layer.biases.lowerBound + o] : 0
          for i in 0..<inputs {
            sum += u[at + i] * layer.lines[row * inputs + i] + parameters[at + i] * below[row * inputs + i]
          }
          changes[row * outputs + o] = factor * sum
        }
      }
      tangents.append(changes)
    }
    return tangents
  }

  /// The changes of the derivatives by the pre-activations of the layer below one, from those of that one.
  private func deltaTangents(below index: Int, _ above: [Double], along u: [Double]) -> [Double] {
    let layer = layers[index]
    let (inputs, outputs) = (layer.inputs, layer.outputs)
    let factors = layers[index - 1].activations
    var changes = [Double](repeating: 0, count: pieces * inputs)
    for k in 0..<pieces {
      for o in 0..<outputs {
        let (delta, change) = (layer.deltas[k * outputs + o], above[k * outputs + o])
        if delta == 0 && change == 0 { continue }
        let at = layer.weights.lowerBound + o * inputs
        for i in 0..<inputs {
          changes[k * inputs + i] += change * parameters[at + i] + delta * u[at + i]
        }
      }
      for i in 0..<inputs { changes[k * inputs + i] *= factors[k * inputs + i] }
    }
    return changes
  }
}
