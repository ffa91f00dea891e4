import Kernels
import Landscape
import Networks

extension CellRunner {
  /// What critical points with all kinks in place reach, by the frozen parameters of each of `trials`: see
  /// ``Landscape/FrozenBounds``. Nil where the cell trains other parameters than such a bound is about; trials for which
  /// a hypothesis fails are left out.
  public func frozenBounds(of trials: Range<Int>, kernels: KernelTable) -> [Double]? {
    let (innerBiases, outerBias) = (ParameterBlock(layer: 1, kind: .biases), ParameterBlock(layer: 2, kind: .biases))
    guard cell.architecture.depth == 1 else { return nil }
    let bound: (Network) -> Double?
    switch (cell.architecture.activation.kind, cell.trained) {
    case (.clipping, [innerBiases, outerBias]): bound = { FrozenBounds.clipping($0, problem: cell.problem) }
    case (.relu, [innerBiases]): bound = { FrozenBounds.rectified($0, problem: cell.problem) }
    default: return nil
    }
    return trials.compactMap { bound(initialNetwork(of: $0, kernels: kernels)) }
  }
}
