import Foundation

extension ReportTable.Column {
  /// What readers see of a cell, in one line: "-" where it is missing.
  public func text(_ cell: ReportCell) -> String {
    switch (kind, cell) {
    case (_, .missing): "-"
    case (.progress, .pair(.integer(let done), .integer(let planned))):
      done >= planned ? "\(done)" : "\(done) of \(planned)"
    case (.range(let format), .pair(let first, let second)):
      first == .missing && second == .missing ? "-" : "\(value(first, format)) .. \(value(second, format))"
    case (.bin(let format), .pair(.real(let lower), .real(let upper))): Self.bin(lower, upper, format)
    case (.share, .pair(.real(let lower), .real(let upper))): ReportText.share(lower...upper)
    case (.share, .pair), (.interval, .pair(.missing, _)): "-"
    case (.interval, .pair(.real(let lower), .real(let upper))):
      "[\(ReportText.probability(lower, .down)), \(ReportText.probability(upper, .up))]"
    case (.bracket, .pair(.real(let lower), .real(let upper))):
      lower == upper
        ? value(.real(lower), .fixed(6))
        : "\(ReportText.probability(lower, .down)) .. \(ReportText.probability(upper, .up))"
    case (_, .pair(let first, let second)): "\(value(first, .exact)), \(value(second, .exact))"
    case (.real(let format), _), (.list(let format), _): value(cell, format)
    case (.probability(let rounding), .real(let probability)): ReportText.probability(probability, rounding)
    case (.failure, .real(let probability)): ReportText.failure(probability)
    default: value(cell, .exact)
    }
  }

  private func value(_ cell: ReportCell, _ format: ReportTable.Format) -> String {
    switch cell {
    case .missing: "-"
    case .text(let text): text
    case .integer(let integer): "\(integer)"
    case .real(let real): format.text(real)
    case .truth(let truth): truth ? "yes" : "no"
    case .date(let date): date.formatted(.iso8601)
    case .list(let cells): cells.isEmpty ? "-" : cells.map { value($0, format) }.joined(separator: ", ")
    case .tally(let counts): counts.map { "\($0.name) \($0.count)" }.joined(separator: ", ")
    case .pair(let first, let second): "\(value(first, format)), \(value(second, format))"
    }
  }

  /// The upper end, but for bins that reach to 0 or beyond all numbers that are told apart.
  private static func bin(_ lower: Double, _ upper: Double, _ format: ReportTable.Format) -> String {
    if upper == 0 { return "0" }
    if lower == 0 { return "<= \(ReportTable.Format.digits(6).text(upper))" }
    if upper == .greatestFiniteMagnitude { return "> \(ReportTable.Format.digits(6).text(lower))" }
    return format.text(upper)
  }
}

extension ReportTable.Format {
  /// "inf" for infinity.
  func text(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    switch self {
    case .exact: return value.exactText
    case .digits(let digits): return String(format: "%.\(digits)g", value)
    case .scientific(let digits): return value == 0 ? "0" : String(format: "%.\(digits - 1)e", value)
    case .fixed(let digits): return String(format: "%.\(digits)f", value)
    case .duration:
      if value < 1e-3 { return String(format: "%.3g us", value * 1e6) }
      if value < 1 { return String(format: "%.3g ms", value * 1e3) }
      return String(format: "%.3g s", value)
    }
  }
}
