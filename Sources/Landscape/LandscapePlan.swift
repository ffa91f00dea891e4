/// How the end of each trial is analysed.
public struct LandscapePlan: Sendable, Hashable {
  /// The flow time within which the gradient flow from the end of training must become stationary; 0: the end of
  /// training itself is classified.
  public let flowTime: Double

  public init(flowTime: Double) { self.flowTime = flowTime }
}
