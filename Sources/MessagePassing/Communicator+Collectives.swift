import CMPI

// For the start of a job only: all ranks must call them in the same order, and they wait without sleeping.
extension Communicator {
  /// The bytes that rank 0 gives, on every rank; what other ranks give is ignored.
  ///
  /// All ranks throw ``MessagePassingError/messageTooLong(bytes:)`` if rank 0 gives more than 2^31 - 1 bytes.
  public func broadcast(_ bytes: [UInt8]) throws(MessagePassingError) -> [UInt8] {
    guard kind == .world else { return bytes }
    expectMainThread()
    // int MPI_Bcast(void *buffer, int count, MPI_Datatype datatype, int root, MPI_Comm comm)
    var count = Int64(bytes.count)
    try Self.check(cmpi_broadcast(&count, Int32(MemoryLayout<Int64>.size)), "MPI_Bcast")
    try Self.checkLength(Int(count))
    var received = rank == 0 ? bytes : [UInt8](repeating: 0, count: Int(count))
    try Self.check(cmpi_broadcast(&received, Int32(count)), "MPI_Bcast")
    return received
  }

  /// The smallest `value` of all ranks, on every rank.
  public func minimum(_ value: Int32) throws(MessagePassingError) -> Int32 {
    guard kind == .world else { return value }
    expectMainThread()
    // int MPI_Allreduce(const void *sendbuf, void *recvbuf, int count, MPI_Datatype datatype, MPI_Op op, MPI_Comm comm)
    var smallest = value
    try Self.check(cmpi_minimum(&smallest), "MPI_Allreduce")
    return smallest
  }
}
