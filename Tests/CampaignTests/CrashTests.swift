import Campaign
import Foundation
import Outcomes
import TestSupport
import Testing

/// What jobs that crash leave behind, and what the next start makes of it.
@Suite struct CrashTests {
  private static let cell = CellKey(0x0123_4567_89ab_cdef)

  private func block(_ trials: Range<Int>, _ cell: CellKey = Self.cell, signal: Int = 4) -> CrashedBlock {
    CrashedBlock(cell: cell, trials: trials, rank: 3, host: "node-7.example", signal: signal)
  }

  // MARK: - Lines

  @Test func lines() {
    let line = "landfall crash 1: cell 0123456789abcdef trials 64 127 rank 3 host node-7.example signal 4"
    #expect(block(64..<128).line == line + "\n")
    #expect(CrashedBlock(line: line) == block(64..<128))
    for other in [
      "", "landfall crash 1: ", "landfall crash 2: " + line.dropFirst(18), line + " ", line + "x", " " + line,
      line.replacing("64", with: "-1"), line.replacing("64", with: "128"), line.replacing("127", with: "1099511627776"),
      line.replacing("127", with: "100064"), line.replacing("node-7.example", with: ""),
      line.replacing("node", with: "\u{1b}[31m"), line.replacing("node", with: "nöde"),
      line.replacing("node", with: String(repeating: "a", count: 65)), line.replacing("signal 4", with: "signal 0"),
      line.replacing("signal 4", with: "signal 65"), line.replacing("rank 3", with: "rank -3"),
      line.replacing("cdef", with: "cde"), line.replacing("cell", with: "zelle"), String(line.dropLast()),
      line.replacing("64", with: "99999999999999999999"),
    ] {
      #expect(CrashedBlock(line: other) == nil, "\(other)")
    }
    for length in 0..<line.count { #expect(CrashedBlock(line: line.prefix(length)) == nil) }
  }

  /// Blocks are cut in other ways in every job: what counts is that the same trials were in two of them.
  @Test func repeatedTrials() {
    func repeated(_ blocks: [CrashedBlock]) -> [[Range<Int>]] { CrashedBlock.repeated(blocks).map(\.trials) }
    #expect(repeated([]) == [])
    #expect(repeated([block(0..<10), block(10..<20)]) == [])
    #expect(repeated([block(0..<10), block(5..<20)]) == [[5..<10]])
    #expect(repeated([block(0..<10), block(0..<10), block(0..<10)]) == [[0..<10]])
    #expect(
      repeated([block(0..<10), block(8..<12), block(10..<20), block(30..<40), block(31..<32)]) == [[8..<12, 31..<32]])
    let other = CellKey(1)
    #expect(repeated([block(0..<10), block(0..<10, other)]) == [])
    let both = CrashedBlock.repeated([block(5..<9, other), block(0..<10), block(0..<2), block(7..<8, other)])
    #expect(both.map(\.cell) == [other, Self.cell] && both.map(\.trials) == [[7..<8], [0..<2]])
  }

  // MARK: - The file

  @Test func fileIsReadReplacedAndRemoved() throws {
    let folder = try TemporaryFolder()
    let file = CrashFile(ledger: folder.file())
    #expect(file.path == folder.file() + ".crash")
    #expect(try file.read().blocks == [] && file.read().otherLines == 0)
    try file.replace(file.read(), by: [])
    let blocks = [block(0..<10), block(64..<128, signal: 11)]
    try folder.write(
      blocks[0].line + "landfall crash 1: cell 01\n" + blocks[1].line + "landfall cra", to: "a.landfall.crash")
    let content = try file.read()
    #expect(content.blocks == blocks && content.otherLines == 2 && content.isOwn)
    try file.replace(content, by: [blocks[1]])
    #expect(try String(contentsOfFile: file.path, encoding: .utf8) == blocks[1].line)
    try file.replace(file.read(), by: [])
    #expect(!FileManager.default.fileExists(atPath: file.path))
  }

  /// A file that no job has written is read, whatever is in it, and stays.
  @Test func foreignFileStays() throws {
    let folder = try TemporaryFolder()
    let file = CrashFile(ledger: folder.file())
    for text in ["", "notes\n", "notes\n" + block(0..<10).line, String(repeating: "x", count: 3 << 20)] {
      try folder.write(text, to: "a.landfall.crash")
      let content = try file.read()
      #expect(!content.isOwn)
      try file.replace(content, by: [])
      #expect(try String(contentsOfFile: file.path, encoding: .utf8) == text)
    }
  }

  @Test func whatNoJobCanHaveMadeIsRefused() throws {
    let folder = try TemporaryFolder()
    let file = CrashFile(ledger: folder.file())
    try folder.write(block(0..<10).line, to: "theirs")
    let advice =
      "; a job that crashes writes there what it computed, so there must be nothing or a file of its own: move it away"
    func refusal() -> String { message { _ = try file.read() } }
    symlink("theirs", file.path)
    #expect(refusal() == "\(file.path) is a symbolic link" + advice)
    unlink(file.path)
    symlink("nothing", file.path)
    #expect(refusal() == "\(file.path) is a symbolic link" + advice)
    unlink(file.path)
    link(folder.file("theirs"), file.path)
    #expect(refusal() == "\(file.path) is a file with several names (hard links)" + advice)
    unlink(file.path)
    mkfifo(file.path, 0o600)
    #expect(refusal() == "\(file.path) is no regular file" + advice)
    unlink(file.path)
    mkdir(file.path, 0o700)
    #expect(refusal() == "\(file.path) is no regular file" + advice)
    #expect(try String(contentsOfFile: folder.file("theirs"), encoding: .utf8) == block(0..<10).line)
  }

  // MARK: - Trying again

  /// Tries ranges of which some trials trap.
  private func search(_ trials: Range<Int>, trapping: Set<Int>) -> (retry: TrialRetry, tries: Int) {
    var (retry, tries) = (TrialRetry(), 0)
    retry.search(trials) { range in
      tries += 1
      return range.contains(where: trapping.contains) ? .trapped(signal: range.count == 1 ? 4 : 11) : .done
    }
    return (retry, tries)
  }

  @Test func culpritsAreFoundByHalves() {
    for trapping: Set<Int> in [[], [17], [0], [99_999], [0, 99_999], [500, 501], [3, 70_000, 70_001, 99_000]] {
      let (retry, tries) = search(0..<100_000, trapping: trapping)
      #expect(retry.culprits.map(\.trial) == trapping.sorted() && retry.unsettled.isEmpty)
      #expect(retry.culprits.allSatisfy { $0.signal == 4 }, "that of the trial alone")
      #expect(tries <= 1 + trapping.count * 2 * 17, "\(tries) tries for \(trapping.count)")
    }
    #expect(search(64..<128, trapping: Set(64..<128)).retry.culprits.map(\.trial) == Array(64..<128))
    #expect(search(7..<8, trapping: [7]).tries == 1)
    #expect(search(7..<7, trapping: [7]).tries == 0)
  }

  /// Nothing traps alone: a machine has failed, or trials trap beside others only.
  @Test func noCulprit() {
    var retry = TrialRetry()
    retry.search(0..<64) { $0.count > 1 ? .trapped(signal: 4) : .done }
    #expect(retry.culprits.isEmpty && retry.unsettled.isEmpty)
  }

  @Test func whatCannotBeTriedIsNotCounted() {
    var retry = TrialRetry()
    retry.search(0..<8) { range in
      range == 0..<4 ? .unsettled("no memory") : range.contains(6) ? .trapped(signal: 6) : .done
    }
    #expect(retry.culprits.map(\.trial) == [6])
    #expect(retry.unsettled.map(\.trials) == [0..<4] && retry.unsettled.map(\.reason) == ["no memory"])
  }

  // MARK: - Between ranks

  @Test func knownCrashesInMessages() throws {
    for trials: [CellKey: [Int]] in [[:], [Self.cell: [3]], [Self.cell: [0, 7, (1 << 40) - 1], CellKey(9): [5]]] {
      let known = KnownCrashes(ledger: "/data/über/a.landfall", trials: trials)
      #expect(KnownCrashes(bytes: known.bytes) == known)
    }
    let bytes = KnownCrashes(ledger: "", trials: [Self.cell: [3]]).bytes
    for length in 0..<bytes.count { #expect(KnownCrashes(bytes: Array(bytes.prefix(length))) == nil) }
    #expect(KnownCrashes(bytes: Array(repeating: 0xff, count: 24)) == nil)
  }
}
