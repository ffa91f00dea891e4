/// What the experiments of arXiv:2212.13111, section 4, have in common: lines of their study files, indented as they
/// stand there.
extension BuiltInStudies {
  /// In `training`.
  static let publishedBatch = """
      # The authors' two public programs differ: one draws one batch a step for all networks, the other one for each
      # network. Here networks have batches of their own, so that they are independent; for the other reading,
      # --set training.batch.stream=shared
      batch: {size: 1024, stream: independent}
    """

  /// For the target x^2 + 2 x.
  static let quadraticVerdict = """
    verdict:
      # The best straight line leaves a risk of 1/180 = 0.0056, the best fit of two pieces 1/2880 = 0.00035: at most
      # 0.001 asks for at least one kink in a useful place.
      good: {risk-at-most: 1e-3}
    """

  /// For the target sin(3 x).
  static let sineVerdict = """
    verdict:
      # The best constant leaves a risk of 0.0833, the best straight line 0.0809 and the best fit of two pieces 0.0035:
      # at most 0.01 asks for a network that has found the bend. After so short a training 0.001 would ask for the
      # speed of training, not for its end.
      good: {risk-at-most: 1e-2}
    """

  static let publishedTrajectory = """
    # Risk, gradient norms and distances on the way, as the published figures show them.
    trajectory: {checkpoints: log}
    """

  /// - Parameter networks: of what there are 300.
  static func publishedSampling(_ networks: String = "networks", seed: Int = 0) -> String {
    """
    # 300 \(networks), as published.
    sampling: {trials: 300, seed: \(seed), confidence: 0.95}
    """
  }
}
