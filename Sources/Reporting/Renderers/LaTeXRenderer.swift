import Texts

/// Tables of a report as LaTeX, to be put into a paper: a float for each, with the rules of the package booktabs.
///
/// What readers see of a cell is typeset as mathematics where it is a number: intervals are rounded outwards as everywhere.
/// The heading of a table is its caption, and the notes of its section stand below it. What belongs to no table comes before
/// as comments.
public enum LaTeXRenderer {
  /// - Parameters:
  ///   - names: of the tables; nil for all that readers see.
  ///   - comments: lines that come first.
  public static func text(_ report: Report, tables names: [String]? = nil, comments: [String] = []) -> String {
    var comments = comments
    var floats = ""
    var labels: [String: Int] = [:]
    for section in report.sections {
      let tables = section.blocks.compactMap { if case .table(let table) = $0 { table.name } else { nil } }
      if tables.isEmpty { comments += section.blocks.compactMap(text) }
      guard tables.contains(where: { names?.contains($0) ?? true }) else { continue }
      for (table, caption, notes) in self.floats(section, names) {
        floats += float(table, label: label(table, of: report, &labels), caption: caption, notes: notes)
      }
    }
    return (comments + ["Needs \\usepackage{booktabs}."]).map { "% \(oneLine($0))\n" }.joined() + floats
  }

  private static func text(_ block: Report.Block) -> String? {
    switch block {
    case .heading(let text), .note(let text): text.isEmpty ? nil : text
    case .table, .verbatim, .figure: nil
    }
  }

  private static func oneLine(_ text: String) -> String {
    ForeignText.escapedInLine(text.split(whereSeparator: \.isNewline).joined(separator: " "))
  }

  /// The tables of a section that are wanted; the notes follow the last one.
  private static func floats(
    _ section: Report.Section, _ names: [String]?
  ) -> [(table: ReportTable, caption: String, notes: [String])] {
    var caption = ""
    var floats: [(table: ReportTable, caption: String, notes: [String])] = []
    for block in section.blocks {
      switch block {
      case .heading(let text): caption = text
      case .table(let table) where names?.contains(table.name) ?? true: floats.append((table, caption, []))
      case .table: break
      case .note(let text): if !floats.isEmpty { floats[floats.count - 1].notes.append(text) }
      case .verbatim, .figure: break
      }
    }
    return floats
  }

  /// "tab:inner-bias-verdicts": by study and table, with a number where there are several.
  private static func label(_ table: ReportTable, of report: Report, _ labels: inout [String: Int]) -> String {
    let study = report.facts.lazy.filter { $0.key == "study" }.compactMap { fact in
      if case .text(let name) = fact.value { name } else { nil }
    }.first
    let name = "tab:" + [study, table.name.replacing("_", with: "-")].compactMap(\.self).joined(separator: "-")
    labels[name, default: 0] += 1
    let plain = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == ":") ? String($0) : "-" }.joined()
    return labels[name]! > 1 ? "\(plain)-\(labels[name]!)" : plain
  }

  private static func float(_ table: ReportTable, label: String, caption: String, notes: [String]) -> String {
    let alignments = table.columns.map { isNumber($0.kind) && $0.alignment == .right ? "r" : "l" }.joined()
    func line(_ cells: [String]) -> String { "    \(cells.joined(separator: " & ")) \\\\\n" }
    // Most of what readers see on 80 columns fits the text of an article so.
    var text = "\n\\begin{table}\n  \\centering\n  \\small\n  \\setlength{\\tabcolsep}{4pt}\n"
    if !caption.isEmpty { text += "  \\caption{\(LaTeXText.typeset(caption))}\n" }
    text += "  \\label{\(label)}\n  \\begin{tabular}{\(alignments)}\n    \\toprule\n"
    text += line(table.columns.map { LaTeXText.typeset($0.title) }) + "    \\midrule\n"
    for row in table.rows { text += line(zip(row, table.columns).map { cell($0, $1) }) }
    text += "    \\bottomrule\n  \\end{tabular}\n"
    if !notes.isEmpty {
      // Sentences, as they run on in one paragraph.
      let paragraph = notes.map { LaTeXText.typeset($0) + "." }.joined(separator: "\n    ")
      text += "  \\par\\smallskip\n  \\parbox{\\linewidth}{\\footnotesize\n    \(paragraph)}\n"
    }
    return text + "\\end{table}\n"
  }

  private static func isNumber(_ kind: ReportTable.Kind) -> Bool {
    switch kind {
    case .text, .list, .tally, .truth, .date: false
    default: true
    }
  }

  private static func cell(_ cell: ReportCell, _ column: ReportTable.Column) -> String {
    let text = column.text(cell)
    if text == "-" { return "--" }
    return isNumber(column.kind) || LaTeXText.isNumeric(text) ? LaTeXText.number(text) : LaTeXText.typeset(text)
  }
}

/// Text and numbers as LaTeX.
enum LaTeXText {
  /// A paragraph: its special characters escaped; relations, powers of ten, indexed levels and probabilities as mathematics.
  static func typeset(_ text: String) -> String {
    let parts =
      /(?<power>\b\d+(?:\.\d+)?e[-+]?\d+)|(?<level>\b[mDS]_(?:\([^)]*\)|[A-Za-z0-9]+))|(?<complement>\b1-P\b)|(?<probability>\bP(?=\(|$| ))|(?<relation><=|>=|<|>|\|)|(?<dots> \.\. )|(?<percent>\d %)/
    var result = ""
    var rest = text[...]
    while let match = rest.firstMatch(of: parts) {
      result += escaped(rest[..<match.range.lowerBound])
      let found = String(match.0)
      if match.power != nil {
        result += number(found)
      } else if match.level != nil {
        let index = found.dropFirst(2)
        result += "$\(found.prefix(1))_{\(index.hasPrefix("(") ? index.dropFirst().dropLast() : index)}$"
      } else if match.complement != nil || match.probability != nil {
        result += "$\(found)$"
      } else if match.relation != nil {
        result += "$\(relations[found] ?? found)$"
      } else if match.dots != nil {
        result += "--"
      } else {
        result += "\(found.prefix(1))\\,\\%"
      }
      rest = rest[match.range.upperBound...]
    }
    return result + escaped(rest)
  }

  private static let relations = ["<=": "\\le", ">=": "\\ge"]

  private static func escaped(_ text: Substring) -> String {
    var result = ""
    let safe = ForeignText.escapedInLine(String(text.map { $0.isNewline ? " " : $0 }))
    for character in safe {
      switch character {
      case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
      case "\\": result += "\\textbackslash{}"
      case "~": result += "\\textasciitilde{}"
      case "^": result += "\\textasciicircum{}"
      case "∞": result += "$\\infty$"
      default: result.append(character)
      }
    }
    return result
  }

  /// Whether a text is a number, or two with " .. " between them.
  static func isNumeric(_ text: String) -> Bool {
    text.wholeMatch(of: /-?[\d.]+(e[-+]?\d+)?( \.\. -?[\d.]+(e[-+]?\d+)?)?/) != nil
  }

  /// A number with what belongs to it: "1e-05", "[0.25, 0.5]", "0.580-1.000", "1 .. 2", "<= 3", "2 of 10", "500 ms".
  static func number(_ text: String) -> String {
    if let match = text.wholeMatch(of: /([\d.]+) (s|ms|us)/) {
      return "$\(match.1)$\\,\(match.2 == "us" ? "$\\mu$s" : "\(match.2)")"
    }
    if let match = text.wholeMatch(of: /(\d+) of (\d+)/) { return "$\(match.1)$ of $\(match.2)$" }
    if let match = text.wholeMatch(of: /(\d\.\d+)-(\d\.\d+)/) { return "$\(match.1)$--$\(match.2)$" }
    let ends = text.split(separator: " .. ").map(String.init)
    if ends.count == 2 { return "\(number(ends[0]))--\(number(ends[1]))" }
    if text.isEmpty { return "" }
    var mathematics = text.replacing(/(\d+(?:\.\d+)?)e([-+]?\d+)/) { match in
      let exponent = Int(match.2.replacing("+", with: "")) ?? 0
      if exponent == 0 { return "\(match.1)" }
      return match.1 == "1" ? "10^{\(exponent)}" : "\(match.1)\\times10^{\(exponent)}"
    }
    mathematics = mathematics.replacing("inf", with: "\\infty").replacing("nan", with: "\\mathrm{nan}")
    for (relation, command) in relations { mathematics = mathematics.replacing(relation, with: command) }
    return "$\(mathematics)$"
  }
}
