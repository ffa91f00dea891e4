import Randomness

extension KernelTable {
  /// The words of `8 * groups` consecutive blocks of a stream, four a block.
  package func words(of stream: StreamAddress, step: UInt32, firstBlock: UInt32, groups: Int) -> [UInt32] {
    [UInt32](unsafeUninitializedCapacity: 32 * groups) { words, count in
      count = 32 * groups
      functions.philoxWords(words.baseAddress!, groups, firstBlock, step, stream.high, stream.key)
    }
  }

  /// Independent uniform numbers in (0, 1), with 52 random bits each. The first n of a longer draw are the same.
  public func uniforms(_ count: Int, stream: StreamAddress, step: UInt32) -> [Double] {
    draws(count) { functions.uniforms($0, count, step, stream.high, stream.key) }
  }

  /// Independent standard normal numbers. The first n of a longer draw are the same.
  public func standardNormals(_ count: Int, stream: StreamAddress, step: UInt32) -> [Double] {
    draws(count) { functions.standardNormals($0, count, step, stream.high, stream.key) }
  }

  private func draws(_ count: Int, _ fill: (UnsafeMutablePointer<Double>) -> Void) -> [Double] {
    // The kernels write whole rows of 16, aligned.
    let memory = AlignedMemory<Double>(count: (count + 15) & ~15)
    fill(memory.pointer)
    return Array(UnsafeBufferPointer(start: memory.pointer, count: count))
  }
}
