// Where the parts of a mini-batch of sorted scalar inputs stand in memory; both precisions read it.

/// Where the parts of a batch stand in its memory; `size` samples.
struct BatchLayout {
  let size: Int
  /// ceil((size + 1) / 16), rounded up to an even number: a batch of n samples has n + 1 spacings, every spacing gets
  /// a place, and the generator fills two rows at a time.
  let rows: Int
  /// Bits of a number of rows: the rank of a kink in a lane is found bit by bit.
  let searchBits: Int
  let memory: UnsafeMutableRawPointer

  @inline(always)
  init(_ memory: UnsafeMutableRawPointer, size: Int) {
    self.memory = memory
    self.size = size
    rows = (size &+ 2 &* laneCount) / (2 &* laneCount) &* 2
    searchBits = Int.bitWidth &- rows.leadingZeroBitCount
  }

  /// `sums[((row * 4) + statistic) * 16 + lane]`, doubles: sums over the samples of the lane in rows below `row`, of
  /// x, x^2, f, x f. There are rows + 1 rows.
  @inline(always)
  var sums: UnsafeMutablePointer<Double> { memory.assumingMemoryBound(to: Double.self) }

  /// `offsets[statistic * 16 + lane]`: sums over all lanes before `lane`.
  @inline(always)
  var offsets: UnsafeMutablePointer<Double> { sums + (rows &+ 1) &* 64 }

  /// Sums over the whole batch: x, x^2, f, x f.
  @inline(always)
  var totals: UnsafeMutablePointer<Double> { offsets + 64 }

  /// `inputs[row * 16 + lane]`: the samples; +infinity behind the last one, and in rows up to `searchRows`.
  @inline(always)
  var inputs: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(totals + 8).assumingMemoryBound(to: Float.self)
  }

  /// Rows that the search for a rank may look at.
  @inline(always)
  var searchRows: Int { (1 &<< searchBits) &- 1 }

  // The index of a shared batch: everything in the order of the samples.

  /// `prefix[q * 4 + statistic]`: sums over the first q samples, q = 0 ... size.
  @inline(always)
  var prefix: UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(inputs + searchRows &* laneCount).assumingMemoryBound(to: Double.self)
  }

  /// The samples in order, then four times +infinity.
  @inline(always)
  var sorted: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(prefix + (size &+ 1) &* 4).assumingMemoryBound(to: Float.self)
  }

  /// `firstInBucket[g]`: how many samples lie in buckets below g, for `size` buckets of equal width.
  @inline(always)
  var firstInBucket: UnsafeMutablePointer<UInt32> {
    UnsafeMutableRawPointer(sorted + (size &+ 4)).assumingMemoryBound(to: UInt32.self)
  }

  /// The index in `inputs` of the p-th smallest sample, p = 0, 1, ...
  @inline(always)
  func index(of p: Int) -> Int { p % rows &* laneCount &+ p / rows }

  /// Bytes of memory of a batch.
  var byteCount: Int { UnsafeMutableRawPointer(firstInBucket + (size &+ 2)) - memory }

  @inline(always)
  func bucket(_ x: Float, lower: Float, upper: Float) -> Int {
    let scale = Float(truncatingIfNeeded: size) / (upper - lower)
    return smaller(Int((x - lower) * scale), size)
  }
}

extension Float {
  @inline(always)
  init(truncatingIfNeeded value: Int) { self = Float(Int32(truncatingIfNeeded: value)) }
}
