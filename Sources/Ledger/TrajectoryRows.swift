import Foundation
import GRDB
import Outcomes

/// The stored trajectories of a cell, in a transaction.
///
/// A row of aggregates holds the trials of a ``TrajectoryPage``. Rows are joined as soon as they can be, so that at the
/// end they depend on nothing but which trials are stored: 2^k complete pages at a multiple of their length wherever
/// all their trials are stored, and of incomplete pages the contiguous parts.
struct TrajectoryRows {
  let db: Database
  let cell: StoredCell
  /// The study's hash.
  let study: String
  let path: String

  // MARK: - Reading

  /// The ranges of the rows, in ascending order, from the primary key's index; the aggregates are not touched. Without
  /// rows for a ledger of schema 1.
  func forEachRange(_ body: (Range<Int>) throws -> Void) throws {
    guard try LedgerSchema.version(of: db) >= 2 else { return }
    let statement = try db.cachedStatement(sql: "SELECT first, count FROM trajectory WHERE cell = ? ORDER BY first")
    let rows = try Row.fetchCursor(statement, arguments: [cell.id])
    var last = 0..<0
    while let row = try rows.next() {
      let (first, count): (Int, Int) = (try row.decode(atIndex: 0), try row.decode(atIndex: 1))
      let range = try checked(first: first, count: count)
      guard first >= last.upperBound else {
        throw damaged(first: first, count: count, .overlap(first: last.lowerBound, count: last.count))
      }
      last = range
      try body(last)
    }
  }

  /// `ranges`, cut wherever a stored range begins or ends within one of them.
  func cut(_ ranges: [Range<Int>]) throws -> [Range<Int>] {
    var ends: [Int] = []
    try forEachRange { range in
      if ends.last == range.lowerBound { ends.removeLast() } else { ends.append(range.lowerBound) }
      ends.append(range.upperBound)
    }
    return ranges.flatMap { range in
      let inside = ends.filter { range.lowerBound < $0 && $0 < range.upperBound }
      return zip([range.lowerBound] + inside, inside + [range.upperBound]).map { $0..<$1 }
    }
  }

  /// The aggregate of the row with this range, verified.
  func aggregate(_ trials: Range<Int>) throws -> TrajectoryAggregate {
    let statement = try db.cachedStatement(
      sql: "SELECT checksum, aggregate FROM trajectory WHERE cell = ? AND first = ? AND count = ?")
    guard let row = try Row.fetchOne(statement, arguments: [cell.id, trials.lowerBound, trials.count]) else {
      throw damaged(trials, .content)
    }
    guard let bytes = try verified(row, trials) else { throw damaged(trials, .checksum) }
    guard let aggregate = TrajectoryAggregate(bytes: bytes), aggregate.trials == trials.count,
      aggregate.checkpoints == cell.record.checkpoints.count, aggregate.observables == cell.record.followed.count
    else { throw damaged(trials, .content) }
    return aggregate
  }

  /// The trials whose trajectories are kept whole, ascending.
  func wholeTrials() throws -> [Int] {
    guard try LedgerSchema.version(of: db) >= 2 else { return [] }
    return try Row.fetchAll(
      db, sql: "SELECT trial FROM trial_trajectory WHERE cell = ? ORDER BY trial", arguments: [cell.id]
    ).map { try $0.decode(atIndex: 0) }
  }

  /// The whole trajectory of a trial, verified; nil if there is none.
  func wholeTrajectory(of trial: Int) throws -> TrialTrajectory? {
    guard try LedgerSchema.version(of: db) >= 2 else { return nil }
    let statement = try db.cachedStatement(
      sql: "SELECT checksum, reals FROM trial_trajectory WHERE cell = ? AND trial = ?")
    guard let row = try Row.fetchOne(statement, arguments: [cell.id, trial]) else { return nil }
    func damaged(_ damage: TrajectoryDamage) -> LedgerError {
      .damagedTrialTrajectory(path: path, cell: cell.record, trial: trial, damage: damage)
    }
    guard (0..<TrialIndex.limit).contains(trial) else { throw damaged(.range) }
    guard let bytes = try verified(row, trial..<trial + 1) else { throw damaged(.checksum) }
    guard
      let trajectory = TrialTrajectory(
        trial: trial, checkpoints: cell.record.checkpoints.count, observables: cell.record.followed.count, bytes: bytes)
    else { throw damaged(.content) }
    return trajectory
  }

  // MARK: - Writing

  /// Stores the trajectories of a block. Trials whose trajectories are there already, because their block was deleted
  /// and is computed anew, stay as they are: a trial is a pure function of cell and index.
  func add(_ trajectories: BlockTrajectories) throws { try add(trajectories.pages, whole: trajectories.whole) }

  /// The same of any ranges that are kept together, ascending.
  func add(_ pages: [TrajectoryPage], whole: [TrialTrajectory]) throws {
    for page in pages { try add(page) }
    for trajectory in whole {
      let bytes = trajectory.bytes
      let checksum = checksum(bytes, trajectory.trial..<trajectory.trial + 1)
      let statement = try db.cachedStatement(
        sql: """
          INSERT INTO trial_trajectory (cell, trial, checksum, reals) VALUES (?, ?, ?, ?)
          ON CONFLICT (cell, trial) DO NOTHING
          """)
      try statement.execute(arguments: [cell.id, trajectory.trial, Data(checksum), Data(bytes)])
      if db.changesCount > 0 { try seals.count(.wholeTrajectory, rows: 1, toggling: [checksum]) }
    }
  }

  private var seals: LedgerSeals { LedgerSeals(db: db, study: study) }

  private func add(_ page: TrajectoryPage) throws {
    // Stored ranges do not overlap one another, so of those that begin before the end of this one the last reaches
    // farthest.
    if let stored = try range(where: "first < ? ORDER BY first DESC", page.trials.upperBound) {
      if stored.contains(page.trials.lowerBound) && page.trials.upperBound <= stored.upperBound { return }
      guard stored.upperBound <= page.trials.lowerBound else {
        throw LedgerError.overlap(path: path, cell: cell.record, trials: page.trials, stored: stored)
      }
    }
    var (trials, aggregate) = (page.trials, page.aggregate)
    while let neighbour = try joining(trials) {
      aggregate += try self.aggregate(neighbour)
      // It is the checksum with which the row was just read.
      let old = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT checksum FROM trajectory WHERE cell = ? AND first = ? AND count = ?"),
        arguments: [cell.id, neighbour.lowerBound, neighbour.count])
      try seals.count(.trajectory, rows: -1, toggling: [old?.bytes(atIndex: 0) ?? []])
      try db.cachedStatement(sql: "DELETE FROM trajectory WHERE cell = ? AND first = ? AND count = ?")
        .execute(arguments: [cell.id, neighbour.lowerBound, neighbour.count])
      trials = min(trials.lowerBound, neighbour.lowerBound)..<max(trials.upperBound, neighbour.upperBound)
    }
    let bytes = aggregate.bytes
    let checksum = checksum(bytes, trials)
    let insertion = try db.cachedStatement(
      sql: "INSERT INTO trajectory (cell, first, count, checksum, aggregate) VALUES (?, ?, ?, ?, ?)")
    try insertion.execute(arguments: [cell.id, trials.lowerBound, trials.count, Data(checksum), Data(bytes)])
    try seals.count(.trajectory, rows: 1, toggling: [checksum])
  }

  /// A stored neighbour that `trials` is to be joined with; nil if there is none.
  private func joining(_ trials: Range<Int>) throws -> Range<Int>? {
    for neighbour in [
      try range(where: "first < ? ORDER BY first DESC", trials.lowerBound),
      try range(where: "first = ?", trials.upperBound),
    ] {
      if let neighbour, TrajectoryPage.joins(trials, neighbour) { return neighbour }
    }
    return nil
  }

  private func range(where condition: String, _ place: Int) throws -> Range<Int>? {
    let statement = try db.cachedStatement(
      sql: "SELECT first, count FROM trajectory WHERE cell = ? AND \(condition) LIMIT 1")
    return try Row.fetchOne(statement, arguments: [cell.id, place]).map {
      try checked(first: $0.decode(atIndex: 0), count: $0.decode(atIndex: 1))
    }
  }

  // MARK: - Checks

  private func checked(first: Int, count: Int) throws -> Range<Int> {
    guard (0..<TrialIndex.limit).contains(first), (1...TrialIndex.limit - first).contains(count),
      TrajectoryPage.ranges(of: first..<first + count).count == 1
    else { throw damaged(first: first, count: count, .range) }
    return first..<first + count
  }

  /// The bytes in the second column of `row`, if the first one is their checksum.
  private func verified(_ row: Row, _ trials: Range<Int>) throws -> [UInt8]? {
    let bytes = try row.bytes(atIndex: 1)
    return try row.bytes(atIndex: 0) == checksum(bytes, trials) ? bytes : nil
  }

  private func checksum(_ bytes: [UInt8], _ trials: Range<Int>) -> [UInt8] {
    BlockChecksum.of(
      bytes, study: study, cell: cell.record.key, first: trials.lowerBound, count: trials.count)
  }

  private func damaged(first: Int, count: Int, _ damage: TrajectoryDamage) -> LedgerError {
    .damagedTrajectory(path: path, cell: cell.record, first: first, count: count, damage: damage)
  }

  private func damaged(_ trials: Range<Int>, _ damage: TrajectoryDamage) -> LedgerError {
    damaged(first: trials.lowerBound, count: trials.count, damage)
  }
}
