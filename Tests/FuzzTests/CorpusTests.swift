import Foundation
import FuzzReaders
import Testing

/// What fuzzers began with and what they found is read, or refused, without a trap.
@Suite struct CorpusTests {
  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  private static func files(_ folder: URL) throws -> [[UInt8]] {
    try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { !$0.lastPathComponent.hasPrefix(".") && !$0.hasDirectoryPath }
      .map { Array(try Data(contentsOf: $0)) }
  }

  @Test(arguments: FuzzReader.allCases) func corpus(reader: FuzzReader) throws {
    let files = try Self.files(Self.tests.appendingPathComponent("Fuzz/corpus/\(reader.rawValue)"))
    #expect(!files.isEmpty)
    for file in files { reader.read(file) }
  }

  /// Each of them with a byte changed, and cut.
  @Test func ledgers() throws {
    let ledgers = try Self.files(Self.tests.appendingPathComponent("Data/ledgers"))
    #expect(ledgers.count >= 8)
    for ledger in ledgers {
      for place in stride(from: 50, to: ledger.count, by: ledger.count / 8) {
        var changed = ledger
        changed[place] ^= 0x41
        FuzzReader.ledger.read(changed)
        FuzzReader.ledger.read(Array(ledger.prefix(place)))
      }
    }
  }
}
