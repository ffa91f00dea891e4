// Transposed matrices of padded layers.

private typealias Eight = SIMD8<Real>

/// Eight rows of eight numbers.
private struct Square {
  var r0 = Eight()
  var r1 = Eight()
  var r2 = Eight()
  var r3 = Eight()
  var r4 = Eight()
  var r5 = Eight()
  var r6 = Eight()
  var r7 = Eight()

  /// Rows at `pointer`, `pointer` + stride, ...; those from `count` on are 0.
  @inline(always)
  init(_ pointer: UnsafePointer<Real>, stride: Int, count: Int) {
    if count > 0 { r0 = Self.row(pointer) }
    if count > 1 { r1 = Self.row(pointer + stride) }
    if count > 2 { r2 = Self.row(pointer + 2 &* stride) }
    if count > 3 { r3 = Self.row(pointer + 3 &* stride) }
    if count > 4 { r4 = Self.row(pointer + 4 &* stride) }
    if count > 5 { r5 = Self.row(pointer + 5 &* stride) }
    if count > 6 { r6 = Self.row(pointer + 6 &* stride) }
    if count > 7 { r7 = Self.row(pointer + 7 &* stride) }
  }

  @inline(always)
  private static func row(_ pointer: UnsafePointer<Real>) -> Eight {
    UnsafeRawPointer(pointer).assumingMemoryBound(to: Eight.self).pointee
  }

  @inline(always)
  private func low(_ a: Eight, _ b: Eight) -> Eight {
    var result = a
    result.evenHalf = firstHalf(a)
    result.oddHalf = firstHalf(b)
    return result
  }

  @inline(always)
  private func high(_ a: Eight, _ b: Eight) -> Eight {
    var result = a
    result.evenHalf = secondHalf(a)
    result.oddHalf = secondHalf(b)
    return result
  }

  /// Rows i and i + 4 merged into rows 2 i and 2 i + 1; three times that is the transposed square.
  @inline(always)
  mutating func merge() {
    let (a0, a1, a2, a3, a4, a5, a6, a7) = (r0, r1, r2, r3, r4, r5, r6, r7)
    r0 = low(a0, a4)
    r1 = high(a0, a4)
    r2 = low(a1, a5)
    r3 = high(a1, a5)
    r4 = low(a2, a6)
    r5 = high(a2, a6)
    r6 = low(a3, a7)
    r7 = high(a3, a7)
  }

  @inline(always)
  func store(_ pointer: UnsafeMutablePointer<Real>, stride: Int) {
    let raw = UnsafeMutableRawPointer(pointer)
    let bytes = stride &* MemoryLayout<Real>.size
    raw.assumingMemoryBound(to: Eight.self).pointee = r0
    (raw + bytes).assumingMemoryBound(to: Eight.self).pointee = r1
    (raw + 2 &* bytes).assumingMemoryBound(to: Eight.self).pointee = r2
    (raw + 3 &* bytes).assumingMemoryBound(to: Eight.self).pointee = r3
    (raw + 4 &* bytes).assumingMemoryBound(to: Eight.self).pointee = r4
    (raw + 5 &* bytes).assumingMemoryBound(to: Eight.self).pointee = r5
    (raw + 6 &* bytes).assumingMemoryBound(to: Eight.self).pointee = r6
    (raw + 7 &* bytes).assumingMemoryBound(to: Eight.self).pointee = r7
  }
}

/// The transposed matrix of `matrix`, [inputs][outputs rounded up to 16], as [outputs rounded up to 16][inputs rounded up
/// to 16] with zeros for the inputs of the padding.
@inline(never)
func transpose(_ matrix: UnsafePointer<Real>, inputs: Int, outputs: Int, _ result: UnsafeMutablePointer<Real>) {
  let rowLength = paddedWidth(outputs)
  let resultLength = paddedWidth(inputs)
  var input = 0
  while input < resultLength {
    let count = inputs &- input
    var output = 0
    while output < outputs {
      var square =
        count >= 8
        ? Square(matrix + (input &* rowLength &+ output), stride: rowLength, count: 8)
        : Square(matrix + (input &* rowLength &+ output), stride: rowLength, count: count)
      square.merge()
      square.merge()
      square.merge()
      square.store(result + (output &* resultLength &+ input), stride: resultLength)
      output &+= 8
    }
    input &+= 8
  }
}
