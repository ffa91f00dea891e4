import Numerics
import TestSupport
import Testing

/// Both factorizations of positive definite matrices, and what they refuse.
@Suite struct FactorTests {
  private static func cholesky(_ matrix: SymmetricMatrix, shift: Double = 0) -> CholeskyFactor? {
    CholeskyFactor(
      matrix, plus: Array(repeating: shift, count: matrix.order), margins: Array(repeating: 0, count: matrix.order))
  }

  private static func product(_ matrix: SymmetricMatrix, _ vector: [Double]) -> [Double] {
    (0..<matrix.order).map { row in (0..<matrix.order).reduce(0) { $0 + matrix[row, $1] * vector[$1] } }
  }

  private static func matrix(_ order: Int, _ element: (Int, Int) -> Double) -> SymmetricMatrix {
    var matrix = SymmetricMatrix(order: order)
    for row in 0..<order {
      for column in 0...row { matrix.set(row, column, element(row, column)) }
    }
    return matrix
  }

  /// Elements uniform on [-1, 1]: indefinite but for the smallest orders.
  private static func random(_ order: Int, seed: UInt64) -> SymmetricMatrix {
    var generator = SplitMix64(state: seed)
    return matrix(order) { _, _ in generator.uniform(-1, 1) }
  }

  /// B^T B + I for a random B.
  private static func definite(_ order: Int, seed: UInt64) -> SymmetricMatrix {
    var generator = SplitMix64(state: seed)
    let b = (0..<order * order).map { _ in generator.uniform(-1, 1) }
    return matrix(order) { row, column in
      (0..<order).reduce(row == column ? 1 : 0) { $0 + b[$1 * order + row] * b[$1 * order + column] }
    }
  }

  /// |A x - b| <= 8 n^2 eps |A| |x|, in norms, whatever the condition.
  /// Where it comes from: Higham, "Accuracy and stability of numerical algorithms", theorem 10.4: the solution is
  /// that of a matrix changed by (3 n + 1) eps |C| |C^T|, of a norm of at most n |A|: about 3 n^2 eps |A|. The
  /// computed residual has an error of n eps |A| |x| of its own; small orders need the rest.
  private static func isSolved(_ matrix: SymmetricMatrix, _ solver: some LinearSolver, _ right: [Double]) -> Bool {
    let solution = solver.solve(right)
    let residual = product(matrix, solution).euclideanDistance(to: right)
    let n = Double(matrix.order)
    return residual <= 8 * n * n * 0x1p-53 * matrix.elements.euclideanNorm * solution.euclideanNorm
  }

  @Test(arguments: [1, 2, 3, 10, 40])
  func definiteSystemsAreSolved(_ order: Int) throws {
    for seed in 0..<20 as Range<UInt64> {
      let matrix = Self.definite(order, seed: seed)
      var generator = SplitMix64(state: 1000 + seed)
      let right = (0..<order).map { _ in generator.uniform(-1, 1) }
      #expect(Self.isSolved(matrix, try #require(LDLFactor(matrix)), right))
      #expect(Self.isSolved(matrix, try #require(Self.cholesky(matrix)), right))
    }
  }

  /// The condition of Hilbert's matrix of order 10 is 1.6e13.
  @Test func badlyConditionedSystemsAreSolvedBackwardStably() throws {
    let hilbert = Self.matrix(10) { 1 / Double($0 + $1 + 1) }
    let right = (0..<10).map { Double($0 % 3) }
    #expect(Self.isSolved(hilbert, try #require(LDLFactor(hilbert)), right))
    #expect(Self.isSolved(hilbert, try #require(Self.cholesky(hilbert)), right))
  }

  /// Known factors: [[4, 2], [2, 5]] = C C^T with C = [[2, 0], [1, 2]].
  @Test func knownSolution() throws {
    let matrix = SymmetricMatrix(order: 2, lowerTriangleOf: [4, .nan, 2, 5])
    #expect(try #require(LDLFactor(matrix)).solve([10, 13]) == [1.5, 2])
    #expect(try #require(Self.cholesky(matrix)).solve([10, 13]) == [1.5, 2])
    let shifted = SymmetricMatrix(order: 2, lowerTriangleOf: [0, 0, 2, 1])
    #expect(try #require(LDLFactor(shifted, shift: 4)).solve([10, 13]) == [1.5, 2])
    #expect(CholeskyFactor(matrix, plus: [-3, 4], margins: [0, 0])?.solve([3, 11]) == [1, 1])
  }

  /// Either factorization exists exactly where the smallest eigenvalue is positive, seen from both sides of it.
  @Test(arguments: [2, 3, 8, 25])
  func indefiniteMatricesAreRefused(_ order: Int) {
    for seed in 0..<20 as Range<UInt64> {
      let matrix = Self.random(order, seed: seed)
      let smallest = SymmetricEigen(matrix).values[0]
      // Eigenvalues and pivots have errors of about n^2 eps |A| at most: 4e-13 for n = 25, |A| < 6; 1e-10 is clear of
      // them.
      for (distance, exists) in [(-1e-10, false), (-1, false), (1e-10, true), (1, true)] {
        let shift = distance - smallest
        #expect((LDLFactor(matrix, shift: shift) != nil) == exists)
        #expect((Self.cholesky(matrix, shift: shift) != nil) == exists)
      }
    }
  }

  @Test(arguments: [
    // Singular, without rounding: of rank 1, of rank 2 with the last pivot 0, and 0.
    SymmetricMatrix(order: 2, lowerTriangleOf: [1, 0, 2, 4]),
    SymmetricMatrix(order: 3, lowerTriangleOf: [1, 0, 0, 1, 2, 0, 2, 3, 5]),
    SymmetricMatrix(order: 3),
    // Indefinite: a zero on the diagonal, a saddle, minus the identity.
    SymmetricMatrix(order: 2, lowerTriangleOf: [0, 0, 1, 0]),
    SymmetricMatrix(order: 2, lowerTriangleOf: [1, 0, 2, 1]),
    SymmetricMatrix(order: 2, lowerTriangleOf: [-1, 0, 0, -1]),
    // Not a number.
    SymmetricMatrix(order: 2, lowerTriangleOf: [1, 0, .nan, 1]),
  ])
  func singularMatricesAreRefused(_ matrix: SymmetricMatrix) {
    #expect(LDLFactor(matrix) == nil)
    #expect(Self.cholesky(matrix) == nil)
  }

  @Test func pivotsExceedTheirMargins() {
    let matrix = SymmetricMatrix(order: 2, lowerTriangleOf: [4, 0, 2, 5])
    // The pivots are 4 and 4.
    #expect(CholeskyFactor(matrix, plus: [0, 0], margins: [3.9, 3.9]) != nil)
    #expect(CholeskyFactor(matrix, plus: [0, 0], margins: [4, 0]) == nil)
    #expect(CholeskyFactor(matrix, plus: [0, 0], margins: [0, 4]) == nil)
  }

  @Test func nothingIsDefinite() {
    #expect(LDLFactor(SymmetricMatrix(order: 0))?.solve([]) == [])
    #expect(Self.cholesky(SymmetricMatrix(order: 0))?.solve([]) == [])
  }

  @Test func matricesAreSymmetric() {
    var matrix = SymmetricMatrix(order: 3)
    matrix.set(2, 0, 5)
    matrix.set(1, 1, 7)
    #expect(matrix.elements == [0, 0, 5, 0, 7, 0, 5, 0, 0])
    #expect(matrix.restricted(to: [2, 0]).elements == [0, 5, 5, 0])
    #expect(matrix.restricted(to: []) == SymmetricMatrix(order: 0))
  }
}
