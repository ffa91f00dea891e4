import Foundation
import GRDB
import Ledger
import TestSupport
import Testing

/// Files whose tables are not those of a ledger: nothing in them is run.
@Suite(.timeLimit(.minutes(1))) struct LedgerShapeTests {
  let folder = try! TemporaryFolder()
  var path: String { folder.file() }

  private static let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"

  @Test(arguments: [
    ("CREATE VIEW extra AS \(endless)", "it has the view \"extra\", which no ledger has"),
    (
      "CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM block; END",
      "it has the trigger \"t\", which no ledger has"
    ),
    ("CREATE INDEX i ON block (seconds)", "it has the index \"i\", which no ledger has"),
    ("CREATE TABLE notes (text)", "it has the table \"notes\", which no ledger of its schema has"),
    ("CREATE VIRTUAL TABLE words USING fts5(text)", "it has the table \"words\", which no ledger has"),
    ("DROP TABLE tally", "it has no table \"tally\""),
    ("ALTER TABLE run ADD COLUMN more TEXT", "its table \"run\" is not made as that of a ledger"),
    (
      "ALTER TABLE target RENAME TO old; CREATE VIEW target AS SELECT * FROM old",
      "it has the view \"target\", which no ledger has"
    ),
    (
      "DROP TABLE level; CREATE TABLE level (key TEXT PRIMARY KEY NOT NULL, checksum BLOB NOT NULL, bytes BLOB NOT NULL)",
      "its table \"level\" is not made as that of a ledger"
    ),
  ])
  func othersAreRefused(sql: String, reason: String) throws {
    try open(path).close()
    try execute(path, sql, sealing: false)
    let before = FileManager.default.contents(atPath: path)
    let expected = "\(path) is damaged: \(reason). " + remedy(path)
    #expect(message { _ = try LedgerReader.open(path: path) } == expected)
    #expect(message { _ = try open(path) } == expected)
    #expect(message { _ = try DamagedLedger.open(path: path) } == expected)
    #expect(FileManager.default.contents(atPath: path) == before)
  }
}
