import Foundation
import Texts

/// Reports as JSON: an object with `schema`, `report`, the facts, and `tables`, an object with a list of rows for each
/// table; a row is an object with the keys of the columns, in their order.
///
/// Numbers have as many digits as determine them. Infinity is the text "inf", what is missing is null, dates are ISO 8601
/// in UTC, a tally is an object with a count for each name.
public enum JSONRenderer {
  public static func text(_ report: Report) -> String {
    var entries: [(key: String, value: String)] = [
      ("schema", "\(report.schema)"), ("report", string(report.name)),
    ]
    entries += report.facts.map { ($0.key, value($0.value)) }
    let tables = report.tables.map { table in
      (key: table.name, value: list(table.rows.map { row($0, table.columns) }, indentation: "    "))
    }
    entries.append(("tables", object(tables, indentation: "  ")))
    return object(entries, indentation: "") + "\n"
  }

  /// In one line.
  private static func row(_ row: [ReportCell], _ columns: [ReportTable.Column]) -> String {
    let fields = zip(row, columns).flatMap { cell, column in
      zip(column.keys, cell.values(column.kind.values)).map { "\(string($0)): \(value($1))" }
    }
    return "{\(fields.joined(separator: ", "))}"
  }

  private static func value(_ cell: ReportCell) -> String {
    switch cell {
    case .missing: "null"
    case .text(let text): string(text)
    case .integer(let integer): "\(integer)"
    case .real(let real): number(real)
    case .truth(let truth): truth ? "true" : "false"
    case .date(let date): string(date.formatted(.iso8601))
    case .list(let cells): "[\(cells.map(value).joined(separator: ", "))]"
    case .tally(let counts): "{\(counts.map { "\(string($0.name)): \($0.count)" }.joined(separator: ", "))}"
    case .pair(let first, let second): "[\(value(first)), \(value(second))]"
    }
  }

  private static func number(_ value: Double) -> String {
    guard value.isFinite else { return string(ReportTable.Format.exact.text(value)) }
    let text = "\(value)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func string(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      // Control characters, and those that terminals obey: in surrogate pairs above U+FFFF.
      case _ where ForeignText.isUnsafe(scalar):
        for unit in UTF16.encode(scalar)! { result += String(format: "\\u%04x", unit) }
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func object(_ entries: [(key: String, value: String)], indentation: String) -> String {
    lines(entries.map { "\(string($0.key)): \($0.value)" }, "{", "}", indentation)
  }

  private static func list(_ values: [String], indentation: String) -> String { lines(values, "[", "]", indentation) }

  private static func lines(_ values: [String], _ open: String, _ close: String, _ indentation: String) -> String {
    if values.isEmpty { return open + close }
    return open + "\n" + values.map { "\(indentation)  \($0)" }.joined(separator: ",\n") + "\n\(indentation)\(close)"
  }
}
