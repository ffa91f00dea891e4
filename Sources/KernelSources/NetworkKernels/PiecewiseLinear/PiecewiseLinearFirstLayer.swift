// The breakpoints of the first layer, whose neurons have one kink each, with clipping two.

/// The kinks of the first layer's neurons that separate samples, sorted, with the first and the last sample around
/// them, and the derivatives of the activations at the left end.
///
/// - Returns: the number of boundaries; nil if there are more breakpoints than `capacity`.
func placeFirstBreakpoints(
  _ scratch: PiecewiseLinearScratch, _ parameters: UnsafePointer<Real>, width: Int,
  _ activation: PiecewiseLinearActivation, first: Double, last: Double, capacity: Int
) -> Int? {
  let padded = paddedWidth(width)
  solveFirstLayer(scratch, parameters, padded: padded, activation, first: first, last: last)
  var found = 0
  for j in 0..<width {
    let t = scratch.candidate[j]
    scratch.newPosition[found] = t
    scratch.newNeuron[found] = Int32(truncatingIfNeeded: j)
    scratch.newSegment[found] = 0
    found &+= number(t >= first) & number(t < last)
  }
  let lower = found
  if activation.isClipping {
    for j in 0..<width {
      let t = scratch.candidate[padded &+ j]
      scratch.newPosition[found] = t
      scratch.newNeuron[found] = Int32(truncatingIfNeeded: j)
      scratch.newSegment[found] = 0
      found &+= number(t >= first) & number(t < last)
    }
  }
  if found > capacity { return nil }
  for i in 0..<found {
    let isRising = parameters[Int(scratch.newNeuron[i])] > 0
    let isUpper = i >= lower
    scratch.newLevel[i] = isUpper ? 1 : 0
    scratch.newSlope[i] = isRising == isUpper ? Real(activation.lowSlope) : 1
  }
  orderSteepKinks(scratch, lower: lower, found: found)
  rankFirstBreakpoints(scratch, count: found)
  for i in 0..<found {
    let place = Int(scratch.newPlace[i])
    scratch.position[place] = scratch.newPosition[i]
    scratch.layer[place] = 1
    scratch.neuron[place] = scratch.newNeuron[i]
    scratch.slope[place] = scratch.newSlope[i]
  }
  scratch.position[0] = first
  scratch.layer[0] = 0
  scratch.position[found &+ 1] = last
  scratch.layer[found &+ 1] = 0
  return found &+ 2
}

/// Where the pre-activations are 0 (and 1), and the derivatives at the left end. A neuron without a kink from the first
/// to the last sample has the same derivative everywhere.
func solveFirstLayer(
  _ scratch: PiecewiseLinearScratch, _ parameters: UnsafePointer<Real>, padded: Int,
  _ activation: PiecewiseLinearActivation, first: Double, last: Double
) {
  let one = Doubles(repeating: 1)
  let middle = Doubles(repeating: 0.5 * (first + last))
  let low = Doubles(repeating: activation.lowSlope)
  var j = 0
  while j < padded {
    let w = widened(loadEight(parameters, j))
    let b = widened(loadEight(parameters, padded &+ j))
    let kink = (Doubles(repeating: 0) - b) / w
    let t = kink.replacing(with: below(kink), where: w .< 0)
    let inside = t .>= first .& t .< last
    let isActive = (inside .& w .< 0) .| (.!inside .& w * middle + b .> 0)
    store(t, scratch.candidate, j)
    storeEight(low.replacing(with: one, where: isActive), scratch.firstSlopes, j)
    j &+= 8
  }
  if !activation.isClipping { return }
  j = 0
  while j < padded {
    let w = widened(loadEight(parameters, j))
    let b = widened(loadEight(parameters, padded &+ j))
    let kink = (one - b) / w
    let t = kink.replacing(with: below(kink), where: w .> 0)
    let inside = t .>= first .& t .< last
    let isBelow = (inside .& w .> 0) .| (.!inside .& w * middle + b .< 1)
    store(t, scratch.candidate, padded &+ j)
    let slope = widened(loadEight(scratch.firstSlopes, j))
    storeEight(Doubles(repeating: 0).replacing(with: slope, where: isBelow), scratch.firstSlopes, j)
    j &+= 8
  }
}

/// The places of the first layer's breakpoints, sorted by (position, index): each counts those before it, which takes
/// no branches.
func rankFirstBreakpoints(_ scratch: PiecewiseLinearScratch, count: Int) {
  let positions = scratch.newPosition
  let one = Doubles(repeating: 1)
  var lanes = Doubles()
  for lane in 0..<8 { lanes[lane] = Double(lane) }
  for i in count..<(count &+ 7) & ~7 { positions[i] = .infinity }
  var block = 0
  while block < count {
    let t = load(UnsafePointer(positions), block)
    var before = one
    for i in 0..<block {
      let other = Doubles(repeating: positions[i])
      before = before.replacing(with: before + one, where: other .<= t)
    }
    for i in 0..<8 {
      let other = Doubles(repeating: positions[block &+ i])
      let isFirst = other .< t .| (other .== t .& lanes .> Double(i))
      before = before.replacing(with: before + one, where: isFirst)
    }
    var i = block &+ 8
    while i < count {
      let other = Doubles(repeating: positions[i])
      before = before.replacing(with: before + one, where: other .< t)
      i &+= 1
    }
    for lane in 0..<8 { scratch.newPlace[block &+ lane] = Int32(truncatingIfNeeded: Int(before[lane])) }
    block &+= 8
  }
}

/// Activations of the first layer at the boundaries.
func evaluateFirstLayer(
  _ scratch: PiecewiseLinearScratch, _ parameters: UnsafePointer<Real>, padded: Int,
  _ activation: PiecewiseLinearActivation, boundaries: Int
) {
  if activation.isClipping {
    evaluateFirstLayer(scratch, parameters, padded: padded, isClipping: true, 0, boundaries: boundaries)
  } else {
    evaluateFirstLayer(
      scratch, parameters, padded: padded, isClipping: false, activation.lowSlope, boundaries: boundaries)
  }
  // At its own kink a neuron's pre-activation is exact, not a rounding error of either sign.
  for i in 0..<boundaries &- 2 {
    scratch.activations[Int(scratch.newPlace[i]) &* padded &+ Int(scratch.newNeuron[i])] = scratch.newLevel[i]
  }
}

@inline(always)
private func evaluateFirstLayer(
  _ scratch: PiecewiseLinearScratch, _ parameters: UnsafePointer<Real>, padded: Int, isClipping: Bool,
  _ lowSlope: Double,
  boundaries: Int
) {
  let low = Doubles(repeating: lowSlope)
  var column = 0
  while column < padded {
    let w = widened(loadEight(parameters, column))
    let b = widened(loadEight(parameters, padded &+ column))
    for k in 0..<boundaries {
      let t = scratch.position[k]
      // Kinks at 0 give exact zeros, on both sides of 0 as well.
      let x = Doubles(repeating: t.magnitude < 1e-200 ? 0 : t)
      store(
        activated(multiplyAddDoubles(b, w, x), isClipping: isClipping, low), scratch.activations, k &* padded &+ column)
    }
    column &+= 8
  }
}
