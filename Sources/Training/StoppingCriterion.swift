/// When a trial ends before its last step: by the exact risk and gradient of the iterate that the optimizer reports.
public enum StoppingCriterion: Sendable, Hashable {
  /// L <= this bound.
  case risk(atMost: Double)
  /// For every hidden neuron, the Euclidean norm of the gradient of L in its trained weights and bias is at most this.
  case neuronGradient(atMost: Double)
}
