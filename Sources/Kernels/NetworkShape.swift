/// A fully connected network with vector input and scalar output, as the kernels see it.
public struct NetworkShape: Sendable, Hashable {
  /// Coordinates of the input, at least 1.
  public let inputDimension: Int
  /// Widths of the hidden layers, from the input on.
  public let hidden: [Int]
  public let activation: Activation

  public init(inputDimension: Int, hidden: [Int], activation: Activation) {
    precondition(inputDimension >= 1 && !hidden.isEmpty && hidden.allSatisfy { $0 >= 1 })
    self.inputDimension = inputDimension
    self.hidden = hidden
    self.activation = activation
  }

  /// d, n_1, ..., n_L, 1.
  public var widths: [Int] { [inputDimension] + hidden + [1] }

  /// Affine maps: hidden layers plus 1.
  public var layers: Int { hidden.count + 1 }

  /// The places of the parameters in a vector that holds, layer by layer, the weights as [output][input] and then the
  /// biases.
  public var blocks: [(weights: Range<Int>, biases: Range<Int>)] {
    var next = 0
    return (1...layers).map { layer in
      let weights = next..<next + widths[layer - 1] * widths[layer]
      let biases = weights.upperBound..<weights.upperBound + widths[layer]
      next = biases.upperBound
      return (weights, biases)
    }
  }

  public var parameterCount: Int { blocks.last!.biases.upperBound }
}
