import Crypto
import Outcomes

/// The checksum of a row.
///
/// For a block it covers the study and the place of the block besides the outcomes, so that a row that was moved,
/// relabelled or copied from another ledger is found out like one whose bytes have changed.
enum BlockChecksum {
  static let size = 16

  /// What the bytes of a row are; the raw value comes first in what is hashed. No study hash begins with one of these
  /// words, so that the bytes of one kind of row never have the checksum of another.
  enum Domain: String {
    /// Outcomes, and trajectories.
    case blocks = ""
    /// Outcomes of blocks that have analyses, so that these cannot be lost unnoticed.
    case analysedBlocks = "analysed"
    case analyses = "analysis"
    case levels = "level"
  }

  /// The first 16 bytes of SHA-256 over, in this order: the domain, the study hash (64 ASCII digits), the cell key (16
  /// ASCII digits), the first trial index and the number of trials (unsigned 64-bit, little-endian), and the records.
  static func of(
    records: [UInt8], study hash: String, cell: CellKey, first: Int, count: Int, domain: Domain = .blocks
  ) -> [UInt8] {
    var head = ByteWriter()
    head.write(bytes: Array((domain.rawValue + hash + cell.text).utf8))
    for number in [first, count] { head.write(word: UInt64(number)) }
    var digest = SHA256()
    for part in [head.bytes, records] { digest.update(data: part) }
    return Array(digest.finalize().prefix(size))
  }

  /// The first 16 bytes of SHA-256 over, in this order: the domain, the key (UTF-8), a zero byte, and the bytes.
  static func ofLevels(_ bytes: [UInt8], key: String) -> [UInt8] {
    var digest = SHA256()
    for part in [Array(Domain.levels.rawValue.utf8), Array(key.utf8), [0], bytes] { digest.update(data: part) }
    return Array(digest.finalize().prefix(size))
  }
}
