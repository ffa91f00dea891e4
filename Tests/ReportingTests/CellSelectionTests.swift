import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import TestSupport
import Testing

/// Labels as data, and what `--cell` selects.
@Suite struct CellSelectionTests {
  private static func study(_ vary: String, hidden: String = "[[8], [20, 10]]") throws -> Study {
    try Study.load(
      "deep-he",
      overrides: [Override(key: "network.hidden", value: hidden), Override(key: "vary", value: vary)])
  }

  private static let vary =
    "[{training.learning-rate: [0.1, 0.05]}, {network.activation: [relu, {leaky-relu: 0.1}]}]"

  private func labels(_ text: String) throws -> [String] {
    let cells = try Self.study(Self.vary).cellSettings
    return try CellSelection(text).places(in: cells).map { cells[$0].label }
  }

  @Test func settings() throws {
    let cells = try Self.study(Self.vary).cellSettings
    #expect(cells.count == 8)
    #expect(cells[0].label == "8 learning-rate=0.1 relu" && cells[0].hidden == [8])
    #expect(cells[7].label == "20-10 learning-rate=0.05 leaky-relu:0.1" && cells[7].hidden == [20, 10])
    #expect(cells[7].varied.map(\.key) == ["training.learning-rate", "network.activation"])
    let columns = CellColumns(cells)
    #expect(columns.columns.flatMap(\.keys) == ["cell", "h1", "h2", "training.learning-rate", "network.activation"])
    #expect(
      columns.values("8 learning-rate=0.05 relu")
        == [.text("8 learning-rate=0.05 relu"), .count(8), .missing, .real(0.05), .text("relu")])
    #expect(columns.values("20-10 learning-rate=0.1 relu")[1...2] == [.count(20), .count(10)])
  }

  @Test func widthsAlone() throws {
    let cells = try Study.load("inner-bias").cellSettings
    let columns = CellColumns(cells)
    #expect(columns.columns.flatMap(\.keys) == ["cell", "width"])
    #expect(columns.values(cells[0].label) == [.text(cells[0].label), .count(cells[0].hidden[0])])
  }

  @Test func selection() throws {
    #expect(try labels("8 learning-rate=0.1 relu") == ["8 learning-rate=0.1 relu"])
    #expect(try labels("8").count == 4)
    #expect(try labels("20-10").allSatisfy { $0.hasPrefix("20-10 ") })
    #expect(try labels("width=8").count == 4)
    #expect(try labels("h2=10").count == 4)
    #expect(try labels("learning-rate=1e-1").count == 4)
    #expect(
      try labels("training.learning-rate=0.05 relu") == ["8 learning-rate=0.05 relu", "20-10 learning-rate=0.05 relu"])
    #expect(try labels("8 leaky-relu:0.1 0.05") == ["8 learning-rate=0.05 leaky-relu:0.1"])
  }

  @Test func noMatch() throws {
    let cells = try Study.load("inner-bias", overrides: [Override(key: "network.hidden", value: "[[5], [20]]")])
      .cellSettings
    for text in ["7", "", "width=20 5", "relu"] {
      #expect(
        message { _ = try CellSelection(text).places(in: cells) }
          == "there is no cell \"\(text)\"; the cells are 5, 20")
    }
  }

  /// A report of some cells; bounds that hold together are still those of all.
  @Test func report() throws {
    try withLedger { _, _ in
    } _: { ledger in
      let report = try StudyReport(ledger, choices("20", simultaneous: true))
      #expect(report.cells.map(\.label) == ["20"] && report.confidence.value == 0.975)
      let lines = report.csv.split(separator: "\n")
      #expect(lines.count == 2 && lines[0].hasPrefix("cell,width,trials,") && lines[1].hasPrefix("20,20,0,"))
      #expect(try rows(report.json, "cells")[0]["width"] as? Int == 20)
      var text = ""
      _ = try OutcomeExport.csv(ledger, cells: CellSelection("5")) { text += $0 }
      #expect(text == "cell,trial,verdict,risk,gradient_norm,risk_error,steps,dead_neurons,width\n")
      #expect(
        message { _ = try StudyReport(ledger, choices("7")) }
          == "there is no cell \"7\"; the cells are 5, 20")
    }
  }
}
