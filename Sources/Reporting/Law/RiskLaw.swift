import Estimation
import Foundation
import Ledger
import Outcomes

/// The law of the risk over the trials of a cell, when training ends or at the limit.
struct RiskLaw: Sendable, Hashable {
  /// A quantile, known between two observations, and its confidence interval.
  struct Quantile: Sendable, Hashable {
    var share: Double
    /// The observed one: equal ends where it is known.
    var observed: ClosedRange<Double>
    /// From the smallest to the largest that it may be.
    var interval: ClosedRange<Double>
    var ranks: OrderStatisticInterval
  }

  /// P(risk <= `bound`).
  struct Point: Sendable, Hashable {
    var bound: Double
    /// The observed share, from that of the trials that are known to be so to that of those that may be.
    var shares: ClosedRange<Double>
    /// Of the band, which holds at all points together.
    var interval: Interval
  }

  var quantiles: [Quantile]
  var points: [Point]

  static let shares = [0.05, 0.5, 0.95, 0.99]
}

/// The laws of a cell.
struct CellRiskLaw: Sendable, Hashable {
  var trials: Int
  var band: DistributionBand
  var end: RiskLaw
  /// Nil where no flow is followed.
  var limit: RiskLaw?
  /// The half-width of the band on one side.
  var oneSided: Double
  /// Trials whose risk at the limit is known.
  var known: Int

  /// Reads the trials of a cell, in bounded memory.
  ///
  /// - Parameters:
  ///   - bounds: nil for a grid that spans the observed risks.
  /// - Precondition: the cell has trials.
  init(
    _ cell: CellSummary, hasLimit: Bool, bounds: [Double]?, in ledger: LedgerReader, at level: ConfidenceLevel
  ) throws(LedgerError) {
    let n = cell.trials
    trials = n
    band = DistributionBand(trials: n, under: cell.plan, at: level)
    oneSided = DistributionBand.oneSided(trials: n, under: cell.plan, at: level)
    known = 0
    func replay(_ observe: ([Double], Int) -> Void) throws(LedgerError) {
      var blocks = ledger.blocks(of: cell.key, below: n, reading: .outcomesAndAnalyses)
      while let block = try blocks.next() {
        let ends = block.outcomes.map(RiskBracket.init(atEnd:))
        observe(ends.map(\.lower), 0)
        observe(ends.map(\.upper), 1)
        guard hasLimit else { continue }
        let brackets = block.outcomes.enumerated().map { place, outcome in
          RiskBracket(outcome, block.analyses.isEmpty ? nil : block.analyses[place])
        }
        observe(brackets.map(\.lower), 2)
        observe(brackets.map(\.upper), 3)
      }
    }
    var streams = QuantileStreams(streams: hasLimit ? 4 : 2)
    var span = (smallest: Double.infinity, largest: 0.0)
    // Of each trial both ends of its bracket are observed, one after the other.
    var (known, last): (Int, [Double]) = (0, [])
    try replay { risks, stream in
      streams.observe(risks, in: stream)
      for risk in risks where risk > 0 && risk < .infinity {
        span = (min(span.smallest, risk), max(span.largest, risk))
      }
      if stream == 3 { known += zip(risks, last).count { $0 == $1 } }
      last = risks
    }
    self.known = known
    let ranks = RiskLaw.shares.map {
      OrderStatisticInterval(ofShare: $0, trials: n, under: cell.plan, at: level)
    }
    // Ranks as shares: the share r / n is that of rank r.
    let wanted = ranks.flatMap { ranks in
      [QuantileStreams.rank(ofShare: ranks.share, count: n), max(ranks.lowerRank, 1), min(ranks.upperRank, n)].map {
        Double($0) / Double(n)
      }
    }
    let found = try streams.quantiles(ofShares: wanted) { (wanted, observe) throws(LedgerError) in
      try replay { risks, stream in if wanted.contains(stream) { observe(risks, stream) } }
    }
    func quantiles(_ low: Int, _ high: Int) -> [RiskLaw.Quantile] {
      ranks.enumerated().map { place, ranks in
        RiskLaw.Quantile(
          share: ranks.share, observed: found[low][3 * place]...found[high][3 * place],
          interval: (ranks.lowerRank == 0 ? 0 : found[low][3 * place + 1])...(ranks.upperRank > n
            ? .infinity : found[high][3 * place + 2]), ranks: ranks)
      }
    }
    let grid = bounds ?? Self.grid(from: span.smallest, to: span.largest)
    var counts = Array(repeating: Array(repeating: 0, count: grid.count), count: 4)
    try replay { risks, stream in
      for risk in risks {
        // Sorted: the first bound that is not smaller.
        if let place = grid.firstIndex(where: { risk <= $0 }) { counts[stream][place] += 1 }
      }
    }
    let cumulative = counts.map { counts in
      counts.indices.map { Double(counts[...$0].reduce(0, +)) / Double(n) }
    }
    let band = band
    func points(_ surely: Int, _ maybe: Int) -> [RiskLaw.Point] {
      grid.indices.map { place in
        let shares = cumulative[surely][place]...cumulative[maybe][place]
        return RiskLaw.Point(bound: grid[place], shares: shares, interval: band.interval(shares))
      }
    }
    end = RiskLaw(quantiles: quantiles(0, 1), points: points(1, 0))
    limit = hasLimit ? RiskLaw(quantiles: quantiles(2, 3), points: points(3, 2)) : nil
  }

  /// 1, 2, 5, 10, ... from below the smallest number to above the largest; whole decades where those are more than six, at most 20.
  static func grid(from smallest: Double, to largest: Double) -> [Double] {
    guard smallest <= largest else { return [] }
    let last = Int(log10(largest).rounded(.up))
    let first = max(Int(log10(smallest).rounded(.down)), last - 20)
    let mantissas = last - first > 6 ? [1] : [1, 2, 5]
    let grid = (first...last).flatMap { decade in mantissas.compactMap { Double("\($0)e\(decade)") } }
    // From the last one below the smallest number to the first one above the largest.
    let start = grid.lastIndex { $0 < smallest } ?? 0
    let end = grid.firstIndex { $0 >= largest } ?? grid.count - 1
    return Array(grid[start...max(start, end)])
  }
}
