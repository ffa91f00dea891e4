import GRDB

/// The form of a ledger. Documentation/ledger.md describes every column.
enum LedgerSchema {
  /// SQLite's application id of a ledger: "LNDF".
  static let applicationID = 0x4C4E_4446
  /// SQLite's user version of a ledger: the version of this schema. Version 1 had no trajectories and no kernels of
  /// cells, versions 1 and 2 neither analyses nor levels, versions 1 to 3 no versions of the arithmetic, and verdicts that
  /// were a part of what identified the study, versions 1 to 4 records of fixed length for outcomes and analyses,
  /// versions 1 to 5 targets without rules and stages, versions 1 to 6 neither crashes nor seals and tallies; a reader takes what is missing
  /// for empty, a writer brings the ledger to the present version.
  static let version = 7
  /// The first version whose rows have seals.
  static let firstSealedVersion = 7

  /// The schema version of a ledger; 0 of a file without content.
  static func version(of db: Database) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }

  /// Makes the tables of a new ledger.
  static func create(_ db: Database) throws {
    for table in LedgerTable.allCases { try db.execute(sql: table.definition) }
    try LedgerSeals.beginTallies(db)
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }

  /// Brings a ledger of an older version to the present version.
  ///
  /// - Parameters:
  ///   - study: its hash.
  ///   - convert: stores anew what the table `block_with_records` holds.
  static func upgrade(_ db: Database, study hash: String, converting convert: () throws -> Void) throws {
    let stored = try version(of: db)
    try addColumns(db, from: stored, to: min(4, version))
    for table in [LedgerTable.crash, .tally] { try db.execute(sql: table.definition) }
    if stored < 5 {
      try db.execute(sql: additionsOfVersion5)
      for table in [LedgerTable.observable, .block, .observation] { try db.execute(sql: table.definition) }
      try convert()
      try db.execute(sql: removalsOfVersion5)
    } else {
      try db.execute(sql: "DROP TRIGGER IF EXISTS observations_of_deleted_block")
    }
    if stored < 6 { try db.execute(sql: additionsOfVersion6) }
    for table in LedgerTable.allCases {
      let text = try String.fetchOne(db, sql: "SELECT sql FROM sqlite_schema WHERE name = ?", arguments: [table.name])
      if text != table.definition { try rebuild(table, db) }
    }
    try LedgerSeals(db: db, study: hash).renew()
    try db.execute(sql: "PRAGMA user_version = \(version)")
  }

  /// Makes a table anew with its rows, in the form of today.
  ///
  /// A column that is added leaves traces in the text that SQLite keeps of a table, and that text is compared.
  private static func rebuild(_ table: LedgerTable, _ db: Database) throws {
    let names = try db.columns(in: table.name).map(\.name).joined(separator: ", ")
    try db.execute(
      sql: """
        CREATE TEMP TABLE rows_before AS SELECT \(names) FROM main.\(table.name);
        DROP TABLE main.\(table.name);
        \(table.definition);
        INSERT INTO main.\(table.name) (\(names)) SELECT \(names) FROM rows_before;
        DROP TABLE rows_before;
        """)
  }
}
