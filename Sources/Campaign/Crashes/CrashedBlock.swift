import Foundation
import Outcomes

/// A block that ended a job, because a trial in it trapped: a line of FILE.crash.
package struct CrashedBlock: Sendable, Hashable {
  package var cell: CellKey
  package var trials: Range<Int>
  package var rank: Int
  package var host: String
  /// The number of the signal.
  package var signal: Int

  package init(cell: CellKey, trials: Range<Int>, rank: Int, host: String, signal: Int) {
    self.cell = cell
    self.trials = trials
    self.rank = rank
    self.host = host
    self.signal = signal
  }

  /// "Illegal instruction".
  static func name(ofSignal signal: Int) -> String { strsignal(Int32(signal)).map { String(cString: $0) } ?? "unknown" }

  /// This host, as far as a line can name it.
  static let ownHost: String = {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
    let name = String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    let plain = name.prefix(longestHost).map { isPlain($0) ? $0 : "_" }
    return plain.isEmpty ? "unknown" : String(plain)
  }()

  private static let longestHost = 64

  private static func isPlain(_ letter: Character) -> Bool {
    letter.isASCII && (letter.isLetter || letter.isNumber || "-._".contains(letter))
  }
}

// The lines: "landfall crash 1: cell 0123456789abcdef trials 64 127 rank 3 host node7 signal 4", with the first and the last
// trial of the block. The crash handler in CSignals.c writes them.
extension CrashedBlock {
  package static let lineStart = "landfall crash 1: "

  /// What is between the start of a line and the signal.
  static func text(cell: CellKey, trials: Range<Int>, rank: Int, host: String) -> String {
    "cell \(cell.text) trials \(trials.lowerBound) \(trials.upperBound - 1) rank \(rank) host \(host)"
  }

  package var line: String {
    Self.lineStart + Self.text(cell: cell, trials: trials, rank: rank, host: host) + " signal \(signal)\n"
  }

  /// Nil for anything else than a line without its end.
  package init?(line: some StringProtocol) {
    guard line.hasPrefix(Self.lineStart) else { return nil }
    let words = line.dropFirst(Self.lineStart.count).split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 11, [0, 2, 5, 7, 9].map({ words[$0] }) == ["cell", "trials", "rank", "host", "signal"],
      let cell = CellKey(text: String(words[1])), let first = Int(words[3]), let last = Int(words[4]),
      let rank = Int(words[6]), let signal = Int(words[10]),
      0 <= first, first <= last, last < TrialIndex.limit, last - first < Campaign.largestBlock, rank >= 0,
      (1...64).contains(signal), (1...Self.longestHost).contains(words[8].count), words[8].allSatisfy(Self.isPlain)
    else { return nil }
    self.init(cell: cell, trials: first..<last + 1, rank: rank, host: String(words[8]), signal: signal)
  }

  /// The trials that were in two or more of the blocks, by cell in the order of their first line; ascending.
  package static func repeated(_ blocks: [CrashedBlock]) -> [(cell: CellKey, trials: [Range<Int>])] {
    var cells: [CellKey] = []
    for block in blocks where !cells.contains(block.cell) { cells.append(block.cell) }
    return cells.compactMap { cell in
      let own = blocks.filter { $0.cell == cell }.map(\.trials)
      let ends = Set(own.flatMap { [$0.lowerBound, $0.upperBound] }).sorted()
      var ranges: [Range<Int>] = []
      for (lower, upper) in zip(ends, ends.dropFirst()) where own.count(where: { $0.contains(lower) }) >= 2 {
        if ranges.last?.upperBound == lower {
          ranges[ranges.count - 1] = ranges[ranges.count - 1].lowerBound..<upper
        } else {
          ranges.append(lower..<upper)
        }
      }
      return ranges.isEmpty ? nil : (cell, ranges)
    }
  }
}
