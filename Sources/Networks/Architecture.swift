import Kernels

/// The shape of a fully connected network with scalar output.
public struct Architecture: Sendable, Hashable {
  /// Coordinates of the input.
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

  public var shape: NetworkShape {
    NetworkShape(inputDimension: inputDimension, hidden: hidden, activation: activation)
  }

  /// The parameter blocks, layer by layer.
  public var blocks: [ParameterBlock] { ParameterBlock.all(depth: depth) }

  /// Numbers in a block.
  public func count(_ block: ParameterBlock) -> Int { range(block).count }

  /// The place of a block in the vector of all parameters.
  public func range(_ block: ParameterBlock) -> Range<Int> {
    let places = shape.blocks[block.layer - 1]
    return block.kind == .weights ? places.weights : places.biases
  }

  /// Inputs of each neuron of a layer.
  public func fanIn(layer: Int) -> Int { shape.widths[layer - 1] }

  /// Neurons of a layer.
  public func fanOut(layer: Int) -> Int { shape.widths[layer] }
}
