/// A teacher sum_j b_j relu(v_j x) without biases, for normal inputs with independent coordinates of mean 0.
public struct RectifiedTeacher: Sendable, Hashable {
  /// Coordinates of the input.
  public let dimension: Int
  /// v_j / |v_j|, one neuron after the other; 0 where v_j is 0.
  public let directions: [Double]
  /// b_j |v_j|.
  public let weights: [Double]
  /// The expectation of the teacher's square.
  public let square: Double
  /// Of a coordinate of the input.
  public let variance: Double

  public init(dimension: Int, directions: [Double], weights: [Double], square: Double, variance: Double) {
    precondition(directions.count == dimension * weights.count)
    self.dimension = dimension
    self.directions = directions
    self.weights = weights
    self.square = square
    self.variance = variance
  }

  /// Whether the directions are the axes, in their order.
  var isAxes: Bool {
    weights.count == dimension
      && directions.indices.allSatisfy { directions[$0] == ($0 % (dimension + 1) == 0 ? 1 : 0) }
  }
}
