// A mini-batch of sorted uniform inputs, and the sums over its first q samples that the exact gradient needs.
//
// The samples stand in 16 lanes: sample p of the sorted batch (p = 0, 1, ...) is in lane p / rows, row p % rows, and
// row r holds its 16 lanes side by side. A running sum down the rows then advances all lanes at once, and the sum over
// the first q samples is the running sum inside one lane plus the total of the lanes before it.

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

  /// Registers of the target's program.
  @inline(always)
  var registers: UnsafeMutablePointer<Double> { totals + 8 }

  static let registerCapacity = 32

  /// `inputs[row * 16 + lane]`: the samples; +infinity behind the last one, and in rows up to `searchRows`.
  @inline(always)
  var inputs: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(registers + Self.registerCapacity &* stripLength).assumingMemoryBound(to: Float.self)
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

/// Bytes of memory, aligned to 64, that a batch of `size` samples needs.
public func batchByteCount(size: Int) -> Int {
  BatchLayout(UnsafeMutableRawPointer(bitPattern: 64)!, size: size).byteCount
}

/// Copies the samples of a batch in increasing order to `out`.
public func batchInputs(_ memory: UnsafeMutableRawPointer, size: Int, into out: UnsafeMutablePointer<Float>) {
  let batch = BatchLayout(memory, size: size)
  for p in 0..<size { out[p] = batch.inputs[batch.index(of: p)] }
}

/// Draws the inputs of one step and prepares the sums.
///
/// The inputs are `size` sorted uniform numbers on [lower, upper]: partial sums of size + 1 exponential variables over
/// their total (Devroye, Non-Uniform Random Variate Generation, 1986, chapter V.3). The word behind the spacing of
/// lane l, row r is word 2 (r mod 2) + (l mod 2) of block 8 (r div 2) + l div 2. The target is evaluated in double
/// precision at the single precision inputs.
///
/// Places behind the last sample are computed like the others and never read, which saves masks: they come last in the
/// last lanes, so that every running sum up to the last sample is free of them.
public func drawBatch(
  _ memory: UnsafeMutableRawPointer, size: Int, lower: Float, upper: Float,
  step: UInt32, high: UInt64, key: UInt64,
  program instructions: UnsafePointer<UInt32>, _ instructionCount: Int, constants: UnsafePointer<Double>, result: Int
) {
  let batch = BatchLayout(memory, size: size)
  drawSpacings(batch, step: step, high: high, key: key)
  let (starts, total) = laneStarts(batch)
  let scale = (upper - lower) / total
  let inputs = batch.inputs

  let sums = batch.sums
  let zero = Doubles(repeating: 0)
  for part in 0..<8 { store(zero, sums, part &* 8) }
  var x0 = zero
  var x1 = zero
  var xx0 = zero
  var xx1 = zero
  var f0 = zero
  var f1 = zero
  var xf0 = zero
  var xf1 = zero
  let rowsPerStrip = stripLength / laneCount
  var row = 0
  while row < batch.rows {
    let stripRows = smaller(rowsPerStrip, batch.rows &- row)
    for i in 0..<stripRows {
      let at = (row &+ i) &* laneCount
      var x = Floats(repeating: lower) + (starts + load(UnsafePointer(inputs), at)) * scale
      // Rounding must not carry a sample beyond the interval: the target may not be defined there.
      x = x.replacing(with: Floats(repeating: upper), where: x .> upper)
      store(x, inputs, at)
      store(lowDoubles(x), batch.registers, i &* laneCount)
      store(highDoubles(x), batch.registers, i &* laneCount &+ 8)
    }
    runProgram(
      instructions, instructionCount, constants: constants, registers: batch.registers, count: stripRows &* laneCount)
    let targets = UnsafePointer(batch.registers + result &* stripLength)
    for i in 0..<stripRows {
      let a0 = load(UnsafePointer(batch.registers), i &* laneCount)
      let a1 = load(UnsafePointer(batch.registers), i &* laneCount &+ 8)
      let t0 = load(targets, i &* laneCount)
      let t1 = load(targets, i &* laneCount &+ 8)
      x0 = x0 + a0
      x1 = x1 + a1
      xx0 = xx0 + a0 * a0
      xx1 = xx1 + a1 * a1
      f0 = f0 + t0
      f1 = f1 + t1
      xf0 = xf0 + a0 * t0
      xf1 = xf1 + a1 * t1
      let out = sums + (row &+ i &+ 1) &* 64
      store(x0, out, 0)
      store(x1, out, 8)
      store(xx0, out, 16)
      store(xx1, out, 24)
      store(f0, out, 32)
      store(f1, out, 40)
      store(xf0, out, 48)
      store(xf1, out, 56)
    }
    row &+= stripRows
  }

  // Behind the last sample nothing counts as left of a kink.
  for p in size..<batch.rows &* laneCount { inputs[batch.index(of: p)] = .infinity }
  for row in batch.rows..<batch.searchRows { store(Floats(repeating: .infinity), inputs, row &* laneCount) }
  let laneTotals = sums + batch.rows &* 64
  let lastLane = size / batch.rows
  let lastRow = size % batch.rows
  for statistic in 0..<4 {
    var sum = 0.0
    for lane in 0..<laneCount {
      batch.offsets[statistic &* laneCount &+ lane] = sum
      sum += laneTotals[statistic &* laneCount &+ lane]
    }
    batch.totals[statistic] =
      batch.offsets[statistic &* laneCount &+ lastLane] + sums[lastRow &* 64 &+ statistic &* laneCount &+ lastLane]
  }
}

/// Writes to `inputs` the running sums, down each lane, of standard exponential variables.
@inline(always)
private func drawSpacings(_ batch: BatchLayout, step: UInt32, high: UInt64, key: UInt64) {
  let inputs = batch.inputs
  var running = Floats(repeating: 0)
  var row = 0
  while row < batch.rows {
    let words = PhiloxLanes(
      firstBlock: UInt32(truncatingIfNeeded: row &* 4), step: step, high: high, key: key)
    running = running + exponentials(words.firstRow)
    store(running, inputs, row &* laneCount)
    running = running + exponentials(words.secondRow)
    store(running, inputs, (row &+ 1) &* laneCount)
    row &+= 2
  }
}

/// Minus the logarithm of (m + 1/2) / 2^23, m the top 23 bits of a word.
@inline(always)
private func exponentials(_ words: SIMD16<UInt32>) -> Floats {
  // The bits as the fraction of a number in [1, 2).
  let fraction = unsafeBitCast((words &>> 9) | SIMD16<UInt32>(repeating: 0x3f80_0000), to: Floats.self)
  return negativeLog(fraction - Floats(repeating: 1 - 0x1p-24))
}

/// Where each lane starts on the scale of the running sums, and the total of the size + 1 spacings. Sums of numbers that
/// are not negative, in a fixed order, keep the samples in order across the lanes.
@inline(always)
private func laneStarts(_ batch: BatchLayout) -> (starts: Floats, total: Float) {
  var starts = Floats()
  var sum: Float = 0
  let lastRow = batch.inputs + (batch.rows &- 1) &* laneCount
  for lane in 0..<laneCount {
    starts[lane] = sum
    sum += lastRow[lane]
  }
  // The last spacing stands in the place behind the last sample.
  return (starts, starts[batch.size / batch.rows] + batch.inputs[batch.index(of: batch.size)])
}

/// Puts a batch that many networks share into the order of its samples and builds the bucket table, so that finding
/// the rank of a kink takes a few instructions.
public func indexBatch(_ memory: UnsafeMutableRawPointer, size: Int, lower: Float, upper: Float) {
  let batch = BatchLayout(memory, size: size)
  let prefix = batch.prefix
  for statistic in 0..<4 { prefix[statistic] = 0 }
  var q = 0
  for lane in 0..<laneCount {
    let o0 = batch.offsets[lane]
    let o1 = batch.offsets[laneCount &+ lane]
    let o2 = batch.offsets[2 &* laneCount &+ lane]
    let o3 = batch.offsets[3 &* laneCount &+ lane]
    let rows = smaller(batch.rows, batch.size &- q)
    var row = 0
    while row < rows {
      let sums = batch.sums + ((row &+ 1) &* 64 &+ lane)
      batch.sorted[q] = batch.inputs[row &* laneCount &+ lane]
      q &+= 1
      prefix[q &* 4] = o0 + sums[0]
      prefix[q &* 4 &+ 1] = o1 + sums[laneCount]
      prefix[q &* 4 &+ 2] = o2 + sums[2 &* laneCount]
      prefix[q &* 4 &+ 3] = o3 + sums[3 &* laneCount]
      row &+= 1
    }
  }
  for i in 0..<4 { batch.sorted[size &+ i] = .infinity }
  var filled = 0
  for p in 0..<size {
    let bucket = batch.bucket(batch.sorted[p], lower: lower, upper: upper)
    while filled <= bucket {
      batch.firstInBucket[filled] = UInt32(truncatingIfNeeded: p)
      filled &+= 1
    }
  }
  while filled <= size &+ 1 {
    batch.firstInBucket[filled] = UInt32(truncatingIfNeeded: size)
    filled &+= 1
  }
}
