import Kernels
import Randomness
import TestSupport
import Testing

@Suite("vector Philox")
struct VectorPhiloxTests {
  @Test("the words are those of the scalar generator", arguments: KernelLevel.supported)
  func scalar(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    var random = SplitMix64(state: 1)
    let purposes = [Purpose.batch, .initialization, .sharedBatch]
    for round in 0..<200 {
      let address = StreamAddress(
        studySeed: random.next(), cellKey: random.next(), trial: Int(random.next() >> 24), purpose: purposes[round % 3])
      let step = round % 4 == 0 ? UInt32.max - UInt32(round) : UInt32(truncatingIfNeeded: random.next())
      // Some blocks at random places, some just before the index wraps around.
      let first = round % 2 == 0 ? UInt32.max - UInt32(round % 20) : UInt32(truncatingIfNeeded: random.next())
      let groups = 1 + round % 4
      let expected = (0..<UInt32(8 * groups)).flatMap { offset in
        let block = address.block(first &+ offset, step: step)
        return (0..<4).map { block[$0] }
      }
      #expect(kernels.words(of: address, step: step, firstBlock: first, groups: groups) == expected)
    }
  }
}
