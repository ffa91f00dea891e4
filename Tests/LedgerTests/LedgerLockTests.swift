import Foundation
import Ledger
import TestSupport
import Testing

/// FILE.lock, and files of others that have its name.
@Suite struct LedgerLockTests {
  let folder = try! TemporaryFolder()
  var path: String { folder.file() }
  private var lock: String { path + ".lock" }

  private var refusal: String {
    "\(path) cannot be locked: \(lock) is no lock file of landfall, and is left as it is. Give the ledger another name "
      + "with -o, or move \(lock) away."
  }

  @Test(arguments: [
    "{\"nodes\": {}}\n", "one two three\n", "host 12\nmore\n", "host 012\n", "host -1\n", "host 12", " \n",
    "host 1 2 3\n",
    String(repeating: "x", count: 5000),
  ])
  func filesOfOthersStay(content: String) throws {
    try content.write(toFile: lock, atomically: false, encoding: .utf8)
    #expect(message { _ = try open(path) } == refusal)
    #expect(try String(contentsOfFile: lock, encoding: .utf8) == content)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  /// An empty file says nothing of whose it is: it serves as a lock, and stays.
  @Test func emptyFilesOfOthersStay() throws {
    #expect(FileManager.default.createFile(atPath: lock, contents: nil))
    let writer = try open(path)
    #expect(message { _ = try open(path) }.contains("is being written by another process"))
    writer.close()
    #expect(FileManager.default.contents(atPath: lock) == Data())
  }

  @Test func linksAreNotFollowed() throws {
    let manager = FileManager.default
    let precious = folder.file("precious")
    for (target, content) in [(precious, "mine\n"), (precious, ""), (folder.file("missing"), nil)] {
      try? manager.removeItem(atPath: lock)
      if let content { try content.write(toFile: target, atomically: false, encoding: .utf8) }
      try manager.createSymbolicLink(atPath: lock, withDestinationPath: target)
      #expect(message { _ = try open(path) } == refusal)
      #expect(manager.contents(atPath: target) == content.map { Data($0.utf8) })
      #expect(try manager.destinationOfSymbolicLink(atPath: lock) == target)
    }
    try manager.removeItem(atPath: lock)
    try "node 7\n".write(toFile: precious, atomically: false, encoding: .utf8)
    try manager.linkItem(atPath: precious, toPath: lock)
    #expect(message { _ = try open(path) } == refusal, "a hard link is a file of others, too")
  }

  @Test func pipesFoldersAndSocketsAreNoLocks() throws {
    mkfifo(lock, 0o666)
    #expect(message { _ = try open(path) } == refusal)
    unlink(lock)
    mkdir(lock, 0o777)
    #expect(message { _ = try open(path) } == refusal)
  }

  /// The lock is on what a path leads to, also where that is still to be made.
  @Test func danglingLinksHaveOneLock() throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder.file("sub"), withIntermediateDirectories: false)
    try manager.createSymbolicLink(atPath: folder.file("first"), withDestinationPath: "sub/second")
    try manager.createSymbolicLink(atPath: folder.file("sub/second"), withDestinationPath: "../a.landfall")
    let writer = try open(folder.file("first"))
    #expect(manager.fileExists(atPath: lock))
    for name in [path, folder.file("sub/second"), folder.file("first")] {
      #expect(message { _ = try open(name) }.contains("is being written by process \(getpid())"), "\(name)")
    }
    writer.close()
    try manager.createSymbolicLink(atPath: folder.file("loop"), withDestinationPath: "loop")
    #expect(throws: LedgerError.self) { try open(folder.file("loop")) }
  }

  @Test func secondNamesAreRefused() throws {
    try open(path).close()
    try FileManager.default.linkItem(atPath: path, toPath: folder.file("other"))
    #expect(
      message { _ = try open(path) }
        == "\(path) cannot be written: the file has another name, too, by a hard link, and two runs could write it at once. "
        + "Make a copy of it, and continue that.")
    _ = try LedgerReader.open(path: path)
  }

  @Test func movedLedgersAreNamed() throws {
    let writer = try open(path)
    try writer.commit(block(five, 0..<3))
    try FileManager.default.moveItem(atPath: path, toPath: folder.file("moved"))
    #expect(
      message { try writer.commit(block(five, 3..<6)) }
        == "\(path) was moved, replaced or deleted while this run was writing it. What was committed is in the file that was "
        + "moved; give it its name back, or its new name, and run the same command again.")
    writer.close()
    #expect(try LedgerReader.open(path: folder.file("moved")).allBlocks(five) == [block(five, 0..<3)])
  }

  @Test func readersAreToldWhoWrites() throws {
    try open(path).close()
    let reader = try LedgerReader.open(path: path)
    #expect(reader.lock == .free)
    let writer = try open(path)
    guard case .held(let holder?) = reader.lock else { throw LedgerError.missing(path: path) }
    #expect(holder.processID == Int(getpid()) && holder.trialsInFlight == nil)
    writer.announce(inFlight: 12345)
    writer.announce(inFlight: 7)
    guard case .held(let busy?) = reader.lock else { throw LedgerError.missing(path: path) }
    #expect(busy.trialsInFlight == 7)
    writer.close()
    #expect(reader.lock == .free)
  }
}
