/// Uninitialized memory aligned to a cache line of 64 bytes, as the kernels require; freed with its owner.
final class AlignedMemory<Element: BitwiseCopyable> {
  let pointer: UnsafeMutablePointer<Element>

  init(count: Int) {
    pointer = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
      .bindMemory(to: Element.self, capacity: count)
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
