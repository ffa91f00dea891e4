import Kernels
import Networks

/// The pieces on which a network of any depth with scalar input is affine, found layer by layer: on the pieces of one
/// layer the pre-activations of the next are affine, and their zeros (of clipped neurons also where they are 1) cut the
/// pieces into those of the next layer. Exact risk and gradient by forward and backward passes on the pieces in place
/// of samples; the threshold activation, constant between its jumps, is of the same kind.
///
/// Whether a neuron is active on a piece is decided in the middle. Pieces shorter than 4 ulp are not cut off. The cost
/// is the number of pieces, usually about the number of neurons, times the number of parameters.
struct AffinePieces {
  /// Numbers of all layers on all their pieces beyond which the memory is better spent on samples.
  static let maximumCount = 1 << 20

  /// What a hidden layer is on its pieces.
  private struct Layer {
    let width: Int
    /// One more than pieces.
    var ends: [Double]
    /// [piece][neuron]: the activations in the middle of the piece, their slopes, the derivatives A'(z), and bounds of
    /// the rounding errors of the activations in units of 2^-52.
    var values: [Double] = []
    var slopes: [Double] = []
    var derivatives: [Double] = []
    var errors: [Double] = []

    var count: Int { ends.count - 1 }
    func middle(_ piece: Int) -> Double { ends[piece] + 0.5 * (ends[piece + 1] - ends[piece]) }
  }

  private let network: Network
  private let shape: NetworkShape
  private var layers: [Layer] = []
  /// Neurons times pieces, of all layers so far.
  private var size = 0

  /// Nil if layers and pieces have more than `maximumCount` numbers.
  init?(_ network: Network, lower: Double, upper: Double) {
    self.network = network
    shape = network.architecture.shape
    for index in 1..<shape.layers {
      guard let layer = index == 1 ? firstLayer(lower: lower, upper: upper) : layer(after: layers[index - 2], index)
      else { return nil }
      layers.append(layer)
      size += layer.width * layer.count
    }
  }

  /// Whether there is room for a layer with so many ends.
  private func hasRoom(_ width: Int, _ ends: [Double]) -> Bool { size + width * ends.count <= Self.maximumCount }

  private func weights(_ layer: Int) -> [Double] { Array(network.parameters[shape.blocks[layer - 1].weights]) }
  private func biases(_ layer: Int) -> [Double] { Array(network.parameters[shape.blocks[layer - 1].biases]) }

  // MARK: Forward

  /// Pre-activations at which the activation has a kink or jumps.
  private var thresholds: [Double] {
    switch shape.activation.kind {
    case .identity: []
    case .clipping: [0, 1]
    default: [0]
    }
  }

  private func firstLayer(lower: Double, upper: Double) -> Layer? {
    let w = weights(1)
    let b = biases(1)
    var kinks: [Double] = []
    for threshold in thresholds {
      for (w, b) in zip(w, b) { kinks.append((threshold - b) / w) }
    }
    var ends = [lower]
    Self.append(&kinks, to: &ends, before: upper)
    guard hasRoom(w.count, ends) else { return nil }
    var layer = Layer(width: w.count, ends: ends)
    for piece in 0..<layer.count {
      let middle = layer.middle(piece)
      for (w, b) in zip(w, b) { append(w * middle + b, w, error: abs(w * middle) + abs(b), to: &layer) }
    }
    return layer
  }

  private func layer(after previous: Layer, _ index: Int) -> Layer? {
    let inputs = previous.width
    let outputs = shape.widths[index]
    let plain = weights(index)
    let biases = biases(index)
    // [input][output]
    var columns = [Double](repeating: 0, count: plain.count)
    for o in 0..<outputs {
      for i in 0..<inputs { columns[i * outputs + o] = plain[o * inputs + i] }
    }
    let thresholds = thresholds
    var layer = Layer(width: outputs, ends: [previous.ends[0]])
    var z = biases
    var slopes = biases
    var errors = biases
    var kinks: [Double] = []
    for piece in 0..<previous.count {
      let (left, right) = (previous.ends[piece], previous.ends[piece + 1])
      let middle = previous.middle(piece)
      for o in 0..<outputs {
        z[o] = biases[o]
        slopes[o] = 0
        errors[o] = abs(biases[o])
      }
      columns.withUnsafeBufferPointer { columns in
        z.withUnsafeMutableBufferPointer { z in
          slopes.withUnsafeMutableBufferPointer { slopes in
            errors.withUnsafeMutableBufferPointer { errors in
              for i in 0..<inputs {
                let column = columns.baseAddress! + i * outputs
                let value = previous.values[piece * inputs + i]
                addMultiple(value, column, to: z.baseAddress!, outputs)
                addMultiple(previous.slopes[piece * inputs + i], column, to: slopes.baseAddress!, outputs)
                addModuli(
                  abs(value) + previous.errors[piece * inputs + i], column, to: errors.baseAddress!, outputs)
              }
            }
          }
        }
      }
      let reach = max(abs(left), abs(right))
      kinks.removeAll(keepingCapacity: true)
      for threshold in thresholds {
        for o in 0..<outputs { kinks.append(middle + (threshold - z[o]) / slopes[o]) }
      }
      let first = layer.ends.count - 1
      layer.ends[first] = left
      Self.append(&kinks, to: &layer.ends, before: right)
      guard hasRoom(outputs, layer.ends) else { return nil }
      for new in first..<layer.ends.count - 1 {
        let shift = layer.middle(new) - middle
        for o in 0..<outputs {
          // The ends of pieces are rounded too.
          let error = errors[o] + reach * abs(slopes[o])
          append(z[o] + slopes[o] * shift, slopes[o], error: error, to: &layer)
        }
      }
    }
    return layer
  }

  /// Appends the kinks inside the interval from the last of `ends` to `upper` in increasing order, and `upper`.
  private static func append(_ kinks: inout [Double], to ends: inout [Double], before upper: Double) {
    let lower = ends[ends.count - 1]
    let shortest = 4 * max(abs(lower), abs(upper)).ulp
    kinks.removeAll { !($0 > lower && $0 < upper) }
    kinks.sort()
    for kink in kinks where kink - ends[ends.count - 1] >= shortest && upper - kink >= shortest { ends.append(kink) }
    ends.append(upper)
  }

  /// Applies the activation on the last piece of a layer to the neuron that comes next.
  private func append(_ z: Double, _ slope: Double, error: Double, to layer: inout Layer) {
    let isActive = z > 0
    let value: Double
    var derivative = isActive ? 1.0 : 0
    switch shape.activation.kind {
    case .clipping:
      value = isActive ? min(z, 1) : 0
      if z >= 1 { derivative = 0 }
    case .identity, .leakyReLU:
      if shape.activation.kind == .identity || isActive {
        derivative = 1
      } else {
        derivative = shape.activation.parameter
      }
      value = derivative * z
    case .threshold:
      value = isActive ? 1 : 0
      derivative = 1
    default: value = isActive ? z : 0
    }
    layer.values.append(value)
    layer.derivatives.append(derivative)
    let isFlat = shape.activation.kind == .threshold || derivative == 0
    layer.slopes.append(isFlat ? 0 : derivative * slope)
    layer.errors.append(isFlat ? 0 : abs(derivative) * error)
  }

  // MARK: Risk and gradient

  func evaluate(_ quadrature: ScalarQuadrature) -> RiskEvaluation {
    let last = layers[layers.count - 1]
    let v = weights(shape.layers)
    let c = biases(shape.layers)[0]
    var cells = (0..<last.count).map { piece in
      var value = c
      var slope = 0.0
      var error = abs(c)
      for j in 0..<last.width {
        value += v[j] * last.values[piece * last.width + j]
        slope += v[j] * last.slopes[piece * last.width + j]
        error += abs(v[j]) * (abs(last.values[piece * last.width + j]) + last.errors[piece * last.width + j])
      }
      let middle = last.middle(piece)
      var atZero = TwofoldSum(value)
      atZero.addProduct(-slope, middle)
      var cell = AffineCell(
        lower: last.ends[piece], upper: last.ends[piece + 1], middle: middle, value: value, slope: slope,
        atZero: atZero)
      cell.valueError = error
      return cell
    }
    quadrature.integrate(&cells)
    let density = quadrature.density.constant
    var risk = 0.0
    var error = 0.0
    for cell in cells {
      risk += density * cell.square
      error += density * cell.squareError
    }
    return RiskEvaluation(
      risk: risk, error: error,
      gradient: gradient(
        residuals: cells.map { 2 * density * $0.residual }, moments: cells.map { 2 * density * $0.centredMoment }))
  }

  /// Backward pass: the gradient of the sum over the pieces of residual * value + moment * slope, where the value in
  /// the middle and the slope are those of the network.
  private func gradient(residuals: [Double], moments: [Double]) -> [Double] {
    let blocks = shape.blocks
    let last = layers[layers.count - 1]
    let count = last.count
    var gradient = [Double](repeating: 0, count: shape.parameterCount)
    // [piece][neuron]: the derivative of the network by the pre-activations of the layer above, and of this one.
    var above = [Double](repeating: 1, count: count)
    for index in stride(from: shape.layers, through: 1, by: -1) {
      let outputs = shape.widths[index]
      let inputs = shape.widths[index - 1]
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
                    to: gradient.baseAddress! + blocks[index - 1].weights.lowerBound + row, inputs)
                  gradient[blocks[index - 1].biases.lowerBound + o] += derivative * residuals[piece]
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
          for i in 0..<inputs { below[piece * inputs + i] *= layer.derivatives[parent * inputs + i] }
        }
      }
      above = below
    }
    return gradient
  }
}

/// sum += factor * vector.
@inline(always)
private func addMultiple(
  _ factor: Double, _ vector: UnsafePointer<Double>, to sum: UnsafeMutablePointer<Double>, _ count: Int
) {
  if factor == 0 { return }
  var i = 0
  while i &+ 4 <= count {
    let product = UnsafeRawPointer(vector + i).loadUnaligned(as: SIMD4<Double>.self) * factor
    let old = UnsafeRawPointer(sum + i).loadUnaligned(as: SIMD4<Double>.self)
    UnsafeMutableRawPointer(sum + i).storeBytes(of: old + product, as: SIMD4<Double>.self)
    i &+= 4
  }
  while i < count {
    sum[i] += factor * vector[i]
    i &+= 1
  }
}

/// sum += factor * |vector|.
@inline(always)
private func addModuli(
  _ factor: Double, _ vector: UnsafePointer<Double>, to sum: UnsafeMutablePointer<Double>, _ count: Int
) {
  if factor == 0 { return }
  for i in 0..<count { sum[i] += factor * abs(vector[i]) }
}
