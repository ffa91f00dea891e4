import Problems
import Studies
import Training

/// The arithmetic of trials.
public enum Arithmetic {
  /// Counts the changes of whatever decides a bit of an outcome: random streams, draws, initial laws, targets, gradient
  /// kernels, optimizers, learning rates, exact risks, and the keys of cells, which enter the streams.
  ///
  /// A trial of one version is another trial in the next, so that outcomes of different versions must not be mixed:
  /// ledgers keep the number, and the ranks of a job compare theirs. Raise it whenever a digest of the frozen outcomes in
  /// Tests/Data/frozen-outcomes.json changes. Outcomes at the baseline kernel level differ from those at levels with
  /// fused multiply-add within one version.
  public static let version = 2

  /// The last version that changed trials of a study: what ledgers keep, so that a change ends no study that it does not
  /// touch.
  ///
  /// | version | what changed |
  /// |---|---|
  /// | 2 | population gradient descent on data sets, whose gradients come from the dense kernels |
  public static func version(of study: Study) -> Int {
    study.families.contains { family in
      if case .population = family.training, case .data = family.problem.inputs { true } else { false }
    } ? 2 : 1
  }
}
