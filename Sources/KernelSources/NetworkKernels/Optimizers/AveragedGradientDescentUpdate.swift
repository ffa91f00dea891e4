/// Gradient descent with the average of its iterates (Ruppert, 1988; Polyak and Juditsky, 1992):
/// theta = theta - rate * g, a = a + weight * (theta - a), weight = 1 / (number of iterates averaged so far, this one
/// included).
///
/// The average is a compensated sum (Kahan): with the small weights of long runs, plain sums in single precision would
/// stop moving. With weight 1 the average starts afresh at the iterate.
///
/// Slots 0: a, 1: what the last sum lost. Coefficients: rate, weight.
@inline(always)
func averagedGradientDescentUpdate(_ update: UpdateArguments) -> Reals {
  let rate = update.coefficient(0)
  let weight = update.coefficient(1)
  let averages = update.slot(0)
  let losses = update.slot(1)
  if update.coefficients[1] == 1 {
    var check = Reals(repeating: 0)
    var i = 0
    while i < update.count {
      let theta = load(UnsafePointer(update.parameters), i) - load(update.gradient, i) * rate
      store(theta, update.parameters, i)
      store(theta, averages, i)
      store(Reals(repeating: 0), losses, i)
      check = check + notFinite(theta)
      i = i &+ realLanes
    }
    return check
  }
  var check = Reals(repeating: 0)
  var i = 0
  while i < update.count {
    let theta = load(UnsafePointer(update.parameters), i) - load(update.gradient, i) * rate
    store(theta, update.parameters, i)
    let a = load(UnsafePointer(averages), i)
    let change = (theta - a) * weight - load(UnsafePointer(losses), i)
    let sum = a + change
    store((sum - a) - change, losses, i)
    store(sum, averages, i)
    check = check + notFinite(theta)
    i = i &+ realLanes
  }
  return check
}
