extension GradientClipping {
  /// What a gradient of Euclidean norm `norm` is multiplied by: min(1, max(delta, bound / (norm + 1e-6))) with this
  /// clipping's bound and delta.
  ///
  /// NaN if the norm is infinite or NaN: the step then ends the trial as diverged, where a factor of 0 would stop it
  /// unnoticed.
  ///
  /// delta = 0 is PyTorch's `clip_grad_norm_`; delta > 0 is delta-GClip of arXiv:2404.08624 (algorithm 1, with the
  /// learning rate apart and PyTorch's 1e-6).
  public func factor(norm: Double) -> Double {
    guard norm.isFinite else { return .nan }
    return min(1, max(delta, self.norm / (norm + 1e-6)))
  }
}
