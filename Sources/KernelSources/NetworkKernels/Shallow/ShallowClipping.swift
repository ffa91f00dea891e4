// The gradient of ShallowGradient.swift for clipping, min(max(z, 0), 1): N(x) = c + sum_j v_j clip(w_j x + b_j).
//
// A neuron has a kink where z = 0 and one where z = 1. In their order from left to right, the first one is kink j, the
// second one kink (padded width) + j. Between them the neuron adds the line v (w x + b); on one side of them it adds 0,
// on the other one v. With large weights the kinks are very close: they are computed in double precision whatever that
// of the parameters, and a neuron that has no sample between them is a step of height v, so that the large changes of
// the line at its kinks need not cancel.

/// Scratch memory that clipping needs beside `ShallowScratch`; for each of the `count` kinks.
private struct ClippingScratch {
  let memory: UnsafeMutableRawPointer
  let count: Int

  /// The kink, infinite for a constant neuron.
  @inline(always)
  var kink: UnsafeMutablePointer<Double> { memory.assumingMemoryBound(to: Double.self) }
  /// How many samples are left of the kink, also of one outside.
  @inline(always)
  var rank: UnsafeMutablePointer<Double> { kink + count }
  /// Changes of the slope and the intercept of N at the kink, from left to right.
  @inline(always)
  var slopeChange: UnsafeMutablePointer<Double> { rank + count }
  @inline(always)
  var interceptChange: UnsafeMutablePointer<Double> { slopeChange + count }

  static func byteCount(_ count: Int) -> Int { count &* 32 }
}

/// Bytes of scratch memory with clipping, which needs the most.
func clippingScratchByteCount(width: Int) -> Int {
  let kinks = 2 &* paddedWidth(width)
  return ShallowScratch.byteCount(kinks) &+ ClippingScratch.byteCount(kinks)
}

/// The kinks of eight neurons, those outside [lower, upper] with their ranks.
@inline(always)
private func prepareEight(
  _ parameters: UnsafePointer<Real>, _ j: Int, padded: Int, lower: Double, upper: Double, batchSize: Double,
  _ scratch: ShallowScratch, _ clipping: ClippingScratch, inside count: inout SIMD8<Int32>
) {
  // Adding 0 makes -0 a +0.
  let w = widened(loadEight(parameters, j)) + 0
  let b = widened(loadEight(parameters, padded &+ j))
  let zero = Doubles(repeating: 0)
  let infinity = Doubles(repeating: .infinity)
  // A constant neuron stands where a steep rising one would: between its kinks, or left or right of both.
  let isConstant = w .== 0
  let atZero = (-b / w + 0).replacing(with: infinity.replacing(with: -.infinity, where: b .> 0), where: isConstant)
  let atOne = ((1 - b) / w + 0)
    .replacing(with: infinity.replacing(with: -.infinity, where: b .>= 1), where: isConstant)
  let isFalling = w .< 0
  let first = atZero.replacing(with: atOne, where: isFalling)
  let second = atOne.replacing(with: atZero, where: isFalling)

  // A sample on a kink is inactive: it counts as left of the first kink and as right of the second one. Where they are
  // the same number, both have the bound of the first one.
  let firstBounds = largestFloats(upTo: first, below: zero .> 0)
  let secondBounds = largestFloats(upTo: second, below: zero .== 0)
  let isEmpty = ones(where: first .== second)
  let keep = isEmpty &- 1
  storeKinks(first, firstBounds, j, lower: lower, upper: upper, batchSize: batchSize, scratch, clipping, inside: &count)
  storeKinks(
    second, (firstBounds & ~keep) | (secondBounds & keep), padded &+ j, lower: lower, upper: upper,
    batchSize: batchSize, scratch, clipping, inside: &count)
}

@inline(always)
private func storeKinks(
  _ kink: Doubles, _ bounds: SIMD8<Int32>, _ j: Int, lower: Double, upper: Double, batchSize: Double,
  _ scratch: ShallowScratch, _ clipping: ClippingScratch, inside count: inout SIMD8<Int32>
) {
  let zero = Doubles(repeating: 0)
  store(kink, clipping.kink, j)
  store(zero.replacing(with: batchSize, where: kink .> upper), clipping.rank, j)
  let inside = ones(where: kink .>= lower .& kink .<= upper)
  storeBounds(bounds, outside: inside &- 1, scratch, j)
  count = count &+ inside
  store(zero, scratch.left0, j)
  store(zero, scratch.left1, j)
}

/// The line changes of eight neurons at their kinks; adds to the line at the left end.
@inline(always)
private func changeLinesOfEight(
  _ parameters: UnsafePointer<Real>, _ j: Int, padded: Int, lower: Double, _ clipping: ClippingScratch,
  slope: inout Doubles, intercept: inout Doubles
) {
  let w = widened(loadEight(parameters, j))
  let b = widened(loadEight(parameters, padded &+ j))
  let v = widened(loadEight(parameters, 2 &* padded &+ j))
  let zero = Doubles(repeating: 0)
  let isFalling = w .< 0
  let before = zero.replacing(with: v, where: isFalling)
  let after = v.replacing(with: zero, where: isFalling)
  let isStep = load(UnsafePointer(clipping.rank), j) .== load(UnsafePointer(clipping.rank), padded &+ j)
  let line = v * b
  let firstSlope = (v * w).replacing(with: zero, where: isStep)
  let firstIntercept = (line - before).replacing(with: after - before, where: isStep)
  store(firstSlope, clipping.slopeChange, j)
  store(firstIntercept, clipping.interceptChange, j)
  store(zero - firstSlope, clipping.slopeChange, padded &+ j)
  store((after - line).replacing(with: zero, where: isStep), clipping.interceptChange, padded &+ j)

  let isPassed = load(UnsafePointer(clipping.kink), j) .< lower
  slope = slope + zero.replacing(with: firstSlope, where: isPassed)
  intercept = intercept + before + zero.replacing(with: firstIntercept, where: isPassed)
}

/// The sums of r or x r left of eight kinks: the sum over the batch for those right of the interval.
@inline(always)
private func sumsLeft(
  _ left: UnsafeMutablePointer<Double>, _ j: Int, total: Double, upper: Double, _ clipping: ClippingScratch
) -> Doubles {
  load(UnsafePointer(left), j)
    .replacing(with: Doubles(repeating: total), where: load(UnsafePointer(clipping.kink), j) .> upper)
}

/// The gradient of eight neurons from the sums.
@inline(always)
private func finishEight(
  _ parameters: UnsafePointer<Real>, _ gradient: UnsafeMutablePointer<Real>, _ j: Int, width: Int, padded: Int,
  upper: Double, total0: Double, total1: Double, factor: Double, _ scratch: ShallowScratch, _ clipping: ClippingScratch
) {
  let w = widened(loadEight(parameters, j))
  let b = widened(loadEight(parameters, padded &+ j))
  let v = widened(loadEight(parameters, 2 &* padded &+ j))
  let zero = Doubles(repeating: 0)
  let first0 = sumsLeft(scratch.left0, j, total: total0, upper: upper, clipping)
  let first1 = sumsLeft(scratch.left1, j, total: total1, upper: upper, clipping)
  let second0 = sumsLeft(scratch.left0, padded &+ j, total: total0, upper: upper, clipping)
  let second1 = sumsLeft(scratch.left1, padded &+ j, total: total1, upper: upper, clipping)
  let isStep = load(UnsafePointer(clipping.rank), j) .== load(UnsafePointer(clipping.rank), padded &+ j)
  let s0 = (second0 - first0).replacing(with: zero, where: isStep) * factor
  let s1 = (second1 - first1).replacing(with: zero, where: isStep) * factor
  // The samples where the neuron is 1.
  let atOne = (total0 - second0).replacing(with: first0, where: w .< 0) * factor
  storeEight(v * s1, gradient, j)
  storeEight(v * s0, gradient, padded &+ j)
  let outer = (w * s1 + b * s0) + atOne
  storeEight(zero.replacing(with: outer, where: isBelow(width, from: j)), gradient, 2 &* padded &+ j)
}

/// The gradient of a network with clipping.
@inline(always)
func computeClippingGradient(
  _ parameters: UnsafePointer<Real>, _ order: UnsafeMutablePointer<UInt32>, _ gradient: UnsafeMutablePointer<Real>,
  width: Int, _ batch: BatchLayout, isIndexed: Bool, lower: Float, upper: Float,
  _ scratchMemory: UnsafeMutableRawPointer
) {
  let padded = paddedWidth(width)
  let scratch = ShallowScratch(memory: scratchMemory, count: 2 &* padded)
  let clipping = ClippingScratch(memory: scratch.end, count: 2 &* padded)
  let left = Double(lower)
  let right = Double(upper)
  var insideCounts = SIMD8<Int32>(repeating: 0)
  var j = 0
  while j < padded {
    prepareEight(
      parameters, j, padded: padded, lower: left, upper: right, batchSize: Double(batch.size), scratch, clipping,
      inside: &insideCounts)
    j &+= 8
  }
  let inside = sum(insideCounts)
  sortKinks(order, inside: inside, scratch)
  rankKinks(order, inside: inside, batch, isIndexed: isIndexed, lower: lower, upper: upper, scratch)
  let ranks = scratch.ranks
  for i in 0..<inside {
    clipping.rank[Int(order[i])] = leftSums(batch, rank: ranks[i], isIndexed: isIndexed).count
  }

  var slope0 = Doubles(repeating: 0)
  var slope1 = slope0
  var intercept0 = slope0
  var intercept1 = slope0
  j = 0
  while j < padded {
    changeLinesOfEight(
      parameters, j, padded: padded, lower: left, clipping, slope: &slope0, intercept: &intercept0)
    changeLinesOfEight(
      parameters, j &+ 8, padded: padded, lower: left, clipping, slope: &slope1, intercept: &intercept1)
    j &+= 16
  }
  let slope = fixedTreeSum(slope0, slope1)
  let intercept = fixedTreeSum(intercept0, intercept1) + Double(parameters[3 &* padded])
  let (total0, total1) = walkKinks(
    order, inside: inside, slope: slope, intercept: intercept, batch: batch, scratch,
    leftSums: { leftSums(batch, rank: ranks[$0], isIndexed: isIndexed) },
    changes: { (clipping.slopeChange[$0], clipping.interceptChange[$0]) })

  let factor = 2 / Double(batch.size)
  j = 0
  while j < padded {
    finishEight(
      parameters, gradient, j, width: width, padded: padded, upper: right, total0: total0, total1: total1,
      factor: factor, scratch, clipping)
    j &+= 8
  }
  gradient[3 &* padded] = Real(factor * total0)
}
