import Ledger
import Outcomes

/// How the risks of the trials of a cell lie on the logarithmic grid, in bounded memory.
struct RiskCounts: Sendable {
  private(set) var trials = 0
  /// Without crashed trials, whose risk is not known.
  private(set) var end = BinCounts()
  /// With them, as if their risk were 0.
  private(set) var lowestEnd = BinCounts()
  /// Of the limits, which are known to lie between two numbers: the upper ends, and the lower ones. Nil where no flow is
  /// followed.
  private(set) var limit: (highest: BinCounts, lowest: BinCounts)?

  /// Reads the trials of a cell.
  init(_ cell: CellSummary, hasLimit: Bool, in ledger: LedgerReader) throws(LedgerError) {
    trials = cell.trials
    var (end, lowestEnd, highest, lowest) = (BinCounts(), BinCounts(), BinCounts(), BinCounts())
    try ledger.forEachTrial(of: cell.key, below: cell.trials) { outcome, analysis in
      if !outcome.hasCrashed { end.add(outcome.risk) }
      lowestEnd.add(RiskBracket(atEnd: outcome).lower)
      guard hasLimit else { return }
      let bracket = RiskBracket(outcome, analysis)
      highest.add(bracket.upper)
      lowest.add(bracket.lower)
    }
    (self.end, self.lowestEnd) = (end, lowestEnd)
    if hasLimit { limit = (highest, lowest) }
  }

  /// The decades of an axis for several cells: one at least, also where no risk is inside of the grid.
  static func axis(_ counts: [RiskCounts]) -> ClosedRange<Int> {
    let decades = counts.compactMap(\.decades)
    guard let first = decades.map(\.lowerBound).min(), let last = decades.map(\.upperBound).max() else { return -3...0 }
    return first...max(last, first + 1)
  }

  /// The decades inside of the grid, as powers of ten, that the risks span when training ends, and at the upper ends of the
  /// limits; nil where there are none.
  var decades: ClosedRange<Int>? {
    let bins = [end, limit?.highest].compactMap { $0?.span }
    guard let first = bins.map(\.lowerBound).min(), let last = bins.map(\.upperBound).max() else { return nil }
    return GridEdge.decade(below: first)...GridEdge.decade(above: last)
  }
}

/// Trials by bins of the logarithmic grid.
struct BinCounts: Sendable, Hashable {
  private var counts: [LogarithmicGrid.Bin: Int] = [:]

  mutating func add(_ value: Double) { counts[LogarithmicGrid.bin(of: value), default: 0] += 1 }

  /// Trials in a bin or below it: exactly those whose quantity is at most the bin's upper edge.
  func count(through bin: LogarithmicGrid.Bin) -> Int {
    counts.reduce(0) { $1.key <= bin ? $0 + $1.value : $0 }
  }

  /// Trials in a bin.
  func count(_ bin: LogarithmicGrid.Bin) -> Int { counts[bin, default: 0] }

  /// The bins inside of the grid with trials; nil without any.
  var span: ClosedRange<LogarithmicGrid.Bin>? {
    let inside = counts.keys.filter { $0 > .below && $0 < .overflow }
    guard let first = inside.min(), let last = inside.max() else { return nil }
    return first...last
  }
}

/// A bin that a logarithmic axis has no place for, and the place that it has instead.
struct OutsideBin {
  let name: String
  let at: Double
  let bins: [LogarithmicGrid.Bin]

  func count(_ counts: BinCounts) -> Int { bins.reduce(0) { $0 + counts.count($1) } }

  /// Those with trials, beside an axis from `smallest` to `largest`: half of a decade each.
  static func all(_ counts: [BinCounts], from smallest: Double, to largest: Double) -> [OutsideBin] {
    func occurs(_ bin: LogarithmicGrid.Bin) -> Bool { counts.contains { $0.count(bin) > 0 } }
    var bins: [OutsideBin] = []
    if occurs(.below) {
      bins.append(OutsideBin(name: "\u{2264} 1e-36", at: smallest / 4, bins: [.zero, .below]))
    } else if occurs(.zero) {
      bins.append(OutsideBin(name: "0", at: smallest / 4, bins: [.zero]))
    }
    if occurs(.overflow) { bins.append(OutsideBin(name: "> 1e12", at: largest * 4, bins: [.overflow])) }
    if occurs(.nonFinite) {
      bins.append(OutsideBin(name: "diverged", at: largest * (occurs(.overflow) ? 64 : 4), bins: [.nonFinite]))
    }
    return bins
  }
}

/// Edges of the grid in whole decades and parts of them.
enum GridEdge {
  /// The power of ten at or below the numbers of a bin.
  static func decade(below bin: LogarithmicGrid.Bin) -> Int { decade(place(bin) - 1, rounding: .down) }

  /// The power of ten at or above the numbers of a bin.
  static func decade(above bin: LogarithmicGrid.Bin) -> Int { decade(place(bin), rounding: .up) }

  /// Edges from one power of ten to another, `count` a decade, ascending, each with the last bin that it bounds.
  ///
  /// - Precondition: `count` divides the bins of a decade.
  static func edges(_ decades: ClosedRange<Int>, count: Int) -> [(value: Double, bin: LogarithmicGrid.Bin)] {
    let step = LogarithmicGrid.binsPerDecade / count
    let first = (decades.lowerBound - smallestDecade) * LogarithmicGrid.binsPerDecade
    let last = (decades.upperBound - smallestDecade) * LogarithmicGrid.binsPerDecade
    return stride(from: first, through: last, by: step).map { place in
      let edge = LogarithmicGrid.edges[place]
      return (edge, LogarithmicGrid.lastBin(atMost: edge))
    }
  }

  /// Of the first edge.
  private static let smallestDecade = -36

  /// Of the upper edge of a bin inside of the grid.
  private static func place(_ bin: LogarithmicGrid.Bin) -> Int { Int(bin.rawValue) - 1 }

  private static func decade(_ place: Int, rounding: FloatingPointRoundingRule) -> Int {
    Int((Double(place) / Double(LogarithmicGrid.binsPerDecade)).rounded(rounding)) + smallestDecade
  }
}
