import Outcomes

/// The checksum of a row.
///
/// It covers the study and the place of the row besides its content, so that a row that was moved, relabelled or copied
/// from another ledger is found out like one whose bytes have changed.
enum BlockChecksum {
  static let size = 16

  /// What the bytes of a row are; the raw value comes first in what is hashed. No study hash begins with one of these
  /// words, so that the bytes of one kind of row never have the checksum of another.
  enum Domain: String {
    /// Trajectories, and the outcomes of ledgers up to schema 4.
    case records = ""
    /// The outcomes of blocks with analyses, of ledgers of schema 4.
    case analysedRecords = "analysed"
    /// The analyses of ledgers up to schema 4.
    case analysisRecords = "analysis"
    /// Which columns a block has.
    case block
    /// A column of a block.
    case observation
    case levels = "level"
  }

  /// The first 16 bytes of SHA-256 over, in this order: the domain, the study hash (64 ASCII digits), the cell key (16
  /// ASCII digits), the first trial index and the number of trials (unsigned 64-bit, little-endian), and the content.
  static func of(
    _ content: [UInt8], study hash: String, cell: CellKey, first: Int, count: Int, domain: Domain = .records
  ) -> [UInt8] {
    of([content], study: hash, cell: cell, first: first, count: count, domain: domain)
  }

  /// The same over content that is in parts: they are long, and copied once only.
  static func of(
    _ parts: [[UInt8]], study hash: String, cell: CellKey, first: Int, count: Int, domain: Domain
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(parts.reduce(128) { $0 + $1.count })
    bytes += (domain.rawValue + hash + cell.text).utf8
    for number in [first, count] { bytes.append(UInt64(number), bytes: 8) }
    for part in parts { bytes += part }
    return Array(SHA256.digest(of: bytes).prefix(size))
  }

  /// The first 16 bytes of SHA-256 over, in this order: the domain, the key (UTF-8), a zero byte, and the bytes.
  static func ofLevels(_ bytes: [UInt8], key: String) -> [UInt8] {
    Array(SHA256.digest(of: Array((Domain.levels.rawValue + key).utf8) + [0] + bytes).prefix(size))
  }
}

/// The checksums of a block of one study.
struct BlockSeal {
  /// The study's hash.
  let study: String
  let cell: CellKey
  let trials: Range<Int>

  /// Of the values of an observable: over its name, a zero byte, its moment, a zero byte, and the values.
  func checksum(of observable: Observable, _ values: [UInt8]) -> [UInt8] {
    checksum([Self.name(observable), values], .observation)
  }

  /// Of the block itself: over name, zero byte, moment, zero byte and checksum of each column, ascending by name and
  /// moment, so that none can be lost unnoticed. The checksums of what is measured at the limit stay out: blocks have the
  /// same checksum on all machines.
  func checksum(of columns: [(observable: Observable, checksum: [UInt8])]) -> [UInt8] {
    let content = columns.map { (Self.name($0.observable), $0.observable.moment == .limit ? [] : $0.checksum) }
      .sorted { $0.0.lexicographicallyPrecedes($1.0) }
      .flatMap { [$0, $1] }
    return checksum(content, .block)
  }

  private func checksum(_ content: [[UInt8]], _ domain: BlockChecksum.Domain) -> [UInt8] {
    BlockChecksum.of(
      content, study: study, cell: cell, first: trials.lowerBound, count: trials.count, domain: domain)
  }

  private static func name(_ observable: Observable) -> [UInt8] {
    Array(observable.name.utf8) + [0] + Array(observable.moment.rawValue.utf8) + [0]
  }
}
