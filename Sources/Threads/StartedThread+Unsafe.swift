import Foundation

/// A thread with a stack of a known size, whatever the limits of the process are.
public enum StartedThread {
  /// What a body needs that calls itself some thousand times.
  public static let ordinaryStack = 8 << 20

  /// Starts a thread that leaves when `body` returns.
  ///
  /// - Parameters:
  ///   - name: for debuggers.
  ///   - stack: bytes.
  /// - Throws: where the system refuses.
  public static func start(
    name: String, stack: Int = ordinaryStack, _ body: @escaping @Sendable () -> Void
  ) throws(ThreadError) {
    let thread = try create(name: name, stack: stack, body)
    pthread_detach(thread)
  }

  /// Runs `body` to its end on a thread of its own.
  ///
  /// - Throws: where the system refuses.
  public static func run<Result: Sendable>(
    stack: Int = ordinaryStack, _ body: @escaping @Sendable () -> Result
  ) throws(ThreadError) -> Result {
    let place = Place<Result>()
    let thread = try create(name: "deep", stack: stack) { place.value = body() }
    pthread_join(thread, nil)
    guard let result = place.value else { preconditionFailure("a joined thread has run its body") }
    return result
  }

  /// Written by a thread, and read by the one that has joined it.
  private final class Place<Value: Sendable>: @unchecked Sendable { var value: Value? }

  private final class Work: Sendable {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, _ body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  private static func create(
    name: String, stack: Int, _ body: @escaping @Sendable () -> Void
  ) throws(ThreadError) -> pthread_t {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, stack)
    let work = Unmanaged.passRetained(Work(name: name, body))
    #if canImport(Darwin)
      var thread: pthread_t?
      let failure = pthread_create(&thread, &attributes, { Self.begin($0) }, work.toOpaque())
    #else
      var thread = pthread_t()
      let failure = pthread_create(&thread, &attributes, { $0.flatMap { Self.begin($0) } }, work.toOpaque())
    #endif
    guard failure == 0 else {
      work.release()
      throw ThreadError(code: failure)
    }
    #if canImport(Darwin)
      return thread!
    #else
      return thread
    #endif
  }

  private static func begin(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    let work = Unmanaged<Work>.fromOpaque(argument).takeRetainedValue()
    Thread.current.name = work.name
    work.body()
    return nil
  }
}

/// Why the system has started no thread. The text is the user's message.
public struct ThreadError: Error, Sendable, Hashable, CustomStringConvertible {
  /// Of `errno`.
  public let code: Int32

  public var description: String {
    "the system starts no more threads: \(String(cString: strerror(code))); allow more memory or processes (ulimit -v, "
      + "ulimit -u), or ask for fewer threads"
  }
}
