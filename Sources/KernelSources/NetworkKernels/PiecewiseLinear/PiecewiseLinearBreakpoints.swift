// The breakpoints of a piecewise linear network, layer by layer.
//
// A breakpoint is the kink of one neuron, at which the derivative of its activation changes. All samples x <= its
// position count as left of it. A sample exactly on a kink belongs to the side z < 0 (z > 1 at the upper kink of
// clipping): where that side is on the right, the position is a little smaller than the kink.
//
// All of this is in double precision whatever the parameters are: a residual cancels, so rounding of the realization at
// few breakpoints would be seen in the gradient, where that at many samples averages out; and a kink that is off by a
// rounding error of single precision would be on the wrong side of a sample now and then.

/// Activation of a piecewise linear network: ReLU is the leaky ReLU of slope 0.
struct PiecewiseLinearActivation {
  let isClipping: Bool
  /// Derivative of a neuron that is not active.
  let lowSlope: Double

  init(_ code: Int32, _ parameter: Double) {
    isClipping = code == clippingCode
    lowSlope = code == leakyReLUCode ? Double(Real(parameter)) : 0
  }
}

/// Values of the activation.
@inline(always)
func activated(_ z: Doubles, isClipping: Bool, _ lowSlope: Doubles) -> Doubles {
  if isClipping {
    let positive = z.replacing(with: 0, where: z .< 0)
    return positive.replacing(with: 1, where: positive .> 1)
  }
  return z.replacing(with: z * lowSlope, where: z .< 0)
}

/// Numbers below x, by one to two units in the last place.
@inline(always)
func below(_ x: Doubles) -> Doubles {
  let modulus = x.replacing(with: -x, where: x .< 0)
  return x - (modulus * 0x1p-52 + 1e-300)
}

@inline(always)
func below(_ x: Double) -> Double { x - (x.magnitude * 0x1p-52 + 1e-300) }

/// 1 or 0, without a branch.
@inline(always)
func number(_ condition: Bool) -> Int { Int(truncatingIfNeeded: unsafeBitCast(condition, to: UInt8.self)) }

/// Finds the kinks of a deeper layer between neighbouring boundaries, from the layer's pre-activations there: wherever
/// z > 0 (or, with clipping, z < 1) changes. Leaves the derivatives of the activations at the left end.
///
/// - Parameter limit: the number of breakpoints that there may be.
/// - Returns: the number of kinks; nil if it is larger than `limit`.
func findBreakpoints(
  _ scratch: PiecewiseLinearScratch, width: Int, _ activation: PiecewiseLinearActivation, boundaries: Int,
  firstSlopes: UnsafeMutablePointer<Real>, limit: Int
) -> Int? {
  let padded = paddedWidth(width)
  let low = Doubles(repeating: activation.lowSlope)
  // 1 is above every number without clipping.
  let upper = Doubles(repeating: activation.isClipping ? 1 : .infinity)
  var column = 0
  while column < padded {
    let z = load(UnsafePointer(scratch.preactivations), column)
    storeEight(low.replacing(with: 1, where: z .> 0 .& z .< upper), firstSlopes, column)
    column &+= 8
  }
  guard
    let lower = findSignChanges(scratch, width: width, boundaries: boundaries, level: 0, found: 0, limit: limit)
  else { return nil }
  var found = lower
  if activation.isClipping {
    guard
      let all = findSignChanges(scratch, width: width, boundaries: boundaries, level: 1, found: found, limit: limit)
    else { return nil }
    found = all
  }
  for i in 0..<found {
    let k = Int(scratch.newSegment[i])
    let at = k &* padded &+ Int(scratch.newNeuron[i])
    let isUpper = i >= lower
    let level: Double = isUpper ? 1 : 0
    let left = scratch.preactivations[at] - level
    let right = scratch.preactivations[at &+ padded] - level
    // NaN becomes 0.
    let ratio = left / (left - right)
    let fraction = ratio > 0 ? (ratio < 1 ? ratio : 1) : 0
    let start = scratch.position[k]
    let end = scratch.position[k &+ 1]
    var t = start + (end - start) * fraction
    let isRising = left < right
    t = isRising == isUpper ? below(t) : t
    t = t < end ? t : end
    t = t > start ? t : start
    scratch.newPosition[i] = t
    scratch.newFraction[i] = fraction
    scratch.newLevel[i] = level
    scratch.newSlope[i] = isRising == isUpper ? Real(activation.lowSlope) : 1
  }
  orderSteepKinks(scratch, lower: lower, found: found)
  return found
}

/// Where a clipped neuron is so steep that rounding puts both its kinks at one place or in the wrong order, the second one
/// on its way from left to right goes behind the first one, at the same place.
///
/// New breakpoints up to `lower` are kinks at level 0, those behind it at level 1, either in the order of blocks of
/// segments, neurons and segments. Of breakpoints at one place the one with the lower number comes first.
func orderSteepKinks(_ scratch: PiecewiseLinearScratch, lower: Int, found: Int) {
  /// Increases with the number in both lists.
  func key(_ i: Int) -> Int {
    let segment = Int(scratch.newSegment[i])
    let block = segment / (UInt64.bitWidth &- 1)
    return block &<< 40 | Int(scratch.newNeuron[i]) &<< 6 | (segment &- block &* (UInt64.bitWidth &- 1))
  }
  var i = 0
  for k in lower..<found {
    while i < lower, key(i) < key(k) { i &+= 1 }
    if i == lower { return }
    guard key(i) == key(k) else { continue }
    // A rising neuron has its kink at level 0 first.
    let isRising = scratch.newSlope[i] == 1
    if isRising ? scratch.newPosition[k] >= scratch.newPosition[i] : scratch.newPosition[k] < scratch.newPosition[i] {
      continue
    }
    let (first, second) = isRising ? (i, k) : (k, i)
    scratch.newPosition[second] = scratch.newPosition[first]
    scratch.newFraction[second] = scratch.newFraction[first]
    if !isRising {
      scratch.newLevel[i] = 1
      scratch.newSlope[i] = 1
      scratch.newLevel[k] = 0
      scratch.newSlope[k] = 0
    }
  }
}

/// Appends, for each neuron, the segments at whose ends z > 0 (level 0) or z < 1 (level 1) differs.
///
/// A word collects that bit of one neuron for as many boundaries as it has bits; all lanes at once, so that only words
/// with changes cost scalar work. Words overlap by one boundary.
@inline(never)
func findSignChanges(
  _ scratch: PiecewiseLinearScratch, width: Int, boundaries: Int, level: Int, found: Int, limit: Int
) -> Int? {
  let padded = paddedWidth(width)
  let segmentsPerWord = UInt64.bitWidth &- 1
  let top = Words(repeating: 1 &<< 63)
  var found = found
  var start = 0
  while start < boundaries &- 1 {
    let segments = smaller(segmentsPerWord, boundaries &- 1 &- start)
    let unused = Words(repeating: UInt64(truncatingIfNeeded: segmentsPerWord &- segments))
    let valid = Words(repeating: (1 &<< UInt64(truncatingIfNeeded: segments)) &- 1)
    var column = 0
    while column < padded {
      var word = Words(repeating: 0)
      var at = scratch.preactivations + (start &* padded &+ column)
      for _ in 0...segments {
        let z = load(UnsafePointer(at), 0)
        // 0 - z and z - 1 are negative where the condition holds, and +0 at the kink itself.
        let sign = level == 0 ? 0 - z : z - 1
        word = (word &>> 1) | (bits(sign) & top)
        at += padded
      }
      word = word &>> unused
      let changes = (word ^ (word &>> 1)) & valid
      UnsafeMutableRawPointer(scratch.signChanges + column).assumingMemoryBound(to: Words.self).pointee = changes
      column &+= 8
    }
    for j in 0..<width {
      var changes = scratch.signChanges[j]
      // Most neurons have one kink or none: that takes no branch.
      scratch.newSegment[found] = Int32(truncatingIfNeeded: start &+ changes.trailingZeroBitCount)
      scratch.newNeuron[found] = Int32(truncatingIfNeeded: j)
      found &+= number(changes != 0)
      changes &= changes &- 1
      while changes != 0 {
        scratch.newSegment[found] = Int32(truncatingIfNeeded: start &+ changes.trailingZeroBitCount)
        scratch.newNeuron[found] = Int32(truncatingIfNeeded: j)
        found &+= 1
        changes &= changes &- 1
      }
      if found > limit { return nil }
    }
    start &+= segments
  }
  return found
}

/// Puts the breakpoints of a layer among the boundaries and evaluates the layer's activations at all of them.
func mergeBreakpoints(
  _ scratch: PiecewiseLinearScratch, width: Int, layer: Int, _ activation: PiecewiseLinearActivation, boundaries: Int,
  found: Int, activations: UnsafeMutablePointer<Double>
) {
  let next = scratch.next
  for k in 0..<boundaries { next[k] = 0 }
  for i in 0..<found { next[Int(scratch.newSegment[i])] &+= 1 }
  // Boundary k has found kinks in the segments before it; next[k] becomes its new place, and those of segment k follow.
  var before: Int32 = 0
  for k in 0..<boundaries {
    let inSegment = next[k]
    next[k] = Int32(truncatingIfNeeded: k) &+ before
    before &+= inSegment
  }
  let padded = paddedWidth(width)
  if activation.isClipping {
    activateBoundaries(scratch, padded: padded, isClipping: true, 0, boundaries: boundaries, activations)
  } else {
    activateBoundaries(
      scratch, padded: padded, isClipping: false, activation.lowSlope, boundaries: boundaries, activations)
  }
  if found == 0 { return }

  var k = boundaries &- 1
  while k > 0 {
    let place = Int(next[k])
    scratch.position[place] = scratch.position[k]
    scratch.layer[place] = scratch.layer[k]
    scratch.neuron[place] = scratch.neuron[k]
    scratch.slope[place] = scratch.slope[k]
    // A boundary stops the search for the place of a new breakpoint in the segment behind it.
    scratch.source[place] = -1
    k &-= 1
  }
  scratch.source[0] = -1
  for i in 0..<found {
    let k = Int(scratch.newSegment[i])
    let t = scratch.newPosition[i]
    var place = Int(next[k]) &+ 1
    next[k] &+= 1
    while scratch.source[place &- 1] >= 0, scratch.position[place &- 1] > t {
      scratch.position[place] = scratch.position[place &- 1]
      scratch.source[place] = scratch.source[place &- 1]
      scratch.newPlace[Int(scratch.source[place])] = Int32(truncatingIfNeeded: place)
      place &-= 1
    }
    scratch.position[place] = t
    scratch.source[place] = Int32(truncatingIfNeeded: i)
    scratch.newPlace[i] = Int32(truncatingIfNeeded: place)
  }
  for i in 0..<found {
    let place = Int(scratch.newPlace[i])
    scratch.layer[place] = Int32(truncatingIfNeeded: layer)
    scratch.neuron[place] = scratch.newNeuron[i]
    scratch.slope[place] = scratch.newSlope[i]
  }
  if activation.isClipping {
    activateBreakpoints(scratch, padded: padded, isClipping: true, 0, found: found, activations)
  } else {
    activateBreakpoints(scratch, padded: padded, isClipping: false, activation.lowSlope, found: found, activations)
  }
}

/// Activations at the old boundaries, which next[k] has the new places of.
@inline(always)
private func activateBoundaries(
  _ scratch: PiecewiseLinearScratch, padded: Int, isClipping: Bool, _ lowSlope: Double, boundaries: Int,
  _ activations: UnsafeMutablePointer<Double>
) {
  let low = Doubles(repeating: lowSlope)
  for k in 0..<boundaries {
    let z = UnsafePointer(scratch.preactivations + k &* padded)
    let out = activations + Int(scratch.next[k]) &* padded
    var column = 0
    while column < padded {
      store(activated(load(z, column), isClipping: isClipping, low), out, column)
      column &+= 8
    }
  }
}

/// Activations at the new breakpoints, between those at the ends of the old segment.
@inline(always)
private func activateBreakpoints(
  _ scratch: PiecewiseLinearScratch, padded: Int, isClipping: Bool, _ lowSlope: Double, found: Int,
  _ activations: UnsafeMutablePointer<Double>
) {
  let low = Doubles(repeating: lowSlope)
  for i in 0..<found {
    let left = UnsafePointer(scratch.preactivations + Int(scratch.newSegment[i]) &* padded)
    let out = activations + Int(scratch.newPlace[i]) &* padded
    let fraction = Doubles(repeating: scratch.newFraction[i])
    var column = 0
    while column < padded {
      let start = load(left, column)
      let z = multiplyAddDoubles(start, fraction, load(left, padded &+ column) - start)
      store(activated(z, isClipping: isClipping, low), out, column)
      column &+= 8
    }
    // At its own kink a neuron's pre-activation is exact, not a rounding error of either sign.
    out[Int(scratch.newNeuron[i])] = scratch.newLevel[i]
  }
}
