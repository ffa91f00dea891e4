// A mini-batch of sorted scalar inputs, and the sums over its first q samples that the exact gradient needs.
//
// The samples stand in 16 lanes: sample p of the sorted batch (p = 0, 1, ...) is in lane p / rows, row p % rows, and
// row r holds its 16 lanes side by side. A running sum down the rows then advances all lanes at once, and the sum over
// the first q samples is the running sum inside one lane plus the total of the lanes before it.
//
// Sorted uniform numbers on (0, 1) are partial sums of size + 1 exponential variables over their total (Devroye,
// Non-Uniform Random Variate Generation, 1986, chapter V.3). The word behind the spacing of lane l, row r is word
// 2 (r mod 2) + (l mod 2) of block 8 (r div 2) + l div 2.
//
// Places behind the last sample are computed like the others and never read, which saves masks: they come last in the
// last lanes, so that every running sum up to the last sample is free of them.

import KernelInterface

/// Bytes of memory, aligned to 64, that a batch of `size` samples needs.
public func batchByteCount(size: Int) -> Int {
  BatchLayout(UnsafeMutableRawPointer(bitPattern: 64)!, size: size).byteCount
}

/// Copies the inputs of a batch in increasing order to `out`.
public func batchInputs(_ memory: UnsafeMutableRawPointer, size: Int, into out: UnsafeMutablePointer<Float>) {
  let batch = BatchLayout(memory, size: size)
  for p in 0..<size { out[p] = batch.inputs[batch.index(of: p)] }
}

// MARK: - Inputs

/// Draws the inputs of one step: sorted uniform numbers on [lower, upper].
public func drawUniformInputs(
  _ memory: UnsafeMutableRawPointer, size: Int, lower: Float, upper: Float, step: UInt32, high: UInt64, key: UInt64
) {
  let batch = BatchLayout(memory, size: size)
  drawSpacings(batch, step: step, high: high, key: key)
  let (starts, total) = laneStarts(batch)
  let scale = (upper - lower) / total
  let inputs = batch.inputs
  for row in 0..<batch.rows {
    var x = Floats(repeating: lower) + (starts + load(UnsafePointer(inputs), row &* laneCount)) * scale
    // Rounding must not carry a sample beyond the interval: the target may not be defined there.
    x = x.replacing(with: Floats(repeating: upper), where: x .> upper)
    store(x, inputs, row &* laneCount)
  }
}

/// Draws the inputs of one step: sorted uniform numbers on (0, 1) in double precision, mapped by `quantile`, brought
/// into [lower, upper] and rounded to single precision.
///
/// The spacings are those of `drawUniformInputs`. Their sums are in double precision, so that the last samples are as
/// far from 1 as they should be. The inputs do not decrease, even where the rounding of the quantile does.
public func drawInputsByQuantile(
  _ memory: UnsafeMutableRawPointer, size: Int, lower: Float, upper: Float, step: UInt32, high: UInt64, key: UInt64,
  quantile: ProgramCode, registers: UnsafeMutablePointer<Double>
) {
  let batch = BatchLayout(memory, size: size)
  let inputs = batch.inputs
  let (starts0, starts1, total) = drawSpacingsInDoublePrecision(batch, step: step, high: high, key: key)
  let scale = 1 / total
  let one = Doubles(repeating: 1)
  let result = UnsafePointer(registers + quantile.result &* stripLength)
  var largest = Floats(repeating: lower)
  var row = 0
  while row < batch.rows {
    let stripRows = smaller(stripLength / laneCount, batch.rows &- row)
    for i in 0..<stripRows {
      let running = UnsafePointer(batch.sums + (row &+ i &+ 1) &* 64)
      let u0 = (starts0 + load(running, 0)) * scale
      let u1 = (starts1 + load(running, 8)) * scale
      store(u0.replacing(with: one, where: u0 .> one), registers, i &* laneCount)
      store(u1.replacing(with: one, where: u1 .> one), registers, i &* laneCount &+ 8)
    }
    runProgram(quantile, registers: registers, count: stripRows &* laneCount)
    for i in 0..<stripRows {
      let x = floats(load(result, i &* laneCount), load(result, i &* laneCount &+ 8))
      largest = largest.replacing(with: x, where: x .> largest)
      let inside = largest.replacing(with: Floats(repeating: upper), where: largest .> upper)
      store(inside, inputs, (row &+ i) &* laneCount)
    }
    row &+= stripRows
  }
  // The first samples of a lane must not be smaller than the last one of the lane before.
  for lane in 1..<laneCount {
    let previous = inputs[(batch.rows &- 1) &* laneCount &+ lane &- 1]
    var row = 0
    while row < batch.rows, inputs[row &* laneCount &+ lane] < previous {
      inputs[row &* laneCount &+ lane] = previous
      row &+= 1
    }
  }
}

/// Minus the logarithm of (m + 1/2) / 2^23, m the top 23 bits of a word.
@inline(always)
private func exponentials(_ words: SIMD16<UInt32>) -> Floats {
  // The bits as the fraction of a number in [1, 2).
  let fraction = unsafeBitCast((words &>> 9) | SIMD16<UInt32>(repeating: 0x3f80_0000), to: Floats.self)
  return negativeLog(fraction - Floats(repeating: 1 - 0x1p-24))
}

/// Writes the random words of two rows to `inputs`.
@inline(always)
private func storeWords(_ words: PhiloxLanes, _ batch: BatchLayout, row: Int) {
  let inputs = batch.inputs + row &* laneCount
  store(unsafeBitCast(words.firstRow, to: Floats.self), inputs, 0)
  store(unsafeBitCast(words.secondRow, to: Floats.self), inputs, laneCount)
}

/// Writes standard exponential variables to `inputs`.
///
/// First the words of all rows, then all logarithms, and the sums are up to the caller: all three are chains of
/// instructions that wait for each other, and in short loops the processor works on those of many rows at a time. Of
/// one long loop the compiler also splits the vectors.
@inline(always)
private func drawExponentials(_ batch: BatchLayout, step: UInt32, high: UInt64, key: UInt64) {
  var row = 0
  while row &+ 2 < batch.rows {
    let (words, nextWords) = PhiloxLanes.pair(
      firstBlock: UInt32(truncatingIfNeeded: row &* 4), step: step, high: high, key: key)
    storeWords(words, batch, row: row)
    storeWords(nextWords, batch, row: row &+ 2)
    row &+= 4
  }
  if row < batch.rows {
    let words = PhiloxLanes(
      firstBlock: UInt32(truncatingIfNeeded: row &* 4), step: step, high: high, key: key)
    storeWords(words, batch, row: row)
  }
  let inputs = batch.inputs
  for row in 0..<batch.rows {
    let words = unsafeBitCast(load(UnsafePointer(inputs), row &* laneCount), to: SIMD16<UInt32>.self)
    store(exponentials(words), inputs, row &* laneCount)
  }
}

/// Writes to `inputs` the running sums, down each lane, of standard exponential variables.
@inline(always)
private func drawSpacings(_ batch: BatchLayout, step: UInt32, high: UInt64, key: UInt64) {
  drawExponentials(batch, step: step, high: high, key: key)
  let inputs = batch.inputs
  var running = Floats(repeating: 0)
  for row in 0..<batch.rows {
    running = running + load(UnsafePointer(inputs), row &* laneCount)
    store(running, inputs, row &* laneCount)
  }
}

/// Where each lane starts on the scale of the running sums, and the total of the size + 1 spacings. Sums of numbers
/// that are not negative, in a fixed order, keep the samples in order across the lanes.
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

/// Writes to the first 16 of the 64 places of `sums` of each row the running sums, down each lane, of standard
/// exponential variables in double precision; returns where each lane starts on their scale, and their total.
@inline(always)
private func drawSpacingsInDoublePrecision(
  _ batch: BatchLayout, step: UInt32, high: UInt64, key: UInt64
) -> (Doubles, Doubles, Double) {
  drawExponentials(batch, step: step, high: high, key: key)
  let sums = batch.sums
  var running0 = Doubles(repeating: 0)
  var running1 = Doubles(repeating: 0)
  for row in 0..<batch.rows {
    let spacings = load(UnsafePointer(batch.inputs), row &* laneCount)
    running0 = running0 + lowDoubles(spacings)
    running1 = running1 + highDoubles(spacings)
    store(running0, sums, (row &+ 1) &* 64)
    store(running1, sums, (row &+ 1) &* 64 &+ 8)
  }
  // The sums over all lanes before a lane, for a moment.
  let starts = batch.offsets
  var sum = 0.0
  for lane in 0..<laneCount {
    starts[lane] = sum
    sum += sums[batch.rows &* 64 &+ lane]
  }
  // The last spacing stands in the place behind the last sample.
  let lastLane = batch.size / batch.rows
  let total = starts[lastLane] + sums[(batch.size % batch.rows &+ 1) &* 64 &+ lastLane]
  return (load(UnsafePointer(starts), 0), load(UnsafePointer(starts), 8), total)
}

// MARK: - Sums

/// Prepares the sums over the samples. The target is evaluated in double precision at the single precision inputs.
public func sumBatch(
  _ memory: UnsafeMutableRawPointer, size: Int, target: ProgramCode, registers: UnsafeMutablePointer<Double>
) {
  let batch = BatchLayout(memory, size: size)
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
  let targets = UnsafePointer(registers + target.result &* stripLength)
  var row = 0
  while row < batch.rows {
    let stripRows = evaluateStrip(batch, firstRow: row, target: target, registers: registers)
    for i in 0..<stripRows {
      let a0 = load(UnsafePointer(registers), i &* laneCount)
      let a1 = load(UnsafePointer(registers), i &* laneCount &+ 8)
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
  var firstRow = size % batch.rows
  for lane in size / batch.rows..<laneCount {
    for row in firstRow..<batch.rows { inputs[row &* laneCount &+ lane] = .infinity }
    firstRow = 0
  }
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

/// Evaluates the target at the inputs of a strip of rows, which stand in register 0 afterwards; returns how many rows.
@inline(always)
private func evaluateStrip(
  _ batch: BatchLayout, firstRow: Int, target: ProgramCode, registers: UnsafeMutablePointer<Double>
) -> Int {
  let rows = smaller(stripLength / laneCount, batch.rows &- firstRow)
  for i in 0..<rows {
    let x = load(UnsafePointer(batch.inputs), (firstRow &+ i) &* laneCount)
    store(lowDoubles(x), registers, i &* laneCount)
    store(highDoubles(x), registers, i &* laneCount &+ 8)
  }
  runProgram(target, registers: registers, count: rows &* laneCount)
  return rows
}

// MARK: - Samples for dense kernels

/// Writes the samples of a batch in increasing order: input p to place p * stride of `inputs`, its target to the same
/// place of `targets`, both arrays of doubles or of floats. The target is evaluated in double precision.
public func copySamples(
  _ memory: UnsafeMutableRawPointer, size: Int, target: ProgramCode, registers: UnsafeMutablePointer<Double>,
  inputs: UnsafeMutableRawPointer, targets: UnsafeMutableRawPointer, isDouble: Bool, stride: Int
) {
  let batch = BatchLayout(memory, size: size)
  let values = UnsafePointer(registers + target.result &* stripLength)
  var row = 0
  while row < batch.rows {
    let rows = evaluateStrip(batch, firstRow: row, target: target, registers: registers)
    for lane in 0..<laneCount {
      let first = lane &* batch.rows &+ row
      let count = smaller(rows, size &- first)
      if count <= 0 { break }
      scatter(registers + lane, by: laneCount, count, to: inputs, isDouble, place: first &* stride, stride)
      scatter(values + lane, by: laneCount, count, to: targets, isDouble, place: first &* stride, stride)
    }
    row &+= rows
  }
}

// MARK: - Index

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
  let sorted = batch.sorted
  for i in 0..<4 { sorted[size &+ i] = .infinity }
  // Without branches, which a random number of samples in each bucket would make unpredictable: first each bucket that
  // has samples gets its first one, which is stored last, then the others get that of the next bucket.
  let first = batch.firstInBucket
  let none = UInt32(truncatingIfNeeded: size)
  var bucket = 0
  while bucket <= size &+ 1 {
    first[bucket] = none
    bucket &+= 1
  }
  var p = size
  while p > 0 {
    p &-= 1
    first[batch.bucket(sorted[p], lower: lower, upper: upper)] = UInt32(truncatingIfNeeded: p)
  }
  var next = none
  while bucket > 0 {
    bucket &-= 1
    let own = first[bucket]
    next = own < next ? own : next
    first[bucket] = next
  }
}
