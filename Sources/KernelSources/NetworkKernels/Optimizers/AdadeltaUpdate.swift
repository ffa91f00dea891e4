/// Adadelta (Zeiler, arXiv:1212.5701, algorithm 1, with a rate as in PyTorch): s = decay * s + (1 - decay) * g^2,
/// d = sqrt((u + epsilon) / (s + epsilon)) * g, theta = theta - rate * d, u = decay * u + (1 - decay) * d^2.
///
/// Slots 0: s, 1: u; overflow of s counts as failure. Coefficients: rate, decay, 1 - decay, epsilon.
@inline(always)
func adadeltaUpdate(_ update: UpdateArguments) -> Reals {
  let rate = update.coefficient(0)
  let decay = update.coefficient(1)
  let weight = update.coefficient(2)
  let epsilon = update.positiveCoefficient(3)
  let squares = update.slot(0)
  let steps = update.slot(1)
  var check = Reals(repeating: 0)
  var i = 0
  while i < update.count {
    let g = load(update.gradient, i)
    let s = flushed(load(UnsafePointer(squares), i) * decay + g * weight * g)
    store(s, squares, i)
    let u = load(UnsafePointer(steps), i)
    let d = ((u + epsilon) / (s + epsilon)).squareRoot() * g
    store(flushed(u * decay + d * weight * d), steps, i)
    let theta = load(UnsafePointer(update.parameters), i) - d * rate
    store(theta, update.parameters, i)
    check = check + notFinite(theta) + notFinite(s)
    i = i &+ realLanes
  }
  return check
}
