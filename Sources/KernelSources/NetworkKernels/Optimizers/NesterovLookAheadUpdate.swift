/// Nesterov momentum with the gradient ahead of the iterate, as in arXiv:2410.10533: with the rate of each step,
/// m = momentum * m + (1 - momentum) * g(theta - rate * momentum * m), theta = theta - rate * m.
///
/// The parameters in memory, where the gradient is computed, are phi = theta - rate * momentum * m with the rate of
/// the step to come; theta stands in a slot. At the start m = 0 and phi = theta.
///
/// Slots 0: m, 1: theta. Coefficients: rate, momentum, 1 - momentum, (rate of the next step) * momentum.
@inline(always)
func nesterovLookAheadUpdate(_ update: UpdateArguments) -> Reals {
  let rate = update.coefficient(0)
  let momentum = update.coefficient(1)
  let weight = update.coefficient(2)
  let ahead = update.coefficient(3)
  let average = update.slot(0)
  let iterate = update.slot(1)
  var check = Reals(repeating: 0)
  var i = 0
  while i < update.count {
    let m = flushed(load(UnsafePointer(average), i) * momentum + load(update.gradient, i) * weight)
    store(m, average, i)
    let theta = load(UnsafePointer(iterate), i) - m * rate
    store(theta, iterate, i)
    let phi = theta - m * ahead
    store(phi, update.parameters, i)
    check = check + notFinite(phi)
    i = i &+ realLanes
  }
  return check
}
