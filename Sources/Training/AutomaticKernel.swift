import Kernels
import Networks
import Problems

extension GradientKernel {
  /// The kernel that the engine picks for networks of this shape.
  ///
  /// The exact kernels need the sorted batches of a scalar law. The piecewise linear one costs as much for a large batch
  /// as for a small one, so small batches go through a dense kernel. Of those, one network a lane wins for networks too
  /// small to fill vectors with the neurons of a layer. With the optimizer `population` no kernel is used.
  public static func automatic(shape: NetworkShape, problem: Problem, plan: TrainingPlan) -> GradientKernel {
    guard plan.optimizer.method != .population else { return .denseNeurons }
    if GradientKernel.shallow.canTrain(shape, on: problem) { return .shallow }
    if GradientKernel.piecewiseLinear.canTrain(shape, on: problem) && plan.batchSize > 128 { return .piecewiseLinear }
    let isSmall =
      shape.hidden.count == 1
      ? shape.hidden[0] <= 128 && shape.inputDimension <= 16 : shape.hidden.allSatisfy { $0 <= 15 }
    return isSmall ? .denseNetworks : .denseNeurons
  }

  /// Whether the kernel can train networks of this shape on this problem.
  public func canTrain(_ shape: NetworkShape, on problem: Problem) -> Bool {
    guard canTrain(shape) else { return false }
    return switch (self, problem.inputs) {
    case (.denseNeurons, _), (.denseNetworks, _): true
    case (.shallow, .law(let law)), (.piecewiseLinear, .law(let law)): law.dimension == 1
    case (.shallow, .data), (.piecewiseLinear, .data): false
    }
  }
}
