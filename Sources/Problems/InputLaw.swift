import Kernels

/// The law of the input x.
public enum InputLaw: Sendable, Hashable {
  /// Scalar, uniform on [lower, upper].
  case uniform(lower: Double, upper: Double)
  /// Vector, uniform on the product of these intervals.
  case box([Bounds])
  /// Independent normal coordinates.
  case normal(mean: Double, standardDeviation: Double, dimension: Int)
  /// Scalar, with this density, which is at least 0 on its pieces and integrates to 1.
  case density(PiecewisePolynomial)

  /// An interval.
  public struct Bounds: Sendable, Hashable {
    public let lower: Double
    public let upper: Double

    public init(lower: Double, upper: Double) {
      self.lower = lower
      self.upper = upper
    }

    /// In single precision, as samples are drawn.
    public var rounded: Bounds { Bounds(lower: Double(Float(lower)), upper: Double(Float(upper))) }
  }

  /// Coordinates of the input.
  public var dimension: Int {
    switch self {
    case .uniform, .density: 1
    case .box(let bounds): bounds.count
    case .normal(_, _, let dimension): dimension
    }
  }

  /// The interval of a scalar input, without outer pieces on which a density is 0; nil for boxes and normal laws.
  public var support: Bounds? {
    switch self {
    case .uniform(let lower, let upper): return Bounds(lower: lower, upper: upper)
    case .density(let density):
      // A density has a piece that is not zero.
      let pieces = density.pieces.indices.filter { density.pieces[$0].contains { $0 != 0 } }
      return Bounds(lower: density.breaks[pieces.first!], upper: density.breaks[pieces.last! + 1])
    case .box, .normal: return nil
    }
  }
}

extension InputLaw {
  /// The law as sorted mini-batches are drawn from it; nil for several coordinates.
  ///
  /// Bounds are rounded to single precision. Normal inputs are kept within ``ScalarLaw/normalReach`` standard
  /// deviations.
  public var scalarLaw: ScalarLaw? {
    switch self {
    case .uniform(let lower, let upper): return ScalarLaw(lower: Float(lower), upper: Float(upper))
    case .box(let bounds):
      guard bounds.count == 1 else { return nil }
      return ScalarLaw(lower: Float(bounds[0].lower), upper: Float(bounds[0].upper))
    case .normal(let mean, let standardDeviation, let dimension):
      return dimension == 1 ? .normal(mean: mean, standardDeviation: standardDeviation) : nil
    case .density(let density):
      return ScalarLaw(
        lower: Float(density.breaks.first!), upper: Float(density.breaks.last!), quantile: density.quantileProgram)
    }
  }

  /// The law of an input with several coordinates; nil for a scalar one. Bounds are rounded to single precision.
  public var vectorLaw: VectorLaw? {
    guard dimension > 1 else { return nil }
    switch self {
    case .uniform, .density: return nil
    case .box(let bounds):
      let bounds = bounds.map(\.rounded)
      return VectorLaw(.uniform, offsets: bounds.map(\.lower), scales: bounds.map { $0.upper - $0.lower })
    case .normal(let mean, let standardDeviation, let dimension):
      return VectorLaw(
        .normal, offsets: Array(repeating: mean, count: dimension),
        scales: Array(repeating: standardDeviation, count: dimension))
    }
  }
}
