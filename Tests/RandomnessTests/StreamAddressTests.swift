import Randomness
import Testing

/// The literals were computed by a separate program from the definition in ``StreamAddress``. They are part of the
/// definition of a trial: a change here changes every trial of every study.
@Suite("stream addresses")
struct StreamAddressTests {
  @Test("key and high counter words of an address")
  func layout() {
    let address = StreamAddress(
      studySeed: 5, cellKey: 0x0123_4567_89ab_cdef, trial: 3 << 32 | 7, purpose: .initialization)
    #expect(address.key == 0xbfd5_71af_adb5_7fbd)
    #expect(address.high == 0x0200_0003_0000_0007)

    // Every field at its largest value.
    let last = StreamAddress(
      studySeed: 0xfedc_ba98_7654_3210, cellKey: .max, trial: 1 << 40 - 1, purpose: .sharedBatch)
    #expect(last.key == 0xa0bf_b784_c89e_bf35)
    #expect(last.high == 0x0300_00ff_ffff_ffff)
  }

  @Test("words of a stream")
  func words() {
    let address = StreamAddress(
      studySeed: 5, cellKey: 0x0123_4567_89ab_cdef, trial: 3 << 32 | 7, purpose: .initialization)
    #expect(address.block(0, step: 0) == SIMD4(0xa0b9_6b74, 0x4a28_e80b, 0xc604_f344, 0x3c02_8cf5))
    #expect(address.block(1, step: 0) == SIMD4(0x182a_063b, 0xc057_5194, 0xcc13_42e0, 0x9fd6_5163))
    #expect(address.block(0, step: 1) == SIMD4(0x3ff9_1fc9, 0x4365_501a, 0x03d6_48fb, 0x7982_7ce8))
    #expect(address.block(.max, step: 9999) == SIMD4(0x51fa_7296, 0x681a_7088, 0x99f9_2400, 0xef28_af0b))
    let batch = StreamAddress(studySeed: 5, cellKey: 0x0123_4567_89ab_cdef, trial: 3 << 32 | 7, purpose: .batch)
    #expect(batch.block(0, step: 0) == SIMD4(0xebea_e783, 0xe833_89ff, 0x7254_7f53, 0xf306_bbf7))
  }

  @Test("the numbers of the purposes")
  func purposes() {
    #expect(Purpose.batch.rawValue == 1)
    #expect(Purpose.initialization.rawValue == 2)
    #expect(Purpose.sharedBatch.rawValue == 3)
    #expect(Purpose.teacher.rawValue == 4)
    #expect(Purpose.data.rawValue == 5)
    #expect(Purpose.evaluation.rawValue == 6)
  }

  /// Two of 10^5 random blocks of 128 bits are equal with probability 1.5e-29.
  @Test("10^5 addresses of one study begin with different blocks")
  func distinct() {
    var blocks = Set<SIMD4<UInt32>>()
    var addresses = Set<StreamAddress>()
    var count = 0
    for cellKey in 0..<10 as Range<UInt64> {
      for trial in 0..<3_400 {
        // Small trial indices, and indices that differ in the high 8 bits only.
        let index = trial % 2 == 0 ? trial / 2 : (trial / 2 % 256) << 32 | trial / 512
        for purpose in [Purpose.batch, .initialization, .sharedBatch] {
          // Keys of cells that differ in the low or in the high half.
          let key = cellKey % 2 == 0 ? cellKey / 2 : (cellKey + 1) << 40
          let address = StreamAddress(studySeed: 1, cellKey: key, trial: index, purpose: purpose)
          if addresses.insert(address).inserted {
            count += 1
            blocks.insert(address.block(0, step: 0))
          }
        }
      }
    }
    #expect(count >= 100_000)
    #expect(blocks.count == count)
  }

  @Test("blocks and steps of one stream are different")
  func distinctWithinStream() {
    let address = StreamAddress(studySeed: 1, cellKey: 1, trial: 0, purpose: .batch)
    var blocks = Set<SIMD4<UInt32>>()
    for step in 0..<100 as Range<UInt32> {
      for block in 0..<100 as Range<UInt32> { blocks.insert(address.block(block, step: step)) }
    }
    #expect(blocks.count == 10_000)
  }

  @Test("another study seed gives other keys")
  func studySeed() {
    let keys = (0..<1000 as Range<UInt64>).flatMap { seed in
      [seed, seed << 32].map { StreamAddress(studySeed: $0, cellKey: 0, trial: 0, purpose: .batch).key }
    }
    // Seed 0 stands twice in the list.
    #expect(Set(keys).count == 1999)
  }
}
