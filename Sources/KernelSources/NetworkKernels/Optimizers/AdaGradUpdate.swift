/// AdaGrad (Duchi, Hazan and Singer, 2011; the form of PyTorch): s = s + g^2,
/// theta = theta - rate * g / (sqrt(s) + epsilon).
///
/// Slot 0: s; overflow of s counts as failure. Coefficients: rate, epsilon.
@inline(always)
func adaGradUpdate(_ update: UpdateArguments) -> Reals {
  let rate = update.coefficient(0)
  let epsilon = update.positiveCoefficient(1)
  let squares = update.slot(0)
  var check = Reals(repeating: 0)
  var i = 0
  while i < update.count {
    let g = load(update.gradient, i)
    let s = load(UnsafePointer(squares), i) + g * g
    store(s, squares, i)
    let theta = load(UnsafePointer(update.parameters), i) - g * rate / (s.squareRoot() + epsilon)
    store(theta, update.parameters, i)
    check = check + notFinite(theta) + notFinite(s)
    i = i &+ realLanes
  }
  return check
}
