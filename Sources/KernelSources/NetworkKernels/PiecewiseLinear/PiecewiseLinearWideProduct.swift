// The matrix product of the forward pass, in double precision whatever the parameters are. Every element is a sum in
// one fixed order, whatever the blocks, so the blocks have no influence on the bits.

/// A row of a block: up to four vectors. `columns` is a literal wherever this is inlined.
private struct WideRow {
  var c0: Doubles
  var c1: Doubles
  var c2: Doubles
  var c3: Doubles

  @inline(always)
  init(_ columns: Int, _ pointer: UnsafePointer<Double>) {
    c0 = load(pointer, 0)
    c1 = load(pointer, 8)
    c2 = columns > 2 ? load(pointer, 16) : Doubles()
    c3 = columns > 2 ? load(pointer, 24) : Doubles()
  }

  @inline(always)
  mutating func add(_ x: Double, _ row: WideRow) {
    let factor = Doubles(repeating: x)
    c0 = multiplyAddDoubles(c0, factor, row.c0)
    c1 = multiplyAddDoubles(c1, factor, row.c1)
    c2 = multiplyAddDoubles(c2, factor, row.c2)
    c3 = multiplyAddDoubles(c3, factor, row.c3)
  }

  @inline(always)
  func write(_ columns: Int, _ pointer: UnsafeMutablePointer<Double>) {
    store(c0, pointer, 0)
    store(c1, pointer, 8)
    if columns > 2 {
      store(c2, pointer, 16)
      store(c3, pointer, 24)
    }
  }
}

/// A product, and blocks of it: rows by vectors.
private struct WideProduct {
  let out: UnsafeMutablePointer<Double>
  let initial: UnsafePointer<Double>
  let x: UnsafePointer<Double>
  let xStride: Int
  let y: UnsafePointer<Double>
  let inner: Int
  /// Of y and of the result.
  let stride: Int

  /// A block of 1, 2, 4 or 6 rows from `row` on and 2 or 4 vectors from `column` on. `rows` and `columns` are literals
  /// wherever this is inlined.
  @inline(always)
  func computeBlock(_ rows: Int, _ columns: Int, row: Int, column: Int) {
    var r0 = WideRow(columns, initial + column)
    var r1 = r0
    var r2 = r0
    var r3 = r0
    var r4 = r0
    var r5 = r0
    let xs = x + row &* xStride
    var ys = y + column
    for p in 0..<inner {
      let vectors = WideRow(columns, ys)
      r0.add(xs[p], vectors)
      if rows > 1 { r1.add(xs[xStride &+ p], vectors) }
      if rows > 2 {
        r2.add(xs[2 &* xStride &+ p], vectors)
        r3.add(xs[3 &* xStride &+ p], vectors)
      }
      if rows > 4 {
        r4.add(xs[4 &* xStride &+ p], vectors)
        r5.add(xs[5 &* xStride &+ p], vectors)
      }
      ys += stride
    }
    let at = out + (row &* stride &+ column)
    r0.write(columns, at)
    if rows > 1 { r1.write(columns, at + stride) }
    if rows > 2 {
      r2.write(columns, at + 2 &* stride)
      r3.write(columns, at + 3 &* stride)
    }
    if rows > 4 {
      r4.write(columns, at + 4 &* stride)
      r5.write(columns, at + 5 &* stride)
    }
  }
}

/// out[m][n] = initial[n] + sum over p of x[m][p] y[p][n]; the sum runs from p = 0 on.
///
/// - Parameters:
///   - rows: at least 2.
///   - columns: a multiple of 16; the stride of y and of the result.
@inline(never)
func multiplyWide(
  _ out: UnsafeMutablePointer<Double>, initial: UnsafePointer<Double>, _ x: UnsafePointer<Double>, stride: Int,
  _ y: UnsafePointer<Double>, rows: Int, inner: Int, columns: Int
) {
  let product = WideProduct(out: out, initial: initial, x: x, xStride: stride, y: y, inner: inner, stride: columns)
  var column = 0
  while column &+ 32 <= columns {
    var row = 0
    while row &+ 6 <= rows {
      product.computeBlock(6, 4, row: row, column: column)
      row &+= 6
    }
    // The last blocks may overlap those before them, whose rows are then computed twice.
    if rows >= 6, rows &- row == 5 {
      product.computeBlock(6, 4, row: rows &- 6, column: column)
    } else {
      while row < rows {
        product.computeBlock(2, 4, row: smaller(row, rows &- 2), column: column)
        row &+= 2
      }
    }
    column &+= 32
  }
  if column < columns {
    var row = 0
    if rows >= 4 {
      while row < rows {
        product.computeBlock(4, 2, row: smaller(row, rows &- 4), column: column)
        row &+= 4
      }
    } else {
      while row < rows {
        product.computeBlock(1, 2, row: row, column: column)
        row &+= 1
      }
    }
  }
}
