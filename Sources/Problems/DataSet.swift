/// Finitely many inputs, with their labels unless a target gives those.
public struct DataSet: Sendable, Hashable {
  public enum Origin: Sendable, Hashable {
    /// Written in the study.
    case inline
    /// Read from a CSV file; with the SHA-256 of its bytes, 64 hexadecimal digits.
    case file(path: String, digest: String)
    /// Independent standard normal points, drawn once for the study from a stream of this seed.
    case gaussian(points: Int, dimension: Int, seed: UInt64)
    /// Point i is the unit vector e_i plus noise / sqrt(dimension) times a standard normal vector: nearly orthogonal
    /// points of about unit norm (the regime of arXiv:2310.18935); at most as many points as dimensions.
    case nearlyOrthogonal(points: Int, dimension: Int, noise: Double, seed: UInt64)
  }

  public let origin: Origin
  public let dimension: Int
  /// [point][coordinate].
  public let inputs: [Double]
  /// One a point, or nil if the target gives them.
  public let labels: [Double]?

  /// - Precondition: `inputs` holds whole points, at least one, and there are as many labels as points.
  public init(origin: Origin, dimension: Int, inputs: [Double], labels: [Double]?) {
    precondition(dimension >= 1 && !inputs.isEmpty && inputs.count % dimension == 0)
    precondition(labels == nil || labels!.count == inputs.count / dimension)
    self.origin = origin
    self.dimension = dimension
    self.inputs = inputs
    self.labels = labels
  }

  /// Number of points.
  public var count: Int { inputs.count / dimension }
}
