import Kernels

/// The parts of the parameter vector of a shallow network N(x) = c + sum_j v_j max(w_j x + b_j, 0).
public enum ParameterBlock: String, Sendable, Hashable, CaseIterable {
  /// w_j, h numbers.
  case innerWeights = "inner-weights"
  /// b_j, h numbers.
  case innerBiases = "inner-biases"
  /// v_j, h numbers.
  case outerWeights = "outer-weights"
  /// c, one number.
  case outerBias = "outer-bias"

  /// Numbers in the block of a network of width h.
  public func count(width: Int) -> Int { self == .outerBias ? 1 : width }

  /// The step word of the block's initialization stream. Part of the definition of a trial.
  var streamStep: UInt32 {
    switch self {
    case .innerWeights: 0
    case .innerBiases: 1
    case .outerWeights: 2
    case .outerBias: 3
    }
  }
}

extension TrainedBlocks {
  public init(_ blocks: Set<ParameterBlock>) {
    self = []
    for block in blocks {
      switch block {
      case .innerWeights: insert(.innerWeights)
      case .innerBiases: insert(.innerBiases)
      case .outerWeights: insert(.outerWeights)
      case .outerBias: insert(.outerBias)
      }
    }
  }
}
