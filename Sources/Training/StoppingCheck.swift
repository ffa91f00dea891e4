import Kernels
import Networks
import Problems
import Risk

/// Tells which networks of an ensemble meet a stopping criterion. One thread's working memory; a class, because copies of the
/// risk would count references at every step.
final class StoppingCheck {
  private let criterion: StoppingCriterion
  private let risk: PopulationRisk
  private let ensemble: Ensemble
  /// What the kernel may say of a network that meets the criterion: its risk, or the sum of the squares of the gradient in
  /// all hidden neurons. Only for data sets, on which the kernel computes both.
  private let kernelBound: Double

  init(_ criterion: StoppingCriterion, risk: PopulationRisk, ensemble: Ensemble) {
    self.criterion = criterion
    self.risk = risk
    self.ensemble = ensemble
    switch criterion {
    case .risk(let bound):
      // Residuals are rounded in the precision of the parameters, relative to the targets.
      let rounding = ensemble.precision == .float32 ? 0x1p-14 : 0x1p-40
      let size = (risk.problem.targetSize?.meanSquare ?? 0).squareRoot()
      let root = bound.squareRoot()
      kernelBound = (root + rounding * (root + size)) * (root + rounding * (root + size))
    case .neuronGradient(let bound):
      kernelBound = 4 * bound * bound * Double(ensemble.architecture.hidden.reduce(0, +))
    }
  }

  /// Whether the network with these parameters meets the criterion.
  func meets(_ parameters: [Double]) -> Bool {
    meets(
      risk.evaluate(Network(architecture: ensemble.architecture, parameters: parameters), kernels: ensemble.kernels))
  }

  func meets(_ evaluation: RiskEvaluation) -> Bool {
    criterion.isMet(evaluation, ensemble.architecture, trained: ensemble.trained)
  }

  /// The lanes, a bit each, whose networks may meet the criterion by what the kernel left of them on the whole data set:
  /// mostly none, so that the exact risk is rarely needed.
  func candidates(among lanes: UInt32) -> UInt32 {
    switch criterion {
    case .risk: lanes & ensemble.lanes(riskAtMost: kernelBound)
    case .neuronGradient: lanes & ensemble.lanes(hiddenGradientSquaresAtMost: kernelBound)
    }
  }
}
