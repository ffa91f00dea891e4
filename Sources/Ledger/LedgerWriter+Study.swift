import GRDB
import Outcomes

/// Creating a ledger, and bringing an existing one up to the study given.
extension LedgerWriter {
  static func create(_ db: Database, study: StudyRecord, run: RunRecord) throws {
    try LedgerSchema.create(db)
    try db.execute(
      sql: """
        INSERT INTO study (id, name, definition, identity, hash, kernel_level, created, version)
        VALUES (1, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        study.name, study.definition, study.identity, study.hash, run.kernelLevel, Timestamp.text(run.started),
        run.version,
      ])
    try LedgerSeals(db: db, study: study.hash).seal(.study, row: 1)
  }

  /// Brings a ledger of an older schema to the present one.
  static func upgrade(
    _ db: Database, path: String, _ restating: (StoredStudy, [CellRecord]) throws(LedgerError) -> StudyRecord
  ) throws {
    let stored = try StoredStudy.fetch(db, path: path)
    let restated = try restating(stored, StoredCell.all(db, path: path).map(\.record))
    let hash = stored.study.hash
    try LedgerSchema.upgrade(db, study: hash) { try convertBlocks(db, study: hash, path: path) }
    guard stored.schema < 4 else { return }
    try db.execute(sql: "UPDATE study SET identity = ?", arguments: [restated.identity])
    try db.execute(sql: "UPDATE run SET verdict = ?", arguments: [restated.verdict])
    let seals = LedgerSeals(db: db, study: hash)
    try seals.seal(.study, row: 1)
    for id in try Int64.fetchAll(db, sql: "SELECT id FROM run") { try seals.seal(.run, row: id) }
  }

  /// Stores anew, as columns, what a ledger up to schema 4 holds of the trials.
  private static func convertBlocks(_ db: Database, study hash: String, path: String) throws {
    for var cell in try StoredCell.all(db, path: path) {
      let ids = try StoredObservables.store(db, of: cell.record, study: hash, path: path)
      try db.execute(
        sql: "UPDATE cell SET observables = ? WHERE id = ?",
        arguments: [ids.map(String.init).joined(separator: ","), cell.id])
      cell.columns = zip(ids, cell.record.columns).map { (id: $0, observable: $1) }
      let old = BlocksOfSchema4(db: db, cell: cell, study: hash, path: path, table: "block_with_records")
      let rows = BlockRows(db: db, cell: cell, study: hash, path: path)
      var last = 0..<0
      while case let blocks = try old.page(
        after: last, below: TrialIndex.limit, trials: 10_000, reading: .outcomesAndAnalyses), !blocks.isEmpty
      {
        for block in blocks {
          let run = try Int.fetchOne(
            db, sql: "SELECT run FROM block_with_records WHERE cell = ? AND first = ?",
            arguments: [cell.id, block.trials.lowerBound])
          _ = try rows.insert(block, run: run ?? 0)
          last = block.trials
        }
      }
    }
  }

  /// Throws if the ledger is of another study, kernel level or arithmetic.
  static func check(_ db: Database, path: String, study: StudyRecord, run: RunRecord) throws {
    let stored = try StoredStudy.fetch(db, path: path)
    guard stored.study.identity == study.identity else {
      throw LedgerError.differentStudy(
        path: path, difference: LineDifference.between(stored.study.identity, study.identity))
    }
    // What is not known is the first version.
    let other = try Row.fetchOne(
      db,
      sql: "SELECT arithmetic, version FROM run WHERE max(arithmetic, 1) <> max(?, 1) ORDER BY id DESC LIMIT 1",
      arguments: [run.arithmetic])
    if let other {
      throw LedgerError.differentArithmetic(
        path: path, stored: try other.decode(atIndex: 0), version: try other.decode(atIndex: 1), given: run.arithmetic)
    }
    guard stored.kernelLevel == run.kernelLevel else {
      throw LedgerError.differentKernelLevel(path: path, stored: stored.kernelLevel, given: run.kernelLevel)
    }
  }

  /// Stores the run; its id.
  static func insert(_ run: RunRecord, verdict: String, study hash: String, _ db: Database) throws -> Int {
    try db.execute(
      sql: """
        INSERT INTO run (started, host, pid, ranks, threads, kernel_level, version, revision, arithmetic, compiler, mpi,
          command_line, seed, verdict)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        Timestamp.text(run.started), run.host, run.processID, run.ranks, run.threads, run.kernelLevel, run.version,
        run.revision, run.arithmetic, run.compiler, run.mpi, run.commandLine, String(run.seed), verdict,
      ])
    let id = db.lastInsertedRowID
    try LedgerSeals(db: db, study: hash).seal(.run, row: id)
    return Int(id)
  }

  /// Makes the table of cells that of the study, as far as outcomes are not concerned.
  ///
  /// - Parameter shrinks: whether cells without outcomes that the study no longer has are dropped. Otherwise they stay, and
  ///   with them the list of the study's cells.
  static func update(
    _ db: Database, path: String, study: StudyRecord, hash: String, cells: [CellRecord], adding addition: Addition,
    shrinks: Bool
  ) throws {
    let seals = LedgerSeals(db: db, study: hash)
    let stored = try StoredCell.all(db, path: path)
    let given = Set(cells.map(\.key))
    let removed = stored.filter { !given.contains($0.record.key) }
    let counts = try removed.map { try storedTrials(db, $0) }
    let kept = zip(removed, counts).filter { $1 > 0 }
    guard kept.isEmpty else {
      throw LedgerError.missingCells(path: path, cells: kept.map(\.0.record), stored: kept.map(\.1))
    }
    let keepsList = !shrinks && !removed.isEmpty
    if keepsList, !given.isSubset(of: stored.map(\.record.key)) {
      throw LedgerError.emptyCells(path: path, cells: removed.map(\.record))
    }
    if !keepsList {
      for cell in removed { try delete(cell, db, seals) }
    }
    // What does not identify the trials follows the study.
    try db.execute(sql: "UPDATE study SET definition = ?", arguments: [study.definition])
    if !keepsList { try db.execute(sql: "UPDATE study SET cells = ?", arguments: [study.cells]) }
    try seals.seal(.study, row: 1)
    let existing = Dictionary(stored.map { ($0.record.key, $0) }) { first, _ in first }
    for (position, cell) in cells.enumerated() {
      if var old = existing[cell.key] {
        let stored = old.record
        old.record = addition.adding(to: old.record, cell)
        let difference = LineDifference.between(
          old.record.comparedText(besides: cell), cell.comparedText(besides: old.record))
        if !difference.isEmpty {
          guard try storedTrials(db, old) == 0 else {
            throw LedgerError.differentCell(path: path, cell: stored, difference: difference)
          }
          try deleteLeftovers(db, old, seals)
        }
      }
      var cell = cell
      // Of a cell with outcomes the same is measured for all trials.
      if let old = existing[cell.key]?.record, try storedTrials(db, existing[cell.key]!) > 0 {
        let given = cell.further + cell.followed
        if let unknown = (old.further + old.followed).first(where: { !given.contains($0) }) {
          throw LedgerError.unknownObservable(path: path, cell: old, name: unknown.name)
        }
        let added = addition.adding(to: old, cell)
        (cell.further, cell.followed) = (added.further, old.followed)
      }
      let observables = try StoredObservables.store(db, of: cell, study: hash, path: path)
      try db.execute(
        sql: """
          INSERT INTO cell (key, position, label, definition, kernel, checkpoints, analysis, limits, observables)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (key) DO UPDATE
          SET position = excluded.position, label = excluded.label, definition = excluded.definition,
            kernel = excluded.kernel, checkpoints = excluded.checkpoints, analysis = excluded.analysis,
            limits = excluded.limits, observables = excluded.observables
          """,
        arguments: [
          cell.key.text, keepsList ? existing[cell.key]?.position ?? 0 : position + 1, cell.label, cell.definition,
          cell.kernel,
          cell.checkpoints.map(String.init).joined(separator: ","), cell.hasAnalysis, cell.limits,
          observables.map(String.init).joined(separator: ","),
        ])
      if let id = try Int64.fetchOne(db, sql: "SELECT id FROM cell WHERE key = ?", arguments: [cell.key.text]) {
        try seals.seal(.cell, row: id)
      }
    }
  }

  private static func delete(_ cell: StoredCell, _ db: Database, _ seals: LedgerSeals) throws {
    try deleteLeftovers(db, cell, seals)
    for table in [LedgerTable.target, .crash] { try delete(from: table, where: "cell", cell.id, db, seals) }
    try delete(from: .cell, where: "id", cell.id, db, seals)
  }

  /// Deletes what may still be there of a cell without outcomes, because its blocks could not be salvaged.
  private static func deleteLeftovers(_ db: Database, _ cell: StoredCell, _ seals: LedgerSeals) throws {
    for table in [LedgerTable.observation, .trajectory, .wholeTrajectory] {
      try delete(from: table, where: "cell", cell.id, db, seals)
    }
  }

  private static func delete(
    from table: LedgerTable, where column: String, _ id: Int, _ db: Database, _ seals: LedgerSeals
  ) throws {
    if let checksum = table.checksumColumn {
      let rows = try Row.fetchAll(
        db, sql: "SELECT \(checksum) FROM \(table.name) WHERE \(column) = ?", arguments: [id])
      try seals.count(table, rows: -rows.count, toggling: rows.map { try $0.bytes(atIndex: 0) })
    }
    try db.execute(sql: "DELETE FROM \(table.name) WHERE \(column) = ?", arguments: [id])
  }

  /// Outcomes of a cell, wherever they lie.
  static func storedTrials(_ db: Database, _ cell: StoredCell) throws -> Int {
    try Int.fetchOne(db, sql: "SELECT sum(count) FROM block WHERE cell = ?", arguments: [cell.id]) ?? 0
  }
}

extension CellRecord {
  /// What must not change once there are outcomes, line by line. Kernel and limits are a part of it if both records know
  /// them.
  fileprivate func comparedText(besides other: CellRecord) -> String {
    var lines = [definition]
    if !kernel.isEmpty && !other.kernel.isEmpty { lines.append("kernel: \(kernel)") }
    if !checkpoints.isEmpty { lines.append("checkpoints: \(checkpoints.map(String.init).joined(separator: ", "))") }
    if !limits.isEmpty && !other.limits.isEmpty { lines.append("limit: \(limits)") }
    return lines.joined(separator: "\n")
  }
}
