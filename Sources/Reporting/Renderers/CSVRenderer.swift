import Foundation

/// Tables as comma-separated values, RFC 4180 with line feeds: every such text of the program comes from here.
///
/// A line with the keys of the columns, then a line a row. Reals have 17 significant digits, infinity is `inf`, and what
/// is missing is empty. Lists are joined by "; ". A field with a comma, a quotation mark or a line break is quoted.
public enum CSVRenderer {
  public static func text(_ table: ReportTable) -> String {
    header(table.columns) + table.rows.map { line($0, table.columns) }.joined()
  }

  /// The first line.
  static func header(_ columns: [ReportTable.Column]) -> String { line(columns.flatMap(\.keys)) }

  /// The line of a row.
  static func line(_ row: [ReportCell], _ columns: [ReportTable.Column]) -> String {
    line(zip(row, columns).flatMap { cell, column in cell.values(column.kind.values).map(field) })
  }

  private static func line(_ fields: [String]) -> String { fields.map(quoted).joined(separator: ",") + "\n" }

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

  private static func quoted(_ field: String) -> String {
    // Of the bytes: a carriage return and a line feed are one character.
    let needsQuotes = field.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0a, 0x0d].contains($0) }
    return needsQuotes ? "\"\(field.replacing("\"", with: "\"\""))\"" : field
  }
}
