/// One step of gradient descent, theta = theta - rate * gradient, on the blocks that are trained.
///
/// - Parameters:
///   - trained: bit 0 inner weights, bit 1 inner biases, bit 2 outer weights, bit 3 outer bias.
/// - Returns: false when a trained parameter became infinite or NaN.
public func shallowDescentStep(
  _ parameters: UnsafeMutablePointer<Float>, gradient: UnsafePointer<Float>, width: Int, rate: Float, trained: UInt32
) -> Bool {
  let hp = paddedWidth(width)
  // x - x is 0 for finite x and NaN otherwise.
  var check = Floats(repeating: 0)
  for block in 0..<3 where trained &>> UInt32(truncatingIfNeeded: block) & 1 == 1 {
    let start = block &* hp
    var j = start
    while j < start &+ hp {
      let updated = load(UnsafePointer(parameters), j) - load(gradient, j) * rate
      store(updated, parameters, j)
      check = check + (updated - updated)
      j &+= 16
    }
  }
  if trained & 8 != 0 {
    let updated = parameters[3 &* hp] - gradient[3 &* hp] * rate
    parameters[3 &* hp] = updated
    check[0] = check[0] + (updated - updated)
  }
  var finite = true
  let zero = check .== 0
  for lane in 0..<laneCount { finite = finite && zero[lane] }
  return finite
}
