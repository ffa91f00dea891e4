import Foundation
import GRDB
import Outcomes

/// What is to be measured of the trials that a ledger has, besides what it keeps of them.
public struct Addition: Sendable, Hashable {
  /// The limits of flows, with all that is told of them.
  public var limits: Bool
  public var observables: [Observable]

  public init(limits: Bool = false, observables: [Observable] = []) {
    self.limits = limits
    self.observables = observables
  }

  public static let none = Addition()

  public var isEmpty: Bool { !limits && observables.isEmpty }

  /// One of the observables of a block to which all this was added has such a row in any case.
  private var marks: [Observable] { (limits ? [BlockRows.markOfAnalyses] : []) + observables }

  /// The record of a cell to which this is added, as it is stored then.
  ///
  /// - Parameter given: the cell as the study has it today.
  func adding(to stored: CellRecord, _ given: CellRecord) -> CellRecord {
    var record = stored
    if limits, !stored.hasAnalysis { (record.hasAnalysis, record.limits) = (given.hasAnalysis, given.limits) }
    record.further += observables.filter { !record.columns.contains($0) && given.further.contains($0) }
    return record
  }

  /// The stored blocks that lack something of it.
  fileprivate func blocks(_ db: Database, _ cell: StoredCell, path: String) throws -> [Range<Int>] {
    let ids = marks.compactMap { mark in cell.columns.first { $0.observable == mark }?.id }
    var lacking: [Range<Int>] = []
    try BlockRanges.forEach(db, cell: cell, below: TrialIndex.limit, path: path) { range in
      let found = try ids.count { id in
        try Bool.fetchOne(
          db, sql: "SELECT 1 FROM observation WHERE cell = ? AND observable = ? AND first = ?",
          arguments: [cell.id, id, range.lowerBound]) ?? false
      }
      if found < ids.count { lacking.append(range) }
    }
    return lacking
  }
}

extension LedgerWriter {
  /// The stored blocks of a cell that lack something of what is to be added.
  ///
  /// - Precondition: the cell belongs to the study, and the ledger was opened for this addition.
  public func blocks(of cell: CellKey, lacking addition: Addition) throws(LedgerError) -> [Range<Int>] {
    let cell = stored(cell)
    return try connection.read { db in try addition.blocks(db, cell, path: path) }
  }

  /// Adds to stored blocks the columns that they lack, all in one transaction, if everything else that training determines is
  /// the same.
  ///
  /// - Throws: ``LedgerError/contradiction(path:cell:trials:)`` where it is not; nothing is added then.
  /// - Precondition: the blocks are stored, and have the observables of their cell.
  public func add(_ addition: Addition, to blocks: [BlockRecord]) throws(LedgerError) {
    let (path, hash) = (path, hash)
    try connection.write { db in
      for block in blocks {
        try BlockRows(db: db, cell: stored(block.cell), study: hash, path: path).add(addition, to: block)
      }
    }
  }
}

extension BlockRows {
  /// Adds the columns of a stored block that it lacks.
  fileprivate func add(_ addition: Addition, to block: BlockRecord) throws {
    let seal = BlockSeal(study: study, cell: block.cell, trials: block.trials)
    let stored = try columnChecksums(of: block.trials.lowerBound)
    // All that is known of limits is of one analysis, and stays together.
    let hasLimits = cell.columns.contains { $0.observable == Self.markOfAnalyses && stored[$0.id] != nil }
    let wanted = addition.observables + (addition.limits && !hasLimits ? TrialAnalysis.observables : [])
    var checksums: [(observable: Observable, checksum: [UInt8])] = []
    for (id, observable, bytes) in storedColumns(of: block) {
      let checksum = seal.checksum(of: observable, bytes)
      if let old = stored[id] {
        // What is known of limits may differ in its last digits; it stays.
        guard old == checksum || observable.moment == .limit else {
          throw LedgerError.contradiction(path: path, cell: cell.record, trials: block.trials)
        }
        checksums.append((observable, old))
        continue
      }
      guard wanted.contains(observable) else { continue }
      try insert(id, block.trials.lowerBound, checksum, bytes)
      checksums.append((observable, checksum))
    }
    guard stored.count <= checksums.count else {
      throw LedgerError.contradiction(path: path, cell: cell.record, trials: block.trials)
    }
    let row = try Int64.fetchOne(
      db, sql: "SELECT rowid FROM block WHERE cell = ? AND first = ? AND count = ?",
      arguments: [cell.id, block.trials.lowerBound, block.trials.count])
    guard let row else {
      throw LedgerError.contradiction(path: path, cell: cell.record, trials: block.trials)
    }
    try db.execute(
      sql: "UPDATE block SET checksum = ? WHERE rowid = ?", arguments: [Data(seal.checksum(of: checksums)), row])
    try LedgerSeals(db: db, study: study).seal(.block, row: row)
  }

  /// The checksums of the columns of the block that begins with a trial, by observable.
  private func columnChecksums(of first: Int) throws -> [Int: [UInt8]] {
    var checksums: [Int: [UInt8]] = [:]
    for (id, _) in cell.columns {
      let row = try Row.fetchOne(
        db, sql: "SELECT checksum FROM observation WHERE cell = ? AND observable = ? AND first = ?",
        arguments: [cell.id, id, first])
      if let row { checksums[id] = try row.bytes(atIndex: 0) }
    }
    return checksums
  }
}
