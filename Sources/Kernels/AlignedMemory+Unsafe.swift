/// Uninitialized memory aligned to a cache line of 64 bytes, as the kernels require; freed with its owner.
final class AlignedMemory<Element: BitwiseCopyable> {
  let pointer: UnsafeMutablePointer<Element>
  let count: Int

  init(count: Int) {
    self.count = count
    pointer = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1) * MemoryLayout<Element>.stride, alignment: 64)
      .bindMemory(to: Element.self, capacity: count)
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  func fill(_ value: Element) { pointer.update(repeating: value, count: count) }
}
