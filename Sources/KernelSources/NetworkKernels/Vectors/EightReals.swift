// Eight neurons at a time, in double precision whatever the parameters are.

/// Eight parameters.
typealias EightReals = SIMD8<Real>

@inline(always)
func loadEight(_ parameters: UnsafePointer<Real>, _ offset: Int) -> EightReals {
  UnsafeRawPointer(parameters + offset).assumingMemoryBound(to: EightReals.self).pointee
}

/// Eight parameters in double precision.
@inline(always)
func widened(_ x: EightReals) -> Doubles {
  #if DOUBLE_PRECISION
    return x
  #else
    return doubles(x)
  #endif
}

/// Writes eight numbers, rounded to the precision of the parameters.
@inline(always)
func storeEight(_ value: Doubles, _ out: UnsafeMutablePointer<Real>, _ offset: Int) {
  var result = EightReals()
  for lane in 0..<8 { result[lane] = Real(value[lane]) }
  UnsafeMutableRawPointer(out + offset).assumingMemoryBound(to: EightReals.self).pointee = result
}

@inline(always)
func doubles(_ x: SIMD8<Float>) -> Doubles {
  var result = Doubles()
  for lane in 0..<8 { result[lane] = Double(x[lane]) }
  return result
}

/// 1 where a mask is set, 0 elsewhere.
@inline(always)
func ones(where mask: SIMDMask<SIMD8<Int64>>) -> SIMD8<Int32> {
  let numbers = Doubles(repeating: 0).replacing(with: 1, where: mask)
  var result = SIMD8<Int32>()
  for lane in 0..<8 { result[lane] = Int32(numbers[lane]) }
  return result
}

@inline(always)
func sum(_ x: SIMD8<Int32>) -> Int {
  var result: Int32 = 0
  for lane in 0..<8 { result = result &+ x[lane] }
  return Int(result)
}

/// The numbers j, j + 1, ..., j + 7 that are below `width`.
@inline(always)
func isBelow(_ width: Int, from j: Int) -> SIMDMask<SIMD8<Int64>> {
  Doubles(0, 1, 2, 3, 4, 5, 6, 7) + Double(j) .< Doubles(repeating: Double(width))
}

/// Floats as integers of the same order, and back: a map that is its own inverse. -0 comes before +0.
@inline(always)
func orderedBits(_ bits: SIMD8<Int32>) -> SIMD8<Int32> { bits ^ ((bits &>> 31) & 0x7fff_ffff) }

/// The largest floats that are at most the numbers, or below them where `isBelow` is set, as ordered bits.
@inline(always)
func largestFloats(upTo x: Doubles, below isBelow: SIMDMask<SIMD8<Int64>>) -> SIMD8<Int32> {
  var nearest = SIMD8<Float>()
  for lane in 0..<8 { nearest[lane] = Float(x[lane]) }
  let rounded = doubles(nearest)
  let isOut = rounded .> x .| (rounded .== x .& isBelow)
  // Just below +0 comes -0, which compares equal to it: skip it.
  let steps = ones(where: isOut) &+ ones(where: isOut .& x .== 0)
  return orderedBits(unsafeBitCast(nearest, to: SIMD8<Int32>.self)) &- steps
}
