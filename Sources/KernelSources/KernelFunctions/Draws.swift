// Random draws. Every function is given the address of its words: key, high counter words, step. The memory it writes
// is aligned to 64 bytes.

/// (w + 1/2) / 2^52 for a 52-bit w made of two words: uniform in (0, 1), never 0 or 1.
@inline(always)
private func openUniform(_ high: Words, _ low: Words) -> Doubles {
  // 52 bits stand as the fraction of a number in [1, 2); half a unit is added by the constant.
  let fraction = ((high &<< 20) | (low &>> 12)) | Words(repeating: 0x3ff0_0000_0000_0000)
  return doubles(fraction) - (1 - 0x1p-53)
}

/// Uniform numbers in (0, 1) with 52 random bits: two a block, from words (0, 1) and (2, 3).
///
/// `count` is rounded up to a multiple of 16 in what is written.
public func uniforms(
  into out: UnsafeMutablePointer<Double>, count: Int, step: UInt32, high: UInt64, key: UInt64
) {
  var done = 0
  while done < count {
    let lanes = PhiloxLanes(
      firstBlock: UInt32(truncatingIfNeeded: done &>> 1), step: step, high: high, key: key)
    store(openUniform(lanes.word0, lanes.word1), out, done)
    store(openUniform(lanes.word2, lanes.word3), out, done &+ 8)
    done &+= 16
  }
}

/// Standard normal numbers by the transformation of Box and Muller: the two of a block, from words (0, 1) for the
/// radius and (2, 3) for the angle, stand eight places apart.
///
/// `count` is rounded up to a multiple of 16 in what is written. The tail reaches 8.5 standard deviations.
public func standardNormals(
  into out: UnsafeMutablePointer<Double>, count: Int, step: UInt32, high: UInt64, key: UInt64
) {
  var done = 0
  while done < count {
    let lanes = PhiloxLanes(
      firstBlock: UInt32(truncatingIfNeeded: done &>> 1), step: step, high: high, key: key)
    let radius = (-2 * log(openUniform(lanes.word0, lanes.word1))).squareRoot()
    let (sine, cosine) = sineAndCosine(openUniform(lanes.word2, lanes.word3) * 6.28318530717958647693)
    store(radius * cosine, out, done)
    store(radius * sine, out, done &+ 8)
    done &+= 16
  }
}
