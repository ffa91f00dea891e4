/// RMSprop (Hinton, Srivastava and Swersky, lecture 6e of "Neural networks for machine learning", 2012; the form of
/// PyTorch): s = decay * s + (1 - decay) * g^2, theta = theta - rate * g / (sqrt(s) + epsilon).
///
/// Slot 0: s; overflow of s counts as failure. Coefficients: rate, decay, 1 - decay, epsilon.
@inline(always)
func rmsPropUpdate(_ update: UpdateArguments) -> Reals {
  let rate = update.coefficient(0)
  let decay = update.coefficient(1)
  let weight = update.coefficient(2)
  let epsilon = update.positiveCoefficient(3)
  let squares = update.slot(0)
  var check = Reals(repeating: 0)
  var i = 0
  while i < update.count {
    let g = load(update.gradient, i)
    let s = flushed(load(UnsafePointer(squares), i) * decay + g * weight * g)
    store(s, squares, i)
    let theta = load(UnsafePointer(update.parameters), i) - g * rate / (s.squareRoot() + epsilon)
    store(theta, update.parameters, i)
    check = check + notFinite(theta) + notFinite(s)
    i = i &+ realLanes
  }
  return check
}
