import Studies

/// The columns that say which cell a row is about: its label, and beside it its widths and every key that varies.
package struct CellColumns {
  package let columns: [ReportTable.Column]
  private let values: [String: [ReportCell]]

  /// - Parameter cells: of the study, also those that a table has no row of.
  package init(_ cells: [CellSettings]) {
    let depth = cells.map(\.hidden.count).max() ?? 1
    let widths = depth == 1 ? ["width"] : (1...depth).map { "h\($0)" }
    let keys = cells.first?.varied.map(\.key) ?? []
    columns =
      [.init("cell", .text)] + widths.map { .init($0, .count) }
      + keys.map { .init($0, .text) }
    values = Dictionary(
      cells.map { cell in
        let hidden = widths.indices.map { $0 < cell.hidden.count ? ReportCell.count(cell.hidden[$0]) : .missing }
        return (cell.label, [.text(cell.label)] + hidden + cell.varied.map { Self.value($0.value) })
      }
    ) { first, _ in first }
  }

  /// The cells of a row about the cell with this label.
  package func values(_ label: String) -> [ReportCell] {
    values[label] ?? [.text(label)] + Array(repeating: .missing, count: columns.count - 1)
  }

  /// A number where the YAML is one; without the quotation marks of YAML.
  private static func value(_ yaml: String) -> ReportCell {
    if yaml == "~" { return .missing }
    if let integer = Int128(yaml) { return .integer(integer) }
    if let real = Double(yaml), real.isFinite { return .real(real) }
    if yaml.count > 1, yaml.hasPrefix("\""), yaml.hasSuffix("\"") { return .text(String(yaml.dropFirst().dropLast())) }
    return .text(yaml)
  }
}
