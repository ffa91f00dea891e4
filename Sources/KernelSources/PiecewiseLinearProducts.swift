// Matrix products of the backward pass, in the precision of the parameters, with the lanes over the columns of the
// result. Every element is a sum in one fixed order, whatever the blocks, so the blocks have no influence on the bits.

/// Four neighbouring vectors of a row.
private struct FourVectors {
  var a: Reals
  var b: Reals
  var c: Reals
  var d: Reals

  /// Zeros.
  @inline(always)
  init() {
    a = Reals(repeating: 0)
    b = a
    c = a
    d = a
  }

  @inline(always)
  init(_ pointer: UnsafePointer<Real>) {
    a = load(pointer, 0)
    b = load(pointer, realLanes)
    c = load(pointer, 2 &* realLanes)
    d = load(pointer, 3 &* realLanes)
  }

  @inline(always)
  mutating func add(_ x: Real, _ y: FourVectors) {
    let factor = Reals(repeating: x)
    a = multiplyAdd(a, factor, y.a)
    b = multiplyAdd(b, factor, y.b)
    c = multiplyAdd(c, factor, y.c)
    d = multiplyAdd(d, factor, y.d)
  }

  @inline(always)
  func write(_ pointer: UnsafeMutablePointer<Real>) {
    store(a, pointer, 0)
    store(b, pointer, realLanes)
    store(c, pointer, 2 &* realLanes)
    store(d, pointer, 3 &* realLanes)
  }
}

/// Two neighbouring vectors of a row.
private struct TwoVectors {
  var a: Reals
  var b: Reals

  /// Zeros.
  @inline(always)
  init() {
    a = Reals(repeating: 0)
    b = a
  }

  @inline(always)
  init(_ pointer: UnsafePointer<Real>) {
    a = load(pointer, 0)
    b = load(pointer, realLanes)
  }

  @inline(always)
  mutating func add(_ x: Real, _ y: TwoVectors) {
    let factor = Reals(repeating: x)
    a = multiplyAdd(a, factor, y.a)
    b = multiplyAdd(b, factor, y.b)
  }

  @inline(always)
  func write(_ pointer: UnsafeMutablePointer<Real>) {
    store(a, pointer, 0)
    store(b, pointer, realLanes)
  }
}

/// A product of `inner` terms, and blocks of it: rows by vectors. x(row, p) is at row * rowStride + p * innerStride.
private struct Product {
  let out: UnsafeMutablePointer<Real>
  let outStride: Int
  let x: UnsafePointer<Real>
  let rowStride: Int
  let innerStride: Int
  let y: UnsafePointer<Real>
  let yStride: Int
  let inner: Int

  @inline(always)
  func sixByFour(_ row: Int, _ column: Int) {
    var r0 = FourVectors()
    var r1 = FourVectors()
    var r2 = FourVectors()
    var r3 = FourVectors()
    var r4 = FourVectors()
    var r5 = FourVectors()
    var xs = x + row &* rowStride
    var ys = y + column
    for _ in 0..<inner {
      let vectors = FourVectors(ys)
      r0.add(xs[0], vectors)
      r1.add(xs[rowStride], vectors)
      r2.add(xs[2 &* rowStride], vectors)
      r3.add(xs[3 &* rowStride], vectors)
      r4.add(xs[4 &* rowStride], vectors)
      r5.add(xs[5 &* rowStride], vectors)
      xs += innerStride
      ys += yStride
    }
    let at = out + (row &* outStride &+ column)
    r0.write(at)
    r1.write(at + outStride)
    r2.write(at + 2 &* outStride)
    r3.write(at + 3 &* outStride)
    r4.write(at + 4 &* outStride)
    r5.write(at + 5 &* outStride)
  }

  @inline(always)
  func twoByFour(_ row: Int, _ column: Int) {
    var r0 = FourVectors()
    var r1 = FourVectors()
    var xs = x + row &* rowStride
    var ys = y + column
    for _ in 0..<inner {
      let vectors = FourVectors(ys)
      r0.add(xs[0], vectors)
      r1.add(xs[rowStride], vectors)
      xs += innerStride
      ys += yStride
    }
    let at = out + (row &* outStride &+ column)
    r0.write(at)
    r1.write(at + outStride)
  }

  @inline(always)
  func oneByFour(_ row: Int, _ column: Int) {
    var r0 = FourVectors()
    var xs = x + row &* rowStride
    var ys = y + column
    for _ in 0..<inner {
      r0.add(xs[0], FourVectors(ys))
      xs += innerStride
      ys += yStride
    }
    r0.write(out + (row &* outStride &+ column))
  }

  @inline(always)
  func eightByTwo(_ row: Int, _ column: Int) {
    var r0 = TwoVectors()
    var r1 = TwoVectors()
    var r2 = TwoVectors()
    var r3 = TwoVectors()
    var r4 = TwoVectors()
    var r5 = TwoVectors()
    var r6 = TwoVectors()
    var r7 = TwoVectors()
    var xs = x + row &* rowStride
    var ys = y + column
    for _ in 0..<inner {
      let vectors = TwoVectors(ys)
      r0.add(xs[0], vectors)
      r1.add(xs[rowStride], vectors)
      r2.add(xs[2 &* rowStride], vectors)
      r3.add(xs[3 &* rowStride], vectors)
      r4.add(xs[4 &* rowStride], vectors)
      r5.add(xs[5 &* rowStride], vectors)
      r6.add(xs[6 &* rowStride], vectors)
      r7.add(xs[7 &* rowStride], vectors)
      xs += innerStride
      ys += yStride
    }
    let at = out + (row &* outStride &+ column)
    r0.write(at)
    r1.write(at + outStride)
    r2.write(at + 2 &* outStride)
    r3.write(at + 3 &* outStride)
    r4.write(at + 4 &* outStride)
    r5.write(at + 5 &* outStride)
    r6.write(at + 6 &* outStride)
    r7.write(at + 7 &* outStride)
  }

  @inline(always)
  func fourByTwo(_ row: Int, _ column: Int) {
    var r0 = TwoVectors()
    var r1 = TwoVectors()
    var r2 = TwoVectors()
    var r3 = TwoVectors()
    var xs = x + row &* rowStride
    var ys = y + column
    for _ in 0..<inner {
      let vectors = TwoVectors(ys)
      r0.add(xs[0], vectors)
      r1.add(xs[rowStride], vectors)
      r2.add(xs[2 &* rowStride], vectors)
      r3.add(xs[3 &* rowStride], vectors)
      xs += innerStride
      ys += yStride
    }
    let at = out + (row &* outStride &+ column)
    r0.write(at)
    r1.write(at + outStride)
    r2.write(at + 2 &* outStride)
    r3.write(at + 3 &* outStride)
  }

  @inline(always)
  func oneByTwo(_ row: Int, _ column: Int) {
    var r0 = TwoVectors()
    var xs = x + row &* rowStride
    var ys = y + column
    for _ in 0..<inner {
      r0.add(xs[0], TwoVectors(ys))
      xs += innerStride
      ys += yStride
    }
    r0.write(out + (row &* outStride &+ column))
  }

  @inline(always)
  func oneByOne(_ row: Int, _ column: Int) {
    var r0 = Reals(repeating: 0)
    var xs = x + row &* rowStride
    var ys = y + column
    for _ in 0..<inner {
      r0 = multiplyAdd(r0, Reals(repeating: xs[0]), load(ys, 0))
      xs += innerStride
      ys += yStride
    }
    store(r0, out, row &* outStride &+ column)
  }
}

/// out[m][n] = sum over p of x(m, p) y[p][n]; the sum runs from p = 0 on.
///
/// - Parameters:
///   - rowStride: x(m, p) is at m * rowStride + p * innerStride.
///   - columns: a multiple of 16.
@inline(never)
func multiply(
  _ out: UnsafeMutablePointer<Real>, stride outStride: Int, _ x: UnsafePointer<Real>, rowStride: Int, innerStride: Int,
  _ y: UnsafePointer<Real>, stride yStride: Int, rows: Int, inner: Int, columns: Int
) {
  let product = Product(
    out: out, outStride: outStride, x: x, rowStride: rowStride, innerStride: innerStride, y: y, yStride: yStride,
    inner: inner)
  var column = 0
  while column &+ 4 &* realLanes <= columns {
    var row = 0
    while row &+ 6 <= rows {
      product.sixByFour(row, column)
      row &+= 6
    }
    // The last blocks may overlap those before them, whose rows are then computed twice.
    if rows >= 6, rows &- row == 5 {
      product.sixByFour(rows &- 6, column)
    } else if rows >= 2 {
      while row < rows {
        product.twoByFour(smaller(row, rows &- 2), column)
        row &+= 2
      }
    } else {
      product.oneByFour(0, column)
    }
    column &+= 4 &* realLanes
  }
  while column &+ 2 &* realLanes <= columns {
    var row = 0
    while row &+ 8 <= rows {
      product.eightByTwo(row, column)
      row &+= 8
    }
    if rows >= 8, rows &- row > 4 {
      product.eightByTwo(rows &- 8, column)
    } else if rows >= 4 {
      while row < rows {
        product.fourByTwo(smaller(row, rows &- 4), column)
        row &+= 4
      }
    } else {
      for row in 0..<rows { product.oneByTwo(row, column) }
    }
    column &+= 2 &* realLanes
  }
  if column < columns {
    for row in 0..<rows { product.oneByOne(row, column) }
  }
}
