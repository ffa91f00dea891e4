import Foundation
import GRDB

/// A connection to the SQLite file of a ledger, and SQLite's errors in the ledger's words.
struct LedgerConnection: Sendable {
  /// As the user gave it; what messages show.
  let path: String
  let queue: DatabaseQueue
  private let work: WorkBudget

  private init(path: String, configuration: Configuration) throws {
    let work = WorkBudget()
    var configuration = configuration
    // Damage could break what refers to one another anyway, and is looked for by checksums.
    configuration.foreignKeysEnabled = false
    configuration.prepareDatabase { try Self.restrict($0, work: work) }
    self.path = path
    self.work = work
    queue = try DatabaseQueue(path: LedgerPath.absolute(path), configuration: configuration)
  }

  /// How long a reader waits for a commit, and a writer for readers, in seconds.
  static let readerPatience = 30
  static let writerPatience = 120

  /// Opens a connection that can write; creates the file if need be. Rolls back what a killed writer has left.
  ///
  /// - Parameter pageLimit: the number of pages beyond which SQLite reports a full disk; nil for no such limit.
  static func writing(_ path: String, pageLimit: Int?) throws(LedgerError) -> LedgerConnection {
    var configuration = Configuration()
    configuration.busyMode = .timeout(TimeInterval(writerPatience))
    if let pageLimit {
      configuration.prepareDatabase { try $0.execute(sql: "PRAGMA max_page_count = \(pageLimit)") }
    }
    do {
      return try LedgerConnection(path: path, configuration: configuration)
    } catch {
      throw translated(error, path: path)
    }
  }

  /// Opens a connection that only reads.
  static func reading(_ path: String) throws(LedgerError) -> LedgerConnection {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(TimeInterval(readerPatience))
    return try recovering(path) { try LedgerConnection(path: path, configuration: configuration) }
  }

  /// Runs `body` in a read transaction: it sees one state of the ledger. SQLite keeps a writer from committing while
  /// it runs, so it should be short.
  func read<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
    try Self.recovering(path) {
      work.allow(bytes: LedgerPath.size(LedgerPath.absolute(path)))
      defer { work.allow(bytes: nil) }
      return try queue.read(body)
    }
  }

  /// Runs `body` in a transaction that is committed if `body` returns, and leaves no trace if it throws.
  func write<T>(_ body: (Database) throws -> T) throws(LedgerError) -> T {
    do {
      return try queue.inDatabase { db in
        var result: Result<T, any Error>?
        try db.inTransaction(.immediate) {
          result = .success(try body(db))
          return .commit
        }
        return try result!.get()
      }
    } catch {
      throw Self.translated(error, path: path)
    }
  }

  // MARK: - Journals of killed writers

  /// The result of `body`, which reads. Where a killed writer has left a journal, rolls it back first, since a
  /// connection that only reads cannot.
  private static func recovering<T>(_ path: String, _ body: () throws -> T) throws(LedgerError) -> T {
    // A writer that has just been opened rolls back by itself: it is given 5 s.
    var patience = 50
    while true {
      do {
        return try body()
      } catch let error as DatabaseError where error.extendedResultCode == .SQLITE_READONLY_ROLLBACK {
        do {
          try rollBack(path)
        } catch .locked(_, let holder) {
          patience -= 1
          guard patience > 0 else {
            let name = holder?.text ?? "another process"
            throw .interrupted(path: path, reason: "\(name) holds the lock file \(path).lock")
          }
          usleep(100_000)
        }
      } catch {
        throw translated(error, path: path)
      }
    }
  }

  /// Rolls back the journal of a killed writer, as the writer's successor.
  private static func rollBack(_ path: String) throws(LedgerError) {
    let lock: LedgerLock
    do {
      lock = try LedgerLock.acquire(path)
    } catch .folderUnwritable(_, _, let reason) {
      throw .interrupted(path: path, reason: reason)
    } catch .lockFailed(_, let reason) {
      throw .interrupted(path: path, reason: reason)
    }
    defer { withExtendedLifetime(lock) {} }
    if let reason = LedgerPath.refusal(LedgerPath.absolute(path), mode: R_OK | W_OK) {
      throw .interrupted(path: path, reason: reason)
    }
    // The first page that this connection reads makes SQLite roll back.
    let connection = try writing(path, pageLimit: nil)
    try? connection.queue.close()
  }

  // MARK: - Errors

  static func translated(_ error: any Error, path: String) -> LedgerError {
    if let error = error as? LedgerError { return error }
    if error is RowDecodingError { return .damaged(path: path, reason: "\(error)") }
    guard let error = error as? DatabaseError else { return .database(path: path, reason: "\(error)") }
    let reason = error.message ?? "\(error.resultCode)"
    switch error.resultCode {
    case .SQLITE_NOTADB: return .notDatabase(path: path)
    case .SQLITE_FULL: return .diskFull(path: path)
    case .SQLITE_CORRUPT: return .damaged(path: path, reason: reason)
    case .SQLITE_INTERRUPT:
      return .damaged(path: path, reason: "reading it takes more steps than the content of a ledger of its size does")
    case .SQLITE_TOOBIG:
      return .damaged(
        path: path, reason: "a value takes more than \(longestValue >> 20) MiB, which no value of a ledger does")
    case .SQLITE_READONLY where error.extendedResultCode == .SQLITE_READONLY_DBMOVED: return .moved(path: path)
    case .SQLITE_CANTOPEN, .SQLITE_AUTH, .SQLITE_PERM: return .unreadable(path: path, reason: reason)
    case .SQLITE_READONLY: return .unwritable(path: path, reason: reason)
    case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy(path: path)
    default: return .database(path: path, reason: reason)
    }
  }
}
