import Networks
import Problems

extension PopulationRisk {
  /// Which networks are going to be evaluated.
  public enum Scope: Sendable {
    case everyNetwork
    /// Only such as ``hasClosedForm(_:architecture:initialization:trained:)`` names: no evaluation set is drawn and no
    /// quadrature set up.
    case closedFormOnly
  }

  /// Whether the risk of every network that trials of a cell meet is a closed form: a shallow ReLU network whose biases
  /// start at 0 and are not trained, on a problem with a ``GaussianReLURisk``. Its error is that of rounding.
  public static func hasClosedForm(
    _ problem: Problem, architecture: Architecture, initialization: Initialization, trained: [ParameterBlock]
  ) -> Bool {
    architecture.depth == 1 && architecture.activation.kind == .relu
      && architecture.blocks.filter { $0.kind == .biases }.allSatisfy { block in
        guard !trained.contains(block), let law = initialization.law(block, depth: 1), case .constant = law else {
          return false
        }
        return Initialization.values(of: law, architecture) == [0]
      }
      && GaussianReLURisk(problem) != nil
  }
}
