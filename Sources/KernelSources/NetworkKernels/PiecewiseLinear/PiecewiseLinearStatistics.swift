// Sums of the residual over the samples of each segment, from the batch's sums and the realization at its ends.

/// The largest float that is not above x.
@inline(always)
private func floatNotAbove(_ x: Double) -> Float {
  let nearest = Float(x)
  return Double(nearest) > x ? nearest.nextDown : nearest
}

/// The number of samples of each segment, and their sums.
@inline(always)
private func splitSums(
  _ scratch: PiecewiseLinearScratch, boundaries: Int, _ batch: BatchLayout, isIndexed: Bool, lower: Float, upper: Float
) {
  let zero = SIMD2<Double>(repeating: 0)
  var before = LeftSums(count: 0, inputs: zero, targets: zero)
  let totals = batch.totals
  let last = boundaries &- 2
  findRanks(
    batch, count: last, isIndexed: isIndexed, lower: lower, upper: upper,
    bound: { floatNotAbove(scratch.position[$0 &+ 1]) },
    found: { k, rank in
      let left = leftSums(batch, rank: rank, isIndexed: isIndexed)
      setSums(scratch, k, left, before)
      before = left
    })
  let all = LeftSums(
    count: Double(batch.size), inputs: SIMD2(totals[0], totals[1]), targets: SIMD2(totals[2], totals[3]))
  setSums(scratch, last, all, before)
}

@inline(always)
private func setSums(_ scratch: PiecewiseLinearScratch, _ k: Int, _ left: LeftSums, _ before: LeftSums) {
  let inputs = left.inputs - before.inputs
  let targets = left.targets - before.targets
  scratch.count[k] = left.count - before.count
  scratch.sumX[k] = inputs[0]
  scratch.sumXX[k] = inputs[1]
  scratch.sumF[k] = targets[0]
  scratch.sumXF[k] = targets[1]
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
