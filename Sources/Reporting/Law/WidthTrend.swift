import Estimation
import Foundation
import Ledger
import Studies

/// How P(good) and the risk move with the width, over cells that differ in nothing else.
struct WidthTrend: Sendable {
  /// What they have in common and other cells have not, as labels begin; empty where widths are all that varies.
  var setting: String
  var points: [Point]
  /// Widths of the study with this setting, over which the lower bounds hold together.
  var widths: Int
  var rates: [Rate]

  struct Point: Sendable {
    var cell: CellSummary
    var width: Double
    /// The share of good trials, without and with the undecided ones.
    var shares: ClosedRange<Double>
    /// The nearest rising shares, of both.
    var rising: ClosedRange<Double>
    /// Of P(good): all of a trend hold together.
    var lowerBound: Double
    /// Of P(good), at half of the error probability.
    var upperBound: Double
    /// The same as ``lowerBound`` where P(good) does not fall as the width grows.
    var risingLowerBound: Double
    /// Of the risk when training ends, one for each of ``shares``, over the trials that have not crashed.
    var quantiles: [Double]
  }

  /// A power of the width that a quantile of the risk follows.
  struct Rate: Sendable {
    var share: Double
    var fit: PowerLawFit
    /// By resampling the trials of each width: holds about.
    var bootstrap: ClosedRange<Double>?
    /// By Student's t, from the scatter around the line.
    var scatter: ClosedRange<Double>?
  }

  /// Of the quantiles whose rates are fitted.
  static let shares = [0.25, 0.5, 0.75]
  static let replicates = 2000

  /// Cells that differ in their width alone, in its order: those with trials whose hidden layers all have the same width.
  static func groups(_ cells: [CellSummary], _ settings: [CellSettings]) -> [(
    setting: String, places: [Int], widths: Int
  )] {
    func key(_ cell: CellSettings) -> [String] { ["\(cell.hidden.count)"] + cell.varied.map(\.value) }
    let regular = settings.filter { Set($0.hidden).count == 1 }
    var groups: [(setting: String, places: [Int], widths: Int)] = []
    var known: [[String]] = []
    for setting in regular where !known.contains(key(setting)) {
      known.append(key(setting))
      let members = regular.filter { key($0) == key(setting) }
      let width = Dictionary(members.map { ($0.label, $0.hidden[0]) }) { first, _ in first }
      let places = cells.indices.filter { width[cells[$0].label] != nil && cells[$0].trials > 0 }
        .sorted { width[cells[$0].label]! < width[cells[$1].label]! }
      guard places.count >= 2 else { continue }
      let depth = Set(regular.map(\.hidden.count)).count > 1 ? ["\(setting.hidden.count) hidden layers"] : []
      let name = (setting.varied.map(\.value) + depth).joined(separator: ", ")
      groups.append((name, places, members.count))
    }
    return groups
  }

  /// Reads the risks of the cells: those of one at a time are kept, 8 bytes a trial.
  ///
  /// - Parameters:
  ///   - level: of all lower bounds together.
  ///   - confidence: of the intervals of rates.
  init(
    _ group: (setting: String, places: [Int], widths: Int), _ cells: [CellSummary], in ledger: LedgerReader,
    level: ConfidenceLevel, confidence: ConfidenceLevel, seed: UInt64, width: (Int) -> Int
  ) throws(LedgerError) {
    setting = group.setting
    widths = group.widths
    let members = group.places.map { cells[$0] }
    let good = members.map(\.goodTrials)
    let weights = good.map { Double($0.trials) }
    let estimates = members.map { $0.good(at: level) }
    let bounds = estimates.map(\.lowerBound)
    let (low, high) = (good.map { $0.shares!.lowerBound }, good.map { $0.shares!.upperBound })
    let rising = (IsotonicFit.rising(low, weights: weights), IsotonicFit.rising(high, weights: weights))
    let risingBounds = IsotonicFit.lowerBounds(bounds)
    var generator = ResamplingGenerator(seed: seed)
    // A list for each share: of each width, its replicates.
    var replicates = Array(repeating: [[Double]](), count: Self.shares.count)
    points = []
    for (place, cell) in members.enumerated() {
      var risks: [Double] = []
      risks.reserveCapacity(cell.trials)
      try ledger.forEachTrial(of: cell.key, below: cell.trials) { outcome, _ in
        if !outcome.hasCrashed { risks.append(outcome.risk) }
      }
      // Where all trials have crashed there is no quantile, and no line through it.
      if risks.isEmpty { risks = [.infinity] }
      risks.sort()
      for (index, share) in Self.shares.enumerated() {
        replicates[index].append(
          QuantileBootstrap.quantiles(
            ofShare: share, sorted: risks, replicates: Self.replicates, using: &generator))
      }
      points.append(
        Point(
          cell: cell, width: Double(width(group.places[place])), shares: good[place].shares!,
          rising: rising.0[place]...max(rising.0[place], rising.1[place]), lowerBound: bounds[place],
          upperBound: estimates[place].interval.upper,
          risingLowerBound: risingBounds[place],
          quantiles: Self.shares.map { risks[QuantileStreams.rank(ofShare: $0, count: risks.count) - 1] }))
    }
    let widths = points.map(\.width)
    rates = []
    for (index, share) in Self.shares.enumerated() {
      guard let fit = PowerLawFit(widths, points.map { $0.quantiles[index] }) else { continue }
      // A resample whose quantile is 0 or infinite has no line.
      let slopes = (0..<Self.replicates).map { replicate in
        PowerLawFit(widths, replicates[index].map { $0[replicate] })?.slope ?? .nan
      }
      rates.append(
        Rate(
          share: share, fit: fit,
          bootstrap: QuantileBootstrap.percentileInterval(slopes, at: confidence),
          scatter: fit.slopeInterval(at: confidence)))
    }
  }

  /// Two places whose bounds say that P(good) is smaller at the larger width; nil where none do.
  var fall: (wider: Int, narrower: Int)? {
    for wider in points.indices {
      let narrower = points[..<wider].indices.max { points[$0].lowerBound < points[$1].lowerBound }
      if let narrower, points[narrower].lowerBound > points[wider].upperBound { return (wider, narrower) }
    }
    return nil
  }

  /// Undecided trials of each width, as a share.
  var undecidedShares: [Double] { points.map { $0.shares.upperBound - $0.shares.lowerBound } }

  /// The risk h^-4 that has the median of the smallest width, relative to the median: below 1 where the median falls more slowly.
  func reference(_ point: Point) -> Double {
    let first = points[0]
    return first.quantiles[1] * pow(first.width / point.width, 4)
  }
}
