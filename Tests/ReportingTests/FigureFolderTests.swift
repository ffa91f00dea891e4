import Foundation
import Reporting
import TestSupport
import Testing

/// The files of figures, and their names.
@Suite struct FigureFolderTests {
  private static func figure(_ name: String) -> Figure {
    var table = ReportTable("points", columns: [.init("x", .real(.exact)), .init("y", .real(.exact))])
    table.append([.real(1), .real(.infinity)])
    table.append([.real(0.1), .missing])
    var value = Figure.Axis("P", .logarithmic, range: 1e-4...1, named: [.init(1e-4, "0")])
    value.hasOnlyNamed = true
    return Figure(
      name, title: "a title", table: table,
      panels: [
        Figure.Panel(
          title: "a panel", position: Figure.Axis("width", .categories(["5", "20"])), value: value,
          layers: [
            Figure.Layer(
              .points, [.position: "x", .value: "y"], rows: [.init("x", is: "5")], label: "all", tone: .series(2),
              variant: .open)
          ])
      ], notes: ["a note"])
  }

  private func folder(_ path: String, _ ledgers: [String]) -> FigureFolder {
    FigureFolder(
      path,
      of: ledgers.map {
        FigureFolder.Entry(path: $0, provenance: "of \($0)", figures: [Self.figure("one"), Self.figure("two")])
      })
  }

  private func names(_ ledgers: [String]) -> [String] {
    folder("x", ledgers).figures.map(\.file).filter { $0.hasSuffix("-one") }.map { String($0.dropLast(4)) }
  }

  /// Whatever a ledger is called: letters that every file system takes, no option and no hidden file, each ledger others.
  @Test func namesOfFiles() {
    #expect(names(["a.landfall", "/b/c.d.landfall", "e"]) == ["a", "c.d", "e"])
    #expect(names(["a.landfall", "b/a.landfall", "A.landfall", "a-2.landfall"]) == ["a", "a-2", "A-3", "a-2-2"])
    #expect(
      names(["-rf.landfall", "..hidden.landfall", ".landfall", "é ü.landfall"]) == [
        "rf", "hidden", "landfall", "ledger",
      ])
    #expect(names(["$(rm -rf x)\n\u{202E};'\"<b>.landfall"]) == ["rm--rf-x-------b-"])
    for name in [String(repeating: "x", count: 300), String(repeating: "ä", count: 300) + "/.."] {
      for file in folder("x", [name, name]).figures.map(\.file) {
        #expect(file.utf8.count <= 90)
        #expect(file.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) })
      }
    }
  }

  @Test func files() throws {
    try withTemporaryFolder { parent in
      let path = parent.file("new/folder")
      let folder = folder(path, ["a.landfall", "b/a.landfall"])
      try folder.write(style: .plain, provenance: "a\ncommand\u{1b}[0m")
      let files = ["a-2-one.csv", "a-2-two.csv", "a-one.csv", "a-two.csv", "figures.json"]
      #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == files)
      let csv = try String(contentsOfFile: "\(path)/a-one.csv", encoding: .utf8)
      #expect(csv == "x,y\n1,inf\n0.10000000000000001,\n")

      // Earlier figures of the same names are replaced, other files stay.
      try parent.write("mine\n", to: "new/folder/notes.txt")
      try parent.write("old\n", to: "new/folder/a-one.csv")
      try folder.write(style: .paper, provenance: "a\ncommand\u{1b}[0m")
      #expect(try FileManager.default.contentsOfDirectory(atPath: path).sorted() == files + ["notes.txt"])
      #expect(try String(contentsOfFile: "\(path)/a-one.csv", encoding: .utf8) == csv)

      let data = try Data(contentsOf: URL(filePath: "\(path)/figures.json"))
      let json = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
      #expect(json["schema"] as? Int == 1 && json["style"] as? String == "paper")
      #expect(json["provenance"] as? String == "a command [0m")
      let figures = try #require(json["figures"] as? [[String: Any]])
      #expect(figures.map { $0["file"] as? String } == ["a-one", "a-two", "a-2-one", "a-2-two"])
      #expect(figures.map { $0["provenance"] as? String }.last == "of b/a.landfall")
      let one = figures[0]
      #expect(one["data"] as? String == "a-one.csv" && one["title"] as? String == "a title")
      #expect(one["notes"] as? [String] == ["a note"])
      let panel = try #require((one["panels"] as? [[String: Any]])?.first)
      let value = try #require(panel["value"] as? [String: Any])
      #expect(value["range"] as? [Double] == [1e-4, 1] && value["scale"] as? String == "logarithmic")
      #expect(
        value["onlyNamed"] as? Bool == true && (value["named"] as? [[String: Any]])?.first?["name"] as? String == "0")
      let position = try #require(panel["position"] as? [String: Any])
      #expect(position["categories"] as? [String] == ["5", "20"])
      let layer = try #require((panel["layers"] as? [[String: Any]])?.first)
      #expect(layer["mark"] as? String == "points" && layer["tone"] as? String == "series-2")
      #expect(layer["columns"] as? [String: String] == ["position": "x", "value": "y"])
      #expect(layer["rows"] as? [String: String] == ["x": "5"] && layer["variant"] as? String == "open")
    }
  }

  @Test func foldersThatCannotBeWritten() throws {
    try withTemporaryFolder { parent in
      try parent.write("", to: "file")
      for (path, reason) in [
        ("file", "it is a file; give the name of a folder"),
        ("file/below", "\(parent.file("file")) is a file and no folder"),
      ] {
        let path = parent.file(path)
        #expect(
          message { try folder(path, ["a.landfall"]).write(style: .plain, provenance: "") }
            == "the figures cannot be written to \(path): \(reason)")
      }
      // A folder has the name of a file.
      let path = parent.file("new")
      try FileManager.default.createDirectory(
        atPath: parent.file("new/a-one.csv/below"), withIntermediateDirectories: true)
      #expect(
        message { try folder(path, ["a.landfall"]).write(style: .plain, provenance: "") }
          == "the figures cannot be written to \(path): a folder has the name of a file that belongs there")
    }
  }

  /// Study, definition, seed, trials, kernels, program, command.
  @Test func provenance() throws {
    try withLedger { writer, study in
      for cell in study.cells { try writer.target(cell.key, trials: 10) }
    } _: { ledger in
      let line = try StudyReport(ledger).provenance(command: "landfall figures x")
      #expect(
        line.wholeMatch(
          of:
            /study inner-bias; definition [0-9a-f]{16}; seed 5; 0 trials a cell; avx2; landfall 0\.2\.0 \(abc\), arithmetic 1, Swift; landfall figures x/
        ) != nil, "\(line)")
    }
  }
}
