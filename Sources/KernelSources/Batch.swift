// A mini-batch of sorted uniform inputs, and the sums over its first q samples that the exact gradient needs.
//
// The samples stand in 16 lanes: sample p of the sorted batch (p = 0, 1, ...) is in lane p / rows, row p % rows, and
// row r holds its 16 lanes side by side. A running sum down the rows then advances all lanes at once, and the sum over
// the first q samples is the running sum inside one lane plus the total of the lanes before it.

/// Where the parts of a batch stand in its memory; `size` samples.
struct BatchLayout {
  let size: Int
  /// ceil((size + 1) / 16): a batch of n samples has n + 1 spacings, and every spacing gets a place.
  let rows: Int
  let memory: UnsafeMutableRawPointer

  @inline(always)
  init(_ memory: UnsafeMutableRawPointer, size: Int) {
    self.memory = memory
    self.size = size
    rows = (size &+ laneCount) / laneCount
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

  /// `inputs[row * 16 + lane]`: the samples; +infinity behind the last one.
  @inline(always)
  var inputs: UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(registers + Self.registerCapacity &* stripLength).assumingMemoryBound(to: Float.self)
  }

  // The index of a shared batch: everything in the order of the samples.

  /// `prefix[q * 4 + statistic]`: sums over the first q samples, q = 0 ... size.
  @inline(always)
  var prefix: UnsafeMutablePointer<Double> {
    UnsafeMutableRawPointer(inputs + rows &* laneCount).assumingMemoryBound(to: Double.self)
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
  for p in 0..<size { out[p] = batch.inputs[p % batch.rows &* laneCount &+ p / batch.rows] }
}

/// Draws the inputs of one step and prepares the sums.
///
/// The inputs are `size` sorted uniform numbers on [lower, upper]: partial sums of size + 1 exponential variables over
/// their total (Devroye, Non-Uniform Random Variate Generation, 1986, chapter V.3). The word behind the spacing of
/// lane l, row r is word 2 (r mod 2) + (l mod 2) of block 8 (r div 2) + l div 2. The target is evaluated in double
/// precision at the single precision inputs.
public func drawBatch(
  _ memory: UnsafeMutableRawPointer, size: Int, lower: Float, upper: Float,
  step: UInt32, high: UInt64, key: UInt64,
  program instructions: UnsafePointer<UInt32>, _ instructionCount: Int, constants: UnsafePointer<Double>, result: Int
) {
  let batch = BatchLayout(memory, size: size)
  let inputs = batch.inputs
  drawSpacings(batch, step: step, high: high, key: key)

  // Lane l starts where the lanes before it end; sums of non-negative numbers in a fixed order keep the order.
  var starts = Floats()
  var total: Float = 0
  let lastRow = inputs + (batch.rows &- 1) &* laneCount
  for lane in 0..<laneCount {
    starts[lane] = total
    total += lastRow[lane]
  }
  let scale = (upper - lower) / total

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
  // Rows in which all 16 lanes hold a sample.
  let fullRows = nonNegative(size &- 15 &* batch.rows)
  let place = PlacesInRow(rows: batch.rows)
  var row = 0
  while row < batch.rows {
    let stripRows = smaller(rowsPerStrip, batch.rows &- row)
    for i in 0..<stripRows {
      let at = (row &+ i) &* laneCount
      var x = Floats(repeating: lower) + (starts + load(inputs, at)) * scale
      // Rounding must not carry a sample beyond the interval: the target may not be defined there.
      x = x.replacing(with: Floats(repeating: upper), where: x .> upper)
      var stored = x
      if row &+ i >= fullRows {
        let absent = place.isAtLeast(size, row: row &+ i)
        x = x.replacing(with: Floats(repeating: lower), where: absent)
        stored = stored.replacing(with: .infinity, where: absent)
      }
      store(lowDoubles(x), batch.registers, i &* laneCount)
      store(highDoubles(x), batch.registers, i &* laneCount &+ 8)
      store(stored, inputs, at)
    }
    runProgram(
      instructions, instructionCount, constants: constants, registers: batch.registers, count: stripRows &* laneCount)
    let targets = UnsafePointer(batch.registers + result &* stripLength)
    for i in 0..<stripRows {
      var a0 = load(UnsafePointer(batch.registers), i &* laneCount)
      var a1 = load(UnsafePointer(batch.registers), i &* laneCount &+ 8)
      var t0 = load(targets, i &* laneCount)
      var t1 = load(targets, i &* laneCount &+ 8)
      if row &+ i >= fullRows {
        let absent = Floats(repeating: 0).replacing(with: 1, where: place.isAtLeast(size, row: row &+ i))
        let absent0 = lowDoubles(absent) .> 0
        let absent1 = highDoubles(absent) .> 0
        a0 = a0.replacing(with: 0, where: absent0)
        a1 = a1.replacing(with: 0, where: absent1)
        t0 = t0.replacing(with: 0, where: absent0)
        t1 = t1.replacing(with: 0, where: absent1)
      }
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

  let laneTotals = sums + batch.rows &* 64
  for statistic in 0..<4 {
    var sum = 0.0
    for lane in 0..<laneCount {
      batch.offsets[statistic &* laneCount &+ lane] = sum
      sum += laneTotals[statistic &* laneCount &+ lane]
    }
    batch.totals[statistic] = sum
  }
}

/// The places in the sorted batch of the 16 lanes of a row. Floats hold them exactly up to 2^24, the largest batch; a
/// comparison of integer vectors would become a loop over the lanes.
private struct PlacesInRow {
  let laneStarts: Floats

  @inline(always)
  init(rows: Int) {
    laneStarts =
      Floats(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15) * Floats(repeating: Float(truncatingIfNeeded: rows))
  }

  @inline(always)
  func isAtLeast(_ count: Int, row: Int) -> SIMDMask<SIMD16<Int32>> {
    laneStarts + Floats(repeating: Float(truncatingIfNeeded: row))
      .>= Floats(
        repeating: Float(truncatingIfNeeded: count))
  }
}

/// Writes to `inputs` the running sums, down each lane, of size + 1 standard exponential variables.
@inline(always)
private func drawSpacings(_ batch: BatchLayout, step: UInt32, high: UInt64, key: UInt64) {
  let inputs = batch.inputs
  let spacings = batch.size &+ 1
  let fullRows = nonNegative(spacings &- 15 &* batch.rows)
  let place = PlacesInRow(rows: batch.rows)
  var running = Floats(repeating: 0)
  var row = 0
  while row < batch.rows {
    let words = PhiloxLanes(
      firstBlock: UInt32(truncatingIfNeeded: row &* 4), step: step, high: high, key: key)
    for half in 0..<2 where row &+ half < batch.rows {
      let word = half == 0 ? words.firstRow : words.secondRow
      // The top 23 bits as a fraction in [1, 2), then (m + 1/2) / 2^23.
      let fraction = unsafeBitCast((word &>> 9) | SIMD16<UInt32>(repeating: 0x3f80_0000), to: Floats.self)
      var spacing = negativeLog(fraction - Floats(repeating: 1 - 0x1p-24))
      if row &+ half >= fullRows {
        spacing = spacing.replacing(with: 0, where: place.isAtLeast(spacings, row: row &+ half))
      }
      running = running + spacing
      store(running, inputs, (row &+ half) &* laneCount)
    }
    row &+= 2
  }
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
