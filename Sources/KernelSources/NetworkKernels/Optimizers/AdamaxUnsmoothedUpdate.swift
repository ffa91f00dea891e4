/// Adamax (Kingma and Ba, arXiv:1412.6980, algorithm 2) without epsilon: m = beta1 * m + (1 - beta1) * g,
/// u = max(beta2 * u, |g|), theta = theta - rate / (1 - beta1^n) * m / u, n = 1, 2, ...; no step where u = 0.
///
/// Slots 0: m, 1: u. Coefficients: rate / (1 - beta1^n), beta1, 1 - beta1, beta2.
@inline(always)
func adamaxUnsmoothedUpdate(_ update: UpdateArguments) -> Reals {
  let size = update.coefficient(0)
  let beta1 = update.coefficient(1)
  let weight1 = update.coefficient(2)
  let beta2 = update.coefficient(3)
  let averages = update.slot(0)
  let norms = update.slot(1)
  var check = Reals(repeating: 0)
  var i = 0
  while i < update.count {
    let g = load(update.gradient, i)
    let m = flushed(load(UnsafePointer(averages), i) * beta1 + g * weight1)
    store(m, averages, i)
    let u = larger(flushed(load(UnsafePointer(norms), i) * beta2), magnitude(g))
    store(u, norms, i)
    let step = (m * size / u).replacing(with: 0, where: u .== Reals(repeating: 0))
    let theta = load(UnsafePointer(update.parameters), i) - step
    store(theta, update.parameters, i)
    check = check + notFinite(theta)
    i = i &+ realLanes
  }
  return check
}
