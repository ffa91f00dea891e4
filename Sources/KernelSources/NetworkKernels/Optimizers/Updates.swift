/// One step of an optimizer on a range of parameters; `Update` of the kernel interface says what the arguments are.
public func update(
  _ method: Int32, _ parameters: UnsafeMutableRawPointer, _ gradient: UnsafeRawPointer,
  _ state: UnsafeMutableRawPointer, _ stateStride: Int, _ count: Int, _ coefficients: UnsafePointer<Double>
) -> UInt32 {
  let arguments = UpdateArguments(
    parameters: parameters.assumingMemoryBound(to: Real.self), gradient: gradient.assumingMemoryBound(to: Real.self),
    state: state.assumingMemoryBound(to: Real.self), stateStride: stateStride, count: count,
    coefficients: coefficients)
  // Methods that differ in their coefficients only share a rule.
  let check: Reals
  switch method {
  case 0: check = gradientDescentUpdate(arguments)
  case 1, 2: check = momentumUpdate(arguments)
  case 3: check = nesterovUpdate(arguments)
  case 4: check = nesterovLookAheadUpdate(arguments)
  case 5: check = adaGradUpdate(arguments)
  case 6: check = rmsPropUpdate(arguments)
  case 7: check = adadeltaUpdate(arguments)
  case 8: check = adamUpdate(arguments)
  case 9: check = adamWUpdate(arguments)
  case 10, 11: check = amsGradUpdate(arguments)
  case 12: check = adamaxUpdate(arguments)
  case 13: check = adamaxUnsmoothedUpdate(arguments)
  case 14, 15: check = nadamUpdate(arguments)
  default: check = averagedGradientDescentUpdate(arguments)
  }
  return failedLanes(check)
}
