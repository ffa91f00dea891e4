/// The aggregate of a range of trials of a cell.
///
/// Trials come in pages of 64: [0, 64), [64, 128), ... Pages that are complete are kept together in ranges of 64 * 2^k
/// trials that begin at a multiple of their length; of an incomplete page the contiguous parts are kept.
public struct TrajectoryPage: Sendable, Hashable {
  public let trials: Range<Int>
  public internal(set) var aggregate: TrajectoryAggregate

  public init(trials: Range<Int>, aggregate: TrajectoryAggregate) {
    self.trials = trials
    self.aggregate = aggregate
  }

  /// Trials of a page.
  public static let size = 64

  /// `trials` cut into the fewest ranges that are either a part of one page, or 2^k pages that begin at a multiple of
  /// their length; ascending. At most two parts and twice the logarithm of the number of pages.
  public static func ranges(of trials: Range<Int>) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start = trials.lowerBound
    while start < trials.upperBound {
      let pageEnd = (start / size + 1) * size
      var end = min(pageEnd, trials.upperBound)
      if start % size == 0 && end == pageEnd {
        var length = size
        while start % (2 * length) == 0 && start + 2 * length <= trials.upperBound { length *= 2 }
        end = start + length
      }
      ranges.append(start..<end)
      start = end
    }
    return ranges
  }

  /// The ranges that are kept together with `trials` once they are stored, the left and the right neighbour if there is
  /// one: a complete range joins its sibling, the other half of the range twice as long; a part of a page joins the
  /// parts that it touches in the same page.
  public static func joins(_ trials: Range<Int>, _ other: Range<Int>) -> Bool {
    let (left, right) = trials.lowerBound < other.lowerBound ? (trials, other) : (other, trials)
    guard left.upperBound == right.lowerBound else { return false }
    if left.count >= size || right.count >= size {
      return left.count == right.count && left.lowerBound % (2 * left.count) == 0
    }
    return left.lowerBound / size == right.lowerBound / size
  }
}
