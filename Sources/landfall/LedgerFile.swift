import Campaign
import Ledger

/// Opens a ledger that a command reads, and tells what its user has to know of it.
func openLedger(_ path: String) throws(LedgerError) -> LedgerReader {
  let ledger = try LedgerReader.open(path: path)
  if let note = try ledger.schemaNote() { printError(note) }
  return ledger
}
