// The quantile of the normal distribution and the error function, with the same bits at every kernel level: no library
// call, no fused multiply-add. Ranges are told apart by the choice of coefficients, not by branches.

/// The coefficient of a range: `second` where the mask is set, `first` elsewhere.
@inline(always)
private func pick(_ first: Double, _ second: Double, _ isSecond: SIMDMask<SIMD8<Int64>>) -> Doubles {
  Doubles(repeating: first).replacing(with: second, where: isSecond)
}

/// The coefficient of a range: `third` where its mask is set, else `second` where its mask is set, else `first`.
@inline(always)
private func pick(
  _ first: Double, _ second: Double, _ third: Double, _ isSecond: SIMDMask<SIMD8<Int64>>,
  _ isThird: SIMDMask<SIMD8<Int64>>
) -> Doubles {
  pick(first, second, isSecond).replacing(with: third, where: isThird)
}

/// The quantile of the standard normal distribution: minus infinity at 0, infinity at 1, NaN outside [0, 1]. Relative
/// error below 1e-15.
///
/// M. J. Wichura, Algorithm AS 241: the percentage points of the normal distribution, Applied Statistics 37 (1988),
/// routine PPND16.
@inline(always)
func standardNormalQuantile(_ p: Doubles) -> Doubles {
  let q = p - 0.5
  let isTail = absolute(q) .> 0.425
  let smallerSide = p.replacing(with: 1 - p, where: q .> 0)
  let root = (-log(smallerSide)).squareRoot()
  let isFar = root .> 5
  let tailArgument = (root - 1.6).replacing(with: root - 5, where: isFar)
  let r = (0.180625 - q * q).replacing(with: tailArgument, where: isTail)
  let far = isTail .& isFar

  var n = pick(2.5090809287301226727e+3, 7.74545014278341407640e-4, 2.01033439929228813265e-7, isTail, far)
  n = n * r + pick(3.3430575583588128105e+4, 2.27238449892691845833e-2, 2.71155556874348757815e-5, isTail, far)
  n = n * r + pick(6.7265770927008700853e+4, 2.41780725177450611770e-1, 1.24266094738807843860e-3, isTail, far)
  n = n * r + pick(4.5921953931549871457e+4, 1.27045825245236838258, 2.65321895265761230930e-2, isTail, far)
  n = n * r + pick(1.3731693765509461125e+4, 3.64784832476320460504, 2.96560571828504891230e-1, isTail, far)
  n = n * r + pick(1.9715909503065514427e+3, 5.76949722146069140550, 1.78482653991729133580, isTail, far)
  n = n * r + pick(1.3314166789178437745e+2, 4.63033784615654529590, 5.46378491116411436990, isTail, far)
  n = n * r + pick(3.3871328727963666080, 1.42343711074968357734, 6.65790464350110377720, isTail, far)
  var d = pick(5.2264952788528545610e+3, 1.05075007164441684324e-9, 2.04426310338993978564e-15, isTail, far)
  d = d * r + pick(2.8729085735721942674e+4, 5.47593808499534494600e-4, 1.42151175831644588870e-7, isTail, far)
  d = d * r + pick(3.9307895800092710610e+4, 1.51986665636164571966e-2, 1.84631831751005468180e-5, isTail, far)
  d = d * r + pick(2.1213794301586595867e+4, 1.48103976427480074590e-1, 7.86869131145613259100e-4, isTail, far)
  d = d * r + pick(5.3941960214247511077e+3, 6.89767334985100004550e-1, 1.48753612908506148525e-2, isTail, far)
  d = d * r + pick(6.8718700749205790830e+2, 1.67638483018380384940, 1.36929880922735805310e-1, isTail, far)
  d = d * r + pick(4.2313330701600911252e+1, 2.05319162663775882187, 5.99832206555887937690e-1, isTail, far)
  d = d * r + 1

  let ratio = n / d
  let negated = (-ratio).replacing(with: ratio, where: q .> 0)
  let result = (q * ratio).replacing(with: negated, where: isTail)
  return result.replacing(with: -.infinity, where: p .== 0).replacing(with: .infinity, where: p .== 1)
}

/// The error function 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x, within 1 ulp.
///
/// Ranges and coefficients are those of fdlibm (Sun Microsystems, 1993).
@inline(always)
func errorFunction(_ x: Doubles) -> Doubles {
  let magnitude = absolute(x)
  // Up to 0.84375: x + x P(x^2) / Q(x^2).
  let z = x * x
  var p = z * -2.37630166566501626084e-05 - 5.77027029648944159157e-03
  p = p * z - 2.84817495755985104766e-02
  p = p * z - 3.25042107247001499370e-01
  p = p * z + 1.28379167095512558561e-01
  var q = z * -3.96022827877536812320e-06 + 1.32494738004321644526e-04
  q = q * z + 5.08130628187576562776e-03
  q = q * z + 6.50222499887672944485e-02
  q = q * z + 3.97917223959155352819e-01
  q = q * z + 1
  let small = x + x * (p / q)

  // Up to 1.25: a constant + P(|x| - 1) / Q(|x| - 1).
  let s = magnitude - 1
  var pa = s * -2.16637559486879084300e-03 + 3.54783043256182359371e-02
  pa = pa * s - 1.10894694282396677476e-01
  pa = pa * s + 3.18346619901161753674e-01
  pa = pa * s - 3.72207876035701323847e-01
  pa = pa * s + 4.14856118683748331666e-01
  pa = pa * s - 2.36211856075265944077e-03
  var qa = s * 1.19844998467991074170e-02 + 1.36370839120290507362e-02
  qa = qa * s + 1.26171219808761642112e-01
  qa = qa * s + 7.18286544141962662868e-02
  qa = qa * s + 5.40397917702171048937e-01
  qa = qa * s + 1.06420880400844228286e-01
  qa = qa * s + 1
  let middle = 8.45062911510467529297e-01 + pa / qa

  // Beyond: 1 - exp(-x^2 - 0.5625 + R(1 / x^2) / S(1 / x^2)) / |x|, in two ranges; 1 from 6 on.
  let bounded = magnitude.replacing(with: 6, where: magnitude .> 6).replacing(with: 1.25, where: magnitude .< 1.25)
  let square = bounded * bounded
  let t = 1 / square
  let isFar = bounded .>= 1 / 0.35
  var r = pick(-9.81432934416914548592e+00, 0, isFar)
  r = r * t + pick(-8.12874355063065934246e+01, -4.83519191608651397019e+02, isFar)
  r = r * t + pick(-1.84605092906711035994e+02, -1.02509513161107724954e+03, isFar)
  r = r * t + pick(-1.62396669462573470355e+02, -6.37566443368389627722e+02, isFar)
  r = r * t + pick(-6.23753324503260060396e+01, -1.60636384855821916062e+02, isFar)
  r = r * t + pick(-1.05586262253232909814e+01, -1.77579549177547519889e+01, isFar)
  r = r * t + pick(-6.93858572707181764372e-01, -7.99283237680523006574e-01, isFar)
  r = r * t + pick(-9.86494403484714822705e-03, -9.86494292470009928597e-03, isFar)
  var u = pick(-6.04244152148580987438e-02, 0, isFar)
  u = u * t + pick(6.57024977031928170135e+00, -2.24409524465858183362e+01, isFar)
  u = u * t + pick(1.08635005541779435134e+02, 4.74528541206955367215e+02, isFar)
  u = u * t + pick(4.29008140027567833386e+02, 2.55305040643316442583e+03, isFar)
  u = u * t + pick(6.45387271733267880336e+02, 3.19985821950859553908e+03, isFar)
  u = u * t + pick(4.34565877475229228821e+02, 1.53672958608443695994e+03, isFar)
  u = u * t + pick(1.37657754143519042600e+02, 3.25792512996573918826e+02, isFar)
  u = u * t + pick(1.96512716674392571292e+01, 3.03380607434824582924e+01, isFar)
  u = u * t + 1
  let large = 1 - exp(r / u - square - 0.5625) / bounded

  let positive = middle.replacing(with: large, where: magnitude .>= 1.25)
  let signed = doubles(bits(positive) | (bits(x) & Words(repeating: 1 &<< 63)))
  return signed.replacing(with: small, where: magnitude .< 0.84375).replacing(with: x, where: x .!= x)
}
