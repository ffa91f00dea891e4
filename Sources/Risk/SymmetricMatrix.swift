/// A real symmetric matrix.
public struct SymmetricMatrix: Sendable, Hashable {
  /// Rows and columns.
  public let order: Int
  /// Row by row, both triangles.
  public internal(set) var elements: [Double]

  /// The matrix of zeros.
  public init(order: Int) {
    self.order = order
    elements = Array(repeating: 0, count: order * order)
  }

  /// The matrix with these elements on and below the diagonal, row by row; those above are not read.
  package init(order: Int, lowerTriangleOf elements: [Double]) {
    self.init(order: order)
    for row in 0..<order {
      for column in 0...row { set(row, column, elements[row * order + column]) }
    }
  }

  public subscript(row: Int, column: Int) -> Double { elements[row * order + column] }

  /// Sets the element and its mirror image.
  mutating func set(_ row: Int, _ column: Int, _ value: Double) {
    elements[row * order + column] = value
    elements[column * order + row] = value
  }

  /// The rows and columns with these indices, in the order given.
  public func restricted(to indices: [Int]) -> SymmetricMatrix {
    var part: [Double] = []
    part.reserveCapacity(indices.count * indices.count)
    for row in indices {
      for column in indices { part.append(elements[row * order + column]) }
    }
    return SymmetricMatrix(order: indices.count, elements: part)
  }

  private init(order: Int, elements: [Double]) {
    self.order = order
    self.elements = elements
  }
}
