import Numerics
import TestSupport
import Testing

@Suite struct EnvelopeMatrixTests {
  /// A band with a border: the same solutions as the dense factor, and no factor where there is none.
  @Test func agreesWithDense() throws {
    var generator = SplitMix64(state: 5)
    let firsts = [0, 0, 2, 1, 3, 5, 5, 0]
    var matrix = EnvelopeMatrix(firstColumns: firsts)
    for (row, first) in firsts.enumerated() {
      for column in first..<row { matrix[row, column] = generator.uniform(-1, 1) }
      matrix[row, row] = generator.uniform(2, 3)
    }
    let dense = matrix.dense(scales: Array(repeating: 1, count: 8))
    #expect(dense[7, 0] == matrix[7, 0] && dense[0, 7] == matrix[7, 0] && dense[4, 0] == 0)
    let side = (0..<8).map { _ in generator.uniform(-1, 1) }
    let lowest = SymmetricEigen(dense).values[0]
    for shift in [0.5 - lowest, 10] {
      let solution = try #require(EnvelopeFactor(matrix, shift: shift)).solve(side)
      let other = try #require(LDLFactor(dense, shift: shift)).solve(side)
      // Condition numbers of at most a dozen, and 8 terms.
      #expect(zip(solution, other).allSatisfy { abs($0 - $1) <= 1e-14 })
    }
    #expect(EnvelopeFactor(matrix, shift: -lowest - 0.01) == nil)
    #expect(try #require(EnvelopeFactor(EnvelopeMatrix(firstColumns: []))).solve([]) == [])
  }
}
