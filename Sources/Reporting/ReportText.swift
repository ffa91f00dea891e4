import Archive
import Estimation
import Foundation
import Ledger
import Studies
import Training

/// How reports write numbers, and sentences that several of them need.
enum ReportText {
  /// Nil where no cell has a shared stream.
  static func sharedStream(_ cells: [Cell]) -> String? {
    let shared = cells.filter(\.training.sharesBatches)
    if shared.isEmpty { return nil }
    if shared.count == cells.count {
      return "all trials of a cell see the same batches (stream: shared): every bound is conditional on that stream"
    }
    return "all trials of a cell with stream: shared see the same batches: its bounds are conditional on that stream ("
      + "\(shared.map(\.label).joined(separator: ", ")))"
  }

  /// Nil where no cell has risks from an evaluation set.
  static func evaluationSet(_ cells: [Cell]) -> String? {
    let counts = Set(cells.filter(\.usesEvaluationSet).map(\.problem.evaluationPoints))
    if counts.isEmpty { return nil }
    return
      "risks are means over one fixed set of \(counts.sorted().map(String.init).joined(separator: " or ")) points, "
      + "which all trials share: a trial counts as good, and its risk as small, only where its own 99.9 % interval says so"
  }

  /// Four digits behind the point: "0.9400". More where a claim of high probability needs them, two of what is left to 1 or
  /// to 0: "0.999985" as a lower bound, "1.5e-05" as an upper one; and only 1 is "1.0000". Bounds are rounded away from
  /// the certain side, so that a printed one is never tighter than the computed one.
  static func probability(_ value: Double, _ rounding: ReportTable.Rounding) -> String {
    if 0 < value, value < 1e-3, rounding != .down { return twoDigits(value, rounding) }
    let text = decimal(value, 4, rounding)
    let rest = 1 - value
    guard 0 < rest, rest < 1e-3, rounding != .up || text == "1.0000" else { return text }
    return decimal(value, digitsOfTwo(rest), rounding)
  }

  /// A probability of failure, rounded up to two digits: "0.93", "0.0010", "1.5e-05".
  static func failure(_ value: Double) -> String {
    if value == 0 || value >= 0.995 { return decimal(value, 2, .up) }
    return value < 1e-3 ? twoDigits(value, .up) : decimal(value, digitsOfTwo(Double(twoDigits(value, .up))!), .up)
  }

  /// Digits behind the point that two significant ones of a small number take.
  private static func digitsOfTwo(_ value: Double) -> Int {
    // "1.0e-07" of what is almost that.
    1 - Int((log10(Double(String(format: "%.1e", value))!) + 1e-9).rounded(.down))
  }

  /// Between 0 and 1, with so many digits behind the point, at most 17.
  private static func decimal(_ value: Double, _ digits: Int, _ rounding: ReportTable.Rounding) -> String {
    let text = String(format: "%.\(digits)f", value)
    let step = step(from: text, value, rounding)
    guard step != 0, let scaled = Int(text.filter { $0 != "." }) else { return text }
    let next = String(scaled + step)
    let padded = String(repeating: "0", count: max(0, digits + 1 - next.count)) + next
    return "\(padded.dropLast(digits)).\(padded.suffix(digits))"
  }

  /// Positive and less than 1.
  private static func twoDigits(_ value: Double, _ rounding: ReportTable.Rounding) -> String {
    let text = String(format: "%.1e", value)
    let step = step(from: text, value, rounding)
    guard step != 0 else { return text }
    // Half a step further is nearest to the next number of two digits, across powers of ten too.
    return String(format: "%.1e", value + Double(step) * 0.5 * pow(10, log10(value).rounded(.down) - 1))
  }

  /// Whether the last digit of a rounded number has to be one more or one less for it to lie on the right side.
  private static func step(from text: String, _ value: Double, _ rounding: ReportTable.Rounding) -> Int {
    guard let rounded = Double(text) else { return 0 }
    switch rounding {
    case .up: return rounded < value ? 1 : 0
    case .down: return rounded > value ? -1 : 0
    case .nearest: return 0
    }
  }

  /// "0.6400", or the range of shares that undecided trials leave, "0.580-1.000".
  static func share(_ shares: ClosedRange<Double>) -> String {
    if shares.lowerBound == shares.upperBound { return probability(shares.lowerBound, .nearest) }
    // Outwards, as bounds are.
    let upper = decimal(shares.upperBound, 3, .up)
    return decimal(shares.lowerBound, 3, .down) + "-"
      + (upper == "1.000" && shares.upperBound < 1 ? probability(shares.upperBound, .up) : upper)
  }

  /// Two digits, "2.0e-02", "inf".
  static func scientific(_ value: Double) -> String { value.isFinite ? String(format: "%.1e", value) : "inf" }

  /// "95 %", "2.5 %".
  static func percent(_ share: Double, digits: Int = 12) -> String { String(format: "%.\(digits)g %%", 100 * share) }

  /// As few digits as tell the number apart, "0.001", "95", "1e-06".
  static func short(_ value: Double) -> String { String(format: "%.6g", value) }

  /// The number in the name of a column: the shortest text that determines it, without an exponent's plus sign.
  static func name(_ value: Double) -> String {
    let text = "\(value)".replacingOccurrences(of: "e+", with: "e")
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension Study {
  /// Name and source, the first line of a report.
  var titleLine: String { source.isEmpty ? name : "\(name)   \(source)" }

  /// Which program has computed a report on the study.
  var programNote: Report.Block { .note(RunRecord.programText(for: self)) }
}

extension BatchStream {
  /// "independent", "shared", or "independent or shared" where that varies.
  static func text(_ cells: [Cell]) -> String {
    allCases.filter { stream in cells.contains { $0.training.sharesBatches == (stream == .shared) } }.map(\.rawValue)
      .joined(separator: " or ")
  }
}
