/// Nesterov momentum with the gradient where the iterate is: m = momentum * m + g,
/// theta = theta - rate * (g + momentum * m).
///
/// Sutskever, Martens, Dahl and Hinton (2013) in the variables of Bengio, Boulanger-Lewandowski and Pascanu
/// (arXiv:1212.0901), as in PyTorch's SGD with nesterov=True.
///
/// Slot 0: m. Coefficients: rate, momentum.
@inline(always)
func nesterovUpdate(_ update: UpdateArguments) -> Reals {
  let rate = update.coefficient(0)
  let momentum = update.coefficient(1)
  let average = update.slot(0)
  var check = Reals(repeating: 0)
  var i = 0
  while i < update.count {
    let g = load(update.gradient, i)
    let m = flushed(load(UnsafePointer(average), i) * momentum + g)
    store(m, average, i)
    let theta = load(UnsafePointer(update.parameters), i) - (g + m * momentum) * rate
    store(theta, update.parameters, i)
    check = check + notFinite(theta)
    i = i &+ realLanes
  }
  return check
}
