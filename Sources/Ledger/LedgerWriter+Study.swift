import GRDB
import Outcomes

/// Creating a ledger, and bringing an existing one up to the study given.
extension LedgerWriter {
  static func create(_ db: Database, study: StudyRecord, run: RunRecord) throws {
    try LedgerSchema.upgrade(db)
    try db.execute(
      sql: """
        INSERT INTO study (id, name, definition, hash, kernel_level, created, version) VALUES (1, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        study.name, study.definition, study.hash, run.kernelLevel, Timestamp.text(run.started), run.version,
      ])
  }

  /// Throws if the ledger is of another study or kernel level.
  static func check(_ db: Database, path: String, study: StudyRecord, run: RunRecord) throws {
    let stored = try StoredStudy.fetch(db, path: path)
    guard stored.study.hash == study.hash else {
      throw LedgerError.differentStudy(
        path: path, difference: LineDifference.between(stored.study.definition, study.definition))
    }
    guard stored.kernelLevel == run.kernelLevel else {
      throw LedgerError.differentKernelLevel(path: path, stored: stored.kernelLevel, given: run.kernelLevel)
    }
  }

  /// Stores the run; its id.
  static func insert(_ run: RunRecord, _ db: Database) throws -> Int {
    try db.execute(
      sql: """
        INSERT INTO run (started, host, pid, ranks, threads, kernel_level, version, compiler, mpi, command_line, seed)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        Timestamp.text(run.started), run.host, run.processID, run.ranks, run.threads, run.kernelLevel, run.version,
        run.compiler, run.mpi, run.commandLine, String(run.seed),
      ])
    return Int(db.lastInsertedRowID)
  }

  /// Makes the table of cells that of the study, as far as outcomes are not concerned.
  static func update(_ db: Database, path: String, study: StudyRecord, cells: [CellRecord]) throws {
    let stored = try StoredCell.all(db, path: path)
    let given = Set(cells.map(\.key))
    let removed = stored.filter { !given.contains($0.record.key) }
    let counts = try removed.map { try storedTrials(db, $0) }
    let kept = zip(removed, counts).filter { $1 > 0 }
    guard kept.isEmpty else {
      throw LedgerError.missingCells(path: path, cells: kept.map(\.0.record), stored: kept.map(\.1))
    }
    for cell in removed {
      try deleteLeftovers(db, cell)
      try db.execute(sql: "DELETE FROM target WHERE cell = ?", arguments: [cell.id])
      try db.execute(sql: "DELETE FROM cell WHERE id = ?", arguments: [cell.id])
    }
    try db.execute(sql: "UPDATE study SET cells = ?", arguments: [study.cells])
    let existing = Dictionary(uniqueKeysWithValues: stored.map { ($0.record.key, $0) })
    for (position, cell) in cells.enumerated() {
      if let old = existing[cell.key] {
        let difference = LineDifference.between(
          old.record.comparedText(besides: cell), cell.comparedText(besides: old.record))
        if !difference.isEmpty {
          guard try storedTrials(db, old) == 0 else {
            throw LedgerError.differentCell(path: path, cell: old.record, difference: difference)
          }
          try deleteLeftovers(db, old)
        }
      }
      try db.execute(
        sql: """
          INSERT INTO cell (key, position, label, definition, kernel, checkpoints, analysis)
          VALUES (?, ?, ?, ?, ?, ?, ?)
          ON CONFLICT (key) DO UPDATE
          SET position = excluded.position, label = excluded.label, definition = excluded.definition,
            kernel = excluded.kernel, checkpoints = excluded.checkpoints, analysis = excluded.analysis
          """,
        arguments: [
          cell.key.text, position + 1, cell.label, cell.definition, cell.kernel,
          cell.checkpoints.map(String.init).joined(separator: ","), cell.hasAnalysis,
        ])
    }
  }

  /// Deletes what may still be there of a cell without outcomes, because its blocks were deleted.
  private static func deleteLeftovers(_ db: Database, _ cell: StoredCell) throws {
    for table in ["analysis", "trajectory", "trial_trajectory"] {
      try db.execute(sql: "DELETE FROM \(table) WHERE cell = ?", arguments: [cell.id])
    }
  }

  /// Outcomes of a cell, wherever they lie.
  static func storedTrials(_ db: Database, _ cell: StoredCell) throws -> Int {
    try Int.fetchOne(db, sql: "SELECT sum(count) FROM block WHERE cell = ?", arguments: [cell.id]) ?? 0
  }
}

extension CellRecord {
  /// What must not change once there are outcomes, line by line. The kernel is a part of it if both records know it.
  fileprivate func comparedText(besides other: CellRecord) -> String {
    var lines = [definition]
    if !kernel.isEmpty && !other.kernel.isEmpty { lines.append("kernel: \(kernel)") }
    if !checkpoints.isEmpty { lines.append("checkpoints: \(checkpoints.map(String.init).joined(separator: ", "))") }
    if hasAnalysis { lines.append("with the analysis of the landscape") }
    return lines.joined(separator: "\n")
  }
}
