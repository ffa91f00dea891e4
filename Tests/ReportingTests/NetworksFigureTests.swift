import Archive
import Foundation
import Landscape
import Ledger
import Networks
import Outcomes
import Reporting
import Studies
import TestSupport
import Testing
import Trials

/// Networks as they are drawn, against those that the export of parameters writes of the same trials.
@Suite struct NetworksFigureTests {
  private static let study = """
    study: networks
    problem: {input: {uniform: [-1, 2]}, target: "x^2"}
    network: {activation: relu, hidden: [[2], [3], [4], [5]], initial: {weights: he-normal, biases: {constant: 0}}}
    training: {optimizer: sgd, learning-rate: 0.1, steps: 40, batch: {size: 32}}
    verdict: {good: {risk-at-most: 1e-4}}
    sampling: {trials: 6, seed: 5}
    """

  private struct Row {
    var cell: String
    var curve: String
    var trial: Int?
    var risk: Double?
    var x: Double
    var value: Double
  }

  private func rows(_ figure: Figure) throws -> [Row] {
    let lines = CSVRenderer.text(figure.table).split(separator: "\n")
    #expect(lines[0] == "cell,width,curve,trial,risk,x,value")
    return try lines.dropFirst().map { line in
      let own = fields(line)
      return Row(
        cell: own[0], curve: own[2], trial: Int(own[3]), risk: Double(own[4]), x: try #require(Double(own[5])),
        value: try #require(Double(own[6])))
    }
  }

  private func figure(_ ledger: LedgerReader, _ cells: String? = nil, source: Study? = nil) throws -> Figure {
    try StudyReport(ledger, choices(cells)).figure(.networks, in: ledger, source: source)
  }

  /// The verdict and the risk of every trial of a cell, as the export has them.
  private func outcomes(_ ledger: LedgerReader, _ cell: String) throws -> [(verdict: String, risk: Double)] {
    var text = ""
    _ = try OutcomeExport.csv(ledger, cells: CellSelection(cell)) { text += $0 }
    return try text.split(separator: "\n").dropFirst().map { line in
      let own = fields(line)
      return (own[2], own[3] == "inf" ? .infinity : try #require(Double(own[3])))
    }
  }

  /// The function of a trained network of a trial, from its exported parameters.
  private func function(
    _ ledger: LedgerReader, _ cell: String, width: Int, trial: Int, _ folder: TemporaryFolder
  ) throws -> (Double) -> Double {
    let path = folder.file("parameters-\(cell)-\(trial)")
    _ = try ParameterExport.write(
      Replay(ledger), ledger, cell: CellSelection(cell), trials: trial..<trial + 1, to: path)
    let lines = try String(contentsOfFile: "\(path)/parameters.csv", encoding: .utf8).split(separator: "\n")
    let names = fields(lines[0])
    let line = try #require(lines.first { $0.hasPrefix("\(trial),trained,") })
    let numbers = Dictionary(uniqueKeysWithValues: zip(names, fields(line)))
    func block(_ name: String, _ count: Int) throws -> [Double] {
      try (0..<count).map { try #require(Double(numbers["\(name)[\($0)]"] ?? "")) }
    }
    let (w, b) = (try block("inner-weights", width), try block("inner-biases", width))
    let (v, c) = (try block("outer-weights", width), try block("outer-bias", 1)[0])
    return { x in zip(zip(w, b), v).reduce(c) { $0 + $1.1 * max(0, $1.0.0 * x + $1.0.1) } }
  }

  @Test func againstExportedParameters() throws {
    try withTrainedLedger(Self.study) { _, ledger, folder in
      let figure = try figure(ledger)
      let rows = try rows(figure)
      // The first, the middle and the last of four.
      #expect(figure.panels.count == 3)
      for (panel, width) in zip(figure.panels, [2, 3, 5]) {
        let cell = "\(width)"
        let outcomes = try outcomes(ledger, cell)
        let risks = outcomes.map(\.risk)
        let median = risks.sorted()[2]
        var expected = ["best": risks.firstIndex(of: risks.min()!)!, "median": risks.firstIndex(of: median)!]
        // Of verdicts the first bad one, or where there is none the first undecided one.
        for verdict in ["bad", "undecided"] where expected.count == 2 {
          expected[verdict] = outcomes.firstIndex { $0.verdict == verdict }
        }
        let own = rows.filter { $0.cell == cell }
        #expect(Set(own.map(\.curve)) == Set(expected.keys).union(["target"]))
        let target = own.filter { $0.curve == "target" }
        #expect(target.count == 401 && target[0].x == -1 && target[400].x == 2)
        #expect(target.allSatisfy { abs($0.value - $0.x * $0.x) <= 1e-15 * max(1, $0.x * $0.x) && $0.trial == nil })
        for (curve, trial) in expected {
          let drawn = own.filter { $0.curve == curve }
          #expect(drawn.map(\.x) == target.map(\.x))
          #expect(drawn.allSatisfy { $0.trial == trial && $0.risk == risks[trial] })
          let network = try function(ledger, cell, width: width, trial: trial, folder)
          #expect(drawn.allSatisfy { abs($0.value - network($0.x)) <= 1e-13 }, "\(cell) \(curve)")
          #expect(panel.title.contains("\(curve) \(String(format: "%.1e", risks[trial]))"))
        }
        #expect(panel.title.hasPrefix("width \(cell): best "))
        #expect(panel.layers.map { $0.label ?? "" }.sorted() == (Array(expected.keys) + ["target"]).sorted())
        #expect(panel.layers.allSatisfy { $0.rows.contains(.init("cell", is: cell)) })
      }
      #expect(Set(rows.map(\.cell)) == ["2", "3", "5"])
      // Where a bad one is wanted, the criterion of the command decides.
      var lenient = ReportChoices()
      lenient.criterion = try GoodCriterion(argument: "1e3", option: ReportChoices.criterionOption)
      let good = try StudyReport(ledger, lenient).figure(.networks, in: ledger)
      #expect(good.panels.allSatisfy { Set($0.layers.map(\.label)) == ["target", "best", "median"] })
    }
  }

  /// Trials without a risk are drawn by nobody, and none is the median where most diverge.
  @Test func divergedTrials() throws {
    try withTrainedLedger(Self.study, changing: { if $0 != 4 { $1 = .diverged(at: 3) } }) { _, ledger, _ in
      let figure = try figure(ledger, "2")
      let rows = try rows(figure)
      #expect(!rows.contains { $0.curve == "median" || $0.risk == .infinity })
      #expect(Set(rows.filter { $0.curve == "best" }.map(\.trial)) == [4])
    }
    try withTrainedLedger(Self.study, changing: { $1 = .diverged(at: 3) }) { _, ledger, _ in
      let figure = try figure(ledger, "2")
      #expect(figure.panels[0].title == "width 2: all diverged")
      let curves = Set(try rows(figure).map(\.curve))
      #expect(curves == ["target"])
    }
  }

  /// A normal law has no ends: what lies between its quantiles of 0.1 % and 99.9 % is shown.
  @Test func normalInputs() throws {
    let text = Self.study.replacing("{uniform: [-1, 2]}", with: "{normal: {mean: 1, standard-deviation: 2}}")
    try withTrainedLedger(text) { _, ledger, _ in
      let x = try rows(figure(ledger, "2")).map(\.x)
      #expect(abs(x.min()! - (1 - 2 * 3.090232306167813)) < 1e-12)
      #expect(abs(x.max()! - (1 + 2 * 3.090232306167813)) < 1e-12)
    }
  }

  /// The points of data sets stand in the place of a target; those of a file need the study.
  @Test func dataSets() throws {
    let law = "{input: {uniform: [-1, 2]}, target: \"x^2\"}"
    let inline = Self.study.replacing(law, with: "{data: {points: [[1, 4], [0, 1], [0.5, 2]]}}")
      .replacing("size: 32", with: "size: 2")
    try withTrainedLedger(inline) { _, ledger, _ in
      let figure = try figure(ledger, "2")
      let rows = try rows(figure)
      let data = rows.filter { $0.curve == "data" }
      #expect(data.map(\.x) == [0, 0.5, 1] && data.map(\.value) == [1, 2, 4])
      #expect(figure.panels[0].layers[0].mark == .points)
      let best = rows.filter { $0.curve == "best" }
      #expect(best.first?.x == 0 && best.last?.x == 1)
    }
    try withTemporaryFolder { folder in
      try folder.write((0...1999).map { "\(Double($0) / 1999),\($0)\n" }.joined(), to: "points.csv")
      let text = Self.study.replacing(law, with: "{data: {csv: \"\(folder.file("points.csv"))\"}}")
        .replacing("size: 32", with: "size: 2")
      try withTrainedLedger(text) { study, ledger, _ in
        #expect(message { _ = try figure(ledger) }.hasSuffix("name the study file (--study FILE)"))
        let drawn = try figure(ledger, "2", source: study)
        let data = try rows(drawn).filter { $0.curve == "data" }
        #expect(data.count == 500 && data.first?.value == 0 && data.last?.value == 1999)
        #expect(drawn.notes.contains("500 of the points that are learned from are shown"))
      }
    }
  }

  @Test func whatCannotBeDrawn() throws {
    let plane = Self.study.replacing(
      "{input: {uniform: [-1, 2]}, target: \"x^2\"}", with: "{input: {box: [[0, 1], [0, 1]]}, target: \"x1\"}")
    try withTrainedLedger(plane) { _, ledger, _ in
      #expect(
        message { _ = try figure(ledger) }
          == "networks: networks are drawn over a scalar input, and those of \(ledger.path) have 2 inputs")
    }
    try withTrainedLedger(Self.study, arithmetic: Arithmetic.version + 1) { _, ledger, _ in
      let refusal = message { _ = try figure(ledger) }
      #expect(refusal.hasPrefix("networks: the trials in ") && refusal.hasSuffix("use that version of the program"))
    }
  }
}
