/// The architecture of a fully connected network with vector input and scalar output.
public struct Architecture: Sendable, Hashable {
  /// Coordinates of the input, at least 1.
  public let inputDimension: Int
  /// Widths of the hidden layers, from the input on.
  public let hidden: [Int]
  public let activation: Activation

  public init(inputDimension: Int = 1, hidden: [Int], activation: Activation) {
    precondition(inputDimension >= 1 && !hidden.isEmpty && hidden.allSatisfy { $0 >= 1 })
    self.inputDimension = inputDimension
    self.hidden = hidden
    self.activation = activation
  }

  /// The hidden widths joined by hyphens: "20", "50-50".
  public var label: String { hidden.map(String.init).joined(separator: "-") }

  /// The width of the first hidden layer: the h of scale expressions.
  public var width: Int { hidden[0] }

  /// Hidden layers.
  public var depth: Int { hidden.count }

  /// Affine maps: hidden layers plus 1.
  public var layers: Int { hidden.count + 1 }

  /// d, n_1, ..., n_L, 1.
  public var widths: [Int] { [inputDimension] + hidden + [1] }

  /// Inputs of each neuron of a layer.
  public func fanIn(layer: Int) -> Int { layer == 1 ? inputDimension : hidden[layer - 2] }

  /// Neurons of a layer.
  public func fanOut(layer: Int) -> Int { layer == layers ? 1 : hidden[layer - 1] }

  /// The places of the parameters in a vector that holds, layer by layer, the weights as [output][input] and then the
  /// biases.
  public var parameterRanges: [(weights: Range<Int>, biases: Range<Int>)] {
    var next = 0
    return (1...layers).map { layer in
      let weights = next..<next + fanIn(layer: layer) * fanOut(layer: layer)
      let biases = weights.upperBound..<weights.upperBound + fanOut(layer: layer)
      next = biases.upperBound
      return (weights, biases)
    }
  }

  public var parameterCount: Int { parameterRanges.last!.biases.upperBound }
}
