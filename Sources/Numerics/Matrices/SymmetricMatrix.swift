/// A real symmetric matrix.
public struct SymmetricMatrix: Sendable, Hashable {
  /// Rows and columns.
  public let order: Int
  @usableFromInline var storage: [Double]

  /// Row by row, both triangles.
  @inlinable public var elements: [Double] { storage }

  /// The matrix of zeros.
  public init(order: Int) {
    self.order = order
    storage = Array(repeating: 0, count: order * order)
  }

  /// The matrix with these elements on and below the diagonal, row by row; those above are not read.
  public init(order: Int, lowerTriangleOf elements: [Double]) {
    precondition(elements.count == order * order)
    self.init(order: order)
    for row in 0..<order {
      for column in 0...row { set(row, column, elements[row * order + column]) }
    }
  }

  @inlinable public subscript(row: Int, column: Int) -> Double { storage[row * order + column] }

  /// Sets the element and its mirror image.
  @inlinable public mutating func set(_ row: Int, _ column: Int, _ value: Double) {
    storage[row * order + column] = value
    storage[column * order + row] = value
  }

  /// The largest sum of the moduli of a row: a bound of the moduli of the eigenvalues.
  public var maximumNorm: Double {
    (0..<order).reduce(0) { norm, row in
      max(norm, storage[row * order..<(row + 1) * order].reduce(0) { $0 + $1.magnitude })
    }
  }

  /// The rows and columns with these indices, in the order given.
  public func restricted(to indices: [Int]) -> SymmetricMatrix {
    var part = SymmetricMatrix(order: indices.count)
    var place = 0
    for row in indices {
      for column in indices {
        part.storage[place] = storage[row * order + column]
        place += 1
      }
    }
    return part
  }
}

/// A linear system of equations that has been made ready to be solved for many right sides.
public protocol LinearSolver: Sendable {
  func solve(_ rightSide: [Double]) -> [Double]
}
