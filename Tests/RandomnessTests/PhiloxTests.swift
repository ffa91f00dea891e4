import Randomness
import Testing

@Suite("Philox")
struct PhiloxTests {
  /// The lines of philox4x32 with 10 rounds in the file kat_vectors of Random123 (Salmon, Moraes, Dror, Shaw, SC11).
  @Test("the official known answers")
  func knownAnswers() {
    #expect(
      Philox4x32.block(counter: SIMD4(0, 0, 0, 0), key: SIMD2(0, 0))
        == SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    #expect(
      Philox4x32.block(counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
        == SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    #expect(
      Philox4x32.block(
        counter: SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: SIMD2(0xa409_3822, 0x299f_31d0))
        == SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  /// Ten rounds mix every bit: one bit of counter or key flipped changes about half of the 128 bits of the block. With
  /// 192 flips the count of changed bits is binomial (24576, 1/2), and 4.9 standard deviations are 384.
  @Test("every bit of counter and key matters")
  func avalanche() {
    let counter = SIMD4<UInt32>(1, 2, 3, 4)
    let key = SIMD2<UInt32>(5, 6)
    let block = Philox4x32.block(counter: counter, key: key)
    var changed = 0
    for bit in 0..<192 {
      var flippedCounter = counter
      var flippedKey = key
      if bit < 128 { flippedCounter[bit / 32] ^= 1 << (bit % 32) } else { flippedKey[bit / 32 - 4] ^= 1 << (bit % 32) }
      let difference = Philox4x32.block(counter: flippedCounter, key: flippedKey) ^ block
      let count = (0..<4).reduce(0) { $0 + difference[$1].nonzeroBitCount }
      // 30 of 128 is 6 standard deviations below the mean.
      #expect(count > 30)
      changed += count
    }
    // Half of 192 * 128 bits; the standard deviation is 78, and 384 is 4.9 of them: a false alarm of 1e-6.
    #expect(abs(changed - 192 * 64) < 384)
  }
}
