import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import TestSupport
import Testing

/// The export as arrays for NumPy.
@Suite struct ArrayExportTests {
  /// Ten trials of the first cell, one of the second and one behind a gap, with limits.
  private func fill(_ writer: LedgerWriter, _ cells: [CellKey]) throws {
    func block(_ cell: CellKey, _ first: Int, _ count: Int) -> BlockRecord {
      let trials = first..<first + count
      return BlockRecord(
        cell: cell, first: TrialIndex(first),
        outcomes: trials.map {
          $0 == 3
            ? .diverged(at: 7)
            : Outcome(
              risk: 1 / Double($0 + 3), riskError: 0, gradientNorm: 1e-5, steps: 10_000, deadNeurons: $0 == 1 ? nil : $0
            )
        },
        analyses: trials.map {
          TrialAnalysis(
            limit: $0 % 2 == 0
              ? FlowLimit(
                risk: 0.25, gradientNorm: 1e-9, flowTime: 3, isAtRest: true, kind: .saddle, level: RiskLevel(.ladder, 2)
              )
              : nil)
        }, seconds: 1)
    }
    for (cell, first, count) in [(0, 0, 4), (0, 4, 6), (1, 0, 1), (1, 5, 1)] {
      try writer.commit(block(cells[cell], first, count))
    }
  }

  /// The elements of a file of format version 1.0, from its header.
  private func elements(_ file: URL) throws -> (type: String, values: [Double]) {
    let data = try Data(contentsOf: file)
    #expect(data.prefix(8) == Data([0x93] + Array("NUMPY".utf8) + [1, 0]))
    let length = Int(data[8]) + 256 * Int(data[9])
    #expect((10 + length) % 64 == 0)
    let header = try #require(String(data: data[10..<10 + length], encoding: .ascii))
    let match = try #require(
      header.wholeMatch(of: /\{'descr': '(.+)', 'fortran_order': False, 'shape': \((\d+),\), \} *\n/))
    let count = try #require(Int(match.2))
    let bytes = Array(data[(10 + length)...])
    let size = bytes.count / count
    #expect(bytes.count == size * count && size == (match.1 == "|i1" ? 1 : 8))
    let values = (0..<count).map { place -> Double in
      let pattern = (0..<size).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64(bytes[place * size + $1]) }
      return switch match.1 {
      case "|i1": Double(Int8(bitPattern: UInt8(pattern)))
      case "<i8": Double(Int64(bitPattern: pattern))
      default: Double(bitPattern: pattern)
      }
    }
    return (String(match.1), values)
  }

  @Test func columnsAreThoseOfTheCSV() throws {
    try withLedger(limit: "{classes: true}") { writer, study in
      try fill(writer, study.cells.map(\.key))
    } _: { ledger in
      try withTemporaryFolder { folder in
        let url = folder.url.appending(path: "arrays")
        #expect(try ArrayExport.write(ledger, to: url.path) == 1)
        var csv = ""
        _ = try OutcomeExport.csv(ledger) { csv += $0 }
        let lines = csv.split(separator: "\n").map(fields)
        let json = try String(contentsOf: url.appending(path: "columns.json"), encoding: .utf8)
        let columns = try rows(json, "columns")
        let labels = try rows(json, "cells").map { $0["cell"] as? String }
        #expect(labels == ["5", "20"] && json.contains("\"definition\": \"study: inner-bias\\n"))
        #expect(Set(columns.compactMap { $0["name"] as? String }) == Set(lines[0]).subtracting(["width"]))
        for column in columns {
          let name = try #require(column["name"] as? String)
          let words = try #require(column["words"] as? [String])
          let (type, values) = try elements(url.appending(path: try #require(column["file"] as? String)))
          #expect(["|i1": "int8", "<i8": "int64", "<f8": "float64"][type] == column["type"] as? String)
          let place = try #require(lines[0].firstIndex(of: name))
          let texts = values.map { value in
            if name == "cell" { return labels[Int(value)] ?? "" }
            if !words.isEmpty { return value == -1 ? "" : words[Int(value)] }
            if type == "<f8" { return value.isNaN ? "" : value == .infinity ? "inf" : String(format: "%.17g", value) }
            return value == -1 ? "" : "\(Int(value))"
          }
          #expect(texts == lines.dropFirst().map { $0[place] }, "\(name)")
        }
        // Again, over the earlier one, some cells; not over anything else.
        #expect(try ArrayExport.write(ledger, cells: CellSelection("5"), to: url.path) == 0)
        #expect(try elements(url.appending(path: "trial.npy")).values == (0..<10).map(Double.init))
        try folder.write("", to: "arrays/mine.txt")
        #expect(
          message { _ = try ArrayExport.write(ledger, to: url.path) }
            == "\(url.path) has files that are no earlier export: name a new folder")
        try folder.write("", to: "file")
        #expect(
          message { _ = try ArrayExport.write(ledger, to: folder.file("file")) }.hasPrefix(
            "the arrays cannot be written to \(folder.file("file")): "))
      }
    }
  }
}
