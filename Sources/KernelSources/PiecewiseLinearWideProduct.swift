// The matrix product of the forward pass, in double precision whatever the parameters are. Every element is a sum in
// one fixed order, whatever the blocks, so the blocks have no influence on the bits.

/// sum + a * b: fused where the level has the instruction.
@inline(always)
func multiplyAddDoubles(_ sum: Doubles, _ a: Doubles, _ b: Doubles) -> Doubles {
  #if FUSED_MULTIPLY_ADD
    sum.addingProduct(a, b)
  #else
    sum + a * b
  #endif
}

/// Four neighbouring vectors of a row.
private struct FourDoubles {
  var a: Doubles
  var b: Doubles
  var c: Doubles
  var d: Doubles

  @inline(always)
  init(_ pointer: UnsafePointer<Double>) {
    a = load(pointer, 0)
    b = load(pointer, 8)
    c = load(pointer, 16)
    d = load(pointer, 24)
  }

  @inline(always)
  mutating func add(_ x: Double, _ y: FourDoubles) {
    let factor = Doubles(repeating: x)
    a = multiplyAddDoubles(a, factor, y.a)
    b = multiplyAddDoubles(b, factor, y.b)
    c = multiplyAddDoubles(c, factor, y.c)
    d = multiplyAddDoubles(d, factor, y.d)
  }

  @inline(always)
  func write(_ pointer: UnsafeMutablePointer<Double>) {
    store(a, pointer, 0)
    store(b, pointer, 8)
    store(c, pointer, 16)
    store(d, pointer, 24)
  }
}

/// Two neighbouring vectors of a row.
private struct TwoDoubles {
  var a: Doubles
  var b: Doubles

  @inline(always)
  init(_ pointer: UnsafePointer<Double>) {
    a = load(pointer, 0)
    b = load(pointer, 8)
  }

  @inline(always)
  mutating func add(_ x: Double, _ y: TwoDoubles) {
    let factor = Doubles(repeating: x)
    a = multiplyAddDoubles(a, factor, y.a)
    b = multiplyAddDoubles(b, factor, y.b)
  }

  @inline(always)
  func write(_ pointer: UnsafeMutablePointer<Double>) {
    store(a, pointer, 0)
    store(b, pointer, 8)
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
  let columns: Int

  @inline(always)
  func sixByFour(_ row: Int, _ column: Int) {
    var r0 = FourDoubles(initial + column)
    var r1 = r0
    var r2 = r0
    var r3 = r0
    var r4 = r0
    var r5 = r0
    let xs = x + row &* xStride
    var ys = y + column
    for p in 0..<inner {
      let vectors = FourDoubles(ys)
      r0.add(xs[p], vectors)
      r1.add(xs[xStride &+ p], vectors)
      r2.add(xs[2 &* xStride &+ p], vectors)
      r3.add(xs[3 &* xStride &+ p], vectors)
      r4.add(xs[4 &* xStride &+ p], vectors)
      r5.add(xs[5 &* xStride &+ p], vectors)
      ys += columns
    }
    let at = out + (row &* columns &+ column)
    r0.write(at)
    r1.write(at + columns)
    r2.write(at + 2 &* columns)
    r3.write(at + 3 &* columns)
    r4.write(at + 4 &* columns)
    r5.write(at + 5 &* columns)
  }

  @inline(always)
  func twoByFour(_ row: Int, _ column: Int) {
    var r0 = FourDoubles(initial + column)
    var r1 = r0
    let xs = x + row &* xStride
    var ys = y + column
    for p in 0..<inner {
      let vectors = FourDoubles(ys)
      r0.add(xs[p], vectors)
      r1.add(xs[xStride &+ p], vectors)
      ys += columns
    }
    let at = out + (row &* columns &+ column)
    r0.write(at)
    r1.write(at + columns)
  }

  @inline(always)
  func fourByTwo(_ row: Int, _ column: Int) {
    var r0 = TwoDoubles(initial + column)
    var r1 = r0
    var r2 = r0
    var r3 = r0
    let xs = x + row &* xStride
    var ys = y + column
    for p in 0..<inner {
      let vectors = TwoDoubles(ys)
      r0.add(xs[p], vectors)
      r1.add(xs[xStride &+ p], vectors)
      r2.add(xs[2 &* xStride &+ p], vectors)
      r3.add(xs[3 &* xStride &+ p], vectors)
      ys += columns
    }
    let at = out + (row &* columns &+ column)
    r0.write(at)
    r1.write(at + columns)
    r2.write(at + 2 &* columns)
    r3.write(at + 3 &* columns)
  }

  @inline(always)
  func oneByTwo(_ row: Int, _ column: Int) {
    var r0 = TwoDoubles(initial + column)
    let xs = x + row &* xStride
    var ys = y + column
    for p in 0..<inner {
      r0.add(xs[p], TwoDoubles(ys))
      ys += columns
    }
    r0.write(out + (row &* columns &+ column))
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
  let product = WideProduct(out: out, initial: initial, x: x, xStride: stride, y: y, inner: inner, columns: columns)
  var column = 0
  while column &+ 32 <= columns {
    var row = 0
    while row &+ 6 <= rows {
      product.sixByFour(row, column)
      row &+= 6
    }
    // The last blocks may overlap those before them, whose rows are then computed twice.
    if rows >= 6, rows &- row == 5 {
      product.sixByFour(rows &- 6, column)
    } else {
      while row < rows {
        product.twoByFour(smaller(row, rows &- 2), column)
        row &+= 2
      }
    }
    column &+= 32
  }
  if column < columns {
    var row = 0
    if rows >= 4 {
      while row < rows {
        product.fourByTwo(smaller(row, rows &- 4), column)
        row &+= 4
      }
    } else {
      while row < rows {
        product.oneByTwo(row, column)
        row &+= 1
      }
    }
  }
}
