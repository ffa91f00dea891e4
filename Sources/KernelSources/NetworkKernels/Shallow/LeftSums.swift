// What a batch knows about the samples that are at most a bound. First their rank is found: on an indexed batch their
// number, on another one the place in the lanes where they end.

/// How many samples are left of a place, and their sums of (x, x^2) and of (f, x f).
struct LeftSums {
  let count: Double
  let inputs: SIMD2<Double>
  let targets: SIMD2<Double>
}

/// What a batch knows about the samples up to a rank. Indexed or not, the same numbers, bit for bit.
@inline(always)
func leftSums(_ batch: BatchLayout, rank: Int, isIndexed: Bool) -> LeftSums {
  isIndexed ? indexedLeftSums(batch, rank: rank) : searchedLeftSums(batch, rank: rank)
}

/// Finds the ranks of `count` bounds: calls `found` with the number and the rank of each, in their order.
@inline(always)
func findRanks(
  _ batch: BatchLayout, count: Int, isIndexed: Bool, lower: Float, upper: Float, bound: (Int) -> Float,
  found: (Int, Int) -> Void
) {
  if isIndexed {
    for i in 0..<count { found(i, indexedRank(batch, bound(i), lower: lower, upper: upper)) }
    return
  }
  var i = 0
  while i < count {
    // Two at a time, because the steps of a search wait for each other. The compiler would make gathers, which are slow,
    // of more. Behind the last bound stands the last again.
    let next = smaller(i &+ 1, count &- 1)
    let (rank, nextRank) = searchedRanks(batch, bound(i), bound(next))
    found(i, rank)
    if i &+ 1 < count { found(next, nextRank) }
    i &+= 2
  }
}

// MARK: Indexed batches

/// The number of samples, from the bucket table that `indexBatch` has built.
@inline(always)
private func indexedRank(_ batch: BatchLayout, _ bound: Float, lower: Float, upper: Float) -> Int {
  // A bound one step below the left end, of a left-oriented kink just inside, still belongs to bucket 0.
  var q = Int(batch.firstInBucket[batch.bucket(bound < lower ? lower : bound, lower: lower, upper: upper)])
  // A bucket holds one sample on average: count up to four without a branch, which would often be mispredicted. The
  // difference to a sample on the right has its sign bit set: shifted, it is -1.
  let sorted = batch.sorted
  let first = sorted + q
  let differences = bound - SIMD4(first[0], first[1], first[2], first[3])
  let right = unsafeBitCast(differences, to: SIMD4<Int32>.self) &>> 31
  q &+= 4 &+ Int(right[0] &+ right[1] &+ right[2] &+ right[3])
  while sorted[q] <= bound { q &+= 1 }
  return q
}

@inline(always)
private func indexedLeftSums(_ batch: BatchLayout, rank q: Int) -> LeftSums {
  let at = UnsafeRawPointer(batch.prefix + q &* 4).assumingMemoryBound(to: SIMD2<Double>.self)
  return LeftSums(count: Double(q), inputs: at[0], targets: at[1])
}

// MARK: Other batches

/// row * 64 + lane of two bounds, by bisection: first of the lanes, then of a lane, bit by bit from the highest.
@inline(always)
private func searchedRanks(_ batch: BatchLayout, _ bound0: Float, _ bound1: Float) -> (Int, Int) {
  let inputs = UnsafePointer(batch.inputs)
  let lane0 = lane(inputs, bound0)
  let lane1 = lane(inputs, bound1)
  var place0 = lane0
  var place1 = lane1
  var bit = batch.searchBits
  while bit > 0 {
    bit &-= 1
    let middle = inputs + ((1 &<< bit) &- 1) &* laneCount
    place0 &+= isLeft(middle[place0], bound0) &<< bit &* laneCount
    place1 &+= isLeft(middle[place1], bound1) &<< bit &* laneCount
  }
  return ((place0 &- lane0) &* 4 &+ lane0, (place1 &- lane1) &* 4 &+ lane1)
}

/// The last lane whose first sample is at most the bound, or 0.
@inline(always)
private func lane(_ inputs: UnsafePointer<Float>, _ bound: Float) -> Int {
  var lane = isLeft(inputs[8], bound) &<< 3
  lane &+= isLeft(inputs[lane &+ 4], bound) &<< 2
  lane &+= isLeft(inputs[lane &+ 2], bound) &<< 1
  return lane &+ isLeft(inputs[lane &+ 1], bound)
}

/// 1 for a sample that is at most the bound, 0 for others. From the bits of the comparison: of a choice the compiler
/// would make a branch, which would be mispredicted every other time.
@inline(always)
private func isLeft(_ sample: Float, _ bound: Float) -> Int {
  Int(truncatingIfNeeded: unsafeBitCast(sample <= bound, to: UInt8.self))
}

@inline(always)
private func searchedLeftSums(_ batch: BatchLayout, rank: Int) -> LeftSums {
  let lane = rank & 63
  let local = batch.sums + rank
  let offsets = batch.offsets + lane
  return LeftSums(
    count: Double(lane &* batch.rows &+ rank &>> 6),
    inputs: SIMD2(offsets[0], offsets[laneCount]) + SIMD2(local[0], local[laneCount]),
    targets: SIMD2(offsets[2 &* laneCount], offsets[3 &* laneCount])
      + SIMD2(local[2 &* laneCount], local[3 &* laneCount]))
}
