import Foundation
import GRDB
import Ledger
import Outcomes
import TestSupport
import Testing

/// What is left of a ledger when its writer dies in the middle of a transaction, or its disk is full.
@Suite struct LedgerCrashTests {
  let folder = try! TemporaryFolder()

  // MARK: - Killed writers

  /// Copies a ledger as a writer leaves it that is killed while committing trials 10 to 209 of cell 20: part of them is
  /// in the file, and the journal that takes them out again is beside it. Trials 0 to 9 are committed.
  private func copyOfKilled(_ name: String) throws -> String {
    let path = folder.file("live.landfall")
    try? FileManager.default.removeItem(atPath: path)
    let writer = try open(path)
    try writer.target(twenty.key, trials: 20)
    try writer.commit(block(twenty, 0..<10))
    let copy = folder.file(name)
    try writer.database.inDatabase { db in
      // With next to no memory for pages, SQLite writes them before the commit.
      try db.execute(sql: "PRAGMA cache_size = 2; BEGIN IMMEDIATE")
      for first in 10..<210 {
        try db.execute(
          sql: """
            INSERT INTO block VALUES (2, :first, 1, 1, 0, randomblob(16), randomblob(16));
            INSERT INTO observation VALUES (2, 1, :first, randomblob(16), randomblob(8))
            """, arguments: ["first": first])
      }
      for suffix in ["", "-journal"] {
        let content = try #require(FileManager.default.contents(atPath: path + suffix))
        #expect(content.count > 4096)
        #expect(FileManager.default.createFile(atPath: copy + suffix, contents: content))
      }
      try db.execute(sql: "ROLLBACK")
    }
    return copy
  }

  /// Whether SQLite's own read-only connection finds a journal that has to be rolled back.
  private func isInterrupted(_ path: String) -> Bool {
    var configuration = Configuration()
    configuration.readonly = true
    do {
      _ = try DatabaseQueue(path: path, configuration: configuration)
      return false
    } catch {
      return (error as? DatabaseError)?.extendedResultCode == .SQLITE_READONLY_ROLLBACK
    }
  }

  @Test func writerRollsBackTheJournalOfAKilledOne() throws {
    let path = try copyOfKilled("a.landfall")
    #expect(isInterrupted(path))
    let writer = try open(path)
    #expect(try writer.missingRanges(twenty.key, below: 20) == [10..<20])
    try writer.commit(block(twenty, 10..<20))
    writer.close()
    #expect(!isInterrupted(path))
    let reader = try LedgerReader.open(path: path)
    #expect(try reader.allBlocks(twenty) == [block(twenty, 0..<10), block(twenty, 10..<20)])
    #expect(try reader.progress(of: twenty.key).plan == .fixed)
    #expect(try fetch(path, "PRAGMA integrity_check") == "ok")
  }

  @Test func readerRollsBackTheJournalOfAKilledWriter() throws {
    let path = try copyOfKilled("a.landfall")
    #expect(isInterrupted(path))
    let reader = try LedgerReader.open(path: path)
    #expect(try reader.allBlocks(twenty) == [block(twenty, 0..<10)])
    #expect(!FileManager.default.fileExists(atPath: path + "-journal"))
    #expect(!FileManager.default.fileExists(atPath: path + ".lock"))
    #expect(try fetch(path, "PRAGMA integrity_check") == "ok")
  }

  @Test func openReaderOutlivesAKilledWriter() throws {
    let path = folder.file("a.landfall")
    let killed = try copyOfKilled("b.landfall")
    try open(path).close()
    let reader = try LedgerReader.open(path: path)
    for suffix in ["-journal", ""] {
      let content = try #require(FileManager.default.contents(atPath: killed + suffix))
      let handle = openForWriting(path + suffix)
      defer { close(handle) }
      #expect(content.withUnsafeBytes { pwrite(handle, $0.baseAddress, $0.count, 0) } == content.count)
    }
    #expect(try reader.progress(of: twenty.key).stored == 10)
    #expect(try reader.allBlocks(twenty) == [block(twenty, 0..<10)])
  }

  @Test func readerWithoutWriteAccessSaysWhatHappened() throws {
    let path = try copyOfKilled("a.landfall")
    chmod(folder.path, 0o777)
    asOrdinaryUser {
      #expect(
        message { _ = try LedgerReader.open(path: path) }
          == "\(path) cannot be read: its writer was killed while committing, and rolling back its journal "
          + "\(path)-journal needs write access (Permission denied). Run the study again, or read the ledger as a user "
          + "who may write it.")
    }
    chmod(folder.path, 0o555)
    asOrdinaryUser {
      #expect(message { _ = try LedgerReader.open(path: path) }.contains("(Permission denied)"))
    }
    chmod(folder.path, 0o777)
    #expect(isInterrupted(path), "nothing was touched")
  }

  @Test func creationThatWasKilledIsNew() throws {
    // A file whose journal says that it had no pages before: what a kill while creating leaves.
    let live = folder.file("live.landfall")
    let copy = folder.file("a.landfall")
    let queue = try DatabaseQueue(path: live)
    try queue.inDatabase { db in
      try db.execute(sql: "PRAGMA cache_size = 2; BEGIN IMMEDIATE; CREATE TABLE study (id); CREATE TABLE cell (id)")
      for _ in 0..<100 { try db.execute(sql: "INSERT INTO study VALUES (randomblob(1000))") }
      for suffix in ["", "-journal"] {
        let content = try #require(FileManager.default.contents(atPath: live + suffix))
        #expect(!content.isEmpty)
        #expect(FileManager.default.createFile(atPath: copy + suffix, contents: content))
      }
      try db.execute(sql: "ROLLBACK")
    }
    #expect(message { _ = try LedgerReader.open(path: copy) }.contains("is empty"))
    try open(copy).close()
    #expect(try LedgerReader.open(path: copy).cells() == [five, twenty])
  }

  // MARK: - Full disks

  @Test func fullDiskWhileCreating() throws {
    let path = folder.file("a.landfall")
    var failures = 0
    for limit in 1... {
      do {
        try open(path, pageLimit: limit).close()
        break
      } catch {
        failures += 1
        #expect(error == .diskFull(path: path), "\(error)")
        if limit > 100 { break }
        let text = message { _ = try LedgerReader.open(path: path) }
        #expect(text.contains("is empty"), "\(limit) pages: \(text)")
        #expect(!FileManager.default.fileExists(atPath: path + "-journal"))
      }
    }
    #expect(failures > 3)
    let reader = try LedgerReader.open(path: path)
    #expect(try reader.cells() == [five, twenty])
    #expect(try reader.runs().count == 1)
  }

  @Test func fullDiskWhileCommitting() throws {
    let path = folder.file("a.landfall")
    let writer = try open(path)
    try commitToFullDisk(writer, path, block: { block(five, $0) }) { (committed) throws in
      #expect(try LedgerReader.open(path: path).allBlocks(five) == committed.map { block(five, $0) })
    }
    #expect(try writer.missingRanges(five.key, below: 600) == [])
    #expect(
      LedgerError.diskFull(path: path).description
        == "\(path) cannot grow: the disk is full. What was committed is safe. Make room and run the same command again."
    )
  }
}

private func openForWriting(_ path: String) -> CInt { open(path, O_WRONLY | O_CREAT, 0o644) }
