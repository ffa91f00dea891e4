/// Reports as a page of HTML that needs nothing else, to be sent, printed or put on a web server: no script, no font, no
/// picture from elsewhere. It is read on a telephone, on a screen and on paper.
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
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(MarkupText.escaped(title ?? report.name))</title>
      <style>
      \(style)
      </style>
      </head>
      <body>

      """
    var level = 1
    var figures = 0
    for section in report.sections {
      page += "<section>\n"
      var heading = title ?? report.name
      for block in section.blocks {
        switch block {
        case .heading(let text):
          page += "<h\(level)>\(MarkupText.paragraph(text))</h\(level)>\n"
          level = 2
          heading = text
        case .note(let text): page += "<p>\(MarkupText.paragraph(text))</p>\n"
        case .table(let table): page += self.table(table, under: heading)
        case .verbatim(let text): page += "<pre>\(MarkupText.escaped(text))</pre>\n"
        case .figure(let figure):
          figures += 1
          page += SVGRenderer.html(figure, name: "figure-\(figures)")
        }
      }
      page += "</section>\n"
    }
    return page + "</body>\n</html>\n"
  }

  /// Nothing is wider than the page: tables scroll in boxes of their own, and are set smaller in print, each by its width.
  private static let style = """
    body { color: #111; background: #fff; font: 1rem/1.45 sans-serif; margin: 1.5rem auto; max-width: 64rem; padding: 0 1rem;
      overflow-wrap: anywhere }
    h1 { font-size: 1.3rem; line-height: 1.25 } h2 { font-size: 1.05rem; margin: 0 0 0.5rem }
    section { margin: 1.6rem 0 } p { margin: 0.35rem 0; max-width: 48rem }
    pre { background: #f5f5f5; font: 0.85rem/1.4 monospace; margin: 0.4rem 0 0.9rem; padding: 0.5rem 0.7rem;
      white-space: pre-wrap; overflow-wrap: anywhere }
    .table { margin: 0.5rem 0; overflow-x: auto }
    table { border-collapse: collapse; font-variant-numeric: tabular-nums; overflow-wrap: normal }
    th, td { padding: 0.15rem 0.6rem; text-align: left; vertical-align: top; font-weight: normal }
    th:first-child { padding-left: 0 } .long { min-width: 12rem; overflow-wrap: anywhere }
    thead th { border-bottom: 1px solid; font-weight: bold; vertical-align: bottom }
    .r { text-align: right; white-space: nowrap }
    figure { margin: 1.2rem 0 }
    .panels { display: grid; gap: 0.6rem 1rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)) }
    .panels svg { display: block; height: auto; max-width: 30rem; width: 100% }
    .panels svg.wide { grid-column: 1 / -1; max-width: 40rem }
    .legend { display: flex; flex-wrap: wrap; font-size: 0.9rem; gap: 0.1rem 1.2rem; list-style: none; margin: 0.5rem 0;
      padding: 0 }
    .swatch { height: 0.75rem; margin-right: 0.4rem; vertical-align: -0.05rem; width: 1.75rem }
    figcaption { font-size: 0.9rem } figcaption p { margin: 0.2rem 0 }
    @media screen { th:first-child { background: #fff; left: 0; position: sticky } }
    @media screen and (max-width: 40rem) { 
      table { font-size: 0.85rem } th, td { padding: 0.15rem 0.4rem } .long { min-width: 8rem }
    }
    @media print {
      @page { size: A4; margin: 15mm }
      html { font-size: 9.5pt } body { margin: 0; max-width: none; padding: 0 } 
      pre { border: 1px solid #ccc; break-before: avoid; break-inside: avoid }
      .table { overflow: visible } table { font-size: var(--print, 8.5pt) } th, td { padding: 0.1rem 0.4em }
      .long { min-width: 0 } thead { display: table-header-group } tr, figure { break-inside: avoid }
      h1, h2 { break-after: avoid } p { max-width: none; orphans: 2; widows: 2 }
      .panels { grid-template-columns: 1fr 1fr }
      .panels svg { max-width: 8.8cm } .panels svg.wide { max-width: 13cm }
    }
    """

  // MARK: - Tables

  private static func table(_ table: ReportTable, under heading: String) -> String {
    let texts = table.rows.map { row in zip(row, table.columns).map { $1.text($0) } }
    let columns = table.columns.indices.map { Column(table.columns[$0], texts.lazy.map(\.[$0])) }
    // Where it scrolls, it can be reached by the keyboard, and has a name.
    var text =
      "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"\(MarkupText.escaped(heading))\">\n"
      + "<table\(printSize(columns))>\n<thead><tr>"
    for (column, look) in zip(table.columns, columns) {
      text += "<th scope=\"col\"\(look.attribute)>\(MarkupText.escaped(column.title))</th>"
    }
    text += "</tr></thead>\n<tbody>\n"
    for row in texts {
      text += "<tr>"
      for (place, (cell, look)) in zip(row, columns).enumerated() {
        let (tag, scope) = place < table.labels ? ("th", " scope=\"row\"") : ("td", "")
        text += "<\(tag)\(scope)\(look.attribute)>\(MarkupText.escaped(cell))</\(tag)>"
      }
      text += "</tr>\n"
    }
    return text + "</tbody>\n</table>\n</div>\n"
  }

  /// What the cells of a column are on a page.
  private struct Column {
    /// Numbers are aligned right and stay in a line; words, which the proportional letters of a page do not line up, left.
    var isNumber: Bool
    /// Whether lines may be broken, also within words.
    var isLong = false
    /// Of what cannot be broken, in units of the font size.
    var width: Double

    init(_ column: ReportTable.Column, _ texts: some Sequence<String>) {
      isNumber =
        switch column.kind {
        case .text, .list, .tally, .truth, .date: false
        default: column.alignment == .right
        }
      width = column.title.split(separator: " ").map(MarkupText.width).max() ?? 0
      let isNumber = isNumber
      for text in texts {
        if !isNumber, text.count > 28 { isLong = true }
        width = max(width, MarkupText.width(text))
      }
      if isLong { width = 12 }
    }

    var attribute: String { isNumber ? " class=\"r\"" : isLong ? " class=\"long\"" : "" }
  }

  /// Sets the size of letters in print where the usual one is too large for a page.
  private static func printSize(_ columns: [Column]) -> String {
    // Of 180 mm, in points; a cell has padding on both sides.
    let size = 510 / columns.reduce(0) { $0 + $1.width + 0.85 }
    return size < 8.5 ? " style=\"--print: \(SVGCanvas.text(max(size, 4)))pt\"" : ""
  }
}
