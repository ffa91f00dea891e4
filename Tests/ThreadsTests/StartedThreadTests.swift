import Foundation
import Synchronization
import Testing
import Threads

/// Threads with stacks of known sizes.
@Suite struct StartedThreadTests {
  @Test func result() throws {
    let sum = try StartedThread.run { (1...100).reduce(0, +) }
    #expect(sum == 5050)
  }

  /// Far more levels than half a megabyte has room for.
  @Test func depth() throws {
    @Sendable func levels(_ count: Int) -> Int {
      withUnsafeTemporaryAllocation(byteCount: 1 << 10, alignment: 1) { memory in
        memory[0] = 1
        return count == 0 ? 0 : levels(count - 1) + Int(memory[0])
      }
    }
    let found = try StartedThread.run(stack: 64 << 20) { levels(30_000) }
    #expect(found == 30_000)
  }

  @Test func start() throws {
    let shared = Shared()
    for number in 0..<8 {
      try StartedThread.start(name: "a name of more than 15 bytes \(number)") {
        shared.count.withLock { $0 += 1 }
        shared.ends.signal()
      }
    }
    for _ in 0..<8 { shared.ends.wait() }
    #expect(shared.count.withLock { $0 } == 8)
  }

  private final class Shared: Sendable {
    let count = Mutex(0)
    let ends = DispatchSemaphore(value: 0)
  }

  /// No system has a stack of an exabyte.
  @Test func refusal() throws {
    let error = #expect(throws: ThreadError.self) { try StartedThread.run(stack: 1 << 60) { 1 } }
    #expect(
      error?.description
        == "the system starts no more threads: \(String(cString: strerror(error?.code ?? 0))); allow more memory or "
        + "processes (ulimit -v, ulimit -u), or ask for fewer threads")
  }
}
