/// Bounds the length of a step: a gradient g is multiplied by min(1, max(delta, norm / (|g| + 1e-6))), |g| its
/// Euclidean norm over the trained parameters.
///
/// delta = 0 is clipping by norm as in PyTorch's `clip_grad_norm_`; delta > 0 is delta-GClip of arXiv:2404.08624
/// (algorithm 1, with the learning rate apart and PyTorch's 1e-6).
public struct GradientClipping: Sendable, Hashable {
  public let norm: Double
  public let delta: Double

  public init(norm: Double, delta: Double = 0) {
    self.norm = norm
    self.delta = delta
  }

  /// What a gradient of Euclidean norm `norm` is multiplied by.
  ///
  /// NaN if the norm is infinite or NaN: the step then ends the trial as diverged, where a factor of 0 would stop it
  /// unnoticed.
  public func factor(norm: Double) -> Double {
    guard norm.isFinite else { return .nan }
    return min(1, max(delta, self.norm / (norm + 1e-6)))
  }
}
