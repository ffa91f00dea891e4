/// AMSGrad (Reddi, Kale and Kumar, arXiv:1904.09237), in two forms: m and s as in Adam, t = max(t, s).
///
/// In the form of PyTorch theta = theta - rate * m^ / (sqrt(t / (1 - beta2^n)) + epsilon), m^ = m / (1 - beta1^n),
/// computed as Adam with t in place of s: a = rate * sqrt(1 - beta2^n) / (1 - beta1^n),
/// e = epsilon * sqrt(1 - beta2^n).
/// In the form of the paper (algorithm 2), without bias correction, theta = theta - rate * m / (sqrt(t) + epsilon):
/// a = rate, e = epsilon.
///
/// Slots 0: m, 1: s, 2: t; overflow of t counts as failure. Coefficients: a, beta1, 1 - beta1, beta2, 1 - beta2, e.
@inline(always)
func amsGradUpdate(_ update: UpdateArguments) -> Reals {
  let size = update.coefficient(0)
  let epsilon = update.positiveCoefficient(5)
  let moments = DecayingMoments(update)
  let maxima = update.slot(2)
  var check = Reals(repeating: 0)
  var i = 0
  while i < update.count {
    let g = load(update.gradient, i)
    let m = moments.average(g, i)
    let s = moments.square(g, i)
    let t = larger(load(UnsafePointer(maxima), i), s)
    store(t, maxima, i)
    let theta = load(UnsafePointer(update.parameters), i) - m * size / (t.squareRoot() + epsilon)
    store(theta, update.parameters, i)
    check = check + notFinite(theta) + notFinite(t)
    i = i &+ realLanes
  }
  return check
}
