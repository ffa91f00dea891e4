import Ledger
import TestSupport
import Testing

/// What a ledger holds does not become less unasked.
@Suite struct LedgerShrinkTests {
  let folder = try! TemporaryFolder()
  var path: String { folder.file() }

  /// What a command leaves out stays, unless it says that the ledger is to shrink.
  @Test func cellsWithoutOutcomesAndTargetsStay() throws {
    let first = try open(path, cells: [five, twenty])
    #expect(try first.target([(five.key, 10), (twenty.key, 20)], at: start) == [10, 20])
    first.close()
    let second = try open(path, cells: [twenty], shrinks: false)
    #expect(second.keptCells == [five])
    #expect(try second.target([(twenty.key, 5)]) == [20], "planned trials stay planned")
    #expect(try second.target([(twenty.key, 30)]) == [30])
    #expect(try second.target([(twenty.key, 50)], rule: "until") == [50])
    #expect(
      message { try second.target([(twenty.key, 40)], rule: "until") }
        == "\(path) goes up to 50 trials of cell 20 (0000000000000020) by the rule until, and this command up to 40. "
        + "Continue it as it is: landfall run \(path); or give --shrink to lower the number.")
    second.close()
    #expect(try LedgerReader.open(path: path).cells() == [five, twenty])
    #expect(
      message { _ = try open(path, cells: [twenty, hundred], shrinks: false) }
        == "\(path) also has cell 5 (0000000000000005), without trials yet, and this command leaves that out while it adds "
        + "other cells. Name it, too, as the command did that added it; or give --shrink to drop what has no trials.")
    let third = try open(path, cells: [twenty, hundred])
    #expect(third.keptCells == [])
    #expect(try third.target([(twenty.key, 5)]) == [5])
    third.close()
    #expect(try LedgerReader.open(path: path).cells() == [twenty, hundred])
  }
}
