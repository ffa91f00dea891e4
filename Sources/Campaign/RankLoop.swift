import Foundation
import Kernels
import MessagePassing
import Trials

/// The main thread of a rank other than zero.
struct RankLoop {
  let study: PreparedStudy
  let kernels: KernelTable
  let settings: CampaignSettings
  let communicator: Communicator

  /// Returns whether all compute threads came to rest.
  func serve() throws(MessagePassingError) -> Bool {
    // Rank zero decides when to stop: signals that the launcher hands to all ranks must not end this one.
    _ = StopRequests(deadline: nil)
    let pool = ComputePool(
      study: study, kernels: kernels, threads: settings.threads, rank: communicator.rank)
    var ready = MessageWriter()
    ready.write(settings.threads)
    try send(ready, .ready)

    var pause = Pause()
    var stopDeadline: ContinuousClock.Instant?
    while true {
      try communicator.progress()
      while let message = try communicator.receive() {
        pause.reset()
        var reader = MessageReader(message.bytes)
        switch MessageTag(rawValue: message.tag) {
        case .block:
          pool.submit(reader.block())
        case .stop:
          stopDeadline = .now + .seconds(reader.real())
          pool.close()
        default:
          preconditionFailure("rank zero sends blocks and stop, not tag \(message.tag)")
        }
      }
      try sendFinished(pool, &pause)
      if let stopDeadline, pool.load == 0 || .now >= stopDeadline {
        let isAtRest = pool.load == 0
        try sendFinished(pool, &pause)
        try send(MessageWriter(), .stopped)
        return isAtRest
      }
      pause.wait(for: pool)
    }
  }

  private func sendFinished(_ pool: ComputePool, _ pause: inout Pause) throws(MessagePassingError) {
    for finished in pool.takeFinished() {
      pause.reset()
      var message = MessageWriter()
      message.write(finished.block)
      message.write(finished.seconds)
      message.write(finished.results)
      try send(message, .outcomes)
    }
  }

  private func send(_ message: MessageWriter, _ tag: MessageTag) throws(MessagePassingError) {
    try communicator.send(message.bytes, to: 0, tag: tag.rawValue)
  }
}
