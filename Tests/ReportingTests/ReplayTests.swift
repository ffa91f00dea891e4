import Archive
import Foundation
import Kernels
import Ledger
import Networks
import Outcomes
import Reporting
import Risk
import Studies
import TestSupport
import Testing
import Trials

/// Trials of ledgers that hold what training comes to.
@Suite struct ReplayTests {
  private static let study = """
    study: replay
    problem: {input: {uniform: [0, 1]}, target: "x^2"}
    network: {activation: relu, hidden: [[3], [4]], initial: {weights: he-normal, biases: {constant: 0}}}
    training: {optimizer: sgd, learning-rate: 0.1, steps: 40, batch: {size: 32}}
    verdict: {good: {risk-at-most: 1e-2}}
    sampling: {trials: 6, seed: 5}
    """

  private func withReplay(
    _ text: String = study, arithmetic: Int? = nil,
    changing change: (Int, inout Outcome) -> Void = { _, _ in },
    _ body: (Study, LedgerReader, TemporaryFolder) throws -> Void
  ) throws {
    try withTrainedLedger(text, arithmetic: arithmetic, changing: change, body)
  }

  private func replay(_ ledger: LedgerReader, _ cell: String, _ trial: Int, source: Study? = nil) throws -> ReplayReport
  {
    try ReplayReport(Replay(ledger, source: source), ledger, cell: CellSelection(cell), trial: TrialIndex(trial))
  }

  /// Each alone, whatever block it was computed in.
  @Test func sameBits() throws {
    try withReplay { study, ledger, _ in
      for (place, cell) in study.cells.enumerated() {
        for trial in 0..<6 {
          let comparison = try Replay(ledger).comparison(TrialIndex(trial), ofCell: place, in: ledger)
          #expect(comparison.differences.isEmpty && comparison.determined.count >= 8)
          #expect(comparison.storedVerdict == comparison.verdict && comparison.cell.key == cell.key)
          #expect(!comparison.limit.isEmpty)
        }
      }
      let report = try replay(ledger, "4", 5)
      #expect(report.failure == nil)
      #expect(report.report.text.contains("cell 4, trial 5, recomputed alone"))
      #expect(report.report.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    }
  }

  /// A stored outcome that does not come out again is named, with the quantities; its neighbours are not.
  @Test func otherBits() throws {
    try withReplay(changing: { if $0 == 3 { $1.risk = $1.risk.nextUp } }) { _, ledger, _ in
      let failures = try [("3", 3), ("3", 2), ("4", 3)].map { try replay(ledger, $0, $1).failure }
      #expect(failures == ["trial 3 of cell 3 comes out with other bits than those that are stored: risk", nil, nil])
    }
  }

  @Test func whatCannotBeRecomputed() throws {
    try withReplay { _, ledger, _ in
      #expect(message { _ = try replay(ledger, "3", 6) } == "\(ledger.path) has no trial 6 of cell 3")
      #expect(message { _ = try replay(ledger, "5", 0) } == "there is no cell \"5\"; the cells are 3, 4")
      let other = try Study.load("inner-bias")
      let refusal = message { _ = try Replay(ledger, source: other) }
      #expect(refusal.hasPrefix("the study inner-bias is not the one in "))
    }
    try withReplay(arithmetic: Arithmetic.version + 1) { _, ledger, _ in
      let refusal = message { _ = try Replay(ledger) }
      #expect(refusal.contains("their bits cannot be compared; use that version"))
    }
  }

  /// A ledger does not keep the points of a data file: the study file has to be named.
  @Test func dataFile() throws {
    try withTemporaryFolder { folder in
      let data = folder.file("points.csv")
      try "0,0\n0.25,0.1\n0.5,0.3\n1,1\n".write(toFile: data, atomically: true, encoding: .utf8)
      let text = Self.study.replacing(
        "{input: {uniform: [0, 1]}, target: \"x^2\"}", with: "{data: {csv: \"\(data)\"}}"
      ).replacing("size: 32", with: "size: 2")
      try withReplay(text) { study, ledger, _ in
        let refusal = message { _ = try Replay(ledger) }
        #expect(refusal.hasSuffix("name the study file (--study FILE)"))
        let report = try replay(ledger, "3", 5, source: study)
        #expect(report.failure == nil)
      }
    }
  }

  /// The networks are those of the trials: the risk of a trained one is the stored risk, and its limit has the risk of the
  /// limit.
  @Test func parameters() throws {
    try withReplay { study, ledger, folder in
      let path = folder.file("networks")
      let written = try ParameterExport.write(
        Replay(ledger), ledger, cell: CellSelection("4"), trials: 2..<6, to: path)
      #expect(written == 2..<6)
      let cell = study.cells[1]
      let count = cell.architecture.parameterCount
      func array(_ name: String) throws -> [Double] {
        let data = try Data(contentsOf: URL(filePath: "\(path)/\(name).npy"))
        #expect(data.prefix(8) == Data([0x93] + Array("NUMPY".utf8) + [1, 0]))
        let length = 10 + Int(data[8]) + 256 * Int(data[9])
        #expect(length % 64 == 0 && data.count == length + 8 * 4 * count)
        let header = String(decoding: data[10..<length], as: UTF8.self)
        #expect(
          header.hasPrefix("{'descr': '<f8', 'fortran_order': False, 'shape': (4, \(count)), }") && header.last == "\n")
        return stride(from: length, to: data.count, by: 8).map { start in
          Double(bitPattern: (0..<8).reduce(0) { $0 | UInt64(data[start + $1]) << (8 * UInt64($1)) })
        }
      }
      let (initial, trained, limit) = (try array("initial"), try array("trained"), try array("limit"))
      let risk = try PopulationRisk(problem: cell.problem)
      let block = try #require(try ledger.block(of: cell.key, containing: TrialIndex(2)))
      func network(_ parameters: [Double], _ row: Int) -> Network {
        Network(architecture: cell.architecture, parameters: Array(parameters[row * count..<(row + 1) * count]))
      }
      for (row, trial) in [2, 3].enumerated() {
        #expect(risk.evaluate(network(trained, row), kernels: KernelTable(.widest)).risk == block.outcomes[trial].risk)
        #expect(initial[row * count] != trained[row * count])
        if let end = block.analyses[trial].limit {
          #expect(risk.evaluate(network(limit, row), kernels: KernelTable(.widest)).risk == end.risk)
        } else {
          #expect(limit[row * count].isNaN)
        }
      }
      let lines = try String(contentsOfFile: "\(path)/parameters.csv", encoding: .utf8).split(separator: "\n")
      #expect(lines[0].hasPrefix("trial,state,inner-weights[0],inner-weights[1],"))
      #expect(lines[1].hasPrefix("2,initial,"))
      #expect(lines[1].split(separator: ",").dropFirst(2).map { Double($0)! } == Array(initial[0..<count]))
      #expect(
        message {
          _ = try ParameterExport.write(Replay(ledger), ledger, cell: CellSelection("4"), trials: 5..<7, to: path)
        } == "\(ledger.path) has no trial 6 of cell 4")
    }
  }
}
