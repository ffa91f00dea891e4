import Campaign
import Foundation
import Reporting
import Texts

/// The end of a command with a message for the user.
struct CommandFailure: Error {
  var code: ExitCode
  /// Empty where the message has been given already, or another rank gives it.
  var message: String
  /// Whether this rank alone knows of the failure. Others that all ranks meet alike are told once.
  var concernsThisRank = false

  init(_ code: ExitCode, _ message: String) {
    self.code = code
    self.message = message
  }

  /// What a user is told of an error from below.
  init(_ error: any Error) {
    switch error {
    case let failure as CommandFailure:
      self = failure
    case let failure as JobFailure:
      self.init(failure.code, failure.description)
      concernsThisRank = failure.concernsThisRank
    default:
      self.init(ExitCode(for: error), "\(error)")
      switch error {
      case CampaignError.messagePassing, CampaignError.threads: concernsThisRank = true
      default: break
      }
    }
  }
}

/// Writes to standard output; whatever is lost there is a failure of the command.
///
/// Data go to files and pipes as they are. On a terminal nothing moves that others wrote, see `ForeignText`.
func printOutput(_ text: String) throws {
  try writeAll(isatty(1) == 1 ? ForeignText.escaped(text) : text, to: 1, "standard output")
}

/// Hands `body` what writes to a file, which is made or replaced.
func writingFile<Result>(_ path: String, _ body: ((String) throws -> Void) throws -> Result) throws -> Result {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
  guard descriptor >= 0 else {
    throw CommandFailure(.ledger, "\(path) cannot be written: \(outputObjection(path, errno))")
  }
  defer { close(descriptor) }
  return try body { try writeAll($0, to: descriptor, path) }
}

/// Why something could not be written, for users.
func writingFailure(_ code: Int32) -> String {
  switch code {
  case EPIPE: "its reader has closed it"
  case ENOSPC, EDQUOT: "the disk is full"
  case EFBIG: "the file would be larger than the limit of this process (ulimit -f)"
  default: String(cString: strerror(code))
  }
}

private func writeAll(_ text: String, to descriptor: Int32, _ name: String) throws {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    guard written > 0 || errno == EINTR else {
      throw CommandFailure(.ledger, "\(name) cannot be written: \(writingFailure(errno)); what follows is lost")
    }
    rest = rest.dropFirst(max(written, 0))
  }
}

/// Ends the process without waiting for compute threads that may still be busy.
func leave(_ code: ExitCode) -> Never {
  fflush(nil)
  _exit(code.rawValue)
}

/// Runs the body of a command, its errors as messages for the user.
func reportingFailures(_ body: () throws -> Void) throws {
  do {
    try body()
  } catch {
    throw CommandFailure(error)
  }
}
