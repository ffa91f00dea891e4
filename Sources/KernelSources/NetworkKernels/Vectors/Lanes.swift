// The vector types and small operations that all kernels share.
//
// Everything in this folder is compiled once for each kernel level, with different processor flags and into different
// modules. It uses pointers and concrete SIMD types only: a generic of the standard library that is instantiated here
// would be emitted with this level's instructions, and the linker could hand it to code that runs on older processors.

typealias Floats = SIMD16<Float>
typealias Doubles = SIMD8<Double>
typealias Words = SIMD8<UInt64>

/// Lanes of a row: 16 numbers at every level, so that sums over a row have 16 partial sums whatever the register width.
let laneCount = 16

/// The first eight lanes as doubles.
@inline(always)
func lowDoubles(_ x: Floats) -> Doubles {
  var result = Doubles()
  for lane in 0..<8 { result[lane] = Double(x[lane]) }
  return result
}

/// The last eight lanes as doubles.
@inline(always)
func highDoubles(_ x: Floats) -> Doubles {
  var result = Doubles()
  for lane in 0..<8 { result[lane] = Double(x[lane + 8]) }
  return result
}

/// Sixteen doubles, rounded to single precision.
@inline(always)
func floats(_ low: Doubles, _ high: Doubles) -> Floats {
  var result = Floats()
  for lane in 0..<8 {
    result[lane] = Float(low[lane])
    result[lane + 8] = Float(high[lane])
  }
  return result
}

// The halves of a vector. Not `lowHalf` and `highHalf`: they are generic, and where they are not inlined their instances
// are weak symbols.

@inline(always)
func firstHalf(_ x: SIMD16<Float>) -> SIMD8<Float> { unsafeBitCast(x, to: (SIMD8<Float>, SIMD8<Float>).self).0 }

@inline(always)
func secondHalf(_ x: SIMD16<Float>) -> SIMD8<Float> { unsafeBitCast(x, to: (SIMD8<Float>, SIMD8<Float>).self).1 }

@inline(always)
func firstHalf(_ x: SIMD8<Float>) -> SIMD4<Float> { unsafeBitCast(x, to: (SIMD4<Float>, SIMD4<Float>).self).0 }

@inline(always)
func secondHalf(_ x: SIMD8<Float>) -> SIMD4<Float> { unsafeBitCast(x, to: (SIMD4<Float>, SIMD4<Float>).self).1 }

@inline(always)
func firstHalf(_ x: SIMD4<Float>) -> SIMD2<Float> { unsafeBitCast(x, to: (SIMD2<Float>, SIMD2<Float>).self).0 }

@inline(always)
func secondHalf(_ x: SIMD4<Float>) -> SIMD2<Float> { unsafeBitCast(x, to: (SIMD2<Float>, SIMD2<Float>).self).1 }

@inline(always)
func firstHalf(_ x: SIMD16<Double>) -> SIMD8<Double> { unsafeBitCast(x, to: (SIMD8<Double>, SIMD8<Double>).self).0 }

@inline(always)
func secondHalf(_ x: SIMD16<Double>) -> SIMD8<Double> { unsafeBitCast(x, to: (SIMD8<Double>, SIMD8<Double>).self).1 }

@inline(always)
func firstHalf(_ x: SIMD8<Double>) -> SIMD4<Double> { unsafeBitCast(x, to: (SIMD4<Double>, SIMD4<Double>).self).0 }

@inline(always)
func secondHalf(_ x: SIMD8<Double>) -> SIMD4<Double> { unsafeBitCast(x, to: (SIMD4<Double>, SIMD4<Double>).self).1 }

@inline(always)
func firstHalf(_ x: SIMD4<Double>) -> SIMD2<Double> { unsafeBitCast(x, to: (SIMD2<Double>, SIMD2<Double>).self).0 }

@inline(always)
func secondHalf(_ x: SIMD4<Double>) -> SIMD2<Double> { unsafeBitCast(x, to: (SIMD2<Double>, SIMD2<Double>).self).1 }

/// sum + a * b: fused where the level has the instruction.
@inline(always)
func multiplyAddDoubles(_ sum: Doubles, _ a: Doubles, _ b: Doubles) -> Doubles {
  #if FUSED_MULTIPLY_ADD
    sum.addingProduct(a, b)
  #else
    sum + a * b
  #endif
}

/// The sum of 16 partial sums in a fixed order: lane l with lane l + 8, then + 4, + 2, + 1.
@inline(always)
func fixedTreeSum(_ low: Doubles, _ high: Doubles) -> Double {
  let eight = low + high
  let four = firstHalf(eight) + secondHalf(eight)
  let two = firstHalf(four) + secondHalf(four)
  return two[0] + two[1]
}

@inline(always)
func bits(_ x: Doubles) -> Words { unsafeBitCast(x, to: Words.self) }

@inline(always)
func doubles(_ x: Words) -> Doubles { unsafeBitCast(x, to: Doubles.self) }

/// 1.5 * 2^52: adding it to a double of modulus below 2^51 rounds to the nearest integer, which then stands in the low
/// bits of the sum. Used instead of a rounding instruction, which the baseline level does not have.
let roundingShift = 0x1.8p52

// Loads and stores of whole vectors, at places that are multiples of 64 bytes. Not `loadUnaligned` and `storeBytes`:
// they are generic, and their instances would be emitted as weak symbols with this level's instructions.

@inline(always)
func load(_ pointer: UnsafePointer<Float>, _ offset: Int) -> Floats {
  UnsafeRawPointer(pointer + offset).assumingMemoryBound(to: Floats.self).pointee
}

@inline(always)
func load(_ pointer: UnsafePointer<Double>, _ offset: Int) -> Doubles {
  UnsafeRawPointer(pointer + offset).assumingMemoryBound(to: Doubles.self).pointee
}

@inline(always)
func store(_ value: Floats, _ pointer: UnsafeMutablePointer<Float>, _ offset: Int) {
  UnsafeMutableRawPointer(pointer + offset).assumingMemoryBound(to: Floats.self).pointee = value
}

@inline(always)
func store(_ value: Doubles, _ pointer: UnsafeMutablePointer<Double>, _ offset: Int) {
  UnsafeMutableRawPointer(pointer + offset).assumingMemoryBound(to: Doubles.self).pointee = value
}

@inline(always)
func smaller(_ a: Int, _ b: Int) -> Int { a < b ? a : b }
