import Kernels
import Numerics

/// The derivatives of the lines of a piecewise linear network in its parameters.
///
/// On its K pieces the network is value_k + slope_k (x - m_k), m_k the middles. J is the 2 K x P matrix of the
/// derivatives of the values, then of the slopes, where breakpoints are held: with a_k + (x - m_k) s_k the inputs of a
/// layer on a piece and delta_k the derivatives of the network by its pre-activations, constant on the piece, the rows are
/// delta_k[i] a_k[j] and delta_k[i] s_k[j] for weights, delta_k[i] and 0 for biases. J is never formed: products with it
/// go through the layers, and J J^T comes from the inner products of those vectors.
///
/// Parameters that are not trained count as constants: their columns are 0.
public struct LineJacobian: Sendable {
  struct Layer: Sendable {
    let inputs: Int
    let outputs: Int
    let weights: Range<Int>
    let biases: Range<Int>
    let trainsWeights: Bool
    let trainsBiases: Bool
    /// [piece][input] in the middles of the pieces, then the slopes.
    var lines: [Double]
    /// [piece][output].
    var deltas: [Double]
    /// [piece][output]: the slopes of the activation; empty for the outer layer.
    var activations: [Double] = []
  }

  /// K.
  public let pieces: Int
  public let parameterCount: Int
  let layers: [Layer]
  let parameters: [Double]

  /// - Parameter trained: the blocks that move.
  public init(_ linear: LinearPieces, trained: Set<ParameterBlock>) {
    let network = linear.network
    let architecture = network.architecture
    let last = linear.last
    let count = last.count
    pieces = count
    parameterCount = architecture.parameterCount
    parameters = network.parameters
    var layers: [Layer] = []
    let middles = (0..<count).map(last.middle)
    let ranges = architecture.parameterRanges
    // The piece of each hidden layer that contains each piece of the network.
    var parents: [[Int]] = []
    for layer in linear.layers {
      var parent = 0
      parents.append(
        middles.map { middle in
          while parent + 1 < layer.count && layer.ends[parent + 1] <= middle { parent += 1 }
          return parent
        })
    }
    for index in 1...architecture.layers {
      let inputs = architecture.fanIn(layer: index)
      var lines = [Double](repeating: 0, count: 2 * count * inputs)
      if index == 1 {
        for k in 0..<count { (lines[k], lines[count + k]) = (middles[k], 1) }
      } else {
        let layer = linear.layers[index - 2]
        for k in 0..<count {
          let from = parents[index - 2][k] * inputs
          let shift = middles[k] - layer.middle(parents[index - 2][k])
          for i in 0..<inputs {
            let slope = layer.slopes[from + i]
            lines[k * inputs + i] = layer.values[from + i] + shift * slope
            lines[(count + k) * inputs + i] = slope
          }
        }
      }
      let outputs = architecture.fanOut(layer: index)
      layers.append(
        Layer(
          inputs: inputs, outputs: outputs, weights: ranges[index - 1].weights, biases: ranges[index - 1].biases,
          trainsWeights: trained.contains(ParameterBlock(layer: index, kind: .weights)),
          trainsBiases: trained.contains(ParameterBlock(layer: index, kind: .biases)), lines: lines,
          deltas: [Double](repeating: index == architecture.layers ? 1 : 0, count: count * outputs)))
    }
    let derivatives = linear.facts.derivatives
    for index in stride(from: architecture.layers - 1, through: 1, by: -1) {
      let width = layers[index].inputs
      let outputs = layers[index].outputs
      let segments = linear.layers[index - 1].segments
      let above = layers[index]
      var activations = [Double](repeating: 0, count: count * width)
      network.parameters.withUnsafeBufferPointer { parameters in
        layers[index - 1].deltas.withUnsafeMutableBufferPointer { below in
          for k in 0..<count {
            let row = below.baseAddress! + k * width
            for o in 0..<outputs {
              addMultiple(
                above.deltas[k * outputs + o], parameters.baseAddress! + above.weights.lowerBound + o * width, to: row,
                width)
            }
            let from = parents[index - 1][k] * width
            for i in 0..<width {
              activations[k * width + i] = derivatives[Int(segments[from + i])]
              row[i] *= activations[k * width + i]
            }
          }
        }
      }
      layers[index - 1].activations = activations
    }
    self.layers = layers
  }

  /// J u: the derivatives of the values, then of the slopes. O(K P).
  public func product(_ u: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: 2 * pieces)
    u.withUnsafeBufferPointer { u in
      for layer in layers {
        layer.lines.withUnsafeBufferPointer { lines in
          layer.deltas.withUnsafeBufferPointer { deltas in
            for k in 0..<pieces {
              var (value, slope) = (0.0, 0.0)
              let a = lines.baseAddress! + k * layer.inputs
              let s = lines.baseAddress! + (pieces + k) * layer.inputs
              for o in 0..<layer.outputs {
                let delta = deltas[k * layer.outputs + o]
                if delta == 0 { continue }
                if layer.trainsWeights {
                  let row = u.baseAddress! + layer.weights.lowerBound + o * layer.inputs
                  value += delta * innerProduct(row, a, layer.inputs)
                  slope += delta * innerProduct(row, s, layer.inputs)
                }
                if layer.trainsBiases { value += delta * u[layer.biases.lowerBound + o] }
              }
              result[k] += value
              result[pieces + k] += slope
            }
          }
        }
      }
    }
    return result
  }

  /// J^T y. O(K P).
  public func transposedProduct(_ y: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: parameterCount)
    result.withUnsafeMutableBufferPointer { result in
      for layer in layers {
        var sums = [Double](repeating: 0, count: layer.inputs)
        layer.lines.withUnsafeBufferPointer { lines in
          layer.deltas.withUnsafeBufferPointer { deltas in
            sums.withUnsafeMutableBufferPointer { sums in
              for k in 0..<pieces {
                let (value, slope) = (y[k], y[pieces + k])
                if value == 0 && slope == 0 { continue }
                let a = lines.baseAddress! + k * layer.inputs
                let s = lines.baseAddress! + (pieces + k) * layer.inputs
                for i in 0..<layer.inputs { sums[i] = value * a[i] + slope * s[i] }
                for o in 0..<layer.outputs {
                  let delta = deltas[k * layer.outputs + o]
                  if delta == 0 { continue }
                  if layer.trainsWeights {
                    addMultiple(
                      delta, sums.baseAddress!, to: result.baseAddress! + layer.weights.lowerBound + o * layer.inputs,
                      layer.inputs)
                  }
                  if layer.trainsBiases { result[layer.biases.lowerBound + o] += delta * value }
                }
              }
            }
          }
        }
      }
    }
    return result
  }

  /// J J^T, the discrete tangent kernel on the pieces. O(K^2) times the number of neurons.
  public func gram() -> SymmetricMatrix {
    let count = pieces
    var sum = [Double](repeating: 0, count: 4 * count * count)
    var derivatives = SymmetricMatrix(order: count)
    var inputs = SymmetricMatrix(order: 2 * count)
    for layer in layers {
      layer.deltas.withUnsafeBufferPointer {
        derivatives.setLowerProducts($0.baseAddress!, $0.baseAddress!, length: layer.outputs)
      }
      if layer.trainsWeights {
        layer.lines.withUnsafeBufferPointer {
          inputs.setLowerProducts($0.baseAddress!, $0.baseAddress!, length: layer.inputs)
        }
      }
      for row in 0..<2 * count {
        let k = row < count ? row : row - count
        for column in 0...row {
          let l = column < count ? column : column - count
          var product = layer.trainsWeights ? inputs[row, column] : 0
          if layer.trainsBiases && row < count { product += 1 }
          sum[row * 2 * count + column] += derivatives[k, l] * product
        }
      }
    }
    return SymmetricMatrix(order: 2 * count, lowerTriangleOf: sum)
  }

  /// For each parameter a bound of the derivatives of the network by it: the largest derivative by the pre-activation it
  /// enters times the largest input it is multiplied with.
  ///
  /// - Parameter lengths: of the pieces.
  public func columnScales(lengths: [Double]) -> [Double] {
    var scales = [Double](repeating: 0, count: parameterCount)
    for layer in layers {
      var inputs = [Double](repeating: 0, count: layer.inputs)
      for k in 0..<pieces {
        for i in 0..<layer.inputs {
          let slope = layer.lines[(pieces + k) * layer.inputs + i].magnitude
          inputs[i] = max(inputs[i], layer.lines[k * layer.inputs + i].magnitude + 0.5 * lengths[k] * slope)
        }
      }
      for o in 0..<layer.outputs {
        var delta = 0.0
        for k in 0..<pieces { delta = max(delta, layer.deltas[k * layer.outputs + o].magnitude) }
        for i in 0..<layer.inputs { scales[layer.weights.lowerBound + o * layer.inputs + i] = delta * inputs[i] }
        scales[layer.biases.lowerBound + o] = delta
      }
    }
    return scales
  }
}
