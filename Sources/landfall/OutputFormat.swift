import ArgumentParser
import Foundation
import Reporting

/// The formats of reports: one renderer each.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, csv, html

  /// The report in this format.
  ///
  /// - Parameter table: the one that CSV is of; nil for the first one.
  func render(_ report: Report, table: String? = nil) throws -> String {
    if table != nil && self != .csv {
      throw CommandFailure(.usage, "--table is for --format csv: the other formats contain all tables anyway")
    }
    switch self {
    case .text: return report.terminalText
    case .json: return JSONRenderer.text(report)
    case .html: return HTMLRenderer.text(report)
    case .csv:
      guard let table else { return CSVRenderer.text(report.tables[0]) }
      guard let chosen = report.table(named: table) else {
        let names = report.tables.map(\.name).joined(separator: ", ")
        throw CommandFailure(.usage, "there is no table \"\(table)\"; the tables of this report are \(names)")
      }
      return CSVRenderer.text(chosen)
    }
  }
}

/// The formats of what is no report.
enum TextOrJSON: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

extension Report {
  /// As text that fits the terminal, or 80 columns where standard output is none.
  var terminalText: String {
    var size = winsize()
    let isTerminal = isatty(1) == 1 && ioctl(1, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return TextRenderer(width: isTerminal ? Int(size.ws_col) : TextRenderer.standardWidth).text(self)
  }
}
