/// Reports as a page of HTML that needs nothing else, to be sent, printed or put on a web server.
public enum HTMLRenderer {
  public static func text(_ report: Report) -> String {
    let title = report.sections.lazy.flatMap(\.blocks).compactMap { block in
      if case .heading(let text) = block { text } else { nil }
    }.first
    var page = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width">
      <title>\(escaped(title ?? report.name))</title>
      <style>
      body { font: 1rem/1.4 sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
      h1 { font-size: 1.3rem } h2 { font-size: 1.05rem; margin: 0 0 0.5rem }
      section { margin: 1.5rem 0; overflow-x: auto } p { margin: 0.3rem 0 }
      table { border-collapse: collapse; margin: 0.5rem 0; font-variant-numeric: tabular-nums }
      th, td { padding: 0.15rem 0.6rem; text-align: left; vertical-align: top; font-weight: normal }
      thead th { border-bottom: 1px solid; font-weight: bold } .r { text-align: right; white-space: nowrap }
      </style>
      </head>
      <body>

      """
    var level = 1
    for section in report.sections {
      page += "<section>\n"
      for block in section.blocks {
        switch block {
        case .heading(let text):
          page += "<h\(level)>\(escaped(text))</h\(level)>\n"
          level = 2
        case .note(let text): page += "<p>\(escaped(text))</p>\n"
        case .table(let table): page += self.table(table)
        }
      }
      page += "</section>\n"
    }
    return page + "</body>\n</html>\n"
  }

  private static func table(_ table: ReportTable) -> String {
    var text = "<table>\n<thead><tr>"
    for column in table.columns { text += "<th scope=\"col\"\(attribute(column))>\(escaped(column.title))</th>" }
    text += "</tr></thead>\n<tbody>\n"
    for row in table.rows {
      text += "<tr>"
      for (place, (cell, column)) in zip(row, table.columns).enumerated() {
        let (tag, scope) = place < table.labels ? ("th", " scope=\"row\"") : ("td", "")
        text += "<\(tag)\(scope)\(attribute(column))>\(escaped(column.text(cell)))</\(tag)>"
      }
      text += "</tr>\n"
    }
    return text + "</tbody>\n</table>\n"
  }

  /// Numbers are aligned right; words, which the proportional letters of a page do not line up, left.
  private static func attribute(_ column: ReportTable.Column) -> String {
    switch column.kind {
    case .text, .list, .tally, .truth, .date: ""
    default: column.alignment == .right ? " class=\"r\"" : ""
    }
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.append(character)
      }
    }
    return result
  }
}
