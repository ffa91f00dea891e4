import CMPI
import Foundation

extension Communicator {
  /// Ends the job in good order: waits until every rank is here and every message has been received, then finalizes
  /// MPI. No call may follow.
  ///
  /// Messages that still arrive (a sign of life, a request for more work) are received and dropped. The wait sleeps
  /// between its polls, unlike a barrier of MPI, so that idle ranks leave their cores to those that still compute.
  ///
  /// Throws ``MessagePassingError/unfinishedRanks(seconds:)`` when some rank is not here after `patience` seconds. The
  /// process must then leave without finalizing, through `_exit`: MPI would wait for the missing ranks for ever.
  public func finish(patience: Double) throws(MessagePassingError) {
    guard kind == .world else { return }
    let start = ContinuousClock.now
    func wait(until isOver: () throws(MessagePassingError) -> Bool) throws(MessagePassingError) {
      while try !isOver() {
        while try receive() != nil {}
        guard start.duration(to: .now) < .seconds(patience) else { throw .unfinishedRanks(seconds: patience) }
        usleep(500)
      }
    }

    try wait { () throws(MessagePassingError) -> Bool in
      try progress()
      return sends.isEmpty
    }
    // The sends are synchronous: a rank enters the barrier when all it sent is being received, so that nothing is left
    // in the network once all have entered.
    // int MPI_Ibarrier(MPI_Comm comm, MPI_Request *request)
    expectMainThread()
    var barrier: OpaquePointer?
    try Self.check(cmpi_barrier(&barrier), "MPI_Ibarrier")
    try wait { () throws(MessagePassingError) -> Bool in
      guard let request = barrier else { return true }
      return try isComplete(request)
    }
    // int MPI_Finalize(void)
    expectMainThread()
    isFinished = true
    try Self.check(cmpi_finalize(), "MPI_Finalize")
  }
}
