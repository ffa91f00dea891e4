/// Adam with decoupled weight decay (Loshchilov and Hutter, arXiv:1711.05101, algorithm 2, in the form of PyTorch,
/// where the decay is multiplied by the rate): theta = (1 - rate * decay) * theta, then a step of Adam.
///
/// It moves parameters whose gradients were always 0.
///
/// Slots 0: m, 1: s; overflow of s counts as failure. Coefficients: those of Adam, then 1 - rate * decay.
@inline(always)
func adamWUpdate(_ update: UpdateArguments) -> Reals {
  let size = update.coefficient(0)
  let epsilon = update.positiveCoefficient(5)
  let shrinkage = update.coefficient(6)
  let moments = DecayingMoments(update)
  var check = Reals(repeating: 0)
  var i = 0
  while i < update.count {
    let g = load(update.gradient, i)
    let m = moments.average(g, i)
    let s = moments.square(g, i)
    let shrunk = load(UnsafePointer(update.parameters), i) * shrinkage
    let theta = shrunk - m * size / (s.squareRoot() + epsilon)
    store(theta, update.parameters, i)
    check = check + notFinite(theta) + notFinite(s)
    i = i &+ realLanes
  }
  return check
}
