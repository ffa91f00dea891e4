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

/// Eight parameters.
typealias EightReals = SIMD8<Real>

/// Scratch memory of a gradient; `count` kinks.
struct ShallowScratch {
  let memory: UnsafeMutableRawPointer
  let count: Int

  /// Sums of r and of x r over the samples left of the kink; with ReLU set for the kinks inside only.
  @inline(always)
  var left0: UnsafeMutablePointer<Double> { memory.assumingMemoryBound(to: Double.self) }
  @inline(always)
  var left1: UnsafeMutablePointer<Double> { left0 + count }
  /// (order of the bound) * 2^32 + index, sorted; of the kinks inside.
  @inline(always)
  var sorted: UnsafeMutablePointer<UInt64> {
    UnsafeMutableRawPointer(left1 + count).assumingMemoryBound(to: UInt64.self)
  }
  /// The largest float that counts as left of the kink; all ones, which is NaN, for a kink that is not
  /// inside.
  @inline(always)
  var bound: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(sorted + count).assumingMemoryBound(to: Float.self)
  }
  /// Behind the last of these arrays, aligned to 64 bytes if `count` is a multiple of 16.
  @inline(always)
  var end: UnsafeMutableRawPointer { UnsafeMutableRawPointer(bound + count) }

  /// Bytes up to `end`, a kink.
  static let bytesPerKink = 28
}

/// Bytes of scratch memory, aligned to 64, that a gradient of a network of hidden width widths[1] needs.
public func shallowScratchByteCount(_ widths: UnsafePointer<Int32>, _ layers: Int, _ size: Int) -> Int {
  clippingScratchByteCount(width: Int(widths[1]))
}

// MARK: Eight neurons

@inline(always)
func loadEight(_ parameters: UnsafePointer<Real>, _ offset: Int) -> EightReals {
  UnsafeRawPointer(parameters + offset).assumingMemoryBound(to: EightReals.self).pointee
}

/// Eight parameters in double precision.
@inline(always)
func widened(_ x: EightReals) -> Doubles {
  #if DOUBLE_PRECISION
    return x
  #else
    return doubles(x)
  #endif
}

/// Writes eight numbers, rounded to the precision of the parameters.
@inline(always)
func storeEight(_ value: Doubles, _ out: UnsafeMutablePointer<Real>, _ offset: Int) {
  var result = EightReals()
  for lane in 0..<8 { result[lane] = Real(value[lane]) }
  UnsafeMutableRawPointer(out + offset).assumingMemoryBound(to: EightReals.self).pointee = result
}

@inline(always)
func doubles(_ x: SIMD8<Float>) -> Doubles {
  var result = Doubles()
  for lane in 0..<8 { result[lane] = Double(x[lane]) }
  return result
}

/// 1 where a mask is set, 0 elsewhere.
@inline(always)
func ones(where mask: SIMDMask<SIMD8<Int64>>) -> SIMD8<Int32> {
  let numbers = Doubles(repeating: 0).replacing(with: 1, where: mask)
  var result = SIMD8<Int32>()
  for lane in 0..<8 { result[lane] = Int32(numbers[lane]) }
  return result
}

/// The numbers j, j + 1, ..., j + 7 that are below `width`.
@inline(always)
func isBelow(_ width: Int, from j: Int) -> SIMDMask<SIMD8<Int64>> {
  Doubles(0, 1, 2, 3, 4, 5, 6, 7) + Double(j) .< Doubles(repeating: Double(width))
}

/// Floats as integers of the same order, and back: a map that is its own inverse. -0 comes before +0.
@inline(always)
func orderedBits(_ bits: SIMD8<Int32>) -> SIMD8<Int32> { bits ^ ((bits &>> 31) & 0x7fff_ffff) }

/// The largest floats that are at most the numbers, or below them where `isBelow` is set, as ordered bits.
@inline(always)
func largestFloats(upTo x: Doubles, below isBelow: SIMDMask<SIMD8<Int64>>) -> SIMD8<Int32> {
  var nearest = SIMD8<Float>()
  for lane in 0..<8 { nearest[lane] = Float(x[lane]) }
  let rounded = doubles(nearest)
  let isOut = rounded .> x .| (rounded .== x .& isBelow)
  // Just below +0 comes -0, which compares equal to it: skip it.
  let steps = ones(where: isOut) &+ ones(where: isOut .& x .== 0)
  return orderedBits(unsafeBitCast(nearest, to: SIMD8<Int32>.self)) &- steps
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

/// Step 1, eight neurons: bounds of the kinks; adds to the line at the left end. Leaky ReLU of slope `leak`, or ReLU.
@inline(always)
private func prepareEight(
  _ parameters: UnsafePointer<Real>, _ j: Int, padded: Int, isLeaky: Bool, leak: Double, lower: Float, upper: Float,
  _ scratch: ShallowScratch, slope: inout Doubles, intercept: inout Doubles
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

  var factor = widened(v.replacing(with: 0, where: .!activeLeft))
  if isLeaky { factor = factor + leak * widened(v.replacing(with: 0, where: activeLeft)) }
  slope = slope + factor * widened(w)
  intercept = intercept + factor * widened(b)
}

/// The change of slope and intercept of N at kink j, which is inside, from left to right.
@inline(always)
private func lineChange(
  _ parameters: UnsafePointer<Real>, _ j: Int, padded: Int, isLeaky: Bool, leak: Double
) -> (slope: Double, intercept: Double) {
  let w = parameters[j]
  let b = parameters[padded &+ j]
  let v = Double(parameters[2 &* padded &+ j])
  let change = isLeaky ? (1 - leak) * v : v
  return (change * Double(w < 0 ? -w : w), change * Double(w < 0 ? -b : b))
}

/// Step 2: brings the kinks inside among the first `count` ones to the front, sorted by (bound, index), starting from
/// the order of the step before; returns how many they are. Their order does not depend on the one it starts from; that
/// of the kinks outside means nothing.
@inline(always)
func sortKinks(_ order: UnsafeMutablePointer<UInt32>, count: Int, _ scratch: ShallowScratch) -> Int {
  let sorted = scratch.sorted
  let boundBits = UnsafeRawPointer(scratch.bound).assumingMemoryBound(to: Int32.self)
  var inside = 0
  for i in 0..<count {
    let j = order[i]
    let bits = boundBits[Int(j)]
    if bits == -1 { continue }
    // A kink outside that stands in its place goes where it came from.
    order[i] = order[inside]
    let key = UInt32(bitPattern: bits ^ ((bits &>> 31) | Int32.min))
    let item = UInt64(key) &<< 32 | UInt64(j)
    var place = inside
    while place > 0, sorted[place &- 1] > item {
      sorted[place] = sorted[place &- 1]
      place &-= 1
    }
    sorted[place] = item
    inside &+= 1
  }
  for i in 0..<inside { order[i] = UInt32(truncatingIfNeeded: sorted[i]) }
  return inside
}

/// What a batch knows about a kink: how many samples are left of it, and their sums of x, x^2, f, x f.
struct LeftSums {
  let count: Double
  let x: Double
  let xx: Double
  let f: Double
  let xf: Double
}

/// Step 3: walks the kinks from left to right and leaves the left sums of r and x r; returns the sums over the batch.
@inline(always)
func walkKinks(
  _ order: UnsafeMutablePointer<UInt32>, inside: Int, slope: Double, intercept: Double, batch: BatchLayout,
  _ scratch: ShallowScratch, leftSums: (Int) -> LeftSums, lineChange: (Int) -> (slope: Double, intercept: Double)
) -> (sum0: Double, sum1: Double) {
  // N = c + a x right of the last kink; e makes the sums with this line right for the samples left of it.
  var a = slope
  var c = intercept
  var e0 = 0.0
  var e1 = 0.0
  for i in 0..<inside {
    let j = Int(order[i])
    let left = leftSums(j)
    scratch.left0[j] = (a * left.x + c * left.count) - (left.f - e0)
    scratch.left1[j] = (a * left.xx + c * left.x) - (left.xf - e1)
    let (da, dc) = lineChange(j)
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

/// Step 4, eight neurons: the gradient from the sums.
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
  var j = 0
  while j < padded {
    prepareEight(
      parameters, j, padded: padded, isLeaky: isLeaky, leak: leak, lower: lower, upper: upper, scratch, slope: &slope0,
      intercept: &intercept0)
    prepareEight(
      parameters, j &+ 8, padded: padded, isLeaky: isLeaky, leak: leak, lower: lower, upper: upper, scratch,
      slope: &slope1, intercept: &intercept1)
    j &+= 16
  }
  let slope = fixedTreeSum(slope0, slope1)
  let intercept = fixedTreeSum(intercept0, intercept1) + Double(parameters[3 &* padded])

  let inside = sortKinks(order, count: width, scratch)
  let (total0, total1) = walkKinks(
    order, inside: inside, slope: slope, intercept: intercept, batch: batch, scratch,
    leftSums: { leftSums(batch, upTo: scratch.bound[$0], isIndexed: isIndexed, lower: lower, upper: upper) },
    lineChange: { lineChange(parameters, $0, padded: padded, isLeaky: isLeaky, leak: leak) })

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

// MARK: Ranks

/// What a batch knows about the samples that are at most `bound`. Indexed or not, the same numbers, bit for bit.
@inline(always)
func leftSums(_ batch: BatchLayout, upTo bound: Float, isIndexed: Bool, lower: Float, upper: Float) -> LeftSums {
  isIndexed ? indexedLeftSums(batch, upTo: bound, lower: lower, upper: upper) : searchedLeftSums(batch, upTo: bound)
}

/// Ranks from the bucket table that `indexBatch` has built.
@inline(always)
private func indexedLeftSums(_ batch: BatchLayout, upTo bound: Float, lower: Float, upper: Float) -> LeftSums {
  // A bound one step below the left end, of a left-oriented kink just inside, still belongs to bucket 0.
  var q = Int(batch.firstInBucket[batch.bucket(bound < lower ? lower : bound, lower: lower, upper: upper)])
  // A bucket holds one sample on average: count up to four without a branch, which would often be mispredicted.
  let sorted = batch.sorted
  let first = sorted + q
  q &+= first[0] <= bound ? 1 : 0
  q &+= first[1] <= bound ? 1 : 0
  q &+= first[2] <= bound ? 1 : 0
  q &+= first[3] <= bound ? 1 : 0
  while sorted[q] <= bound { q &+= 1 }
  let at = batch.prefix + q &* 4
  return LeftSums(count: Double(q), x: at[0], xx: at[1], f: at[2], xf: at[3])
}

/// Ranks by bisection, first of the lanes, then of a lane.
@inline(always)
private func searchedLeftSums(_ batch: BatchLayout, upTo bound: Float) -> LeftSums {
  let inputs = batch.inputs
  var lane = 0
  lane &+= inputs[8] <= bound ? 8 : 0
  lane &+= inputs[lane &+ 4] <= bound ? 4 : 0
  lane &+= inputs[lane &+ 2] <= bound ? 2 : 0
  lane &+= inputs[lane &+ 1] <= bound ? 1 : 0
  // The number of samples of the lane that are at most the bound, bit by bit from the highest. Shifting the outcome of
  // the comparison keeps the compiler from making a branch of it, which would be mispredicted every other time.
  let column = inputs + lane
  var row = 0
  var bit = batch.searchBits
  while bit > 0 {
    bit &-= 1
    let isLeft = column[(row &+ (1 &<< bit) &- 1) &* laneCount] <= bound
    row &+= Int(truncatingIfNeeded: unsafeBitCast(isLeft, to: UInt8.self)) &<< bit
  }
  let local = batch.sums + (row &* 64 &+ lane)
  let offsets = batch.offsets + lane
  return LeftSums(
    count: Double(lane &* batch.rows &+ row),
    x: offsets[0] + local[0],
    xx: offsets[laneCount] + local[laneCount],
    f: offsets[2 &* laneCount] + local[2 &* laneCount],
    xf: offsets[3 &* laneCount] + local[3 &* laneCount])
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
