// Elementary functions in the precision of the parameters, for activations. No fused multiply-add and no library call, so
// the bits are the same at every kernel level. Relative errors are those that the tests measure, in units of the last
// place (ulp).
//
// In double precision exp, tanh, sine and cosine are those of ElementaryFunctions.swift. In single precision the
// coefficients of exp, tanh, sine and cosine are those of Cephes (Moshier, 1989). The polynomials of log(1 + t) and of the
// normal distribution interpolate in Chebyshev points.

#if !DOUBLE_PRECISION
  @inline(always)
  func absolute(_ x: Reals) -> Reals {
    unsafeBitCast(
      unsafeBitCast(x, to: SIMD16<UInt32>.self) & SIMD16<UInt32>(repeating: 0x7fff_ffff), to: Reals.self)
  }

  /// exp(x) = 2^k (1 + q) for x from -87.3 to 0, with k <= 0 as a number that shifts exponents.
  @inline(always)
  private func reducedExp(_ x: Reals) -> (q: Reals, exponent: SIMD16<UInt32>) {
    // 1.5 * 2^23: the sum has the nearest integer in its low bits.
    let shifted = x * 1.44269504 + 0x1.8p23
    let k = shifted - 0x1.8p23
    // log 2 in two parts; the product of the first, of 10 bits, with k is exact.
    let r = (x - k * 0.693359375) - k * -2.12194440e-4
    var p = r * 1.9875691500e-4 + 1.3981999507e-3
    p = p * r + 8.3334519073e-3
    p = p * r + 4.1665795894e-2
    p = p * r + 1.6666665459e-1
    p = p * r + 5.0000001201e-1
    return (r * r * p + r, unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &<< 23)
  }

  /// exp(x) for x <= 0, within 1.5 ulp; 0 below -87.3, where results would be subnormal.
  @inline(always)
  func decayingExp(_ x: Reals) -> Reals {
    let (q, exponent) = reducedExp(x)
    let y = unsafeBitCast(unsafeBitCast(1 + q, to: SIMD16<UInt32>.self) &+ exponent, to: Reals.self)
    return y.replacing(with: 0, where: x .< -87.3)
  }

  /// exp(x) - 1 for x <= 0, within 2 ulp.
  @inline(always)
  func decayingExpMinusOne(_ x: Reals) -> Reals {
    let (q, exponent) = reducedExp(x)
    let power = unsafeBitCast(SIMD16<UInt32>(repeating: 0x3f80_0000) &+ exponent, to: Reals.self)
    return (power * q + (power - 1)).replacing(with: -1, where: x .< -87.3)
  }

  /// tanh(x) within 2 ulp, given t = exp(-2|x|).
  @inline(always)
  func hyperbolicTangent(_ x: Reals, decay t: Reals) -> Reals {
    let z = x * x
    var p = z * -5.70498872745e-3 + 2.06390887954e-2
    p = p * z - 5.37397155531e-2
    p = p * z + 1.33314422036e-1
    p = p * z - 3.33332819422e-1
    let small = x + x * (z * p)
    let large = (1 - t) * (1 / (1 + t))
    return withSign(of: x, large).replacing(with: small, where: absolute(x) .< 0.625)
  }

  /// log(1 + t) for t from 0 to 1, within 2 ulp.
  @inline(always)
  func logOfOnePlus(_ t: Reals) -> Reals {
    // 2 artanh(s) = 2 s (1 + s^2 / 3 + s^4 / 5 + ...) with s = t / (2 + t) <= 1/3.
    let s = t / (2 + t)
    let w = s * s
    var p = w * 0.11612165 + 0.108532876
    p = p * w + 0.142961785
    p = p * w + 0.199998528
    p = p * w + 0.333333343
    let twice = s + s
    return twice + twice * (w * p)
  }

  /// The standard normal probability of (t, infinity) for t >= 0, given exp(-t^2 / 2): erfc(t / sqrt(2)) / 2.
  @inline(always)
  func normalTail(_ t: Reals, decay: Reals) -> Reals {
    // (t + 5) times the tail over exp(-t^2 / 2), in s = (t - 5) / (t + 5), up to t = 13.5.
    let r = 1 / (t + 5)
    let s = (t - 5) * r
    var p = s * 3.75852338e-4 - 1.0393858e-3
    p = p * s - 2.99782376e-3
    p = p * s + 2.08946876e-2
    p = p * s - 6.90988973e-2
    p = p * s + 1.65005967e-1
    p = p * s - 3.13536018e-1
    p = p * s + 4.95306373e-1
    p = p * s - 6.65382445e-1
    p = p * s + 7.69193053e-1
    return decay * (p * r)
  }

  /// The nearest multiple n of pi/2 and what is left, for |x| <= 2^20.
  @inline(always)
  private func quarterTurns(_ x: Doubles) -> (n: Doubles, rest: Doubles) {
    let shift = Doubles(repeating: roundingShift)
    let n = (x * 6.36619772367581382433e-01 + shift) - shift
    // The first part of pi/2 has 33 bits, so its product with n is exact.
    return (n, (x - n * 1.57079632673412561417e+00) - n * 6.077100506506192e-11)
  }

  /// Sine and cosine within 2 ulp for |x| <= 2^20; NaN beyond, as in double precision.
  @inline(always)
  func sineAndCosine(_ x: Reals) -> (sine: Reals, cosine: Reals) {
    let inRange = absolute(x) .<= 0x1p20
    let bounded = x.replacing(with: 0, where: .!inRange)
    // In double precision: without fused multiply-add single precision has no exact products of n to reduce with.
    let low = quarterTurns(lowDoubles(bounded))
    let high = quarterTurns(highDoubles(bounded))
    let y = floats(low.rest, high.rest)
    let quadrant = unsafeBitCast(floats(low.n, high.n) + 0x1.8p23, to: SIMD16<UInt32>.self)
    let z = y * y
    var p = z * -1.9515295891e-4 + 8.3321608736e-3
    p = p * z - 1.6666654611e-1
    let sine = y + y * (z * p)
    var q = z * 2.443315711809948e-5 - 1.388731625493765e-3
    q = q * z + 4.166664568298827e-2
    let cosine = 1 - (0.5 * z - z * z * q)
    // All ones in the odd quadrants, where sine and cosine change places.
    let swap = 0 &- (quadrant & 1)
    let sineBits = unsafeBitCast(sine, to: SIMD16<UInt32>.self)
    let cosineBits = unsafeBitCast(cosine, to: SIMD16<UInt32>.self)
    let difference = (sineBits ^ cosineBits) & swap
    let s = unsafeBitCast(sineBits ^ difference ^ ((quadrant & 2) &<< 30), to: Reals.self)
    let c = unsafeBitCast(cosineBits ^ difference ^ (((quadrant &+ 1) & 2) &<< 30), to: Reals.self)
    return (s.replacing(with: .nan, where: .!inRange), c.replacing(with: .nan, where: .!inRange))
  }

  /// `magnitude`, which is not negative, with the sign of x.
  @inline(always)
  private func withSign(of x: Reals, _ magnitude: Reals) -> Reals {
    unsafeBitCast(
      unsafeBitCast(magnitude, to: SIMD16<UInt32>.self)
        | (unsafeBitCast(x, to: SIMD16<UInt32>.self) & SIMD16<UInt32>(repeating: 0x8000_0000)), to: Reals.self)
  }
#else
  /// exp(x) for x <= 0, within 1 ulp.
  @inline(always)
  func decayingExp(_ x: Reals) -> Reals { exp(x) }

  /// exp(x) - 1 for x <= 0, within 5 ulp.
  @inline(always)
  func decayingExpMinusOne(_ x: Reals) -> Reals {
    let t = tanh(0.5 * x)
    return (t + t) / (1 - t)
  }

  /// tanh(x) within 2 ulp. The second argument is that of single precision.
  @inline(always)
  func hyperbolicTangent(_ x: Reals, decay: Reals) -> Reals { tanh(x) }

  /// log(1 + t) for t from 0 to 1, within 2 ulp.
  @inline(always)
  func logOfOnePlus(_ t: Reals) -> Reals {
    // 2 artanh(s) = 2 s (1 + s^2 / 3 + s^4 / 5 + ...) with s = t / (2 + t) <= 1/3.
    let s = t / (2 + t)
    let w = s * s
    var p = w * 0.08082022805971766 + 0.04400369243072337
    p = p * w + 0.06000536404795356
    p = p * w + 0.06657072104827468
    p = p * w + 0.07692785032479312
    p = p * w + 0.09090894718066429
    p = p * w + 0.11111111358713932
    p = p * w + 0.1428571428355438
    p = p * w + 0.20000000000007292
    p = p * w + 0.3333333333333333
    let twice = s + s
    return twice + twice * (w * p)
  }

  /// The standard normal probability of (t, infinity) for t >= 0, given exp(-t^2 / 2): erfc(t / sqrt(2)) / 2.
  @inline(always)
  func normalTail(_ t: Reals, decay: Reals) -> Reals {
    // (t + 5) times the tail over exp(-t^2 / 2), in s = (t - 5) / (t + 5), up to t = 39.
    let r = 1 / (t + 5)
    let s = (t - 5) * r
    var p = s * 2.224938767716443e-09 + 7.630410417873182e-09
    p = p * s - 1.0618274174239376e-08
    p = p * s - 6.667529339227571e-08
    p = p * s + 4.375841598285575e-08
    p = p * s + 4.3443907263764586e-07
    p = p * s - 3.374965203524632e-07
    p = p * s - 2.7703209441469523e-06
    p = p * s + 3.981182741532577e-06
    p = p * s + 1.668170360977268e-05
    p = p * s - 4.9762853165030135e-05
    p = p * s - 5.937586616736071e-05
    p = p * s + 5.44899062695852e-04
    p = p * s - 7.978693748911934e-04
    p = p * s - 2.993376769094473e-03
    p = p * s + 2.0795066797569855e-02
    p = p * s - 6.911863870647982e-02
    p = p * s + 1.650203661705007e-01
    p = p * s - 3.135331566712971e-01
    p = p * s + 4.9530561596997413e-01
    p = p * s - 6.653825028900567e-01
    p = p * s + 7.69193049750063e-01
    return decay * (p * r)
  }
#endif
