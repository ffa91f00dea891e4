/// Nadam (Dozat, "Incorporating Nesterov momentum into Adam", 2016), in two forms: m and s as in Adam,
/// theta = theta - rate * (c * m + d * g) / (sqrt(s^) + epsilon), s^ = s / (1 - beta2^n), n = 1, 2, ...
///
/// As in PyTorch, with a momentum schedule mu_k = beta1 * (1 - 0.96^(k * psi) / 2):
/// c = mu_(n+1) / (1 - mu_1 ... mu_(n+1)), d = (1 - mu_n) / (1 - mu_1 ... mu_n). With constant momentum, as in
/// arXiv:2410.10533: c = beta1 / (1 - beta1^(n+1)), d = (1 - beta1) / (1 - beta1^n).
///
/// Computed as theta - (a * m + b * g) / (sqrt(s) + e), where r = sqrt(1 - beta2^n), a = rate * c * r,
/// b = rate * d * r, e = epsilon * r.
///
/// Slots 0: m, 1: s; overflow of s counts as failure. Coefficients: a, beta1, 1 - beta1, beta2, 1 - beta2, e, b.
@inline(always)
func nadamUpdate(_ update: UpdateArguments) -> Reals {
  let size = update.coefficient(0)
  let epsilon = update.positiveCoefficient(5)
  let gradientSize = update.coefficient(6)
  let moments = DecayingMoments(update)
  var check = Reals(repeating: 0)
  var i = 0
  while i < update.count {
    let g = load(update.gradient, i)
    let m = moments.average(g, i)
    let s = moments.square(g, i)
    let step = (m * size + g * gradientSize) / (s.squareRoot() + epsilon)
    let theta = load(UnsafePointer(update.parameters), i) - step
    store(theta, update.parameters, i)
    check = check + notFinite(theta) + notFinite(s)
    i = i &+ realLanes
  }
  return check
}
