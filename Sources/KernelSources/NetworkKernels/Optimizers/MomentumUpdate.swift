/// Momentum, in both conventions: m = momentum * m + weight * g, theta = theta - rate * m.
///
/// With weight 1 that is the heavy ball method of Polyak (1964) as in Sutskever, Martens, Dahl and Hinton (2013) and in
/// PyTorch's SGD without dampening; with weight 1 - momentum, an average of the gradients, that of arXiv:2402.05155.
///
/// Slot 0: m. Coefficients: rate, momentum, weight.
@inline(always)
func momentumUpdate(_ update: UpdateArguments) -> Reals {
  let rate = update.coefficient(0)
  let momentum = update.coefficient(1)
  let weight = update.coefficient(2)
  let average = update.slot(0)
  var check = Reals(repeating: 0)
  var i = 0
  while i < update.count {
    let m = flushed(load(UnsafePointer(average), i) * momentum + load(update.gradient, i) * weight)
    store(m, average, i)
    let theta = load(UnsafePointer(update.parameters), i) - m * rate
    store(theta, update.parameters, i)
    check = check + notFinite(theta)
    i = i &+ realLanes
  }
  return check
}
