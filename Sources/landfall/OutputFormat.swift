import Archive
import ArgumentParser
import Foundation
import Ledger
import Reporting

/// The formats of reports: one renderer each.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, csv, html, latex

  /// The report in this format.
  ///
  /// - Parameters:
  ///   - table: the one that CSV is of, nil for the first one; the one that LaTeX is of.
  ///   - answers: the tables that LaTeX is of where none is named; nil for all.
  func render(_ report: Report, table: String? = nil, answers: [String]? = nil) throws -> String {
    if table != nil && self != .csv && self != .latex {
      throw CommandFailure(
        .usage, "--table is for --format csv and latex: the other formats contain all tables anyway")
    }
    switch self {
    case .text: return report.terminalText
    case .json: return JSONRenderer.text(report)
    case .html: return HTMLRenderer.text(report)
    case .latex:
      if let table, !report.shownTables.contains(table) {
        let names = report.shownTables.joined(separator: ", ")
        throw CommandFailure(.usage, "readers of this report see no table \"\(table)\"; they see \(names)")
      }
      return LaTeXRenderer.text(
        report, tables: table.map { [$0] } ?? answers, comments: [commandLine(CommandLine.arguments)])
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

/// A command as a shell takes it.
func commandLine(_ words: [String]) -> String {
  RunRecord.commandLine(["landfall"] + words.dropFirst())
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
