import Foundation

/// What a report has on request, besides: sections for readers, and tables of data.
public struct Supplement: Sendable {
  public var sections: [Report.Section]
  public var tables: [ReportTable]
  /// Cells that it has nothing of, because it was to be short.
  public var cellsLeftOut = 0
}

extension ReportText {
  /// The number with so many digits that is next to `value` in this direction: never closer to what a bound is of.
  static func rounded(_ value: Double, digits: Int, _ rounding: ReportTable.Rounding) -> Double {
    func nearest(_ value: Double) -> Double { Double(String(format: "%.\(digits - 1)e", value)) ?? value }
    guard value.isFinite, value != 0 else { return value }
    let rounded = nearest(value)
    // Half a step further is nearest to the next number, across powers of ten too.
    let half = 0.5 * pow(10, log10(abs(value)).rounded(.down) + 1 - Double(digits))
    switch rounding {
    case .up where rounded < value: return nearest(value + half)
    case .down where rounded > value: return nearest(value - half)
    default: return rounded
    }
  }

  /// "7.6e-04" with two digits, rounded in this direction; "0", "inf".
  static func bound(_ value: Double, digits: Int, _ rounding: ReportTable.Rounding) -> String {
    ReportTable.Format.scientific(digits).text(rounded(value, digits: digits, rounding))
  }

  /// "1.43 .. 1.71" with three digits, rounded outwards; one number where both are the same.
  static func interval(_ range: ClosedRange<Double>, _ format: ReportTable.Format) -> String {
    if range.lowerBound == range.upperBound { return format.text(range.lowerBound) }
    let lower = format.text(rounded(range.lowerBound, digits: 3, .down))
    return "\(lower) .. \(format.text(rounded(range.upperBound, digits: 3, .up)))"
  }

  /// "7.0e-04 .. 8.2e-04" with two digits, rounded outwards.
  static func interval(_ range: ClosedRange<Double>, digits: Int) -> String {
    "\(bound(range.lowerBound, digits: digits, .down)) .. \(bound(range.upperBound, digits: digits, .up))"
  }

  /// One number where both ends are the same.
  static func bracket(_ range: ClosedRange<Double>, digits: Int) -> String {
    range.lowerBound == range.upperBound
      ? bound(range.lowerBound, digits: digits, .nearest) : interval(range, digits: digits)
  }
}
