import Campaign
import Foundation
import Ledger
import Outcomes
import Reporting

/// A message between ranks, as either kind.
func readMessage(_ bytes: [UInt8]) {
  do throws(MalformedMessage) {
    var reader = MessageReader(bytes)
    use(try reader.block())
    use(try reader.real())
    use(try reader.results())
  } catch {}
  use(BlockTrajectories(bytes: bytes))
}

/// The file of a ledger: opened, and everything in it read.
func readLedger(_ bytes: [UInt8]) {
  guard FileManager.default.createFile(atPath: ledgerPath, contents: Data(bytes)) else {
    fatalError("\(ledgerPath) cannot be written")
  }
  do {
    let ledger = try LedgerReader.open(path: ledgerPath)
    for cell in try ledger.cells() {
      var blocks = ledger.blocks(of: cell.key, reading: .everything)
      while let block = try blocks.next() { use(block) }
      use(try ledger.trajectory(of: cell.key))
      use(try ledger.wholeTrajectories(of: cell.key))
    }
    use(try StatusReport(ledger))
    use(try StudyReport(ledger))
  } catch {
    use("\(error)")
  }
}

/// In memory, where there is a folder of it.
private let ledgerPath: String = {
  let memory = "/dev/shm"
  let folder = access(memory, W_OK) == 0 ? memory : NSTemporaryDirectory()
  return "\(folder)/fuzzer-\(getpid()).landfall"
}()
