import Kernels
import Landscape
import Networks
import Risk
import Studies

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

/// What the frozen parameters of a clipping network say of the limits of a cell: medians over its first trials.
public struct FrozenReference: Sendable, Hashable {
  /// Trials that they are the medians of.
  public var trials: Int
  /// Of ``Landscape/FrozenBounds/clipping(_:problem:)``: the risk is at most this where windows stand all over the
  /// interval.
  public var bound: Double
  /// By how much the neurons that can move raise the network at initialization.
  public var rise: Double
  /// The rise of the target over the interval.
  public var range: Double

  public init(trials: Int, bound: Double, rise: Double, range: Double) {
    self.trials = trials
    self.bound = bound
    self.rise = rise
    self.range = range
  }
}

extension Cell {
  /// Medians over the first `count` trials, which depend on nothing else than the cell; nil for other cells than those of
  /// clipping networks that such a bound is about.
  public func frozenReference(of count: Int, kernels: KernelTable) -> FrozenReference? {
    guard count > 0, architecture.depth == 1, architecture.activation.kind == .clipping,
      let risk = try? PopulationRisk(problem: problem)
    else { return nil }
    let runner = CellRunner(cell: self, risk: risk, sharedRates: nil, levels: nil)
    guard let bounds = runner.frozenBounds(of: 0..<count, kernels: kernels)?.sorted(), !bounds.isEmpty else {
      return nil
    }
    let rises = (0..<count).compactMap {
      FrozenBounds.clippingRise(runner.initialNetwork(of: $0, kernels: kernels), problem: problem)
    }.sorted { $0.rise < $1.rise }
    guard !rises.isEmpty else { return nil }
    return FrozenReference(
      trials: bounds.count, bound: bounds[(bounds.count - 1) / 2], rise: rises[(rises.count - 1) / 2].rise,
      range: rises[0].range)
  }
}
