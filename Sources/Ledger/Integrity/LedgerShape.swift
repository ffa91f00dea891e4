import GRDB

/// Which tables a ledger has, and nothing else: no view, trigger or index of others, in which a query could have side
/// effects or no end.
enum LedgerShape {
  /// Checks the schema of a file, without running anything of it.
  ///
  /// - Throws: ``LedgerError/damaged(path:reason:)``.
  static func check(_ db: Database, version: Int, path: String) throws {
    var found: [String: String] = [:]
    let rows = try Row.fetchCursor(db, sql: "SELECT type, name, sql FROM main.sqlite_schema")
    while let row = try rows.next() {
      let (type, name): (String, String) = (try row.decode(atIndex: 0), try row.decode(atIndex: 1))
      let sql: String? = try row.decode(atIndex: 2)
      let isExpected: Bool
      switch (type, sql) {
      case ("table", let sql?):
        // A virtual table is made by another program text.
        isExpected = sql.hasPrefix("CREATE TABLE ") && found.updateValue(sql, forKey: name) == nil
      case ("index", nil): isExpected = name.hasPrefix("sqlite_autoindex_")
      case ("trigger", let sql?) where version < LedgerSchema.firstSealedVersion:
        isExpected = LedgerSchema.formerTriggers[name].map { words($0) == words(sql) } ?? false
      default: isExpected = false
      }
      guard isExpected else {
        throw LedgerError.damaged(path: path, reason: "it has the \(type) \"\(name)\", which no ledger has")
      }
    }
    if version >= LedgerSchema.firstSealedVersion {
      let expected = Dictionary(LedgerTable.allCases.map { ($0.name, $0.definition) }) { first, _ in first }
      try compare(found, expected, path: path) { $0 == $1 }
    } else {
      try checkColumns(db, found, version: version, path: path)
    }
  }

  private static func compare<Value>(
    _ found: [String: Value], _ expected: [String: Value], path: String, _ isSame: (Value, Value) -> Bool
  ) throws {
    if let name = found.keys.sorted().first(where: { expected[$0] == nil }) {
      throw LedgerError.damaged(path: path, reason: "it has the table \"\(name)\", which no ledger of its schema has")
    }
    for (name, value) in expected.sorted(by: { $0.key < $1.key }) {
      guard let other = found[name] else {
        throw LedgerError.damaged(path: path, reason: "it has no table \"\(name)\"")
      }
      guard isSame(value, other) else {
        throw LedgerError.damaged(path: path, reason: "its table \"\(name)\" is not made as that of a ledger")
      }
    }
  }

  // MARK: - Older ledgers

  /// A column that was added later stands in another place, and SQLite keeps the text in which it was added: what is compared
  /// is what the columns are.
  private static func checkColumns(
    _ db: Database, _ found: [String: String], version: Int, path: String
  ) throws {
    if let strange = found.first(where: { $0.value.uppercased().contains("WITHOUT ROWID") }) {
      throw LedgerError.damaged(path: path, reason: "its table \"\(strange.key)\" is not made as that of a ledger")
    }
    let sample = try DatabaseQueue()
    let expected = try sample.write { sample in
      try LedgerSchema.createTables(sample, ofVersion: version)
      let names = try String.fetchAll(sample, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
      return try names.map { ($0, try columns(sample, $0)) }
    }
    // Of tables that no ledger has nothing is asked.
    let known = expected.map(\.0).filter { found[$0] != nil }
    var columnsFound = found.mapValues { _ in Set<Row>() }
    for name in known { columnsFound[name] = try columns(db, name) }
    try compare(columnsFound, Dictionary(expected) { first, _ in first }, path: path) { $0 == $1 }
  }

  private static func columns(_ db: Database, _ table: String) throws -> Set<Row> {
    Set(
      try Row.fetchAll(
        db,
        sql: "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo(?, 'main')",
        arguments: [table]))
  }

  private static func words(_ sql: String) -> [Substring] { sql.split(whereSeparator: \.isWhitespace) }
}
