// Samples with several independent coordinates, for the dense kernels.

import KernelInterface

/// Samples a call of the generator serves: 32 words, one for each sample and coordinate.
private let groupSize = 32

/// (w + 1/2) / 2^32 for the word w in the low half of each lane: uniform in (0, 1), never 0 or 1.
@inline(always)
private func openUniform(_ words: Words) -> Doubles {
  // The words as the top bits of the fraction of a number in [1, 2); half a unit is added by the constant.
  doubles((words &<< 20) | Words(repeating: 0x3ff0_0000_0000_0000)) - (1 - 0x1p-33)
}

/// Draws `size` independent samples and evaluates their targets.
///
/// Coordinate k of sample i is offsets[k] + scales[k] * v, rounded to single precision. With g = i div 32 and
/// j = i mod 32 it belongs to word j div 8 of block 8 (g * dimension + k) + j mod 8. v is that word as a uniform number
/// on (0, 1); or, for normal coordinates, words 0 and 1 give two standard normal numbers by the transformation of Box
/// and Muller, word 0 the radius and word 1 the angle, its cosine for the sample of word 0 and its sine for that of
/// word 1; and so do words 2 and 3. The first n of more samples are the same. Normal numbers reach 6.7 standard
/// deviations.
///
/// Coordinate k of sample i is written to place (i * dimension + k) * stride of `inputs`, the target of sample i, which
/// is evaluated in double precision, to place i * stride of `targets`; both are arrays of doubles or of floats.
public func drawVectorSamples(
  inputs: UnsafeMutableRawPointer, targets: UnsafeMutableRawPointer, isDouble: Bool, size: Int, dimension: Int,
  stride: Int, isNormal: Bool, offsets: UnsafePointer<Double>, scales: UnsafePointer<Double>, step: UInt32,
  high: UInt64, key: UInt64, target: ProgramCode, registers: UnsafeMutablePointer<Double>
) {
  let values = UnsafePointer(registers + target.result &* stripLength)
  var first = 0
  while first < size {
    let count = smaller(stripLength, size &- first)
    let groups = (count &+ groupSize &- 1) / groupSize
    for group in 0..<groups {
      let firstBlock = 8 &* (first / groupSize &+ group) &* dimension
      for k in 0..<dimension {
        let words = PhiloxLanes(
          firstBlock: UInt32(truncatingIfNeeded: firstBlock &+ 8 &* k), step: step, high: high, key: key)
        let out = registers + (k &* stripLength &+ group &* groupSize)
        store(openUniform(words.word0), out, 0)
        store(openUniform(words.word1), out, 8)
        store(openUniform(words.word2), out, 16)
        store(openUniform(words.word3), out, 24)
      }
    }
    for k in 0..<dimension {
      let column = registers + k &* stripLength
      if isNormal { makeNormal(column, count: groups &* groupSize) }
      scaleAndRound(column, count: groups &* groupSize, offset: offsets[k], scale: scales[k])
    }
    runProgram(target, registers: registers, count: (count &+ 7) & ~7)
    for k in 0..<dimension {
      scatter(
        registers + k &* stripLength, by: 1, count, to: inputs, isDouble, place: (first &* dimension &+ k) &* stride,
        dimension &* stride)
    }
    scatter(values, by: 1, count, to: targets, isDouble, place: first &* stride, stride)
    first &+= count
  }
}

/// Makes pairs of uniform numbers, eight places apart, standard normal.
@inline(always)
private func makeNormal(_ numbers: UnsafeMutablePointer<Double>, count: Int) {
  var i = 0
  while i < count {
    let radius = (-2 * log(load(UnsafePointer(numbers), i))).squareRoot()
    let (sine, cosine) = sineAndCosine(load(UnsafePointer(numbers), i &+ 8) * 6.28318530717958647693)
    store(radius * cosine, numbers, i)
    store(radius * sine, numbers, i &+ 8)
    i &+= 16
  }
}

/// offset + scale * x, rounded to single precision, for each number x.
@inline(always)
private func scaleAndRound(_ numbers: UnsafeMutablePointer<Double>, count: Int, offset: Double, scale: Double) {
  var i = 0
  while i < count {
    let low = offset + scale * load(UnsafePointer(numbers), i)
    let high = offset + scale * load(UnsafePointer(numbers), i &+ 8)
    let rounded = floats(low, high)
    store(lowDoubles(rounded), numbers, i)
    store(highDoubles(rounded), numbers, i &+ 8)
    i &+= 16
  }
}

/// Copies every `step`-th number of `source` to the places place, place + stride, ... of an array of doubles or floats.
@inline(always)
func scatter(
  _ source: UnsafePointer<Double>, by step: Int, _ count: Int, to target: UnsafeMutableRawPointer, _ isDouble: Bool,
  place: Int, _ stride: Int
) {
  if isDouble {
    let out = target.assumingMemoryBound(to: Double.self) + place
    for i in 0..<count { out[i &* stride] = source[i &* step] }
  } else {
    let out = target.assumingMemoryBound(to: Float.self) + place
    for i in 0..<count { out[i &* stride] = Float(source[i &* step]) }
  }
}
