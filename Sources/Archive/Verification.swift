import Dispatch
import Ledger
import Outcomes
import Randomness
import Studies
import Synchronization

/// The trials of a ledger, all read, and some of them computed anew.
public struct Verification: Sendable {
  /// Trials that are stored, whose checksums are right.
  public let stored: Int
  /// How many of them crashed, and can be computed by nobody.
  public let crashed: Int
  /// How many of the others were computed anew.
  public let recomputed: Int
  /// Those whose bits differ, in the order of cells and trials.
  public let wrong: [Replay.Comparison]

  /// How many trials are computed anew.
  public enum SampleSize: Sendable, Hashable {
    /// At most as many as there are.
    case trials(Int)
    /// Of the stored ones, rounded up.
    case share(Double)

    func count(of stored: Int) -> Int {
      switch self {
      case .trials(let trials): min(trials, stored)
      case .share(let share): min(stored, Int((share * Double(stored)).rounded(.up)))
      }
    }
  }

  /// Reads all trials of some cells, and computes a sample of them anew, each alone, on all processors.
  ///
  /// - Parameters:
  ///   - places: of the cells in the study.
  ///   - seed: of the sample, which is simple and without replacement.
  /// - Throws: an error of the ledger, for what does not have its checksum.
  public init(
    _ replay: Replay, _ ledger: LedgerReader, cells places: [Int], sample size: SampleSize, seed: UInt64
  ) throws {
    let counts = try places.map { try ledger.progress(of: replay.study.cells[$0].key).stored }
    stored = counts.reduce(0, +)
    let chosen = Self.sample(size.count(of: stored), of: stored, seed: seed)
    var (wrong, next, before): ([Replay.Comparison], Int, Int) = ([], 0, 0)
    var (crashed, recomputed) = (0, 0)
    for (place, count) in zip(places, counts) {
      // Every block is read, whether or not some of its trials are in the sample.
      var blocks = ledger.blocks(of: replay.study.cells[place].key, reading: .everything)
      var seen = before
      while seen < before + count, let block = try blocks.next() {
        var rows: [Int] = []
        while next < chosen.count, chosen[next] < seen + block.trials.count {
          rows.append(chosen[next] - seen)
          next += 1
        }
        crashed += block.outcomes.count(where: \.hasCrashed)
        rows.removeAll { block.outcomes[$0].hasCrashed }
        recomputed += rows.count
        wrong += Self.differing(rows, of: block, cell: place, replay)
        seen += block.trials.count
      }
      before += count
    }
    self.wrong = wrong
    self.crashed = crashed
    self.recomputed = recomputed
  }

  private static func differing(
    _ rows: [Int], of block: BlockRecord, cell place: Int, _ replay: Replay
  ) -> [Replay.Comparison] {
    let found = Mutex<[Replay.Comparison]>([])
    DispatchQueue.concurrentPerform(iterations: rows.count) { index in
      let comparison = replay.comparison(ofRow: rows[index], in: block, ofCell: place)
      if !comparison.differences.isEmpty { found.withLock { $0.append(comparison) } }
    }
    return found.withLock { $0 }.sorted { $0.trial < $1.trial }
  }

  /// `count` different ones of 0 ..< `total`, ascending, every such set with the same probability (R. W. Floyd; J. Bentley,
  /// "A sample of brilliance", Communications of the ACM 30, 1987).
  private static func sample(_ count: Int, of total: Int, seed: UInt64) -> [Int] {
    var chosen: Set<Int> = []
    let key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    for last in total - count..<total {
      let words = Philox4x32.block(
        counter: SIMD4(UInt32(truncatingIfNeeded: last), UInt32(truncatingIfNeeded: last >> 32), 0, 0), key: key)
      // A product with 64 random bits: of 2^40 trials none is preferred by more than 2^-24.
      let draw = Int((UInt64(words[0]) | UInt64(words[1]) << 32).multipliedFullWidth(by: UInt64(last + 1)).high)
      chosen.insert(chosen.contains(draw) ? last : draw)
    }
    return chosen.sorted()
  }
}
