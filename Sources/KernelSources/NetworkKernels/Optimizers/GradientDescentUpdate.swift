/// Gradient descent: theta = theta - rate * g (Robbins and Monro, 1951).
///
/// Coefficients: rate.
@inline(always)
func gradientDescentUpdate(_ update: UpdateArguments) -> Reals {
  let rate = update.coefficient(0)
  var check = Reals(repeating: 0)
  var i = 0
  while i < update.count {
    let theta = load(UnsafePointer(update.parameters), i) - load(update.gradient, i) * rate
    store(theta, update.parameters, i)
    check = check + notFinite(theta)
    i = i &+ realLanes
  }
  return check
}
