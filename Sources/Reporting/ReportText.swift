import Estimation
import Foundation
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

  /// Four digits. Bounds are rounded away from the certain side, so that a printed one is never tighter than the computed
  /// one.
  static func probability(_ value: Double, _ rounding: ReportTable.Rounding) -> String {
    let rule: FloatingPointRoundingRule =
      switch rounding {
      case .nearest: .toNearestOrEven
      case .down: .down
      case .up: .up
      }
    // Values of the decimal grid, such as 1 and 0, stay what they are.
    let scaled = value * 1e4
    let nearest = scaled.rounded()
    let rounded = abs(scaled - nearest) < 1e-9 ? nearest : scaled.rounded(rule)
    return String(format: "%.4f", min(max(rounded / 1e4, 0), 1))
  }

  /// "0.6400", or the range of shares that undecided trials leave, "0.580-1.000".
  static func share(_ shares: ClosedRange<Double>) -> String {
    if shares.lowerBound == shares.upperBound { return String(format: "%.4f", shares.lowerBound) }
    // Outwards, as bounds are.
    let (lower, upper) = ((shares.lowerBound * 1e3).rounded(.down) / 1e3, (shares.upperBound * 1e3).rounded(.up) / 1e3)
    return String(format: "%.3f-%.3f", lower, upper)
  }

  /// Two digits, "2.0e-02", "inf".
  static func scientific(_ value: Double) -> String { value.isFinite ? String(format: "%.1e", value) : "inf" }

  /// "95 %", "2.5 %".
  static func percent(_ share: Double) -> String { String(format: "%.12g %%", 100 * share) }

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
}

extension BatchStream {
  /// "independent", "shared", or "independent or shared" where that varies.
  static func text(_ cells: [Cell]) -> String {
    allCases.filter { stream in cells.contains { $0.training.sharesBatches == (stream == .shared) } }.map(\.rawValue)
      .joined(separator: " or ")
  }
}
