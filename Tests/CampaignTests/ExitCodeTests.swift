import Archive
import Campaign
import Ledger
import MessagePassing
import Testing

/// The codes of errors; `ExitCodes` in Tests/Campaigns provokes each in the program.
@Suite struct ExitCodeTests {
  private struct OtherError: Error {}

  @Test func codesOfErrors() {
    let ledger = LedgerError.missing(path: "a")
    let messagePassing = MessagePassingError.unfinishedRanks(seconds: 3)
    #expect(ExitCode(for: ledger) == .ledger)
    #expect(ExitCode(for: ArchiveError.changed(path: "a")) == .ledger)
    #expect(ExitCode(for: CampaignError.ledger(ledger, while: "storing")) == .ledger)
    #expect(ExitCode(for: messagePassing) == .messagePassing)
    #expect(ExitCode(for: CampaignError.messagePassing(messagePassing, rank: 2)) == .messagePassing)
    #expect(ExitCode(for: OtherError()) == .usage)
  }

  /// Scripts depend on the numbers.
  @Test func numbers() {
    #expect(ExitCode.allCases.map(\.rawValue) == [0, 2, 3, 4, 5, 75])
  }

  @Test func whereErrorsHappened() {
    let ledger = LedgerError.diskFull(path: "a.landfall")
    #expect(
      "\(CampaignError.ledger(ledger, while: "storing cell 5, trials 0 to 3 of rank 1"))"
        == "\(ledger) (rank 0, storing cell 5, trials 0 to 3 of rank 1)")
    #expect(
      "\(CampaignError.messagePassing(.messageTooLong(bytes: 5), rank: 2))"
        == "\(MessagePassingError.messageTooLong(bytes: 5)) (rank 2)")
  }
}
