typealias FourReals = SIMD4<Real>

@inline(always)
private func loadFour(_ pointer: UnsafePointer<Real>) -> FourReals {
  UnsafeRawPointer(pointer).assumingMemoryBound(to: FourReals.self).pointee
}

@inline(always)
private func storeFour(_ value: FourReals, _ pointer: UnsafeMutablePointer<Real>) {
  UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: FourReals.self).pointee = value
}

/// a0, b0, a1, b1 and a2, b2, a3, b3.
@inline(always)
private func interleaved(_ a: FourReals, _ b: FourReals) -> (FourReals, FourReals) {
  (FourReals(a[0], b[0], a[1], b[1]), FourReals(a[2], b[2], a[3], b[3]))
}

/// Four columns of four rows, as rows.
@inline(always)
private func transposeSquare(
  _ r0: FourReals, _ r1: FourReals, _ r2: FourReals, _ r3: FourReals, _ out: UnsafeMutablePointer<Real>, _ stride: Int
) {
  let (a0, a1) = interleaved(r0, r2)
  let (b0, b1) = interleaved(r1, r3)
  let (c0, c1) = interleaved(a0, b0)
  let (c2, c3) = interleaved(a1, b1)
  storeFour(c0, out)
  storeFour(c1, out + stride)
  storeFour(c2, out + 2 &* stride)
  storeFour(c3, out + 3 &* stride)
}

/// out[column][row] = matrix[row][column], with zeros in the columns of `out` from `rows` to a multiple of 16; in
/// squares of four, which the compiler turns into few instructions at every level.
///
/// - Parameter columns: rounded up to a multiple of 16, the stride of the matrix; rounded up to a multiple of 4, the
///   rows of `out`.
@inline(never)
func transpose(_ matrix: UnsafePointer<Real>, rows: Int, columns: Int, _ out: UnsafeMutablePointer<Real>) {
  let stride = paddedWidth(columns)
  let outStride = paddedWidth(rows)
  let zero = FourReals(repeating: 0)
  var row = 0
  while row < outStride {
    let line = matrix + row &* stride
    let left = rows &- row
    var column = 0
    if left >= 4 {
      while column < columns {
        let at = line + column
        transposeSquare(
          loadFour(at), loadFour(at + stride), loadFour(at + 2 &* stride), loadFour(at + 3 &* stride),
          out + (column &* outStride &+ row), outStride)
        column &+= 4
      }
    } else {
      while column < columns {
        let at = line + column
        let r0 = left > 0 ? loadFour(at) : zero
        let r1 = left > 1 ? loadFour(at + stride) : zero
        let r2 = left > 2 ? loadFour(at + 2 &* stride) : zero
        transposeSquare(r0, r1, r2, zero, out + (column &* outStride &+ row), outStride)
        column &+= 4
      }
    }
    row &+= 4
  }
}
