import Foundation
import GRDB
import Outcomes

/// A ledger that may be damaged: what of it is sound.
///
/// Nothing is taken that does not have its checksum, and no index is asked. In ledgers of schemas up to 6, where study, cells,
/// targets and runs have no checksums, they are taken as they are, as far as they can be read.
public struct DamagedLedger: Sendable {
  let connection: LedgerConnection
  public let schema: Int
  /// Nil where it is damaged.
  public let study: StoredStudy?
  /// The hash of the study, a part of every checksum.
  let hash: String
  /// The runs that are sound.
  public let runs: [StoredRun]
  /// The cells that are sound.
  public let cells: [CellRecord]
  /// Their ids.
  let cellIDs: [Int: CellKey]

  public var path: String { connection.path }
  /// Whether its rows have seals.
  public var hasSeals: Bool { schema >= LedgerSchema.firstSealedVersion }

  /// Opens a file whose tables are those of a ledger, whatever is in them.
  ///
  /// - Parameter hash: of the study as its user has it, for a ledger whose study is damaged; nil where that is not known.
  /// - Throws: ``LedgerError``.
  public static func open(path: String, hash: String? = nil) throws(LedgerError) -> DamagedLedger {
    try LedgerPath.checkReadable(path)
    let connection = try LedgerConnection.reading(path)
    return try connection.read { db in
      guard try !LedgerIdentity.isEmpty(db, path: path) else { throw LedgerError.empty(path: path) }
      let schema = try LedgerIdentity.checkKind(db, path: path)
      let stored = try? StoredStudy.fetch(db, path: path)
      // The hash that is stored may be what is damaged.
      let ledgers = try [stored?.study.hash, hash].compactMap(\.self).map {
        try DamagedLedger(db, connection, schema: schema, stored: stored, hash: $0)
      }
      guard let best = ledgers.max(by: { $0.soundRows < $1.soundRows }) else {
        throw LedgerError.damagedStudy(path: path, commands: [])
      }
      return best
    }
  }

  private var soundRows: Int { runs.count + cells.count + (study == nil ? 0 : 1) }

  private init(_ db: Database, _ connection: LedgerConnection, schema: Int, stored: StoredStudy?, hash: String) throws {
    self.connection = connection
    self.schema = schema
    self.hash = hash
    let path = connection.path
    let seals = LedgerSeals(db: db, study: hash)
    let isSealed = schema >= LedgerSchema.firstSealedVersion
    func isSound(_ table: LedgerTable, _ id: Int64) -> Bool {
      guard isSealed else { return true }
      let row = try? Row.fetchOne(db, sql: LedgerSeals.select(table) + " WHERE rowid = ?", arguments: [id])
      return row.flatMap { try? seals.isSealed($0, table) } ?? false
    }
    study = stored?.study.hash == hash && isSound(.study, 1) ? stored : nil
    let rows = TolerantRows(db: db)
    var (runs, cells, ids): ([StoredRun], [StoredCell], [Int: CellKey]) = ([], [], [:])
    // What is counted too many is not gone through; what cannot be counted is damaged, and gone through as far as it goes.
    for (table, most) in [(LedgerTable.run, StoredRun.mostRuns), (.cell, StoredCell.mostCells)] {
      let count = try? Int.fetchOne(db, sql: "SELECT count(*) FROM \(table.name)")
      if let count, count > most {
        throw LedgerError.damaged(
          path: path, reason: "it has \(count) rows in its table \"\(table.name)\", and at most \(most) are kept")
      }
    }
    try rows.forEach(.run, "*") { row in
      guard isSound(.run, try row.decode(atIndex: 0)), let run = try? StoredRun(row: row, path: path) else { return }
      runs.append(run)
    }
    // A cell whose observables are not known for sure is none: those of its blocks are found by their checksums.
    var observables = (try? StoredObservables(db, path: path)) ?? StoredObservables()
    observables.keep { isSound(.observable, Int64($0)) }
    try rows.forEach(.cell, "id") { row in
      let id: Int64 = try row.decode(atIndex: 0)
      guard isSound(.cell, id), let cell = try? StoredCell.find(db, row: id, path: path, observables) else { return }
      cells.append(cell)
      ids[cell.id] = cell.record.key
    }
    self.runs = runs
    self.cells = cells.sorted { ($0.position, $0.id) < ($1.position, $1.id) }.map(\.record)
    cellIDs = ids
  }
}
