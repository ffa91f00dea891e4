// Elementary functions in double precision with the same bits at every kernel level and on every machine: no library
// call, no fused multiply-add, rounding by the shift constant. They serve targets, learning rates, scale expressions
// and normal draws. Unless it says otherwise a result is within 1 ulp; the tests state the bounds that were measured.
//
// The reductions and coefficients of exp, log, sin and cos are those of fdlibm (Sun Microsystems, 1993); those of tanh
// are the rational approximation of Cephes (Moshier, 1989).

/// The nearest integer, as a double and in two's complement; |x| < 2^51.
@inline(always)
private func nearest(_ x: Doubles) -> (value: Doubles, integer: Words) {
  let shifted = x + Doubles(repeating: roundingShift)
  let integer = bits(shifted) &- Words(repeating: 0x4338_0000_0000_0000)
  return (shifted - Doubles(repeating: roundingShift), integer)
}

/// 2^n for -1022 <= n <= 1023.
@inline(always)
private func powerOfTwo(_ n: Words) -> Doubles {
  doubles((n &+ 1023) &<< 52)
}

/// Infinity above 709.782712893384, zero below -745.1332191019412, NaN for NaN.
@inline(always)
func exp(_ x: Doubles) -> Doubles {
  let bounded = x.replacing(with: 710, where: x .> 710).replacing(with: -746, where: x .< -746)
  let (k, integer) = nearest(bounded * 1.44269504088896338700)
  let high = bounded - k * 6.93147180369123816490e-01
  let low = k * 1.90821492927058770002e-10
  let r = high - low
  let t = r * r
  // c approximates r coth(r / 2) - 2 (Remez); exp(r) = 1 + r + r c / (2 - c).
  var p = t * 4.13813679705723846039e-08 - 1.65339022054652515390e-06
  p = p * t + 6.61375632143793436117e-05
  p = p * t - 2.77777777770155933842e-03
  p = p * t + 1.66666666666666019037e-01
  let c = r - t * p
  let fraction = (r * c) / (2 - c)
  let y = 1 - ((low - fraction) - high)
  // Two factors, so that results in the subnormal range and just below infinity come out right.
  let half = unsafeBitCast(unsafeBitCast(integer, to: SIMD8<Int64>.self) &>> 1, to: Words.self)
  let scaled = y * powerOfTwo(half) * powerOfTwo(integer &- half)
  return scaled.replacing(with: x, where: x .!= x)
}

/// Minus infinity at 0, NaN for negative arguments.
@inline(always)
func log(_ x: Doubles) -> Doubles {
  let tiny = x .< 0x1p-1022
  let scaled = x.replacing(with: x * 0x1p54, where: tiny)
  var exponentShift = Doubles(repeating: 0)
  exponentShift = exponentShift.replacing(with: 54, where: tiny)
  let raw = unsafeBitCast(scaled, to: SIMD8<Int64>.self)
  // The exponent that brings the significand into [sqrt(1/2), sqrt(2)).
  let k = (raw &- SIMD8<Int64>(repeating: 0x3fe6_a09e_667f_3bcd)) &>> 52
  let m = unsafeBitCast(raw &- (k &<< 52), to: Doubles.self)
  // k as a double, through the shift constant: its low bits then hold the integer.
  let kShifted = unsafeBitCast(k &+ SIMD8<Int64>(repeating: 0x4338_0000_0000_0000), to: Doubles.self)
  let e = kShifted - Doubles(repeating: roundingShift) - exponentShift
  let f = m - 1
  let s = f / (2 + f)
  let z = s * s
  let w = z * z
  let even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
  let odd =
    z
    * (6.666666666666735130e-01
      + w * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)))
  let r = odd + even
  let halfSquare = 0.5 * f * f
  var result =
    e * 6.93147180369123816490e-01 - ((halfSquare - (s * (halfSquare + r) + e * 1.90821492927058770002e-10)) - f)
  result = result.replacing(with: -Double.infinity, where: x .== 0)
  result = result.replacing(with: .infinity, where: x .== .infinity)
  return result.replacing(with: .nan, where: .!(x .>= 0))
}

/// Sine and cosine for |x| <= 2^20, within 1.07 ulp; NaN beyond, where the reduction by three parts of pi/2 loses
/// digits.
@inline(always)
func sineAndCosine(_ x: Doubles) -> (sine: Doubles, cosine: Doubles) {
  let inRange = x .>= -0x1p20 .& x .<= 0x1p20
  let bounded = x.replacing(with: 0, where: .!inRange)
  let (n, quadrant) = nearest(bounded * 6.36619772367581382433e-01)
  // pi/2 = part1 + part2 + part3 + ...: the first two have 33 bits, so their products with n are exact.
  let t = bounded - n * 1.57079632673412561417e+00
  let w0 = n * 6.07710050630396597660e-11
  let r = t - w0
  let w = n * 2.02226624879595063154e-21 - ((t - r) - w0)
  let y = r - w
  let tail = (r - y) - w

  let z = y * y
  let v = z * y
  var p = z * 1.58969099521155010221e-10 - 2.50507602534068634195e-08
  p = p * z + 2.75573137070700676789e-06
  p = p * z - 1.98412698298579493134e-04
  p = p * z + 8.33333333332248946124e-03
  let sine = y - ((z * (0.5 * tail - v * p) - tail) - v * -1.66666666666666324348e-01)

  var q = z * -1.13596475577881948265e-11 + 2.08757232129817482790e-09
  q = q * z - 2.75573143513906633035e-07
  q = q * z + 2.48015872894767294178e-05
  q = q * z - 1.38888888888741095749e-03
  q = q * z + 4.16666666666666019037e-02
  let halfSquare = 0.5 * z
  let one = 1 - halfSquare
  let cosine = one + (((1 - one) - halfSquare) + (z * (z * q) - y * tail))

  // All ones in the odd quadrants, where sine and cosine change places.
  let swap = 0 &- (quadrant & 1)
  let difference = (bits(sine) ^ bits(cosine)) & swap
  let s = doubles(bits(sine) ^ difference ^ ((quadrant & 2) &<< 62))
  let c = doubles(bits(cosine) ^ difference ^ (((quadrant &+ 1) & 2) &<< 62))
  return (s.replacing(with: .nan, where: .!inRange), c.replacing(with: .nan, where: .!inRange))
}

/// Quotient of sine and cosine: within 3 ulp.
@inline(always)
func tan(_ x: Doubles) -> Doubles {
  let (sine, cosine) = sineAndCosine(x)
  return sine / cosine
}

/// Within 2 ulp.
@inline(always)
func tanh(_ x: Doubles) -> Doubles {
  let magnitude = absolute(x)
  let z = x * x
  let p = (z * -9.64399179425052238628e-1 - 9.92877231001918586564e1) * z - 1.61468768441708447952e3
  let q = ((z + 1.12811678491632931402e2) * z + 2.23548839060100448583e3) * z + 4.84406305325125486048e3
  let small = x + x * (z * (p / q))
  let bounded = magnitude.replacing(with: 20, where: magnitude .> 20)
  let large = 1 - 2 / (exp(bounded + bounded) + 1)
  let signed = doubles(bits(large) | (bits(x) & Words(repeating: 1 &<< 63)))
  return signed.replacing(with: small, where: magnitude .< 0.625).replacing(with: x, where: x .!= x)
}

@inline(always)
func absolute(_ x: Doubles) -> Doubles {
  doubles(bits(x) & Words(repeating: ~(1 &<< 63)))
}

/// The largest integer at most x; x itself from 2^51 on, where the spacing of doubles is at least 1/2.
@inline(always)
func floor(_ x: Doubles) -> Doubles {
  let magnitude = absolute(x)
  let large = .!(magnitude .< 0x1p51)
  let rounded = nearest(x.replacing(with: 0, where: large)).value
  let down = rounded - Doubles(repeating: 0).replacing(with: 1, where: rounded .> x)
  return down.replacing(with: x, where: large)
}

@inline(always)
func minimum(_ a: Doubles, _ b: Doubles) -> Doubles {
  a.replacing(with: b, where: b .< a .| b .!= b)
}

@inline(always)
func maximum(_ a: Doubles, _ b: Doubles) -> Doubles {
  a.replacing(with: b, where: b .> a .| b .!= b)
}

/// x^n by repeated squaring, the square of the lowest power first; |n| <= 64. Relative error at most |n| 2^-53; for
/// negative n the reciprocal of x^|n|, so 0 where that overflows.
@inline(always)
func integerPower(_ x: Doubles, _ n: Int) -> Doubles {
  var remaining = n.magnitude
  var result = Doubles(repeating: 1)
  var square = x
  while remaining != 0 {
    if remaining & 1 == 1 { result = result * square }
    square = square * square
    remaining &>>= 1
  }
  return n < 0 ? 1 / result : result
}

/// a^b for real b. Integral b of modulus up to 1023 goes by repeated squaring, so powers of two are exact, with a
/// relative error of at most |b| 2^-53; otherwise exp(b log a), with a relative error of at most (2 + |b log a|) 2^-52,
/// and NaN for a negative a. Unlike C's pow, 1 to an infinite or NaN power is NaN.
@inline(always)
func power(_ a: Doubles, _ b: Doubles) -> Doubles {
  let integral = floor(b) .== b .& absolute(b) .<= 1023
  let general = exp(b * log(a)).replacing(with: 1, where: b .== 0)
  let exponent = nearest(absolute(b).replacing(with: 0, where: .!integral)).integer
  var result = Doubles(repeating: 1)
  var square = a
  for bit in 0..<10 {
    let set = 0 &- ((exponent &>> UInt64(truncatingIfNeeded: bit)) & 1)
    result = doubles((bits(result * square) & set) | (bits(result) & ~set))
    square = square * square
  }
  result = result.replacing(with: 1 / result, where: b .< 0)
  return general.replacing(with: result, where: integral)
}

/// Minus the natural logarithm in single precision, for u in (0, 1): relative error below 2e-7.
///
/// Only the spacings of sorted uniforms come from here; targets use the double precision functions.
@inline(always)
func negativeLog(_ u: Floats) -> Floats {
  let raw = unsafeBitCast(u, to: SIMD16<Int32>.self)
  let exponent = (raw &- SIMD16<Int32>(repeating: 0x3f35_04f3)) &>> 23
  let m = unsafeBitCast(raw &- (exponent &<< 23), to: Floats.self)
  // The exponent as a float: 1.5 * 2^23 + e has e in its low bits.
  let shifted = unsafeBitCast(exponent &+ SIMD16<Int32>(repeating: 0x4b40_0000), to: Floats.self)
  let e = shifted - Floats(repeating: 0x1.8p23)
  let f = m - 1
  let z = f * f
  var p = f * 7.0376836292e-2 - 1.1514610310e-1
  p = p * f + 1.1676998740e-1
  p = p * f - 1.2420140846e-1
  p = p * f + 1.4249322787e-1
  p = p * f - 1.6668057665e-1
  p = p * f + 2.0000714765e-1
  p = p * f - 2.4999993993e-1
  p = p * f + 3.3333331174e-1
  var y = f * z * p
  y = y - e * 2.12194440e-4
  y = y - 0.5 * z
  return -(f + y) - e * 0.693359375
}
