/// The generator philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC11), eight counters at a time.
///
/// A 32-bit word lives in the low half of a 64-bit lane; the high half holds rubbish between the rounds, which the
/// 32 x 32 -> 64 multiplication ignores. A round is then two multiplications, two shifts and two exclusive ors of
/// three terms for eight blocks.
struct PhiloxLanes {
  var word0: Words
  var word1: Words
  var word2: Words
  var word3: Words

  /// The words of the blocks `firstBlock ..< firstBlock + 8`.
  ///
  /// The counter of block i is (i, `step`, low half of `high`, high half of `high`); all 128 bits enter the result.
  @inline(always)
  init(firstBlock: UInt32, step: UInt32, high: UInt64, key: UInt64) {
    let low = Words(repeating: 0xffff_ffff)
    let multiplier0 = Words(repeating: 0xD251_1F53)
    let multiplier1 = Words(repeating: 0xCD9E_8D57)
    var c0 = Words(repeating: UInt64(firstBlock)) &+ Words(0, 1, 2, 3, 4, 5, 6, 7)
    var c1 = Words(repeating: UInt64(step))
    var c2 = Words(repeating: high & 0xffff_ffff)
    var c3 = Words(repeating: high &>> 32)
    var key0 = UInt32(truncatingIfNeeded: key)
    var key1 = UInt32(truncatingIfNeeded: key &>> 32)
    for _ in 0..<10 {
      let product0 = (c0 & low) &* multiplier0
      let product1 = (c2 & low) &* multiplier1
      c0 = (product1 &>> 32) ^ c1 ^ Words(repeating: UInt64(key0))
      c1 = product1
      c2 = (product0 &>> 32) ^ c3 ^ Words(repeating: UInt64(key1))
      c3 = product0
      key0 = key0 &+ 0x9E37_79B9
      key1 = key1 &+ 0xBB67_AE85
    }
    word0 = c0 & low
    word1 = c1 & low
    word2 = c2 & low
    word3 = c3 & low
  }

  /// Words 0 and 1 of the eight blocks, in the order block 0 word 0, block 0 word 1, block 1 word 0, ...
  @inline(always)
  var firstRow: SIMD16<UInt32> { unsafeBitCast(word0 | (word1 &<< 32), to: SIMD16<UInt32>.self) }

  /// Words 2 and 3 of the eight blocks, in the same order.
  @inline(always)
  var secondRow: SIMD16<UInt32> { unsafeBitCast(word2 | (word3 &<< 32), to: SIMD16<UInt32>.self) }
}

/// Writes the words of `groups` times eight consecutive blocks, from `firstBlock` on: four words a block, in order.
public func philoxWords(
  into words: UnsafeMutablePointer<UInt32>, groups: Int, firstBlock: UInt32, step: UInt32, high: UInt64, key: UInt64
) {
  for group in 0..<groups {
    let lanes = PhiloxLanes(
      firstBlock: firstBlock &+ UInt32(truncatingIfNeeded: 8 &* group), step: step, high: high, key: key)
    for block in 0..<8 {
      let out = words + (group &* 8 &+ block) &* 4
      out[0] = UInt32(truncatingIfNeeded: lanes.word0[block])
      out[1] = UInt32(truncatingIfNeeded: lanes.word1[block])
      out[2] = UInt32(truncatingIfNeeded: lanes.word2[block])
      out[3] = UInt32(truncatingIfNeeded: lanes.word3[block])
    }
  }
}
