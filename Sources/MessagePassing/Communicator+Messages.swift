import CMPI

/// A message as it was received.
public struct Message: Sendable, Hashable {
  /// The rank that sent it.
  public let source: Int
  /// The kind of message, as its sender gave it.
  public let tag: Int
  public let bytes: [UInt8]
}

// Messages between two ranks. Nothing here waits for another rank (but for the rest of a message that has begun to
// arrive): a rank polls, and sleeps between its polls.
extension Communicator {
  /// The largest tag that the MPI standard promises.
  public static let largestTag = 32767

  /// Starts to send a copy of `bytes` to another rank. Messages between the same two ranks arrive in the order sent.
  ///
  /// - Parameters:
  ///   - destination: another rank, in 0 ..< `size`.
  ///   - tag: the kind of message, in 0 ... `largestTag`.
  public func send(_ bytes: [UInt8], to destination: Int, tag: Int) throws(MessagePassingError) {
    precondition((0..<size).contains(destination) && destination != rank, "a message goes to another rank of the job")
    precondition((0...Self.largestTag).contains(tag), "a tag lies in 0 ... \(Self.largestTag)")
    try Self.checkLength(bytes.count)
    expectMainThread()
    // int MPI_Issend(const void *buf, int count, MPI_Datatype datatype, int dest, int tag, MPI_Comm comm,
    //                MPI_Request *request)
    var request: OpaquePointer?
    try Self.check(
      cmpi_send(bytes, Int32(bytes.count), Int32(destination), Int32(tag), &request), "MPI_Issend")
    if let request { sends.append(request) }
  }

  /// Lets MPI move the messages on their way, and frees those that are complete: their receivers have begun to receive
  /// them. To be called often while messages are on their way.
  public func progress() throws(MessagePassingError) {
    var place = 0
    while place < sends.count {
      // Removed one by one: were a later test to throw, `sends` must not hold requests that are gone.
      if try isComplete(sends[place]) { sends.remove(at: place) } else { place += 1 }
    }
  }

  /// The next message that has arrived, from any rank; nil if there is none now.
  public func receive() throws(MessagePassingError) -> Message? {
    guard kind == .world else { return nil }
    expectMainThread()
    // int MPI_Iprobe(int source, int tag, MPI_Comm comm, int *flag, MPI_Status *status)
    // int MPI_Get_count(const MPI_Status *status, MPI_Datatype datatype, int *count)
    var (found, source, tag, count): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
    try Self.check(cmpi_probe(&found, &source, &tag, &count), "MPI_Iprobe")
    guard found == 1 else { return nil }
    // int MPI_Recv(void *buf, int count, MPI_Datatype datatype, int source, int tag, MPI_Comm comm, MPI_Status *status)
    var bytes = [UInt8](repeating: 0, count: Int(count))
    try Self.check(cmpi_receive(&bytes, count, source, tag), "MPI_Recv")
    return Message(source: Int(source), tag: Int(tag), bytes: bytes)
  }

  /// Whether a send or barrier is complete; its request is then gone.
  func isComplete(_ request: OpaquePointer) throws(MessagePassingError) -> Bool {
    expectMainThread()
    // int MPI_Test(MPI_Request *request, int *flag, MPI_Status *status)
    var done: Int32 = 0
    try Self.check(cmpi_test(request, &done), "MPI_Test")
    return done == 1
  }
}
