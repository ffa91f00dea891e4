import Kernels

/// A network with one hidden layer and scalar input, c + sum_j v_j A(w_j x + b_j), seen by its neurons.
public struct ShallowNetwork: Sendable, Hashable {
  public struct Neuron: Sendable, Hashable {
    /// w.
    public let innerWeight: Double
    /// b.
    public let innerBias: Double
    /// v.
    public let outerWeight: Double

    /// w x + b.
    public func preActivation(at x: Double) -> Double { innerWeight * x + innerBias }

    /// Where w x + b = 0; not finite where w = 0.
    public var kink: Double { -innerBias / innerWeight }
  }

  public let activation: Activation
  public let places: ShallowPlaces
  private let parameters: [Double]

  /// - Precondition: The network has one hidden layer and a scalar input.
  public init(_ network: Network) {
    precondition(network.architecture.depth == 1 && network.architecture.inputDimension == 1)
    activation = network.architecture.activation
    places = ShallowPlaces(width: network.architecture.width)
    parameters = network.parameters
  }

  public var width: Int { places.width }

  public subscript(neuron: Int) -> Neuron {
    let at = places[neuron]
    return Neuron(
      innerWeight: parameters[at.innerWeight], innerBias: parameters[at.innerBias],
      outerWeight: parameters[at.outerWeight])
  }

  public var neurons: [Neuron] { (0..<width).map { self[$0] } }
  public var innerWeights: [Double] { Array(parameters[places.innerWeights]) }
  public var innerBiases: [Double] { Array(parameters[places.innerBiases]) }
  public var outerWeights: [Double] { Array(parameters[places.outerWeights]) }
  public var outerBias: Double { parameters[places.outerBias] }

  /// Where neurons pass a point at which the activation is not analytic, increasing.
  public var kinks: [Double] {
    let points = activation.facts.kinks
    let kinks = neurons.flatMap { neuron in points.map { ($0 - neuron.innerBias) / neuron.innerWeight } }
    return Set(kinks.filter(\.isFinite)).sorted()
  }
}

extension Network {
  /// The neurons of a network with one hidden layer and scalar input.
  public var shallow: ShallowNetwork { ShallowNetwork(self) }

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

/// Where the parameters of a shallow network with scalar input stand in vectors over all of them, and in the rows and
/// columns of Hessians: all w_j, all b_j, all v_j, c.
public struct ShallowPlaces: Sendable, Hashable {
  public let width: Int

  @inlinable
  public init(width: Int) { self.width = width }

  /// The places of one neuron.
  public struct Neuron: Sendable, Hashable {
    public let innerWeight: Int
    public let innerBias: Int
    public let outerWeight: Int

    @inlinable
    init(_ neuron: Int, width: Int) {
      innerWeight = neuron
      innerBias = width + neuron
      outerWeight = 2 * width + neuron
    }
  }

  @inlinable
  public subscript(neuron: Int) -> Neuron { Neuron(neuron, width: width) }

  public var innerWeights: Range<Int> { 0..<width }
  public var innerBiases: Range<Int> { width..<2 * width }
  public var outerWeights: Range<Int> { 2 * width..<3 * width }
  @inlinable
  public var outerBias: Int { 3 * width }
  /// Of all parameters.
  @inlinable
  public var count: Int { 3 * width + 1 }

  /// The neuron that a parameter belongs to; nil for the outer bias.
  public func neuron(of place: Int) -> Int? { place == outerBias ? nil : place % width }
}

/// Where on the interval of a scalar input a neuron of a shallow network has a positive pre-activation w x + b.
public enum NeuronActivity: Sendable, Hashable {
  /// On the side of this interior point to which w points: right of it for w > 0, left of it for w < 0.
  case beyond(_ kink: Double)
  case everywhere
  case nowhere

  /// Decided by the place of -b / w, and without a kink inside in the middle of the interval.
  @inlinable
  public init(weight: Double, bias: Double, on interval: ClosedRange<Double>) {
    let (lower, upper) = (interval.lowerBound, interval.upperBound)
    let kink = -bias / weight
    if kink > lower && kink < upper {
      self = .beyond(kink)
    } else {
      self = weight * (0.5 * (lower + upper)) + bias > 0 ? .everywhere : .nowhere
    }
  }
}
