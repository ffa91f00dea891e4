import Kernels

/// A shallow network in double precision: N(x) = c + sum_j v_j max(w_j x + b_j, 0).
public struct ShallowNetwork: Sendable, Hashable {
  /// w, one entry a neuron.
  public var innerWeights: [Double]
  /// b, one entry a neuron.
  public var innerBiases: [Double]
  /// v, one entry a neuron.
  public var outerWeights: [Double]
  /// c.
  public var outerBias: Double

  public init(innerWeights: [Double], innerBiases: [Double], outerWeights: [Double], outerBias: Double) {
    precondition(innerWeights.count == innerBiases.count && innerWeights.count == outerWeights.count)
    self.innerWeights = innerWeights
    self.innerBiases = innerBiases
    self.outerWeights = outerWeights
    self.outerBias = outerBias
  }

  /// The network with these single precision parameters, exactly.
  public init(_ parameters: ShallowParameters) {
    self.init(
      innerWeights: parameters.innerWeights.map(Double.init), innerBiases: parameters.innerBiases.map(Double.init),
      outerWeights: parameters.outerWeights.map(Double.init), outerBias: Double(parameters.outerBias))
  }

  public var width: Int { innerWeights.count }
}
