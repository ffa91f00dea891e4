// The exact mini-batch gradient of shallow piecewise linear networks with scalar input, in O(h) a step from an almost
// sorted order of the kinks, whatever the batch size.
//
// Network with ReLU: N(x) = c + sum_j v_j max(w_j x + b_j, 0), residual r = N - f, risk of the batch (1/B) sum r(x_i)^2.
// With S0_j = sum of r and S1_j = sum of x r over the samples where neuron j is active, the gradient is
// (2/B) (v_j S1_j, v_j S0_j, w_j S1_j + b_j S0_j) in (w_j, b_j, v_j), and (2/B) sum of r in c. Between kinks N is
// linear, N = C + A x, so sums of r over the samples left of a kink follow from the batch's sums of 1, x, x^2, f, x f
// and the lines passed on the way.
//
// Leaky ReLU of slope s is s z + (1 - s) max(z, 0): where a neuron is not active, its sums count s times.
// Clipping has two kinks a neuron and a file of its own, ShallowClipping.swift.

/// Scratch memory of a gradient; `count` kinks.
struct ShallowScratch {
  let memory: UnsafeMutableRawPointer
  let count: Int

  /// Sums of r and of x r over the samples left of the kink; with ReLU set for the kinks inside only, and until then
  /// the changes of slope and intercept of N at the kink, from left to right.
  @inline(always)
  var left0: UnsafeMutablePointer<Double> { memory.assumingMemoryBound(to: Double.self) }
  @inline(always)
  var left1: UnsafeMutablePointer<Double> { left0 + count }
  /// The largest float that counts as left of the kink; all ones, which is NaN, for a kink that is not
  /// inside.
  @inline(always)
  var bound: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(left1 + count).assumingMemoryBound(to: Float.self)
  }
  /// First 0, then of the kinks inside (order of the bound) * 2^32 + index, sorted.
  @inline(always)
  var sorted: UnsafeMutablePointer<UInt64> {
    UnsafeMutableRawPointer(bound + count).assumingMemoryBound(to: UInt64.self)
  }
  /// The ranks of the kinks inside in their order: where `sorted` was, one place further to the front.
  @inline(always)
  var ranks: UnsafeMutablePointer<Int> { UnsafeMutableRawPointer(sorted).assumingMemoryBound(to: Int.self) }
  /// Behind the last of these arrays, aligned to 64 bytes if `count` is a multiple of 16.
  @inline(always)
  var end: UnsafeMutableRawPointer { UnsafeMutableRawPointer(sorted + (count &+ 8)) }

  /// Bytes up to `end`.
  static func byteCount(_ count: Int) -> Int { count &* 28 &+ 64 }
}

/// Bytes of scratch memory, aligned to 64, that a gradient of a network of hidden width widths[1] needs.
public func shallowScratchByteCount(_ widths: UnsafePointer<Int32>, _ layers: Int, _ size: Int) -> Int {
  clippingScratchByteCount(width: Int(widths[1]))
}

/// Writes the bounds of eight kinks, given as ordered bits; `outside` is all ones for a kink that is not inside.
@inline(always)
func storeBounds(_ bounds: SIMD8<Int32>, outside: SIMD8<Int32>, _ scratch: ShallowScratch, _ j: Int) {
  UnsafeMutableRawPointer(scratch.bound + j).assumingMemoryBound(to: SIMD8<Int32>.self).pointee =
    orderedBits(bounds) | outside
}

// MARK: ReLU and leaky ReLU

/// What neurons that are not inside have the sign of: they are active everywhere or nowhere.
@inline(always)
private func middle(_ w: EightReals, _ b: EightReals, lower: Float, upper: Float) -> EightReals {
  w * (0.5 * (Real(lower) + Real(upper))) + b
}

/// The bounds of eight kinks as ordered bits, and all ones where a kink is outside.
///
/// A sample on the kink is inactive: it counts as left of a right-oriented kink and as right of a left-oriented one.
@inline(always)
private func bounds(
  of kink: EightReals, inside: SIMDMask<EightReals.MaskStorage>, _ w: EightReals
) -> (bounds: SIMD8<Int32>, outside: SIMD8<Int32>) {
  #if DOUBLE_PRECISION
    return (largestFloats(upTo: kink, below: w .< 0), 0 &- ones(where: .!inside))
  #else
    let ordered = orderedBits(unsafeBitCast(kink, to: SIMD8<Int32>.self))
    // Just below +0 comes -0, which compares equal to it: skip it.
    let below = ordered.replacing(with: -1, where: kink .== 0) &- 1
    return (
      ordered.replacing(with: below, where: w .< 0), SIMD8<Int32>(repeating: 0).replacing(with: -1, where: .!inside)
    )
  #endif
}

/// Step 1, eight neurons: bounds of the kinks and changes of the line there; adds to the line at the left end, and to
/// the number of kinks inside. Leaky ReLU of slope `leak`, or ReLU.
@inline(always)
private func prepareEight(
  _ parameters: UnsafePointer<Real>, _ j: Int, padded: Int, isLeaky: Bool, leak: Double, lower: Float, upper: Float,
  _ scratch: ShallowScratch, slope: inout Doubles, intercept: inout Doubles, inside count: inout SIMD8<Int32>
) {
  let w = loadEight(parameters, j)
  let b = loadEight(parameters, padded &+ j)
  let v = loadEight(parameters, 2 &* padded &+ j)
  // w = 0 gives an infinite kink or NaN, both of which are not inside. Adding 0 makes -0 a +0.
  let kink = -b / w + 0
  let inside = kink .> Real(lower) .& kink .< Real(upper)
  // Of the neurons inside, the left-oriented ones are active at the left end; of the others, all or nothing.
  let activeLeft = (inside .& w .< 0) .| (.!inside .& middle(w, b, lower: lower, upper: upper) .> 0)
  let (bounds, outside) = bounds(of: kink, inside: inside, w)
  storeBounds(bounds, outside: outside, scratch, j)
  count = count &+ (outside &+ 1)

  let weight = widened(w)
  let bias = widened(b)
  var factor = widened(v.replacing(with: 0, where: .!activeLeft))
  if isLeaky { factor = factor + leak * widened(v.replacing(with: 0, where: activeLeft)) }
  slope = slope + factor * weight
  intercept = intercept + factor * bias

  let change = isLeaky ? (1 - leak) * widened(v) : widened(v)
  let sign = bits(weight) & Words(repeating: 1 &<< 63)
  store(change * doubles(bits(weight) ^ sign), scratch.left0, j)
  store(change * doubles(bits(bias) ^ sign), scratch.left1, j)
}

/// Step 2: sorts the kinks inside, of which there are `count`, by (bound, index), starting from the order of the step
/// before. The result does not depend on that; where the kinks outside are in it means nothing.
@inline(always)
func sortKinks(_ order: UnsafeMutablePointer<UInt32>, inside count: Int, _ scratch: ShallowScratch) {
  let sorted = scratch.sorted
  let boundBits = UnsafeRawPointer(scratch.bound).assumingMemoryBound(to: Int32.self)
  // Kinks that change places with their neighbour are the rule, and a branch on it would often be mispredicted. So the
  // last of the kinks so far is not stored yet, and the next one goes before or behind it without a branch.
  var last: UInt64 = 0
  var secondLast: UInt64 = 0
  var inside = 0
  var i = 0
  while inside < count {
    let j = order[i]
    let bits = boundBits[Int(j)]
    if bits != -1 {
      // A kink outside that stands in its place goes where it came from.
      order[i] = order[inside]
      let key = UInt32(bitPattern: bits ^ ((bits &>> 31) | Int32.min))
      let item = UInt64(key) &<< 32 | UInt64(j)
      let before = item < last ? item : last
      last = item < last ? last : item
      if before < secondLast {
        var place = inside
        while sorted[place &- 1] > before {
          sorted[place] = sorted[place &- 1]
          place &-= 1
        }
        sorted[place] = before
      } else {
        sorted[inside] = before
        secondLast = before
      }
      inside &+= 1
    }
    i &+= 1
  }
  sorted[inside] = last
}

/// Step 3: writes the kinks inside to the front of the order and finds their ranks. In a loop of its own: the walk is a
/// chain of additions, the searches need not wait for it.
@inline(always)
func rankKinks(
  _ order: UnsafeMutablePointer<UInt32>, inside: Int, _ batch: BatchLayout, isIndexed: Bool, lower: Float,
  upper: Float, _ scratch: ShallowScratch
) {
  let sorted = scratch.sorted
  let ranks = scratch.ranks
  findRanks(
    batch, count: inside, isIndexed: isIndexed, lower: lower, upper: upper,
    bound: { scratch.bound[Int(UInt32(truncatingIfNeeded: sorted[$0 &+ 1]))] },
    found: { i, rank in
      order[i] = UInt32(truncatingIfNeeded: sorted[i &+ 1])
      ranks[i] = rank
    })
}

/// Step 4: walks the kinks from left to right and leaves the left sums of r and x r; returns the sums over the batch.
///
/// - Parameters:
///   - leftSums: of the kink at a place in the order.
///   - changes: of slope and intercept of N at a kink.
@inline(always)
func walkKinks(
  _ order: UnsafeMutablePointer<UInt32>, inside: Int, slope: Double, intercept: Double, batch: BatchLayout,
  _ scratch: ShallowScratch, leftSums: (Int) -> LeftSums, changes: (Int) -> (slope: Double, intercept: Double)
) -> (sum0: Double, sum1: Double) {
  // N = c + a x right of the last kink; e makes the sums with this line right for the samples left of it. Both sums
  // side by side: of r with (x, 1), of x r with (x^2, x).
  var a = SIMD2(repeating: slope)
  var c = SIMD2(repeating: intercept)
  var e = SIMD2(repeating: 0.0)
  for i in 0..<inside {
    let left = leftSums(i)
    let powers = SIMD2(left.count, left.inputs[0])
    let sums = (a * left.inputs + c * powers) - (left.targets - e)
    let j = Int(order[i])
    let (da, dc) = changes(j)
    scratch.left0[j] = sums[0]
    scratch.left1[j] = sums[1]
    a = a + SIMD2(repeating: da)
    c = c + SIMD2(repeating: dc)
    e = e - (SIMD2(repeating: da) * left.inputs + SIMD2(repeating: dc) * powers)
  }
  let totals = batch.totals
  let inputs = SIMD2(totals[0], totals[1])
  let sums = (a * inputs + c * SIMD2(Double(batch.size), inputs[0])) - (SIMD2(totals[2], totals[3]) - e)
  // Left of the kinks behind the last sample are the same samples, whose sums must not differ by rounding errors: what is
  // active right of such a kink alone has the gradient 0.
  var i = inside &- 1
  while i >= 0, leftSums(i).count == Double(batch.size) {
    let j = Int(order[i])
    scratch.left0[j] = sums[0]
    scratch.left1[j] = sums[1]
    i &-= 1
  }
  return (sums[0], sums[1])
}

/// Step 5, eight neurons: the gradient from the sums.
@inline(always)
private func finishEight(
  _ parameters: UnsafePointer<Real>, _ gradient: UnsafeMutablePointer<Real>, _ j: Int, width: Int, padded: Int,
  isLeaky: Bool, leak: Double, lower: Float, upper: Float, total0: Double, total1: Double, factor: Double,
  _ scratch: ShallowScratch
) {
  let w = loadEight(parameters, j)
  let b = loadEight(parameters, padded &+ j)
  let v = widened(loadEight(parameters, 2 &* padded &+ j))
  let bound = doubles(UnsafeRawPointer(scratch.bound + j).assumingMemoryBound(to: SIMD8<Float>.self).pointee)
  let inside = bound .== bound
  // Of the neurons inside, the right-oriented ones are active at the right end; of the others, all or nothing.
  let right = widened(middle(w, b, lower: lower, upper: upper)).replacing(with: widened(w), where: inside) .> 0
  let zero = Doubles(repeating: 0)
  let left0 = zero.replacing(with: load(UnsafePointer(scratch.left0), j), where: inside)
  let left1 = zero.replacing(with: load(UnsafePointer(scratch.left1), j), where: inside)
  let right0 = total0 - left0
  let right1 = total1 - left1
  var sum0 = left0.replacing(with: right0, where: right)
  var sum1 = left1.replacing(with: right1, where: right)
  if isLeaky {
    sum0 = sum0 + leak * right0.replacing(with: left0, where: right)
    sum1 = sum1 + leak * right1.replacing(with: left1, where: right)
    // A leaky neuron always has a gradient; those of the padding must not.
    let isNeuron = isBelow(width, from: j)
    sum0 = zero.replacing(with: sum0, where: isNeuron)
    sum1 = zero.replacing(with: sum1, where: isNeuron)
  }
  let s0 = sum0 * factor
  let s1 = sum1 * factor
  storeEight(v * s1, gradient, j)
  storeEight(v * s0, gradient, padded &+ j)
  storeEight(widened(w) * s1 + widened(b) * s0, gradient, 2 &* padded &+ j)
}

/// All steps.
@inline(always)
private func computeGradient(
  _ parameters: UnsafePointer<Real>, _ order: UnsafeMutablePointer<UInt32>, _ gradient: UnsafeMutablePointer<Real>,
  width: Int, isLeaky: Bool, leak: Double, _ batch: BatchLayout, isIndexed: Bool, lower: Float, upper: Float,
  _ scratchMemory: UnsafeMutableRawPointer
) {
  let padded = paddedWidth(width)
  let scratch = ShallowScratch(memory: scratchMemory, count: padded)
  var slope0 = Doubles(repeating: 0)
  var slope1 = slope0
  var intercept0 = slope0
  var intercept1 = slope0
  var insideCounts = SIMD8<Int32>(repeating: 0)
  var j = 0
  while j < padded {
    prepareEight(
      parameters, j, padded: padded, isLeaky: isLeaky, leak: leak, lower: lower, upper: upper, scratch, slope: &slope0,
      intercept: &intercept0, inside: &insideCounts)
    prepareEight(
      parameters, j &+ 8, padded: padded, isLeaky: isLeaky, leak: leak, lower: lower, upper: upper, scratch,
      slope: &slope1, intercept: &intercept1, inside: &insideCounts)
    j &+= 16
  }
  let slope = fixedTreeSum(slope0, slope1)
  let intercept = fixedTreeSum(intercept0, intercept1) + Double(parameters[3 &* padded])

  let inside = sum(insideCounts)
  sortKinks(order, inside: inside, scratch)
  rankKinks(order, inside: inside, batch, isIndexed: isIndexed, lower: lower, upper: upper, scratch)
  let ranks = scratch.ranks
  let (total0, total1) = walkKinks(
    order, inside: inside, slope: slope, intercept: intercept, batch: batch, scratch,
    leftSums: { leftSums(batch, rank: ranks[$0], isIndexed: isIndexed) },
    changes: { (scratch.left0[$0], scratch.left1[$0]) })

  let factor = 2 / Double(batch.size)
  j = 0
  while j < padded {
    finishEight(
      parameters, gradient, j, width: width, padded: padded, isLeaky: isLeaky, leak: leak, lower: lower, upper: upper,
      total0: total0, total1: total1, factor: factor, scratch)
    j &+= 8
  }
  gradient[3 &* padded] = Real(factor * total0)
}

// MARK: Kernels

/// The gradient of any of the three activations.
@inline(always)
private func computeGradient(
  _ parameters: UnsafeRawPointer, _ order: UnsafeMutablePointer<UInt32>, _ gradient: UnsafeMutableRawPointer,
  width: Int, activation: Int32, _ activationParameter: Double, _ batch: BatchLayout, isIndexed: Bool, lower: Float,
  upper: Float, _ scratch: UnsafeMutableRawPointer
) {
  let parameters = parameters.assumingMemoryBound(to: Real.self)
  let gradient = gradient.assumingMemoryBound(to: Real.self)
  switch activation {
  case 0:
    computeGradient(
      parameters, order, gradient, width: width, isLeaky: false, leak: 0, batch, isIndexed: isIndexed, lower: lower,
      upper: upper, scratch)
  case 1:
    computeGradient(
      parameters, order, gradient, width: width, isLeaky: true, leak: activationParameter, batch, isIndexed: isIndexed,
      lower: lower, upper: upper, scratch)
  default:
    computeClippingGradient(
      parameters, order, gradient, width: width, batch, isIndexed: isIndexed, lower: lower, upper: upper, scratch)
  }
}

/// The gradient on a batch that belongs to this network alone: ranks by bisection.
///
/// - Parameters:
///   - order: a permutation of 0 ..< width, kept from step to step; any permutation gives the same gradient. With
///     clipping, of the first 2 * (padded width) numbers.
///   - activation: 0 ReLU, 1 leaky ReLU with the parameter as slope, 2 clipping.
///   - batch: memory prepared by `sumBatch`.
public func shallowGradient(
  _ parameters: UnsafeRawPointer, _ order: UnsafeMutablePointer<UInt32>, _ gradient: UnsafeMutableRawPointer,
  _ width: Int, _ activation: Int32, _ activationParameter: Double, _ batch: UnsafeMutableRawPointer,
  _ batchSize: Int, _ lower: Float, _ upper: Float, _ scratch: UnsafeMutableRawPointer
) {
  computeGradient(
    parameters, order, gradient, width: width, activation: activation, activationParameter,
    BatchLayout(batch, size: batchSize), isIndexed: false, lower: lower, upper: upper, scratch)
}

/// The gradient on a batch that many networks share and `indexBatch` has indexed.
///
/// The same numbers as `shallowGradient`, bit for bit.
public func shallowGradientOnIndexedBatch(
  _ parameters: UnsafeRawPointer, _ order: UnsafeMutablePointer<UInt32>, _ gradient: UnsafeMutableRawPointer,
  _ width: Int, _ activation: Int32, _ activationParameter: Double, _ batch: UnsafeMutableRawPointer,
  _ batchSize: Int, _ lower: Float, _ upper: Float, _ scratch: UnsafeMutableRawPointer
) {
  computeGradient(
    parameters, order, gradient, width: width, activation: activation, activationParameter,
    BatchLayout(batch, size: batchSize), isIndexed: true, lower: lower, upper: upper, scratch)
}
