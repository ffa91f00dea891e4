import ArgumentParser
import Foundation
import MessagePassing

// Synchronous from here to the end: MPI belongs to the main thread, which asynchronous code would leave.

let environment = LauncherEnvironment.current
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
        FileHandle.standardError.write(Data((message + "\n").utf8))
      }
    } catch {
      leave(.ledger)
    }
  }
  leave(isHelp ? .done : .usage)
}
leave(.done)
