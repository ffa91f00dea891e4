import Estimation
import Foundation
import Studies
import Training

/// How reports write numbers, and sentences that several of them need.
package enum ReportText {
  /// Nil where no cell has a shared stream.
  static func sharedStream(_ study: Study) -> String? {
    let cells = study.cells
    let shared = cells.filter { $0.training.batchStream == .shared }
    if shared.isEmpty { return nil }
    if shared.count == cells.count {
      return "all trials of a cell see the same batches (stream: shared): every bound is conditional on that stream"
    }
    return "all trials of a cell with stream: shared see the same batches: its bounds are conditional on that stream ("
      + "\(shared.map(\.label).joined(separator: ", ")))"
  }

  /// Nil where no cell has risks from an evaluation set.
  static func evaluationSet(_ study: Study) -> String? {
    let counts = Set(study.cells.filter(\.usesEvaluationSet).map(\.problem.evaluationPoints))
    if counts.isEmpty { return nil }
    return
      "risks are means over one fixed set of \(counts.sorted().map(String.init).joined(separator: " or ")) points, "
      + "which all trials share: a trial counts as good, and its risk as small, only where its own 99.9 % interval says so"
  }

  /// Four digits, rounded away from the certain side, so that a printed bound is never tighter than the computed one.
  static func probability(_ value: Double, _ rule: FloatingPointRoundingRule) -> String {
    // Values of the decimal grid, such as 1 and 0, stay what they are.
    let scaled = value * 1e4
    let nearest = scaled.rounded()
    let rounded = abs(scaled - nearest) < 1e-9 ? nearest : scaled.rounded(rule)
    return String(format: "%.4f", min(max(rounded / 1e4, 0), 1))
  }

  /// "[0.0252, 0.5561]", rounded outwards.
  static func interval(_ interval: Interval) -> String {
    "[\(probability(interval.lower, .down)), \(probability(interval.upper, .up))]"
  }

  /// "0.6400", or the range of shares that undecided trials leave, "0.580-1.000".
  static func share(_ estimate: Estimate) -> String {
    guard let shares = estimate.shares else { return "-" }
    if shares.lowerBound == shares.upperBound { return String(format: "%.4f", shares.lowerBound) }
    // Outwards, as bounds are.
    let (lower, upper) = ((shares.lowerBound * 1e3).rounded(.down) / 1e3, (shares.upperBound * 1e3).rounded(.up) / 1e3)
    return String(format: "%.3f-%.3f", lower, upper)
  }

  /// Columns of a text: reports fit into e-mails and terminals.
  static let width = 80

  /// A paragraph with a line break at its end: lines of at most ``width`` characters, those after the first indented.
  static func wrapped(_ paragraph: String) -> String {
    var lines: [String] = []
    var line = ""
    for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
      let word = word.filter { $0 != "\n" }
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = "  " + word
      } else {
        line += (line.isEmpty ? "" : " ") + word
      }
    }
    return (lines + [line]).map { $0 + "\n" }.joined()
  }

  /// The share, the interval and the lower bound of an estimate, each for a column.
  static func columns(_ estimate: Estimate) -> [String] {
    [
      share(estimate), interval(estimate.interval),
      probability(estimate.lowerBound, .down),
    ]
  }

  /// Two digits, "2.0e-02", "inf".
  static func scientific(_ value: Double) -> String { value.isFinite ? String(format: "%.1e", value) : "inf" }

  /// "95 %", "2.5 %".
  static func percent(_ share: Double) -> String { String(format: "%.12g %%", 100 * share) }

  /// As few digits as tell the number apart, "0.001", "95", "1e-06".
  static func short(_ value: Double) -> String { String(format: "%.6g", value) }

  /// 17 significant digits: they determine the number.
  static func exact(_ value: Double) -> String { String(format: "%.17g", value) }

  /// The number in the name of a column: the shortest text that determines it, without an exponent's plus sign.
  static func name(_ value: Double) -> String {
    let text = "\(value)".replacingOccurrences(of: "e+", with: "e")
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// Sorted keys in snake_case; infinity is the text "inf".
  package static func json(_ document: some Encodable) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.dateEncodingStrategy = .iso8601
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
    } catch {
      preconditionFailure("a report is encodable: \(error)")
    }
  }
}

extension Study {
  /// Name and source, the first line of a report.
  var titleLine: String { "\(name)   \(source)\n".replacingOccurrences(of: "   \n", with: "\n") }

  /// "independent", "shared", or "independent or shared" where that varies.
  var batchStreamText: String {
    BatchStream.allCases.filter { stream in homogeneousStudies.contains { $0.training.batchStream == stream } }
      .map(\.rawValue).joined(separator: " or ")
  }
}
