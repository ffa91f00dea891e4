import Kernels

/// A network in double precision.
public struct Network: Sendable, Hashable {
  public let architecture: Architecture
  /// Layer by layer the weights as [output][input], then the biases.
  public var parameters: [Double]

  public init(architecture: Architecture, parameters: [Double]) {
    precondition(parameters.count == architecture.parameterCount)
    self.architecture = architecture
    self.parameters = parameters
  }

  /// The numbers of a block.
  public subscript(block: ParameterBlock) -> ArraySlice<Double> { parameters[architecture.range(block)] }

  /// Whether no parameter is infinite or NaN.
  public var isFinite: Bool { parameters.allSatisfy(\.isFinite) }
}
