// Products of matrices whose entries are vectors, one network a lane: out[m][n] = sum over k of a[m][k] b[k][n], with any
// strides. A block of 4 x 4 sums stays in registers: a step of it loads 8 vectors for 16 multiply-adds.

/// How a sum enters out[m][n]: 0, out = start[m] + sum; 1, out = out * sum; 2, out = out + sum.
///
/// - Parameters:
///   - a: entry (m, k) is at m * rowStep + k * aSumStep.
///   - b: entry (k, n) is at k * bSumStep + n * columnStep.
///   - start: read for `finish` 0 only.
@inline(always)
func multiplyBlocks(
  _ a: UnsafePointer<Reals>, rowStep: Int, sumStep aSumStep: Int, rows: Int, _ b: UnsafePointer<Reals>,
  columnStep: Int, sumStep bSumStep: Int, columns: Int, count: Int, _ out: UnsafeMutablePointer<Reals>, outStep: Int,
  finish: Int, _ start: UnsafePointer<Reals>
) {
  var m = 0
  while m &+ 4 <= rows {
    multiplyRows(
      4, a + m &* rowStep, rowStep, aSumStep, b, columnStep, bSumStep, columns, count, out + m &* outStep, outStep,
      finish, start + m)
    m &+= 4
  }
  if m &+ 2 <= rows {
    multiplyRows(
      2, a + m &* rowStep, rowStep, aSumStep, b, columnStep, bSumStep, columns, count, out + m &* outStep, outStep,
      finish, start + m)
    m &+= 2
  }
  if m < rows {
    multiplyRows(
      1, a + m &* rowStep, rowStep, aSumStep, b, columnStep, bSumStep, columns, count, out + m &* outStep, outStep,
      finish, start + m)
  }
}

@inline(always)
private func multiplyRows(
  _ rows: Int, _ a: UnsafePointer<Reals>, _ rowStep: Int, _ aSumStep: Int, _ b: UnsafePointer<Reals>,
  _ columnStep: Int, _ bSumStep: Int, _ columns: Int, _ count: Int, _ out: UnsafeMutablePointer<Reals>, _ outStep: Int,
  _ finish: Int, _ start: UnsafePointer<Reals>
) {
  var n = 0
  while n &+ 4 <= columns {
    multiplyBlock(
      rows, 4, a, rowStep, aSumStep, b + n &* columnStep, columnStep, bSumStep, count, out + n, outStep, finish, start)
    n &+= 4
  }
  while n < columns {
    multiplyBlock(
      rows, 1, a, rowStep, aSumStep, b + n &* columnStep, columnStep, bSumStep, count, out + n, outStep, finish, start)
    n &+= 1
  }
}

/// A block of `rows` x `columns` sums: 4, 2 or 1 rows, 4 columns or 1, both known when this is compiled.
@inline(always)
private func multiplyBlock(
  _ rows: Int, _ columns: Int, _ a: UnsafePointer<Reals>, _ rowStep: Int, _ aSumStep: Int, _ b: UnsafePointer<Reals>,
  _ columnStep: Int, _ bSumStep: Int, _ count: Int, _ out: UnsafeMutablePointer<Reals>, _ outStep: Int,
  _ finish: Int, _ start: UnsafePointer<Reals>
) {
  let zero = Reals(repeating: 0)
  var s00 = finish == 0 ? start[0] : zero
  var s01 = s00
  var s02 = s00
  var s03 = s00
  var s10 = finish == 0 && rows > 1 ? start[1] : zero
  var s11 = s10
  var s12 = s10
  var s13 = s10
  var s20 = finish == 0 && rows > 2 ? start[2] : zero
  var s21 = s20
  var s22 = s20
  var s23 = s20
  var s30 = finish == 0 && rows > 2 ? start[3] : zero
  var s31 = s30
  var s32 = s30
  var s33 = s30
  var a = a
  var b = b
  for _ in 0..<count {
    let b0 = b[0]
    let b1 = columns > 1 ? b[columnStep] : zero
    let b2 = columns > 1 ? b[2 &* columnStep] : zero
    let b3 = columns > 1 ? b[3 &* columnStep] : zero
    let a0 = a[0]
    s00 = multiplyAdd(s00, a0, b0)
    s01 = multiplyAdd(s01, a0, b1)
    s02 = multiplyAdd(s02, a0, b2)
    s03 = multiplyAdd(s03, a0, b3)
    if rows > 1 {
      let a1 = a[rowStep]
      s10 = multiplyAdd(s10, a1, b0)
      s11 = multiplyAdd(s11, a1, b1)
      s12 = multiplyAdd(s12, a1, b2)
      s13 = multiplyAdd(s13, a1, b3)
    }
    if rows > 2 {
      let a2 = a[2 &* rowStep]
      s20 = multiplyAdd(s20, a2, b0)
      s21 = multiplyAdd(s21, a2, b1)
      s22 = multiplyAdd(s22, a2, b2)
      s23 = multiplyAdd(s23, a2, b3)
      let a3 = a[3 &* rowStep]
      s30 = multiplyAdd(s30, a3, b0)
      s31 = multiplyAdd(s31, a3, b1)
      s32 = multiplyAdd(s32, a3, b2)
      s33 = multiplyAdd(s33, a3, b3)
    }
    a += aSumStep
    b += bSumStep
  }
  writeRow(columns, s00, s01, s02, s03, out, finish)
  if rows > 1 { writeRow(columns, s10, s11, s12, s13, out + outStep, finish) }
  if rows > 2 {
    writeRow(columns, s20, s21, s22, s23, out + 2 &* outStep, finish)
    writeRow(columns, s30, s31, s32, s33, out + 3 &* outStep, finish)
  }
}

@inline(always)
private func writeRow(
  _ columns: Int, _ s0: Reals, _ s1: Reals, _ s2: Reals, _ s3: Reals, _ out: UnsafeMutablePointer<Reals>,
  _ finish: Int
) {
  write(s0, out, finish)
  if columns > 1 {
    write(s1, out + 1, finish)
    write(s2, out + 2, finish)
    write(s3, out + 3, finish)
  }
}

@inline(always)
private func write(_ sum: Reals, _ out: UnsafeMutablePointer<Reals>, _ finish: Int) {
  switch finish {
  case 0: out.pointee = sum
  case 1: out.pointee = out.pointee * sum
  default: out.pointee = out.pointee + sum
  }
}
