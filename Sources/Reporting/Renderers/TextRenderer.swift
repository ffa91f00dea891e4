import Texts

/// Reports as plain text of a given width, for terminals and e-mails.
///
/// Nothing is left out: a table that is too wide is broken into parts that repeat the columns of its labels, and a cell
/// that no part has room for takes several lines. Words that are longer than a line, such as paths, alone stick out.
public struct TextRenderer: Sendable {
  /// Characters of a line.
  public let width: Int

  /// What fits into e-mails and terminals.
  public static let standardWidth = 80
  /// Narrower windows break their lines themselves.
  private static let smallestWidth = 40

  public init(width: Int = standardWidth) { self.width = max(width, Self.smallestWidth) }

  public func text(_ report: Report) -> String {
    report.sections.map { section in
      section.blocks.map { block in
        switch block {
        case .heading(let text), .note(let text): wrapped(text)
        case .table(let table): self.text(table)
        case .verbatim(let text): ForeignText.escaped(text.hasSuffix("\n") ? text : text + "\n")
        case .figure: ""
        }
      }.joined()
    }.joined(separator: "\n")
  }

  /// A paragraph with a line break at its end: the lines after the first are indented.
  private func wrapped(_ paragraph: String) -> String {
    var lines: [String] = []
    var line = ""
    for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
      let word = ForeignText.escapedInLine(word.filter { !$0.isNewline })
      if !line.isEmpty, line.count + 1 + word.count > width {
        lines.append(line)
        line = "  " + word
      } else {
        line += (line.isEmpty ? "" : " ") + word
      }
    }
    return (lines + [line]).map { $0 + "\n" }.joined()
  }

  // MARK: - Tables

  /// Two blanks between columns, a line break after each line, an empty line between parts.
  private func text(_ table: ReportTable) -> String {
    let texts =
      [table.columns.map { ForeignText.escapedInLine($0.title) }] + table.rows.map { Self.texts($0, table.columns) }
    var widths = table.columns.indices.map { column in texts.lazy.map { $0[column].count }.max()! }
    if Self.total(widths[...]) <= width { return lines(texts, table, Array(table.columns.indices), widths) }
    // Labels take at most half of a line, the narrow ones first, and no other column more than what they leave.
    var half = width / 2 - Self.gap * (table.labels - 1)
    for (taken, column) in (0..<table.labels).sorted(by: { widths[$0] < widths[$1] }).enumerated() {
      widths[column] = min(widths[column], max(1, half / (table.labels - taken)))
      half -= widths[column]
    }
    let room = width - Self.total(widths[..<table.labels]) - Self.gap
    for column in table.labels..<widths.count { widths[column] = min(widths[column], room) }
    return parts(table, widths, room: room).map { lines(texts, table, Array(0..<table.labels) + $0, widths) }
      .joined(separator: "\n")
  }

  private static func texts(_ row: [ReportCell], _ columns: [ReportTable.Column]) -> [String] {
    zip(row, columns).map { cell, column in
      let text: String = column.text(cell)
      return ForeignText.escapedInLine(
        text.contains(where: \.isNewline) ? text.split(whereSeparator: \.isNewline).joined(separator: " ") : text)
    }
  }

  private static let gap = 2

  private static func total(_ widths: ArraySlice<Int>) -> Int {
    widths.reduce(0, +) + gap * max(0, widths.count - 1)
  }

  /// The columns of each part besides the labels: as many as there is room for, those together that belong together.
  private func parts(_ table: ReportTable, _ widths: [Int], room: Int) -> [[Int]] {
    var units: [[Int]] = []
    for column in table.labels..<widths.count {
      if column > table.labels, table.columns[column - 1].staysWithNext,
        Self.total((units.last! + [column]).map { widths[$0] }[...]) <= room
      {
        units[units.count - 1].append(column)
      } else {
        units.append([column])
      }
    }
    var parts: [[Int]] = []
    for unit in units {
      if let last = parts.last, Self.total((last + unit).map { widths[$0] }[...]) <= room {
        parts[parts.count - 1] += unit
      } else {
        parts.append(unit)
      }
    }
    return parts.isEmpty ? [[]] : parts
  }

  private func lines(_ texts: [[String]], _ table: ReportTable, _ columns: [Int], _ widths: [Int]) -> String {
    // Parts are as narrow as what they have.
    texts.map { row in
      let cells = columns.map { Self.lines(row[$0], width: widths[$0]) }
      return (0..<cells.map(\.count).max()!).map { line in
        zip(columns, cells).map { column, cell in
          let text = line < cell.count ? cell[line] : ""
          let padding = String(repeating: " ", count: widths[column] - text.count)
          return table.columns[column].alignment == .right ? padding + text : text + padding
        }.joined(separator: String(repeating: " ", count: Self.gap)).trimmingEnd() + "\n"
      }.joined()
    }.joined()
  }

  /// A cell in lines of at most `width` characters, broken at blanks where there are some.
  private static func lines(_ text: String, width: Int) -> [String] {
    guard text.count > width else { return [text] }
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      var word = word
      if !line.isEmpty, line.count + 1 + word.count <= width {
        line += " " + word
        continue
      }
      if !line.isEmpty { lines.append(line) }
      while word.count > width {
        lines.append(String(word.prefix(width)))
        word = word.dropFirst(width)
      }
      line = String(word)
    }
    return lines + [line]
  }
}

extension String {
  fileprivate func trimmingEnd() -> String {
    var text = self[...]
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
