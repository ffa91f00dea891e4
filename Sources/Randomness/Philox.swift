/// The counter-based generator philox4x32-10 of Salmon, Moraes, Dror and Shaw ("Parallel random numbers: as easy as
/// 1, 2, 3", SC11): ten rounds of a keyed bijection of 128-bit counters.
///
/// This is the scalar form, for deriving keys and as the definition that the vector form in the kernels is tested
/// against.
public enum Philox4x32 {
  /// The four words of the block with this counter under this key.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var c = counter
    var k = key
    for _ in 0..<10 {
      let product0 = UInt64(c[0]) * 0xD251_1F53
      let product1 = UInt64(c[2]) * 0xCD9E_8D57
      c = SIMD4(
        UInt32(product1 >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: product1),
        UInt32(product0 >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: product0))
      k = k &+ SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return c
  }
}
