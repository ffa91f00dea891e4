/// Adam (Kingma and Ba, arXiv:1412.6980, algorithm 1): m = beta1 * m + (1 - beta1) * g,
/// s = beta2 * s + (1 - beta2) * g^2, theta = theta - rate * m^ / (sqrt(s^) + epsilon) with m^ = m / (1 - beta1^n),
/// s^ = s / (1 - beta2^n), n = 1, 2, ...
///
/// Computed as theta - a * m / (sqrt(s) + e), a = rate * sqrt(1 - beta2^n) / (1 - beta1^n),
/// e = epsilon * sqrt(1 - beta2^n): the same with one division (section 2 of the paper).
///
/// Slots 0: m, 1: s; overflow of s counts as failure. Coefficients: a, beta1, 1 - beta1, beta2, 1 - beta2, e.
@inline(always)
func adamUpdate(_ update: UpdateArguments) -> Reals {
  let size = update.coefficient(0)
  let epsilon = update.positiveCoefficient(5)
  let moments = DecayingMoments(update)
  var check = Reals(repeating: 0)
  var i = 0
  while i < update.count {
    let g = load(update.gradient, i)
    let m = moments.average(g, i)
    let s = moments.square(g, i)
    let theta = load(UnsafePointer(update.parameters), i) - m * size / (s.squareRoot() + epsilon)
    store(theta, update.parameters, i)
    check = check + notFinite(theta) + notFinite(s)
    i = i &+ realLanes
  }
  return check
}
