// Sums of the residual over the samples of each segment, from the batch's sums and the realization at its ends.

/// The largest float that is not above x.
@inline(always)
private func floatNotAbove(_ x: Double) -> Float {
  let nearest = Float(x)
  return Double(nearest) > x ? nearest.nextDown : nearest
}

/// What the batch knows about the samples <= bound: by bisection, first of the lanes, then of a lane.
@inline(always)
private func searchedSums(_ batch: BatchLayout, _ bound: Float) -> LeftSums {
  let inputs = batch.inputs
  var lane = 0
  lane &+= inputs[8] <= bound ? 8 : 0
  lane &+= inputs[lane &+ 4] <= bound ? 4 : 0
  lane &+= inputs[lane &+ 2] <= bound ? 2 : 0
  lane &+= inputs[lane &+ 1] <= bound ? 1 : 0
  // Shifting the outcome of the comparison keeps the compiler from making a branch of it.
  let column = inputs + lane
  var row = 0
  var bit = batch.searchBits
  while bit > 0 {
    bit &-= 1
    let isLeft = column[(row &+ (1 &<< bit) &- 1) &* laneCount] <= bound
    row &+= Int(truncatingIfNeeded: unsafeBitCast(isLeft, to: UInt8.self)) &<< bit
  }
  let local = batch.sums + (row &* 64 &+ lane)
  let offsets = batch.offsets
  return LeftSums(
    count: Double(lane &* batch.rows &+ row),
    x: offsets[lane] + local[0],
    xx: offsets[laneCount &+ lane] + local[laneCount],
    f: offsets[2 &* laneCount &+ lane] + local[2 &* laneCount],
    xf: offsets[3 &* laneCount &+ lane] + local[3 &* laneCount])
}

/// The same, from the bucket table of an indexed batch.
@inline(always)
private func indexedSums(_ batch: BatchLayout, _ bound: Float, lower: Float, upper: Float) -> LeftSums {
  let sorted = batch.sorted
  var q = Int(batch.firstInBucket[batch.bucket(bound, lower: lower, upper: upper)])
  // A bucket holds one sample on average: count up to four without a branch, which would often be mispredicted.
  let first = sorted + q
  q &+= first[0] <= bound ? 1 : 0
  q &+= first[1] <= bound ? 1 : 0
  q &+= first[2] <= bound ? 1 : 0
  q &+= first[3] <= bound ? 1 : 0
  while sorted[q] <= bound { q &+= 1 }
  let at = batch.prefix + q &* 4
  return LeftSums(count: Double(q), x: at[0], xx: at[1], f: at[2], xf: at[3])
}

/// The number of samples of each segment, and their sums.
@inline(always)
private func splitSums(
  _ scratch: PiecewiseLinearScratch, boundaries: Int, _ batch: BatchLayout, isIndexed: Bool, lower: Float, upper: Float
) {
  var before = LeftSums(count: 0, x: 0, xx: 0, f: 0, xf: 0)
  let totals = batch.totals
  let last = boundaries &- 2
  for k in 0..<last {
    let bound = floatNotAbove(scratch.position[k &+ 1])
    let left = isIndexed ? indexedSums(batch, bound, lower: lower, upper: upper) : searchedSums(batch, bound)
    setSums(scratch, k, left, before)
    before = left
  }
  let all = LeftSums(count: Double(batch.size), x: totals[0], xx: totals[1], f: totals[2], xf: totals[3])
  setSums(scratch, last, all, before)
}

@inline(always)
private func setSums(_ scratch: PiecewiseLinearScratch, _ k: Int, _ left: LeftSums, _ before: LeftSums) {
  scratch.count[k] = left.count - before.count
  scratch.sumX[k] = left.x - before.x
  scratch.sumXX[k] = left.xx - before.xx
  scratch.sumF[k] = left.f - before.f
  scratch.sumXF[k] = left.xf - before.xf
}

/// Segments at most this long are points: the realization is the same at all their samples. On longer ones rounding of
/// the realization at the ends is not blown up beyond its own size.
@inline(always)
func shortestSegment(_ scratch: PiecewiseLinearScratch, boundaries: Int) -> Doubles {
  let first = scratch.position[0].magnitude
  let last = scratch.position[boundaries &- 1].magnitude
  return Doubles(repeating: 0x1p-46 * (first > last ? first : last))
}

/// `scratch.residual` and `scratch.moment` from `scratch.value`.
///
/// On a segment with ends t, t + d the realization is y + s (x - t): with M1 = sum of x - t and M2 = sum of (x - t)^2
/// over the samples, the sum of r is n y + s M1 - sum of f, and the sum of r (x - t) is y M1 + s M2 - sum of (x - t) f.
func sumResiduals(
  _ scratch: PiecewiseLinearScratch, boundaries: Int, _ batch: BatchLayout, isIndexed: Bool, lower: Float, upper: Float
) {
  if isIndexed {
    splitSums(scratch, boundaries: boundaries, batch, isIndexed: true, lower: lower, upper: upper)
  } else {
    splitSums(scratch, boundaries: boundaries, batch, isIndexed: false, lower: lower, upper: upper)
  }
  let factor = Doubles(repeating: 2 / Double(batch.size))
  let zero = Doubles(repeating: 0)
  // Ends and values one boundary further, for aligned loads.
  for k in 0..<boundaries &- 1 {
    scratch.pieceEnd[k] = scratch.position[k &+ 1]
    scratch.moment[k] = scratch.value[k &+ 1]
  }
  let shortest = shortestSegment(scratch, boundaries: boundaries)
  var k = 0
  while k < boundaries &- 1 {
    let t = load(UnsafePointer(scratch.position), k)
    let length = load(UnsafePointer(scratch.pieceEnd), k) - t
    let y = load(UnsafePointer(scratch.value), k)
    let count = load(UnsafePointer(scratch.count), k)
    let sumX = load(UnsafePointer(scratch.sumX), k)
    let sumF = load(UnsafePointer(scratch.sumF), k)
    let rise = (load(UnsafePointer(scratch.moment), k) - y) / length
    let slope = zero.replacing(with: rise, where: length .> shortest)
    let m1 = sumX - count * t
    let m2 = load(UnsafePointer(scratch.sumXX), k) - t * (sumX + m1)
    store(factor * (count * y + slope * m1 - sumF), scratch.residual, k)
    store(
      factor * (y * m1 + slope * m2 - (load(UnsafePointer(scratch.sumXF), k) - t * sumF)), scratch.moment, k)
    k &+= 8
  }
}
