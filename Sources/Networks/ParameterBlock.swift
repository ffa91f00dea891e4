import Kernels

/// A part of the parameter vector of a network: the weights or the biases of a layer.
public struct ParameterBlock: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    case weights
    case biases
  }

  /// 1 for the first hidden layer, the number of hidden layers plus 1 for the output layer.
  public let layer: Int
  public let kind: Kind

  public init(layer: Int, kind: Kind) {
    precondition(layer >= 1)
    self.layer = layer
    self.kind = kind
  }

  /// The blocks of a network with `depth` hidden layers, in the order of the parameter vector.
  public static func all(depth: Int) -> [ParameterBlock] {
    (1...depth + 1).flatMap { layer in Kind.allCases.map { ParameterBlock(layer: layer, kind: $0) } }
  }

  /// The name of the block in a network with `depth` hidden layers. With one hidden layer "inner-weights" (w_j),
  /// "inner-biases" (b_j), "outer-weights" (v_j) and "outer-bias" (c), otherwise "layer-2-weights" and the like.
  public func name(depth: Int) -> String {
    guard depth == 1 else { return "layer-\(layer)-\(kind.rawValue)" }
    return switch (layer, kind) {
    case (1, .weights): "inner-weights"
    case (1, .biases): "inner-biases"
    case (_, .weights): "outer-weights"
    case (_, .biases): "outer-bias"
    }
  }

  /// The step word of the block's initialization stream. Part of the definition of a trial.
  var streamStep: UInt32 { UInt32(2 * (layer - 1)) + (kind == .weights ? 0 : 1) }
}

extension Architecture {
  /// The parameter blocks, layer by layer.
  public var blocks: [ParameterBlock] { ParameterBlock.all(depth: depth) }

  /// Numbers in a block.
  public func count(_ block: ParameterBlock) -> Int { range(block).count }

  /// The place of a block in the vector of all parameters.
  public func range(_ block: ParameterBlock) -> Range<Int> {
    let places = parameterRanges[block.layer - 1]
    return block.kind == .weights ? places.weights : places.biases
  }
}

/// What a study calls one or several parameter blocks: the name of a block, or "weights" or "biases" for those of every
/// layer.
public struct BlockName: Sendable, Hashable {
  public let text: String

  public static let weights = BlockName("weights")
  public static let biases = BlockName("biases")

  public init(_ text: String) { self.text = text }

  /// Whether the name stands for all layers.
  public var isGeneral: Bool { self == .weights || self == .biases }

  /// Whether the name stands for this block of a network with `depth` hidden layers.
  public func covers(_ block: ParameterBlock, depth: Int) -> Bool {
    text == block.kind.rawValue || text == block.name(depth: depth)
  }

  /// The names that are allowed where all networks have `depth` hidden layers, or different numbers of them if nil:
  /// then only the general ones.
  public static func names(depth: Int?) -> [BlockName] {
    (depth.map { depth in ParameterBlock.all(depth: depth).map { BlockName($0.name(depth: depth)) } } ?? [])
      + [.weights, .biases]
  }
}
