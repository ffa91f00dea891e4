import Crypto
import Outcomes

/// The checksum of a block row.
///
/// It covers the study and the place of the block besides the outcomes, so that a row that was moved, relabelled or
/// copied from another ledger is found out like one whose bytes have changed.
enum BlockChecksum {
  static let size = 16

  /// The first 16 bytes of SHA-256 over, in this order: the study hash (64 ASCII digits), the cell key (16 ASCII
  /// digits), the first trial index and the number of trials (unsigned 64-bit, little-endian), and the records.
  static func of(records: [UInt8], study hash: String, cell: CellKey, first: Int, count: Int) -> [UInt8] {
    var digest = SHA256()
    digest.update(data: Array(hash.utf8))
    digest.update(data: Array(cell.text.utf8))
    for number in [first, count] {
      withUnsafeBytes(of: UInt64(number).littleEndian) { digest.update(bufferPointer: $0) }
    }
    digest.update(data: records)
    return Array(digest.finalize().prefix(size))
  }
}
