import Foundation
import GRDB
import Ledger
import Outcomes
import TestSupport
import Testing

/// Files, folders and locks: what is refused, and in which words.
@Suite struct LedgerPlaceTests {
  let folder = try! TemporaryFolder()
  var path: String { folder.file() }

  private func bothMessages() -> Set<String> {
    [message { _ = try open(path) }, message { _ = try LedgerReader.open(path: path) }]
  }

  /// A ledger has one lock, whichever links lead to it.
  @Test func linksToOneLedger() throws {
    let writer = try open(path)
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: folder.file("link.landfall"), withDestinationPath: path)
    try manager.createDirectory(atPath: folder.file("sub"), withIntermediateDirectories: false)
    try manager.createSymbolicLink(atPath: folder.file("sub/here"), withDestinationPath: folder.path)
    let names = [folder.file("link.landfall"), folder.file("sub/here/a.landfall"), folder.file("sub/../a.landfall")]
    for name in names {
      #expect(message { _ = try open(name) }.contains("is being written by process"), "\(name)")
      #expect(try LedgerReader.open(path: name).cells() == [five, twenty])
    }
    writer.close()
    for name in names { try open(name).close() }
    // A file that is still to be made.
    try open(folder.file("sub/here/new.landfall")).close()
    #expect(manager.fileExists(atPath: folder.file("new.landfall")))
  }

  // MARK: - Kind of file

  @Test(arguments: [
    "x", "study: inner-bias\n", "cell,trial,verdict\n", String(repeating: "no SQLite ", count: 1000),
  ])
  func otherFile(content: String) throws {
    try content.write(toFile: path, atomically: false, encoding: .utf8)
    #expect(
      bothMessages() == [
        "\(path) is not a ledger: it is no SQLite file. Give the name of a ledger, or of a file that does not exist "
          + "yet."
      ])
    #expect(try String(contentsOfFile: path, encoding: .utf8) == content)
  }

  @Test func foreignDatabase() throws {
    try execute(path, "PRAGMA journal_mode = WAL; CREATE TABLE notes (text); PRAGMA application_id = 3735")
    let before = FileManager.default.contents(atPath: path)
    #expect(
      bothMessages() == [
        "\(path) is an SQLite file, but not a ledger: its application id is 0x00000E97 instead of 0x4C4E4446. Give the "
          + "name of a ledger, or of a file that does not exist yet."
      ])
    #expect(FileManager.default.contents(atPath: path) == before, "not even its journal mode is changed")
  }

  @Test func newerSchema() throws {
    try open(path).close()
    try execute(path, "PRAGMA user_version = 8")
    #expect(
      bothMessages() == [
        "\(path) has ledger schema 8, and this landfall knows schemas up to 7. Use the version of landfall that wrote "
          + "it, or a newer one."
      ])
  }

  @Test func emptyFile() throws {
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    #expect(
      message { _ = try LedgerReader.open(path: path) }
        == "\(path) is empty: no study has been stored in it yet. Start one with \"landfall run STUDY -o \(path)\".")
  }

  @Test func truncatedFile() throws {
    let writer = try open(path)
    try writer.commit(block(five, 0..<1000))
    writer.close()
    truncate(path, 8192)
    #expect(bothMessages() == ["\(path) is damaged: database disk image is malformed. " + remedy(path)])
  }

  // MARK: - Place

  @Test func missingFileAndFolder() {
    #expect(
      message { _ = try LedgerReader.open(path: path) }
        == "\(path) does not exist. Give the name of a ledger that \"landfall run\" has made.")
    let lost = folder.file("lost/a.landfall")
    #expect(
      message { _ = try open(lost) }
        == "\(lost) cannot be created: its folder \(folder.path)/lost does not exist. Make the folder, or give another "
        + "file with -o.")
  }

  @Test func folderInPlaceOfAFile() {
    #expect(
      message { _ = try open(folder.path) }
        == "\(folder.path) cannot be written: it is a folder. Give another file with -o.")
    #expect(
      message { _ = try LedgerReader.open(path: folder.path) }
        == "\(folder.path) cannot be read: it is a folder. Give the name of a ledger.")
  }

  @Test func folderThatIsNotWritable() throws {
    chmod(folder.path, 0o555)
    asOrdinaryUser {
      #expect(
        message { _ = try open(path) }
          == "\(path) cannot be written: its folder \(folder.path) is not writable (Permission denied), and SQLite "
          + "keeps a journal beside the ledger. Give a file in a writable folder with -o.")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
  }

  @Test func fileThatMayNotBeReadOrWritten() throws {
    try open(path).close()
    chmod(path, 0)
    chmod(folder.path, 0o777)
    asOrdinaryUser {
      #expect(
        message { _ = try LedgerReader.open(path: path) }
          == "\(path) cannot be read: Permission denied. Give the name of a ledger that you may read.")
    }
    chmod(path, 0o444)
    try asOrdinaryUser { () throws in
      #expect(
        message { _ = try open(path) }
          == "\(path) cannot be written: Permission denied. Make the file writable, or give another file with -o.")
      #expect(try LedgerReader.open(path: path).cells() == [five, twenty])
    }
    #expect(!FileManager.default.fileExists(atPath: path + ".lock"))
  }

  // MARK: - Locks

  @Test func secondWriterIsToldWhoWrites() throws {
    let writer = try open(path)
    var host = [CChar](repeating: 0, count: 256)
    gethostname(&host, 255)
    let name = String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let expected =
      "\(path) is being written by process \(getpid()) on host \(name), which holds the lock file \(path).lock. Wait "
      + "until it ends, or write to another file with -o."
    #expect(message { _ = try open(path) } == expected)
    #expect(message { _ = try open(path) } == expected, "being refused does not touch the lock")
    try writer.commit(block(five, 0..<3))
    writer.close()
    #expect(!FileManager.default.fileExists(atPath: path + ".lock"))
    let second = try open(path)
    writer.close()
    #expect(FileManager.default.fileExists(atPath: path + ".lock"), "closing again leaves the next writer's lock")
    try second.finish(ending: "done")
    #expect(!FileManager.default.fileExists(atPath: path + ".lock"))
  }

  @Test func lockOfAnotherProcess() throws {
    try open(path).close()
    let held = folder.file("held")
    let other = Process()
    other.executableURL = URL(fileURLWithPath: "/bin/sh")
    other.arguments = [
      "-c", #"exec 9>"$0"; flock -x 9 && echo "node3 99" >&9 && : > "$1" && exec sleep 30"#, path + ".lock", held,
    ]
    try other.run()
    defer {
      kill(other.processIdentifier, SIGKILL)
      other.waitUntilExit()
    }
    for _ in 0..<500 where !FileManager.default.fileExists(atPath: held) { usleep(10_000) }
    #expect(
      message { _ = try open(path) }
        == "\(path) is being written by process 99 on host node3, which holds the lock file \(path).lock. Wait until "
        + "it ends, or write to another file with -o.")
    #expect(try LedgerReader.open(path: path).cells() == [five, twenty])
    kill(other.processIdentifier, SIGKILL)
    other.waitUntilExit()
    #expect(FileManager.default.fileExists(atPath: path + ".lock"))
    try open(path).close()
  }

  @Test func lockFileOfADeadProcessIsNoObstacle() throws {
    try "elsewhere 99999\n".write(toFile: path + ".lock", atomically: false, encoding: .utf8)
    let writer = try open(path)
    let content = try String(contentsOfFile: path + ".lock", encoding: .utf8)
    #expect(content.hasSuffix(" \(getpid())\n"))
    writer.close()
    #expect(!FileManager.default.fileExists(atPath: path + ".lock"))
  }

  @Test func lockFileOfAnotherUser() throws {
    try open(path).close()
    chmod(path, 0o666)
    #expect(FileManager.default.createFile(atPath: path + ".lock", contents: nil))
    chmod(path + ".lock", 0)
    chmod(folder.path, 0o777)
    asOrdinaryUser {
      #expect(
        message { _ = try open(path) }
          == "\(path) cannot be locked: Permission denied (lock file \(path).lock). Without a lock two jobs could "
          + "write at once: give a file on a file system that has locks with -o.")
    }
  }

  @Test func openingThatFailsDropsTheLock() throws {
    try "no SQLite".write(toFile: path, atomically: false, encoding: .utf8)
    #expect(throws: LedgerError.self) { try open(path) }
    #expect(!FileManager.default.fileExists(atPath: path + ".lock"))
  }

  @Test func textsOfWhatCannotBeProvokedQuickly() {
    #expect(
      LedgerError.busy(path: "a").description
        == "a is in use: another process keeps it locked. End what reads it (an open sqlite3 or notebook), then run "
        + "the same command again.")
    #expect(
      LedgerError.locked(path: "a", holder: nil).description
        == "a is being written by another process, which holds the lock file a.lock. Wait until it ends, or write to "
        + "another file with -o.")
    #expect(
      LedgerError.database(path: "a", reason: "disk I/O error").description
        == "a cannot be used: SQLite reports \"disk I/O error\".")
  }
}
