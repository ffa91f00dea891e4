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

  /// The counters of the blocks `firstBlock ..< firstBlock + 8`.
  ///
  /// The counter of block i is (i, `step`, low half of `high`, high half of `high`); all 128 bits enter the result.
  @inline(always)
  private init(countersFrom firstBlock: UInt32, step: UInt32, high: UInt64) {
    word0 = Words(repeating: UInt64(firstBlock)) &+ Words(0, 1, 2, 3, 4, 5, 6, 7)
    word1 = Words(repeating: UInt64(step))
    word2 = Words(repeating: high & 0xffff_ffff)
    word3 = Words(repeating: high &>> 32)
  }

  /// One of the ten rounds.
  @inline(always)
  private mutating func mix(_ key: PhiloxKey) {
    let low = Words(repeating: 0xffff_ffff)
    let product0 = (word0 & low) &* Words(repeating: 0xD251_1F53)
    let product1 = (word2 & low) &* Words(repeating: 0xCD9E_8D57)
    word0 = (product1 &>> 32) ^ word1 ^ key.word0
    word1 = product1
    word2 = (product0 &>> 32) ^ word3 ^ key.word1
    word3 = product0
  }

  @inline(always)
  private mutating func clearHighHalves() {
    let low = Words(repeating: 0xffff_ffff)
    word0 = word0 & low
    word1 = word1 & low
    word2 = word2 & low
    word3 = word3 & low
  }

  /// The words of the blocks `firstBlock ..< firstBlock + 8`.
  @inline(always)
  init(firstBlock: UInt32, step: UInt32, high: UInt64, key: UInt64) {
    self.init(countersFrom: firstBlock, step: step, high: high)
    var roundKey = PhiloxKey(key)
    for _ in 0..<10 {
      mix(roundKey)
      roundKey.advance()
    }
    clearHighHalves()
  }

  /// The words of the blocks `firstBlock ..< firstBlock + 8` and of the eight after them, in less time than one after
  /// the other: a round waits for the one before.
  @inline(always)
  static func pair(firstBlock: UInt32, step: UInt32, high: UInt64, key: UInt64) -> (PhiloxLanes, PhiloxLanes) {
    var first = PhiloxLanes(countersFrom: firstBlock, step: step, high: high)
    var second = PhiloxLanes(countersFrom: firstBlock &+ 8, step: step, high: high)
    var roundKey = PhiloxKey(key)
    for _ in 0..<10 {
      first.mix(roundKey)
      second.mix(roundKey)
      roundKey.advance()
    }
    first.clearHighHalves()
    second.clearHighHalves()
    return (first, second)
  }

  /// Words 0 and 1 of the eight blocks, in the order block 0 word 0, block 0 word 1, block 1 word 0, ...
  @inline(always)
  var firstRow: SIMD16<UInt32> { unsafeBitCast(word0 | (word1 &<< 32), to: SIMD16<UInt32>.self) }

  /// Words 2 and 3 of the eight blocks, in the same order.
  @inline(always)
  var secondRow: SIMD16<UInt32> { unsafeBitCast(word2 | (word3 &<< 32), to: SIMD16<UInt32>.self) }
}

/// The key of a round, in the low halves of all lanes.
private struct PhiloxKey {
  var word0: Words
  var word1: Words

  @inline(always)
  init(_ key: UInt64) {
    word0 = Words(repeating: key & 0xffff_ffff)
    word1 = Words(repeating: key &>> 32)
  }

  @inline(always)
  mutating func advance() {
    word0 = word0 &+ Words(repeating: 0x9E37_79B9)
    word1 = word1 &+ Words(repeating: 0xBB67_AE85)
  }
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
