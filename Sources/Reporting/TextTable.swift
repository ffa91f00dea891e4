/// Lines of right-aligned columns.
struct TextTable {
  private var rows: [[String]]

  init(header: [String]) { rows = [header] }

  mutating func append(_ row: [String]) {
    precondition(row.count == rows[0].count)
    rows.append(row)
  }

  /// The table, two blanks between the columns, a line break after each line.
  var text: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max()! }
    return rows.map { row in
      let line = zip(row, widths).map { cell, width in
        String(repeating: " ", count: width - cell.count) + cell
      }.joined(separator: "  ")
      return line + "\n"
    }.joined()
  }
}
