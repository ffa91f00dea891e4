import Kernels

/// A network in double precision.
public struct Network: Sendable, Hashable {
  public let architecture: Architecture
  /// Layer by layer the weights as [output][input], then the biases.
  public var parameters: [Double]

  public init(architecture: Architecture, parameters: [Double]) {
    precondition(parameters.count == architecture.shape.parameterCount)
    self.architecture = architecture
    self.parameters = parameters
  }

  /// The numbers of a block.
  public subscript(block: ParameterBlock) -> ArraySlice<Double> { parameters[architecture.range(block)] }

  /// Whether no parameter is infinite or NaN.
  public var isFinite: Bool { parameters.allSatisfy(\.isFinite) }
}

extension Network {
  /// The shallow network with scalar input c + sum_j v_j A(w_j x + b_j).
  public init(
    activation: Activation = .relu, innerWeights: [Double], innerBiases: [Double], outerWeights: [Double],
    outerBias: Double
  ) {
    self.init(
      architecture: Architecture(hidden: [innerWeights.count], activation: activation),
      parameters: innerWeights + innerBiases + outerWeights + [outerBias])
  }
}
