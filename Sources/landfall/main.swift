import ArgumentParser
import Campaign
import Foundation
import MessagePassing
import Texts

// Synchronous from here to the end: MPI belongs to the main thread, which asynchronous code would leave.

// A descriptor that the caller has closed would be given to the next file that is opened, which may be the ledger.
for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 { _ = open("/dev/null", O_RDONLY) }
// A file that has reached the limit of its size is an error of the write.
signal(SIGXFSZ, SIG_IGN)
// So is a reader that has gone. On standard error it is nothing: a terminal that was closed ends no run.
signal(SIGPIPE, SIG_IGN)

let environment = LauncherEnvironment.current
if let objection = ForeignNames.objection {
  if environment.rank == 0 { printError(objection) }
  leave(.usage)
}
if let objection = Landfall.objectionToVerb(CommandLine.arguments.dropFirst().first) {
  if environment.rank == 0 { printError(objection) }
  leave(.usage)
}
do {
  var command = try Landfall.parseAsRoot()
  try command.run()
} catch let failure as CommandFailure {
  // Every process meets the same mistake on the command line; one of them says so.
  if !failure.message.isEmpty, environment.rank == 0 || failure.concernsThisRank { printError(failure.message) }
  leave(failure.code)
} catch {
  let isHelp = Landfall.exitCode(for: error) == .success
  if environment.rank == 0 {
    let message = Landfall.fullMessage(for: error)
    do {
      if isHelp {
        try printOutput(message + "\n")
      } else {
        writeToStandardError(ForeignText.message(message) + "\n")
      }
    } catch {
      printError("\(CommandFailure(error).message)")
      leave(.ledger)
    }
  }
  leave(isHelp ? .done : .usage)
}
leave(.done)
