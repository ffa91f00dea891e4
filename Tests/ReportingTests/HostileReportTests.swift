import Reporting
import Testing

/// Reports of a ledger that a stranger sent: no format lets its texts do anything.
@Suite struct HostileReportTests {
  private static let hostile = "a\u{1B}[31m\u{202E}b\u{9B}\u{7F}\u{2028}c"

  private static func report(_ text: String) -> Report {
    var table = ReportTable("things", columns: [.init("name", title: text, .text), .init("p", .real(.exact))])
    table.append([.text(text), .real(-1e-3)])
    table.append([.text("plain"), .real(-.infinity)])
    return Report(
      "test", schema: 1, facts: [.init("study", .text(text))], tables: [table],
      sections: [Report.Section([.heading(text), .table(table), .note(text), .verbatim(text + "\n")])])
  }

  @Test func text() {
    #expect(
      TextRenderer().text(Self.report(Self.hostile)) == """
        a\\u{1B}[31m\\u{202E}b\\u{9B}\\u{7F}c
        a\\u{1B}[31m\\u{202E}b\\u{9B}\\u{7F}\\u{2028}c       p
               a\\u{1B}[31m\\u{202E}b\\u{9B}\\u{7F} c  -0.001
                                            plain    -inf
        a\\u{1B}[31m\\u{202E}b\\u{9B}\\u{7F}c
        a\\u{1B}[31m\\u{202E}b\\u{9B}\\u{7F}\\u{2028}c

        """)
  }

  @Test func json() {
    let text = JSONRenderer.text(Self.report(Self.hostile + "\u{E0041}é"))
    #expect(
      text.contains("\"study\": \"a\\u001b[31m\\u202eb\\u009b\\u007f\\u2028c\\udb40\\udc41é\""), "\(text)")
    #expect(text.contains("\"p\": -0.001"))
  }

  @Test func csv() {
    let names = ["=cmd|' /C calc'!A0", "-1e-3", "-x", "a,b", "a\nb", Self.hostile]
    let lines = names.map { name in
      var table = ReportTable("things", columns: [.init("name", .text), .init("p", .real(.exact))])
      table.append([.text(name), .real(-1e-3)])
      return String(CSVRenderer.text(table).dropFirst("name,p\n".count))
    }
    #expect(
      lines == [
        "'=cmd|' /C calc'!A0,-0.001\n", "-1e-3,-0.001\n", "'-x,-0.001\n", "\"a,b\",-0.001\n", "\"a\nb\",-0.001\n",
        "a\\u{1B}[31m\\u{202E}b\\u{9B}\\u{7F}\\u{2028}c,-0.001\n",
      ])
  }

  @Test func pagesAndPapers() {
    for text in [
      HTMLRenderer.text(Self.report(Self.hostile)),
      LaTeXRenderer.text(Self.report(Self.hostile), comments: [Self.hostile]),
    ] {
      let unsafe = text.unicodeScalars.filter {
        $0 != "\n" && ($0.value < 0x20 || 0x7F..<0xA0 ~= $0.value || $0 == "\u{202E}" || $0 == "\u{2028}")
      }
      #expect(unsafe.isEmpty, "\(unsafe)")
    }
    let paper = LaTeXRenderer.text(Self.report("\u{1B}x"), comments: ["a\u{1B}b"])
    #expect(paper.hasPrefix("% a\\u{1B}b\n"))
    #expect(paper.contains("\\caption{\\textbackslash{}u\\{1B\\}x}"))
  }
}
