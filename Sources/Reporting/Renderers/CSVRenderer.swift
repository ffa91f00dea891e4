import Foundation
import Texts

/// Tables as comma-separated values, RFC 4180 with line feeds: every such text of the program comes from here.
///
/// A line with the keys of the columns, then a line a row. Reals have 17 significant digits, infinity is `inf`, and what
/// is missing is empty. Lists are joined by "; ". A field with a comma, a quotation mark or a line break is quoted, and
/// texts run in no spreadsheet (``CSVField``).
public enum CSVRenderer {
  public static func text(_ table: ReportTable) -> String {
    header(table.columns) + table.rows.map { line($0, table.columns) }.joined()
  }

  /// The first line.
  static func header(_ columns: [ReportTable.Column]) -> String { line(columns.flatMap(\.keys).map(CSVField.text)) }

  /// The line of a row.
  static func line(_ row: [ReportCell], _ columns: [ReportTable.Column]) -> String {
    line(zip(row, columns).flatMap { cell, column in cell.values(column.kind.values).map(quoted) })
  }

  private static func line(_ fields: [String]) -> String { CSVField.line(fields) }

  /// What the program has written itself are numbers, words and dates; texts, and what has them, may be others'.
  private static func quoted(_ cell: ReportCell) -> String {
    switch cell {
    case .text, .list, .tally, .pair: CSVField.text(field(cell))
    case .missing, .integer, .real, .truth, .date: CSVField.quoted(field(cell))
    }
  }

  private static func field(_ cell: ReportCell) -> String {
    switch cell {
    case .missing: ""
    case .text(let text): text
    case .integer(let integer): "\(integer)"
    case .real(let real): ReportTable.Format.exact.text(real)
    case .truth(let truth): truth ? "true" : "false"
    case .date(let date): date.formatted(.iso8601)
    case .list(let cells): cells.map(field).joined(separator: "; ")
    case .tally(let counts): counts.map { "\($0.name) \($0.count)" }.joined(separator: "; ")
    case .pair(let first, let second): "\(field(first)); \(field(second))"
    }
  }
}
