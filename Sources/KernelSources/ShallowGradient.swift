// The exact mini-batch gradient of shallow ReLU networks with scalar input, in O(h) a step from an almost sorted order
// of the kinks, whatever the batch size.
//
// Network: N(x) = c + sum_j v_j max(w_j x + b_j, 0), residual r = N - f, risk of the batch (1/B) sum r(x_i)^2. With
// S0_j = sum of r and S1_j = sum of x r over the samples where neuron j is active, the gradient is
// (2/B) (v_j S1_j, v_j S0_j, w_j S1_j + b_j S0_j) in (w_j, b_j, v_j), and (2/B) sum of r in c. Between kinks N is
// linear, N = C + A x, so sums of r over the samples left of a kink follow from the batch's sums of 1, x, x^2, f, x f
// and the lines passed on the way.

/// Where the parameters of a network of width h stand: w at 0, b at hp, v at 2 hp, c at 3 hp, hp = h rounded up to a
/// multiple of 16. The padding is w = 0, b = -1, v = 0: neurons that are never active.
public func paddedWidth(_ width: Int) -> Int { (width &+ 15) & ~15 }

/// Floats of memory of the parameters, or of a gradient, of a network.
public func shallowParameterCount(width: Int) -> Int { 3 &* paddedWidth(width) &+ 16 }

/// Scratch memory of a gradient.
struct ShallowScratch {
  let memory: UnsafeMutableRawPointer
  let padded: Int

  @inline(always)
  init(_ memory: UnsafeMutableRawPointer, width: Int) {
    self.memory = memory
    padded = paddedWidth(width)
  }

  /// Change of the slope of N at the kink of neuron j, from left to right: v |w|.
  @inline(always)
  var slopeChange: UnsafeMutablePointer<Double> { memory.assumingMemoryBound(to: Double.self) }
  /// Change of the intercept there: v b sign(w).
  @inline(always)
  var interceptChange: UnsafeMutablePointer<Double> { slopeChange + padded }
  /// Sums of r and of x r over the samples left of the kink; 0 for a neuron without a kink inside.
  @inline(always)
  var left0: UnsafeMutablePointer<Double> { interceptChange + padded }
  @inline(always)
  var left1: UnsafeMutablePointer<Double> { left0 + padded }
  /// (order of the kink) * 2^32 + j, sorted.
  @inline(always)
  var sorted: UnsafeMutablePointer<UInt64> {
    UnsafeMutableRawPointer(left1 + padded).assumingMemoryBound(to: UInt64.self)
  }
  /// The largest float that counts as left of the kink.
  @inline(always)
  var kink: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(sorted + padded).assumingMemoryBound(to: Float.self)
  }
  /// The kink as an integer of the same order; all ones without a kink inside.
  @inline(always)
  var orderKey: UnsafeMutablePointer<UInt32> {
    UnsafeMutableRawPointer(kink + padded).assumingMemoryBound(to: UInt32.self)
  }

  static func byteCount(width: Int) -> Int { 48 &* paddedWidth(width) }
}

/// Bytes of scratch memory, aligned to 64, that a gradient of a network of width h needs.
public func shallowScratchByteCount(width: Int) -> Int { ShallowScratch.byteCount(width: width) }

/// The neurons of a block of 16: those with a kink strictly inside (lower, upper), and those active at the right end.
@inline(always)
private func classify(
  _ w: Floats, _ b: Floats, lower: Float, upper: Float
) -> (kink: Floats, inside: SIMDMask<SIMD16<Int32>>, activeRight: SIMDMask<SIMD16<Int32>>) {
  // w = 0 gives an infinite kink or NaN, both of which are not inside. Adding 0 makes -0 a +0.
  let kink = -b / w + 0
  let inside = kink .> lower .& kink .< upper
  let everywhere = w * (0.5 * (lower + upper)) + b .> 0
  // Of the neurons inside, the right-oriented ones are active at the right end; of the others, all or nothing.
  let activeRight = (inside .& w .> 0) .| (.!inside .& everywhere)
  return (kink, inside, activeRight)
}

/// Step 1: kinks, line changes, and the line at the left end.
@inline(always)
private func prepareLines(
  _ parameters: UnsafePointer<Float>, width: Int, lower: Float, upper: Float, _ scratch: ShallowScratch
) -> (slope: Double, intercept: Double) {
  let hp = scratch.padded
  let zero = Doubles(repeating: 0)
  var slope0 = zero
  var slope1 = zero
  var intercept0 = zero
  var intercept1 = zero
  var j = 0
  while j < hp {
    let w = load(parameters, j)
    let b = load(parameters, hp &+ j)
    let v = load(parameters, 2 &* hp &+ j)
    let (kink, inside, activeRight) = classify(w, b, lower: lower, upper: upper)
    let activeLeft = (inside .& w .< 0) .| (.!inside .& activeRight)

    // A sample on the kink is inactive: it counts as left of a right-oriented kink and as right of a left-oriented one.
    let raw = unsafeBitCast(kink, to: SIMD16<Int32>.self)
    let ordered = raw ^ ((raw &>> 31) & 0x7fff_ffff)
    // Just below +0 comes -0, which compares equal to it: skip it.
    let below = ordered.replacing(with: -1, where: kink .== 0) &- 1
    let bound = ordered.replacing(with: below, where: w .< 0)
    store(unsafeBitCast(bound ^ ((bound &>> 31) & 0x7fff_ffff), to: Floats.self), scratch.kink, j)
    let key = (bound ^ Int32.min).replacing(with: -1, where: .!inside)
    UnsafeMutableRawPointer(scratch.orderKey + j).assumingMemoryBound(to: SIMD16<Int32>.self).pointee = key

    let orientation = Floats(repeating: 1).replacing(with: -1, where: w .< 0)
    let signedW = w * orientation
    let signedB = b * orientation
    let v0 = lowDoubles(v)
    let v1 = highDoubles(v)
    store(v0 * lowDoubles(signedW), scratch.slopeChange, j)
    store(v1 * highDoubles(signedW), scratch.slopeChange, j &+ 8)
    store(v0 * lowDoubles(signedB), scratch.interceptChange, j)
    store(v1 * highDoubles(signedB), scratch.interceptChange, j &+ 8)
    store(zero, scratch.left0, j)
    store(zero, scratch.left0, j &+ 8)
    store(zero, scratch.left1, j)
    store(zero, scratch.left1, j &+ 8)

    let activeV = v.replacing(with: 0, where: .!activeLeft)
    let a0 = lowDoubles(activeV)
    let a1 = highDoubles(activeV)
    slope0 = slope0 + a0 * lowDoubles(w)
    slope1 = slope1 + a1 * highDoubles(w)
    intercept0 = intercept0 + a0 * lowDoubles(b)
    intercept1 = intercept1 + a1 * highDoubles(b)
    j &+= 16
  }
  return (fixedTreeSum(slope0, slope1), fixedTreeSum(intercept0, intercept1) + Double(parameters[3 &* hp]))
}

/// Step 2: sorts the neurons by (kink, index), starting from the order of the step before; returns how many have a
/// kink inside. The result does not depend on the order it starts from.
@inline(always)
private func sortKinks(_ order: UnsafeMutablePointer<UInt32>, width: Int, _ scratch: ShallowScratch) -> Int {
  let sorted = scratch.sorted
  var inside = 0
  for i in 0..<width {
    let j = order[i]
    let key = scratch.orderKey[Int(j)]
    inside &+= key == .max ? 0 : 1
    let item = UInt64(key) &<< 32 | UInt64(j)
    var place = i
    while place > 0, sorted[place &- 1] > item {
      sorted[place] = sorted[place &- 1]
      place &-= 1
    }
    sorted[place] = item
  }
  for i in 0..<width { order[i] = UInt32(truncatingIfNeeded: sorted[i]) }
  return inside
}

/// What a batch knows about a kink: how many samples are left of it, and their sums of x, x^2, f, x f.
private struct LeftSums {
  let count: Double
  let x: Double
  let xx: Double
  let f: Double
  let xf: Double
}

/// Step 3: walks the kinks from left to right and leaves the left sums of r and x r; returns the sums over the batch.
@inline(always)
private func walkKinks(
  _ order: UnsafeMutablePointer<UInt32>, inside: Int, slope: Double, intercept: Double, batch: BatchLayout,
  _ scratch: ShallowScratch, leftSums: (Float) -> LeftSums
) -> (sum0: Double, sum1: Double) {
  // N = c + a x right of the last kink; e makes the sums with this line right for the samples left of it.
  var a = slope
  var c = intercept
  var e0 = 0.0
  var e1 = 0.0
  for i in 0..<inside {
    let j = Int(order[i])
    let left = leftSums(scratch.kink[j])
    scratch.left0[j] = (a * left.x + c * left.count) - (left.f - e0)
    scratch.left1[j] = (a * left.xx + c * left.x) - (left.xf - e1)
    let da = scratch.slopeChange[j]
    let dc = scratch.interceptChange[j]
    a += da
    c += dc
    e0 -= da * left.x + dc * left.count
    e1 -= da * left.xx + dc * left.x
  }
  let count = Double(batch.size)
  let totals = batch.totals
  return (
    (a * totals[0] + c * count) - (totals[2] - e0),
    (a * totals[1] + c * totals[0]) - (totals[3] - e1)
  )
}

/// Step 4: the gradient from the sums.
@inline(always)
private func finishGradient(
  _ parameters: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>, sum0: Double, sum1: Double,
  batchSize: Int, lower: Float, upper: Float, _ scratch: ShallowScratch
) {
  let hp = scratch.padded
  let factor = 2 / Double(batchSize)
  let total0 = Doubles(repeating: sum0)
  let total1 = Doubles(repeating: sum1)
  var j = 0
  while j < hp {
    let w = load(parameters, j)
    let b = load(parameters, hp &+ j)
    let v = load(parameters, 2 &* hp &+ j)
    let activeRight = classify(w, b, lower: lower, upper: upper).activeRight
    let right = Floats(repeating: 0).replacing(with: 1, where: activeRight)
    let right0 = lowDoubles(right) .> 0
    let right1 = highDoubles(right) .> 0
    var gw0 = Doubles()
    var gw1 = Doubles()
    var gb0 = Doubles()
    var gb1 = Doubles()
    var gv0 = Doubles()
    var gv1 = Doubles()
    finishLanes(
      scratch, j, right0, lowDoubles(w), lowDoubles(b), lowDoubles(v), total0, total1, factor, &gw0, &gb0, &gv0)
    finishLanes(
      scratch, j &+ 8, right1, highDoubles(w), highDoubles(b), highDoubles(v), total0, total1, factor, &gw1, &gb1,
      &gv1)
    store(floats(gw0, gw1), gradient, j)
    store(floats(gb0, gb1), gradient, hp &+ j)
    store(floats(gv0, gv1), gradient, 2 &* hp &+ j)
    j &+= 16
  }
  gradient[3 &* hp] = Float(factor * sum0)
}

@inline(always)
private func finishLanes(
  _ scratch: ShallowScratch, _ j: Int, _ right: SIMDMask<SIMD8<Int64>>, _ w: Doubles, _ b: Doubles, _ v: Doubles,
  _ total0: Doubles, _ total1: Doubles, _ factor: Double, _ gw: inout Doubles, _ gb: inout Doubles,
  _ gv: inout Doubles
) {
  let left0 = load(UnsafePointer(scratch.left0), j)
  let left1 = load(UnsafePointer(scratch.left1), j)
  let s0 = left0.replacing(with: total0 - left0, where: right) * factor
  let s1 = left1.replacing(with: total1 - left1, where: right) * factor
  gw = v * s1
  gb = v * s0
  gv = w * s1 + b * s0
}

/// All steps. `leftSums` finds the rank of a kink in the batch, and the sums left of it.
@inline(always)
private func computeGradient(
  _ parameters: UnsafePointer<Float>, _ order: UnsafeMutablePointer<UInt32>, _ gradient: UnsafeMutablePointer<Float>,
  width: Int, _ batch: BatchLayout, lower: Float, upper: Float, _ scratchMemory: UnsafeMutableRawPointer,
  leftSums: (Float) -> LeftSums
) {
  let scratch = ShallowScratch(scratchMemory, width: width)
  let (slope, intercept) = prepareLines(parameters, width: width, lower: lower, upper: upper, scratch)
  let inside = sortKinks(order, width: width, scratch)
  let (sum0, sum1) = walkKinks(
    order, inside: inside, slope: slope, intercept: intercept, batch: batch, scratch, leftSums: leftSums)
  finishGradient(
    parameters, gradient, sum0: sum0, sum1: sum1, batchSize: batch.size, lower: lower, upper: upper, scratch)
}

/// The gradient on a batch that belongs to this network alone: ranks by bisection, first of the lanes, then of a lane.
///
/// - Parameters:
///   - order: a permutation of 0 ..< width, kept from step to step; any permutation gives the same gradient.
///   - batch: memory prepared by `drawBatch`.
public func shallowGradient(
  _ parameters: UnsafePointer<Float>, order: UnsafeMutablePointer<UInt32>, gradient: UnsafeMutablePointer<Float>,
  width: Int, batch memory: UnsafeMutableRawPointer, batchSize: Int, lower: Float, upper: Float,
  scratch: UnsafeMutableRawPointer
) {
  let batch = BatchLayout(memory, size: batchSize)
  let inputs = batch.inputs
  let sums = batch.sums
  let offsets = batch.offsets
  computeGradient(parameters, order, gradient, width: width, batch, lower: lower, upper: upper, scratch) { kink in
    var lane = 0
    lane &+= inputs[8] <= kink ? 8 : 0
    lane &+= inputs[lane &+ 4] <= kink ? 4 : 0
    lane &+= inputs[lane &+ 2] <= kink ? 2 : 0
    lane &+= inputs[lane &+ 1] <= kink ? 1 : 0
    // The number of samples of the lane that are at most the kink, bit by bit from the highest. Shifting the outcome of
    // the comparison keeps the compiler from making a branch of it, which would be mispredicted every other time.
    let column = inputs + lane
    var row = 0
    var bit = batch.searchBits
    while bit > 0 {
      bit &-= 1
      let isLeft = column[(row &+ (1 &<< bit) &- 1) &* laneCount] <= kink
      row &+= Int(truncatingIfNeeded: unsafeBitCast(isLeft, to: UInt8.self)) &<< bit
    }
    let local = sums + (row &* 64 &+ lane)
    return LeftSums(
      count: Double(lane &* batch.rows &+ row),
      x: offsets[lane] + local[0],
      xx: offsets[laneCount &+ lane] + local[laneCount],
      f: offsets[2 &* laneCount &+ lane] + local[2 &* laneCount],
      xf: offsets[3 &* laneCount &+ lane] + local[3 &* laneCount])
  }
}

/// The gradient on a batch that many networks share: ranks from the bucket table that `indexBatch` has built.
///
/// The same numbers as `shallowGradient`, bit for bit.
public func shallowGradientOnIndexedBatch(
  _ parameters: UnsafePointer<Float>, order: UnsafeMutablePointer<UInt32>, gradient: UnsafeMutablePointer<Float>,
  width: Int, batch memory: UnsafeMutableRawPointer, batchSize: Int, lower: Float, upper: Float,
  scratch: UnsafeMutableRawPointer
) {
  let batch = BatchLayout(memory, size: batchSize)
  let sorted = batch.sorted
  let prefix = batch.prefix
  let firstInBucket = batch.firstInBucket
  computeGradient(parameters, order, gradient, width: width, batch, lower: lower, upper: upper, scratch) { kink in
    // A bound one step below the left end, of a left-oriented kink just inside, still belongs to bucket 0.
    var q = Int(firstInBucket[batch.bucket(kink < lower ? lower : kink, lower: lower, upper: upper)])
    // A bucket holds one sample on average: count up to four without a branch, which would often be mispredicted.
    let first = sorted + q
    q &+= first[0] <= kink ? 1 : 0
    q &+= first[1] <= kink ? 1 : 0
    q &+= first[2] <= kink ? 1 : 0
    q &+= first[3] <= kink ? 1 : 0
    while sorted[q] <= kink { q &+= 1 }
    let at = prefix + q &* 4
    return LeftSums(count: Double(q), x: at[0], xx: at[1], f: at[2], xf: at[3])
  }
}
