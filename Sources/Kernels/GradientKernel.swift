/// The algorithm that computes mini-batch gradients. The choice has an influence on rounding, so it is part of a cell.
public enum GradientKernel: String, Sendable, Hashable, CaseIterable {
  /// Exact, for shallow piecewise linear networks with scalar input: O(h) a step, whatever the batch size.
  case shallow
  /// Exact, for piecewise linear networks of any depth with scalar input: forward and backward passes on the
  /// breakpoints of the network in place of the samples. A step on which the network has too many breakpoints is taken
  /// by `denseNeurons`.
  case piecewiseLinear = "piecewise-linear"
  /// All samples through the network, the lanes of a vector over the neurons of a layer.
  case denseNeurons = "dense-neurons"
  /// All samples through the network, one network a lane.
  case denseNetworks = "dense-networks"

  /// Whether the kernel can train networks of this architecture.
  public func canTrain(_ architecture: Architecture) -> Bool {
    let facts = architecture.activation.facts
    let hasKinks = facts.isPiecewiseLinear && !facts.kinks.isEmpty
    return switch self {
    case .shallow: architecture.inputDimension == 1 && architecture.depth == 1 && hasKinks
    case .piecewiseLinear: architecture.inputDimension == 1 && hasKinks
    case .denseNeurons, .denseNetworks: true
    }
  }
}
