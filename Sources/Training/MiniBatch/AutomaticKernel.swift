import Kernels
import Networks
import Problems

extension GradientKernel {
  /// The kernel that the engine picks for networks of this architecture.
  ///
  /// The exact kernels need the sorted batches of a scalar law. The piecewise linear one costs as much for a large batch
  /// as for a small one, so small batches go through a dense kernel. Of those, one network a lane wins for networks too
  /// small to fill vectors with the neurons of a layer.
  public static func automatic(_ architecture: Architecture, problem: Problem, batchSize: Int) -> GradientKernel {
    if GradientKernel.shallow.canTrain(architecture, on: problem) { return .shallow }
    if GradientKernel.piecewiseLinear.canTrain(architecture, on: problem) && batchSize > 128 { return .piecewiseLinear }
    let isSmall =
      architecture.hidden.count == 1
      ? architecture.hidden[0] <= 128 && architecture.inputDimension <= 16 : architecture.hidden.allSatisfy { $0 <= 15 }
    return isSmall ? .denseNetworks : .denseNeurons
  }

  /// Whether the kernel can train networks of this architecture on this problem.
  public func canTrain(_ architecture: Architecture, on problem: Problem) -> Bool {
    guard canTrain(architecture) else { return false }
    return switch (self, problem.inputs) {
    case (.denseNeurons, _), (.denseNetworks, _): true
    case (.shallow, .law(let law)), (.piecewiseLinear, .law(let law)): law.dimension == 1
    case (.shallow, .data), (.piecewiseLinear, .data): false
    }
  }
}

extension TrainingMethod {
  /// The kernel that trains networks of this architecture: the one that the plan asks for, or the automatic one. Without
  /// mini-batches it is part of no definition; with a law as input it computes no gradient there.
  public func kernel(for architecture: Architecture, on problem: Problem) -> GradientKernel {
    switch self {
    case .miniBatch(let plan):
      plan.kernel ?? .automatic(architecture, problem: problem, batchSize: plan.batchSize)
    case .population:
      if case .data(let data) = problem.inputs {
        .automatic(architecture, problem: problem, batchSize: data.count)
      } else {
        .denseNeurons
      }
    case .flow: .denseNeurons
    }
  }
}
