// Activations and their derivatives, by code; `NetworkKernels` lists the codes. In the precision of the parameters and
// without fused multiply-add, so the bits are the same at every kernel level. A NaN stays a NaN in the value; no finite z
// gives one, but for the sine of |z| > 2^20.

let reluCode: Int32 = 0
let leakyReLUCode: Int32 = 1
let clippingCode: Int32 = 2

/// A(z). The parameter is the slope of leaky ReLU and the alpha of ELU.
@inline(always)
func activate(_ code: Int32, _ z: Reals, _ parameter: Reals) -> Reals {
  switch code {
  case 0: return z.replacing(with: 0, where: z .< 0)
  case 1: return z.replacing(with: parameter * z, where: z .<= 0)
  case 2: return z.replacing(with: 0, where: z .< 0).replacing(with: 1, where: z .> 1)
  case 4: return logistic(z).value
  case 5: return hyperbolicTangent(z, decay: decayingExp(-2 * absolute(z)))
  case 6: return z.replacing(with: 0, where: z .< 0) + logOfOnePlus(decayingExp(-absolute(z)))
  case 7: return z * normal(z).distribution
  case 8: return z * logistic(z).value
  case 9:
    let negative = z.replacing(with: 0, where: z .> 0)
    return z.replacing(with: parameter * decayingExpMinusOne(negative), where: z .<= 0)
  case 10: return z / (1 + absolute(z))
  case 11: return sineAndCosine(z).sine
  case 12: return (z - z).replacing(with: 1, where: z .> 0)
  default: return z
  }
}

/// A'(z), given value = A(z); at the kinks of the first three that of the side z < 0, and 0 for clipping at 1. For
/// threshold 1, the straight-through derivative.
@inline(always)
func activationDerivative(_ code: Int32, _ z: Reals, _ value: Reals, _ parameter: Reals) -> Reals {
  let one = Reals(repeating: 1)
  switch code {
  case 0: return Reals(repeating: 0).replacing(with: one, where: z .> 0)
  case 1: return parameter.replacing(with: one, where: z .> 0)
  case 2: return Reals(repeating: 0).replacing(with: one, where: value .> 0 .& value .< 1)
  case 4:
    // Not value (1 - value), which has few digits where the value is near 1. The same for tanh.
    let (value, complement) = logistic(z)
    return value * complement
  case 5:
    let t = decayingExp(-2 * absolute(z))
    let r = 1 / (1 + t)
    return 4 * t * (r * r)
  case 6: return logistic(z).value
  case 7:
    let (distribution, density) = normal(z)
    return distribution + z * density
  case 8:
    let (value, complement) = logistic(z)
    return value + value * (z * complement)
  case 9:
    // Not value + parameter, which has few digits where the value is near -parameter.
    return (parameter * decayingExp(z.replacing(with: 0, where: z .> 0))).replacing(with: one, where: z .> 0)
  case 10:
    let r = 1 / (1 + absolute(z))
    return r * r
  case 11: return sineAndCosine(z).cosine
  default: return one
  }
}

/// Writes A(z) and A'(z) of `rows` rows of `count` numbers z, a multiple of the lanes; z may stand where the values or the
/// derivatives go.
@inline(never)
func applyActivation(
  _ code: Int32, _ parameter: Real, _ z: UnsafePointer<Real>, values: UnsafeMutablePointer<Real>,
  derivatives: UnsafeMutablePointer<Real>, rows: Int, count: Int, stride: Int
) {
  // One loop for each activation, because a branch for each vector would cost as much as the simple ones.
  switch code {
  case 0: applyActivation(known: 0, parameter, z, values, derivatives, rows, count, stride)
  case 1: applyActivation(known: 1, parameter, z, values, derivatives, rows, count, stride)
  case 2: applyActivation(known: 2, parameter, z, values, derivatives, rows, count, stride)
  case 4: applyActivation(known: 4, parameter, z, values, derivatives, rows, count, stride)
  case 5: applyActivation(known: 5, parameter, z, values, derivatives, rows, count, stride)
  case 6: applyActivation(known: 6, parameter, z, values, derivatives, rows, count, stride)
  case 7: applyActivation(known: 7, parameter, z, values, derivatives, rows, count, stride)
  case 8: applyActivation(known: 8, parameter, z, values, derivatives, rows, count, stride)
  case 9: applyActivation(known: 9, parameter, z, values, derivatives, rows, count, stride)
  case 10: applyActivation(known: 10, parameter, z, values, derivatives, rows, count, stride)
  case 11: applyActivation(known: 11, parameter, z, values, derivatives, rows, count, stride)
  case 12: applyActivation(known: 12, parameter, z, values, derivatives, rows, count, stride)
  default: applyActivation(known: 3, parameter, z, values, derivatives, rows, count, stride)
  }
}

@inline(always)
private func applyActivation(
  known code: Int32, _ parameter: Real, _ z: UnsafePointer<Real>, _ values: UnsafeMutablePointer<Real>,
  _ derivatives: UnsafeMutablePointer<Real>, _ rows: Int, _ count: Int, _ stride: Int
) {
  let parameters = Reals(repeating: parameter)
  for row in 0..<rows {
    var place = row &* stride
    let end = place &+ count
    while place < end {
      let x = load(z, place)
      let value = activate(code, x, parameters)
      store(value, values, place)
      store(activationDerivative(code, x, value, parameters), derivatives, place)
      place &+= realLanes
    }
  }
}

/// 1 / (1 + exp(-z)) and 1 / (1 + exp(z)), both to full relative precision.
@inline(always)
private func logistic(_ z: Reals) -> (value: Reals, complement: Reals) {
  let t = decayingExp(-absolute(z))
  let larger = 1 / (1 + t)
  let smaller = t * larger
  let negative = z .< 0
  return (larger.replacing(with: smaller, where: negative), smaller.replacing(with: larger, where: negative))
}

/// The standard normal distribution function and density.
@inline(always)
private func normal(_ z: Reals) -> (distribution: Reals, density: Reals) {
  let decay = decayingExp(-0.5 * z * z)
  let tail = normalTail(absolute(z), decay: decay)
  return ((1 - tail).replacing(with: tail, where: z .< 0), decay * 0.398942280401432677940)
}
