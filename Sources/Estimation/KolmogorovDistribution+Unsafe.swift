extension KolmogorovDistribution {
  /// `next` = H `vector`, by pointers: with arrays the loop over a diagonal is not vectorized, and takes twenty times as long.
  ///
  /// - Parameters:
  ///   - diagonals: from the one above the main diagonal downwards.
  ///   - column: the first column.
  ///   - row: the last row.
  ///   - vector: behind as many zeros as `diagonals` has elements less one, and before one zero.
  static func multiply(
    diagonals: [Double], column: [Double], row: [Double], _ vector: [Double], into next: inout [Double]
  ) {
    let (m, band) = (column.count, diagonals.count - 1)
    precondition(
      vector.count == band + m + 1 && next.count == vector.count && row.count == m, "a vector has zeros around it")
    vector.withUnsafeBufferPointer { vector in
      next.withUnsafeMutableBufferPointer { next in
        column.withUnsafeBufferPointer { column in
          let (from, to) = (vector.baseAddress! + band, next.baseAddress! + band)
          // Row i has diagonal t at i + 1 - t. The first column has numbers of its own, in place of the band's.
          let first = from[0]
          for i in 0..<m { to[i] = column[i] * first }
          for (t, diagonal) in diagonals.enumerated() {
            let source = from + (1 - t)
            // From column 1 on.
            for i in stride(from: t, to: m, by: 1) { to[i] += diagonal * source[i] }
          }
          var last = 0.0
          for j in 0..<m { last += row[j] * from[j] }
          to[m - 1] = last
        }
      }
    }
  }
}
