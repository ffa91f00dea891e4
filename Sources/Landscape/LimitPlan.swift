/// How far the gradient flow from the end of training is followed. Budgets are flow time and work, never a clock: what
/// comes out is the same on every machine.
public struct LimitPlan: Sendable, Hashable {
  /// The longest flow time; 0: the trained network itself is looked at.
  public let flowTime: Double
  /// The most steps of the integration.
  public let steps: Int
  /// About the most multiplications of a trial: for each step that of factorizations, the rank times the square of twice
  /// the pieces, and of products, the pieces times the parameters.
  public let work: Double
  /// Whether all trials are followed to rest, for kinds and levels; otherwise those that are not good when training ends,
  /// until they are.
  public let classes: Bool

  public init(flowTime: Double = 1e12, steps: Int = 20_000, work: Double = 2e10, classes: Bool = false) {
    self.flowTime = flowTime
    self.steps = steps
    self.work = work
    self.classes = classes
  }
}
