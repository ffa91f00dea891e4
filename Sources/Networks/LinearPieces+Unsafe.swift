import Kernels
import Numerics

/// The pieces on which a network of any depth with scalar input is affine, found layer by layer: on the pieces of one
/// layer the pre-activations of the next are affine, and their kinks cut the pieces into those of the next layer. The
/// threshold activation, constant between its jumps, is of the same kind.
///
/// The one traversal of linear pieces: it hands out the ends of the pieces of every layer, the segments of the activation
/// that its neurons are on, and what gradients by forward and backward passes on pieces in place of samples need.
///
/// The segment of a neuron on a piece is decided in the middle. Pieces shorter than 4 ulp are not cut off. The cost is
/// the number of pieces, usually about the number of neurons, times the number of parameters.
public struct LinearPieces: Sendable {
  /// Numbers of all layers on all their pieces beyond which the memory is better spent on samples.
  public static let maximumCount = 1 << 20

  /// What a hidden layer is on its pieces.
  public struct Layer: Sendable {
    /// Neurons.
    public let width: Int
    /// The ends of the pieces, increasing from the lower to the upper end of the interval: one more than pieces.
    public fileprivate(set) var ends: [Double]
    /// [piece][neuron]: the activations in the middle of the piece, their slopes, the segments of the activation, and
    /// bounds of the rounding errors of the activations in units of 2^-52.
    public fileprivate(set) var values: [Double] = []
    public fileprivate(set) var slopes: [Double] = []
    fileprivate(set) var segments: [UInt8] = []
    public fileprivate(set) var errors: [Double] = []

    /// Pieces.
    public var count: Int { ends.count - 1 }

    public func middle(_ piece: Int) -> Double { ends[piece] + 0.5 * (ends[piece + 1] - ends[piece]) }

    /// Where a neuron of this layer or of one before passes a kink of the activation, increasing.
    public var breakpoints: ArraySlice<Double> { ends.dropFirst().dropLast() }

    /// The pattern of a piece: for each neuron the segment of the activation, the number of its kinks that the
    /// pre-activation is beyond.
    public func pattern(_ piece: Int) -> ArraySlice<UInt8> { segments[piece * width..<(piece + 1) * width] }
  }

  public let network: Network
  /// The hidden layers, from the first on.
  public private(set) var layers: [Layer] = []
  let facts: ActivationFacts
  /// Neurons times pieces, of all layers so far.
  private var size = 0

  /// - Precondition: The input is scalar, and the activation a line between its kinks.
  /// - Returns: nil if layers and pieces have more than `maximumCount` numbers.
  public init?(_ network: Network, on interval: ClosedRange<Double>) {
    facts = network.architecture.activation.facts
    precondition(network.architecture.inputDimension == 1 && facts.isPiecewiseAffine)
    self.network = network
    for index in 1...network.architecture.depth {
      guard let layer = index == 1 ? firstLayer(on: interval) : layer(after: layers[index - 2], index)
      else { return nil }
      layers.append(layer)
      size += layer.width * layer.count
    }
  }

  /// The pieces of the network: those of the last hidden layer.
  public var last: Layer { layers[layers.count - 1] }

  /// The patterns of all hidden layers at a point, one after the other.
  public func pattern(at x: Double) -> [UInt8] {
    layers.flatMap { layer in
      // The last piece that begins at x or before it.
      var (low, high) = (0, layer.count)
      while high - low > 1 {
        let middle = (low + high) / 2
        if layer.ends[middle] <= x { low = middle } else { high = middle }
      }
      return layer.pattern(low)
    }
  }

  /// The breakpoints that a layer adds to those of the layers before it, increasing.
  ///
  /// - Parameter layer: from 1 on.
  public func breakpoints(ofLayer layer: Int) -> [Double] {
    guard layer > 1 else { return Array(layers[0].breakpoints) }
    let known = Set(layers[layer - 2].breakpoints)
    return layers[layer - 1].breakpoints.filter { !known.contains($0) }
  }

  /// Whether there is room for a layer with so many ends.
  private func hasRoom(_ width: Int, _ ends: [Double]) -> Bool { size + width * ends.count <= Self.maximumCount }

  func weights(_ layer: Int) -> [Double] { Array(network[ParameterBlock(layer: layer, kind: .weights)]) }
  func biases(_ layer: Int) -> [Double] { Array(network[ParameterBlock(layer: layer, kind: .biases)]) }

  private func firstLayer(on interval: ClosedRange<Double>) -> Layer? {
    let w = weights(1)
    let b = biases(1)
    var kinks: [Double] = []
    for kink in facts.kinks {
      for (w, b) in zip(w, b) { kinks.append((kink - b) / w) }
    }
    var ends = [interval.lowerBound]
    Self.append(&kinks, to: &ends, before: interval.upperBound)
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
    let outputs = network.architecture.fanOut(layer: index)
    let plain = weights(index)
    let biases = biases(index)
    // [input][output]
    var columns = [Double](repeating: 0, count: plain.count)
    for o in 0..<outputs {
      for i in 0..<inputs { columns[i * outputs + o] = plain[o * inputs + i] }
    }
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
      for kink in facts.kinks {
        for o in 0..<outputs { kinks.append(middle + (kink - z[o]) / slopes[o]) }
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
    let segment = facts.segment(of: z)
    let line = facts.lines[segment]
    layer.values.append(line.value(at: z))
    layer.segments.append(UInt8(truncatingIfNeeded: segment))
    layer.slopes.append(line.slope == 0 ? 0 : line.slope * slope)
    layer.errors.append(line.slope == 0 ? 0 : abs(line.slope) * error)
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
