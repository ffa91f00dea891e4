import Foundation
import Reporting
import Testing

/// Every renderer against one report whose table has every kind of column and of cell.
@Suite struct RendererTests {
  private static let date = Date(timeIntervalSince1970: 1_800_000_000)

  private static let columns: [ReportTable.Column] = [
    .init("name", title: "name", .text),
    .init("count", title: "count", .count),
    .init("done", "planned", title: "trials", .progress),
    .init("risk", title: "risk", .real(.scientific(2))),
    .init("low", "high", title: "5 % .. 95 %", .range(.digits(3))),
    .init("above", "at_most", title: "bin", .bin(.scientific(3))),
    .init("p", title: "P", .probability(.up)),
    .init("share", "share_highest", title: "share", .share),
    .init("lower", "upper", title: "interval", .interval),
    .init("theory_lower", "theory_upper", title: "closed form", .bracket),
    .init("is_good", title: "good", .truth),
    .init("time", title: "time", .date),
    .init("knots", title: "knots", .list(.digits(2))),
    .init("levels", title: "levels", .tally, alignment: .left),
  ]

  private static let table: ReportTable = {
    var table = ReportTable("things", columns: columns)
    table.append([
      .text("a, \"b\"\n<i>&'é ∞"), .integer(Int128(UInt64.max)), .pair(.count(2), .count(10)), .real(0.1),
      .pair(.real(1.0), .real(.infinity)), .pair(.real(0.25), .real(0.5)), .real(0.12341), .pair(0.25, 0.5),
      .pair(0.12345, 0.67891), .pair(0.12345, 0.67891), .truth(true), .date(date), .list([.real(0.5), .text("x")]),
      .tally([.init(name: "D_3", count: 3), .init(name: "none", count: 1)]),
    ])
    table.append([ReportCell.text("plain")] + Array(repeating: .missing, count: columns.count - 1))
    table.append([
      .text(""), .count(0), .pair(.count(10), .count(10)), .real(.infinity), .pair(nil, nil),
      .pair(0, 0), .real(0), .pair(1, 1), .pair(0, 1), .pair(0.015625, 0.015625), .truth(false), .missing, .list([]),
      .tally([]),
    ])
    return table
  }()

  private static let report = Report(
    "test", schema: 7,
    facts: [
      .init("title", .text("tab\there \\ \u{1}")), .init("seed", .count(UInt64.max)), .init("none", .missing),
      .init("infinite", .real(.infinity)), .init("tiny", .real(.leastNonzeroMagnitude)), .init("whole", .real(3)),
    ],
    tables: [table, ReportTable("empty", columns: [.init("x", .count)])],
    sections: [
      Report.Section([.heading("A < B & C"), .note("first")]), Report.Section([.table(table), .note("second")]),
      Report.Section([]),
    ])

  @Test func csv() {
    #expect(
      CSVRenderer.text(Self.table)
        == "name,count,done,planned,risk,low,high,above,at_most,p,share,share_highest,lower,upper,theory_lower,theory_upper,is_good,time,knots,"
        + "levels\n"
        + "\"a, \"\"b\"\"\n<i>&'é ∞\",18446744073709551615,2,10,0.10000000000000001,1,inf,0.25,0.5,0.12341000000000001,0.25,0.5,0.12345,"
        + "0.67891000000000001,0.12345,0.67891000000000001,true,2027-01-15T08:00:00Z,0.5; x,D_3 3; none 1\n"
        + "plain,,,,,,,,,,,,,,,,,,,\n"
        + ",0,10,10,inf,,,0,0,0,1,1,0,1,0.015625,0.015625,false,,,\n")
  }

  /// Line feeds and quotation marks make quotation marks necessary; other characters do not.
  @Test(arguments: [("a\nb", true), ("a,b", true), ("a;b", false), (" a'b ", false), ("\"", true)])
  func quoting(text: String, isQuoted: Bool) {
    var table = ReportTable("t", columns: [.init("x", .text)])
    table.append([.text(text)])
    let field = isQuoted ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
    #expect(CSVRenderer.text(table) == "x\n\(field)\n")
  }

  /// Numbers are mathematics, words are escaped, what belongs to no table is a comment.
  @Test func latex() {
    let text = LaTeXRenderer.text(Self.report, comments: ["landfall test\nmore"])
    #expect(
      text.hasPrefix("% landfall test more\n% A < B & C\n% first\n% Needs \\usepackage{booktabs}.\n\n\\begin{table}\n"))
    #expect(text.contains("\\begin{tabular}{lrrrrrrrrrllll}"))
    #expect(text.contains("& 5\\,\\%--95\\,\\% &") && text.contains("& $P$ &"))
    #expect(
      text.contains(
        "    a, \"b\" $<$i$>$\\&'é $\\infty$ & $18446744073709551615$ & $2$ of $10$ & $1.0\\times10^{-1}$ & $1$--$\\infty$ & "
      ))
    #expect(text.contains(" & $[0.1234, 0.6790]$ & $0.1234$--$0.6790$ & yes & 2027-01-15T08:00:00Z & "))
    #expect(text.contains("$D_{3}$ 3, none 1 \\\\\n"))
    #expect(text.contains("    plain & -- & -- & "))
    #expect(text.contains("\\footnotesize\n    second.}\n\\end{table}\n"))
    #expect(text.contains("  \\label{tab:things}\n"))
    let twice = Report(
      "test", schema: 1, facts: [.init("study", .text("inner bias"))], tables: [],
      sections: [Report.Section([.table(Self.table), .table(Self.table)])])
    let labels = LaTeXRenderer.text(twice).matches(of: /label\{(.*)\}/).map { String($0.1) }
    #expect(labels == ["tab:inner-bias-things", "tab:inner-bias-things-2"])
    #expect(text.filter { $0 == "{" }.count == text.filter { $0 == "}" }.count)
    #expect(LaTeXRenderer.text(Self.report, tables: ["empty"]).hasSuffix("% Needs \\usepackage{booktabs}.\n"))
  }

  /// Powers of ten, relations, levels and specials in captions and notes.
  @Test(arguments: [
    ("P(good): risk <= 1e-05", "$P$(good): risk $\\le$ $10^{-5}$"),
    ("risk - m_h <= 2.5e-4, m_(h-K)", "risk - $m_{h}$ $\\le$ $2.5\\times10^{-4}$, $m_{h-K}$"),
    ("1-P at most", "$1-P$ at most"), ("97.5 % each", "97.5\\,\\% each"), ("|gradient| > 3", "$|$gradient$|$ $>$ 3"),
    (
      "a_b & 5% of {x} #1 \\ ~ ^",
      "a\\_b \\& 5\\% of \\{x\\} \\#1 \\textbackslash{} \\textasciitilde{} \\textasciicircum{}"
    ),
  ])
  func latexText(text: String, expected: String) {
    var table = ReportTable("t", columns: [.init("x", .text)])
    table.append([.text(text)])
    let report = Report(
      "r", schema: 1, facts: [], tables: [], sections: [Report.Section([.heading(text), .table(table)])])
    let latex = LaTeXRenderer.text(report)
    #expect(latex.contains("\\caption{\(expected)}\n") && latex.contains("    \(expected) \\\\\n"), "\(latex)")
  }

  @Test(arguments: [
    (ReportTable.Kind.real(.scientific(2)), ReportCell.real(1e-5), "$1.0\\times10^{-5}$"),
    (.real(.digits(6)), .real(1e-5), "$10^{-5}$"), (.real(.scientific(2)), .real(1.9), "$1.9$"),
    (.real(.duration), .real(2.5e-5), "$25$\\,$\\mu$s"), (.real(.duration), .real(0.5), "$500$\\,ms"),
    (.interval, .pair(0.0, 2.34e-5), "$[0.0000, 2.4\\times10^{-5}]$"), (.share, .pair(0.58, 1), "$0.580$--$1.000$"),
    (.failure, .real(1.23e-5), "$1.3\\times10^{-5}$"), (.text, .text("-0.5 .. 0.25"), "$-0.5$--$0.25$"),
  ])
  func latexNumbers(kind: ReportTable.Kind, cell: ReportCell, expected: String) {
    let column: ReportTable.Column =
      kind.values == 1 ? .init("x", title: "x", kind) : .init("x", "y", title: "x", kind)
    var table = ReportTable("t", columns: [column])
    table.append([cell])
    let report = Report("r", schema: 1, facts: [], tables: [], sections: [Report.Section([.table(table)])])
    #expect(LaTeXRenderer.text(report).contains("    \(expected) \\\\\n"), "\(LaTeXRenderer.text(report))")
  }

  @Test func json() throws {
    let text = JSONRenderer.text(Self.report)
    let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["schema"] as? Int == 7 && object["report"] as? String == "test")
    #expect(object["title"] as? String == "tab\there \\ \u{1}" && object["seed"] as? UInt64 == .max)
    #expect(object["none"] is NSNull && object["infinite"] as? String == "inf")
    #expect(object["tiny"] as? Double == Double.leastNonzeroMagnitude && text.contains("\"whole\": 3,\n"))
    let rows = try rows(text, "things")
    #expect(rows.count == 3 && rows.allSatisfy { $0.count == 20 })
    #expect(rows[0]["name"] as? String == "a, \"b\"\n<i>&'é ∞")
    #expect(rows[0]["done"] as? Int == 2 && rows[0]["planned"] as? Int == 10)
    #expect(rows[0]["risk"] as? Double == 0.1 && rows[0]["high"] as? String == "inf")
    #expect(rows[0]["is_good"] as? Bool == true && rows[0]["time"] as? String == "2027-01-15T08:00:00Z")
    #expect(rows[0]["levels"] as? [String: Int] == ["D_3": 3, "none": 1])
    #expect((rows[0]["knots"] as? [Any])?.first as? Double == 0.5)
    #expect(rows[1].values.filter { $0 is NSNull }.count == 19)
    #expect(try self.rows(text, "empty").isEmpty)
    // Keys in the order of the columns.
    let places = ["\"name\"", "\"count\"", "\"done\"", "\"planned\"", "\"risk\""].map { text.range(of: $0)!.lowerBound }
    #expect(places == places.sorted())
  }

  private func rows(_ text: String, _ table: String) throws -> [[String: Any]] {
    try ReportingTests.rows(text, table)
  }

  @Test func html() {
    let page = HTMLRenderer.text(Self.report)
    #expect(page.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">\n"))
    #expect(page.contains("<title>A &lt; B &amp; C</title>\n"))
    #expect(page.contains("<section>\n<h1>A &lt; B &amp; C</h1>\n<p>first</p>\n</section>\n"))
    #expect(page.contains("<th scope=\"row\">a, &quot;b&quot;\n&lt;i&gt;&amp;&#39;é ∞</th>"))
    #expect(page.contains("<th scope=\"col\" class=\"r\">5 % .. 95 %</th>"))
    #expect(page.contains("<td class=\"r\">2 of 10</td><td class=\"r\">1.0e-01</td><td class=\"r\">1 .. inf</td>"))
    #expect(page.contains("<td>D_3 3, none 1</td></tr>\n"))
    #expect(page.components(separatedBy: "<tr>").count == 1 + 4 && page.hasSuffix("</body>\n</html>\n"))
    #expect(!page.contains("http:") && !page.contains("https:"), "nothing else is needed")
  }

  @Test func text() {
    let column = Dictionary(uniqueKeysWithValues: Self.columns.enumerated().map { ($1.keys[0], $0) })
    func seen(_ key: String) -> [String] {
      Self.table.rows.map { Self.columns[column[key]!].text($0[column[key]!]) }
    }
    #expect(seen("count") == ["18446744073709551615", "-", "0"])
    #expect(seen("done") == ["2 of 10", "-", "10"])
    #expect(seen("risk") == ["1.0e-01", "-", "inf"])
    #expect(seen("low") == ["1 .. inf", "-", "-"])
    #expect(seen("above") == ["5.00e-01", "-", "0"])
    #expect(seen("p") == ["0.1235", "-", "0.0000"], "rounded up")
    #expect(seen("share") == ["0.250-0.500", "-", "1.0000"])
    #expect(seen("lower") == ["[0.1234, 0.6790]", "-", "[0.0000, 1.0000]"], "rounded outwards")
    #expect(seen("theory_lower") == ["0.1234 .. 0.6790", "-", "0.015625"], "rounded outwards, unless they are equal")
    #expect(seen("is_good") == ["yes", "-", "no"])
    #expect(seen("knots") == ["0.5, x", "-", "-"])
    #expect(seen("levels") == ["D_3 3, none 1", "-", ""])
    let bin = Self.columns[column["above"]!]
    #expect(bin.text(.pair(0, 1e-36)) == "<= 1e-36" && bin.text(.pair(1e12, .greatestFiniteMagnitude)) == "> 1e+12")
    #expect(bin.text(.pair(.infinity, .infinity)) == "inf")
  }

  // MARK: - Widths

  private static func wide(_ label: String) -> Report {
    var table = ReportTable(
      "wide",
      columns: [.init("cell", .text), .init("trials", .count)]
        + ["p", "q", "r"].flatMap { name in
          [
            ReportTable.Column(name, "\(name)_highest", title: name.uppercased(), .share, staysWithNext: true),
            .init("\(name)_lower", "\(name)_upper", title: "95 % interval", .interval),
          ]
        })
    for trials in [5, 12_345] {
      table.append([.text(label), .count(trials)] + Array(repeating: .pair(0.25, 0.5), count: 6))
    }
    return Report("wide", schema: 1, facts: [], tables: [], sections: [Report.Section([.table(table)])])
  }

  @Test func wideTablesAreBroken() {
    #expect(
      TextRenderer().text(Self.wide("8 adam")) == """
          cell  trials            P     95 % interval            Q     95 % interval
        8 adam       5  0.250-0.500  [0.2500, 0.5000]  0.250-0.500  [0.2500, 0.5000]
        8 adam   12345  0.250-0.500  [0.2500, 0.5000]  0.250-0.500  [0.2500, 0.5000]

          cell            R     95 % interval
        8 adam  0.250-0.500  [0.2500, 0.5000]
        8 adam  0.250-0.500  [0.2500, 0.5000]

        """)
  }

  @Test func wideTerminal() {
    let text = TextRenderer(width: 120).text(Self.wide("8 adam"))
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == 4)
    #expect(text.split(separator: "\n").allSatisfy { $0.count == 107 })
  }

  /// Long labels take several lines, and every character of them is there, in every part.
  @Test(arguments: [40, 80, 100])
  func longLabels(width: Int) {
    let label = "20-20 learning-rate=0.1*0.5^floor((n+1)/500) initial.inner-weights=half-normal:h^(-4/15) adam"
    let text = TextRenderer(width: width).text(Self.wide(label))
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= width })
    let most = width / 2
    for part in text.components(separatedBy: "\n\n") {
      let column = part.split(separator: "\n").map { $0.prefix(most).trimmingCharacters(in: .whitespaces) }.joined()
      let plain = label.filter { $0 != " " }
      #expect(column.filter { $0 != " " } == "cell" + plain + plain)
    }
    #expect(text.components(separatedBy: "[0.2500, 0.5000]").count == 1 + 6)
  }

  @Test func paragraphs() {
    let path = "/a/path/" + String(repeating: "x", count: 90)
    let report = Report(
      "p", schema: 1, facts: [], tables: [],
      sections: [Report.Section([.note(String(repeating: "word ", count: 20) + path + " end")])])
    let lines = TextRenderer().text(report).split(separator: "\n")
    #expect(lines.map(\.count) == [79, 21, 100, 5], "a word longer than a line sticks out whole")
    #expect(lines[2] == "  " + path && lines[3] == "  end")
  }

  /// Bounds are rounded away from the certain side, with the digits that claims of high probability need.
  @Test(
    arguments: [
      (0.94, .nearest, "0.9400"), (0.94001, .down, "0.9400"), (0.94001, .up, "0.9401"), (1, .down, "1.0000"),
      (1, .up, "1.0000"), (0, .up, "0.0000"), (0, .nearest, "0.0000"), (0.9999851, .down, "0.999985"),
      (0.999985, .nearest, "0.999985"), (0.9999999, .up, "0.99999990"), (0.99995, .down, "0.999950"),
      (0.9993, .down, "0.99930"), (0.9993, .up, "0.9993"), (0.99991, .up, "0.999910"), (1.51e-5, .up, "1.6e-05"),
      (1.5e-5, .up, "1.5e-05"), (9.99e-5, .up, "1.0e-04"), (9.96e-4, .up, "1.0e-03"), (3.14e-4, .down, "0.0003"),
      (3.14e-5, .down, "0.0000"), (1.0.nextDown, .down, "0.99999999999999989"), (1e-300, .up, "1.0e-300"),
    ] as [(Double, ReportTable.Rounding, String)])
  func probabilities(value: Double, rounding: ReportTable.Rounding, text: String) {
    #expect(ReportTable.Column("p", .probability(rounding)).text(.real(value)) == text)
  }

  @Test func roundedProbabilitiesAreOnTheRightSide() throws {
    for power in stride(from: 0.0, through: 16, by: 0.01) {
      for value in [pow(10, -power), 1 - pow(10, -power)] {
        func read(_ kind: ReportTable.Kind) throws -> Double {
          try #require(Double(ReportTable.Column("p", kind).text(.real(value))))
        }
        #expect(try read(.probability(.down)) <= value && read(.probability(.up)) >= value)
        #expect(try read(.failure) >= value && read(.failure) <= max(1.11 * value, 0.01) && read(.failure) <= 1)
        #expect(value == 1 || ReportTable.Column("p", .probability(.up)).text(.real(value)) != "1.0000" || power > 15.6)
      }
    }
  }

  @Test(arguments: [
    (0.9633, "0.97"), (0.93, "0.93"), (0.012, "0.012"), (0.00101, "0.0011"), (0.001, "0.0010"), (1.5e-5, "1.5e-05"),
    (1, "1.00"), (0, "0.00"), (0.996, "1.00"), (0.09999, "0.10"),
  ])
  func failures(value: Double, text: String) {
    #expect(ReportTable.Column("p", .failure).text(.real(value)) == text)
  }
}
