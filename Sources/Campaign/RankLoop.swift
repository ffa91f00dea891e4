import Foundation
import Kernels
import MessagePassing
import Trials

/// The main thread of a rank other than zero.
struct RankLoop {
  let settings: CampaignSettings
  let communicator: Communicator
  let pool: ComputePool

  /// Returns whether all compute threads came to rest.
  func serve() throws(MessagePassingError) -> Bool {
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
        do throws(MalformedMessage) {
          switch MessageTag(rawValue: message.tag) {
          case .block:
            let block = try reader.block()
            guard block.cell < pool.study.runners.count else { throw MalformedMessage() }
            pool.submit(block)
          case .stop:
            let seconds = try reader.real()
            // Beyond that, and where it is no number, a duration traps.
            guard 0...1e9 ~= seconds else { throw MalformedMessage() }
            stopDeadline = .now + .seconds(seconds)
            pool.close()
          default: throw MalformedMessage()
          }
        } catch {
          throw .malformedMessage(rank: message.source, tag: message.tag)
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
