import Kernels
import Networks
import Numerics
import Risk

/// When a trial ends before its last step: by the exact risk and gradient of the iterate that the optimizer reports.
public enum StoppingCriterion: Sendable, Hashable {
  /// L <= this bound.
  case risk(atMost: Double)
  /// For every hidden neuron, the Euclidean norm of the gradient of L in its trained weights and bias is at most this.
  case neuronGradient(atMost: Double)

  /// Whether a network meets it.
  ///
  /// - Parameter trained: for each layer whether its weights, and its biases, are trained.
  func isMet(
    _ evaluation: RiskEvaluation, _ architecture: Architecture, trained: [(weights: Bool, biases: Bool)]
  ) -> Bool {
    switch self {
    case .risk(let bound): evaluation.risk <= bound
    case .neuronGradient(let bound):
      Self.neuronNorms(evaluation.gradient, architecture, trained).allSatisfy { $0 <= bound }
    }
  }

  /// The norm of the gradient in the trained weights and bias of each hidden neuron.
  private static func neuronNorms(
    _ gradient: [Double], _ architecture: Architecture, _ trained: [(weights: Bool, biases: Bool)]
  ) -> [Double] {
    zip(architecture.parameterRanges, trained).dropLast().flatMap { block, trained in
      let inputs = block.weights.count / block.biases.count
      return block.biases.indices.map { bias in
        let first = block.weights.lowerBound + (bias - block.biases.lowerBound) * inputs
        return gradient.euclideanNorm(
          over: (trained.biases ? [bias..<bias + 1] : []) + (trained.weights ? [first..<first + inputs] : []))
      }
    }
  }
}
