import Archive
import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import TestSupport
import Testing

/// What reports say of neurons and layers that are dead at initialization, from ledgers whose trials are made up.
@Suite struct InitialDeathReportTests {
  /// Trials by dead layers, and by dead neurons of the first layer, of the cells.
  private typealias Counts = (layers: [Double?], neurons: [Double?])

  private static func column(_ positive: Int, _ value: Double = 1) -> [Double?] {
    Array(repeating: value, count: positive) + Array(repeating: 0, count: 10 - positive)
  }

  private func check(
    of name: String = "born-dead", hidden: String = "[[2], [2, 2, 2]]", _ counts: [Counts],
    hasColumns: Bool = true, _ body: (StudyReport) throws -> Void
  ) throws {
    let further: [Observable] = hasColumns ? [.initiallyDeadLayers, .initiallyDeadInFirstLayer] : []
    try withLedger(
      of: name, hidden: hidden, kernels: counts.map { _ in "" }, further: further,
      { writer, study in
        for (cell, counts) in zip(study.cells, counts) {
          try writer.commit(
            BlockRecord(
              cell: cell.key, first: TrialIndex(0),
              outcomes: Array(
                repeating: Outcome(risk: 1, riskError: 0, gradientNorm: 1, steps: 1), count: counts.layers.count),
              further: zip(further, [counts.layers, counts.neurons]).map { ObservableColumn($0, $1) }, seconds: 1))
        }
      }, { try body(StudyReport($0)) })
  }

  /// On [0, 1] and on [-1, 1], where no neuron of the first layer is dead.
  private static let counts: [Counts] = [
    (column(3), column(8, 2)), (column(6, 3), column(7)), (column(0), column(0)), (column(4), column(0)),
  ]

  /// The Clopper-Pearson bounds are those of SciPy 1.17: `binomtest(k, 10).proportion_ci(0.95, "exact")`.
  @Test func text() throws {
    try check(Self.counts) { report in
      let text = report.text
      let start = try #require(text.range(of: "P(dead at initialization)"))
      let end = try #require(text.range(of: "\n\n", range: start.lowerBound..<text.endIndex))
      #expect(
        String(text[start.lowerBound..<end.lowerBound]) == """
          P(dead at initialization): a whole hidden layer; some neuron in layer 1
                        cell         dead       P     95 % interval       closed form
               2 uniform:0;1  whole layer  0.3000  [0.0667, 0.6525]          0.250000
                               in layer 1  0.8000  [0.4439, 0.9748]          0.750000
           2-2-2 uniform:0;1  whole layer  0.6000  [0.2623, 0.8785]          0.578125
                               in layer 1  0.7000  [0.3475, 0.9333]          0.750000
          2-2-2 uniform:-1;1  whole layer  0.4000  [0.1215, 0.7377]  0.3144 .. 0.4375
          a .. b: no closed form, proved bounds
          """)
    }
  }

  @Test func data() throws {
    try check(Self.counts) { report in
      let rows = try rows(report.json, "initially_dead")
      #expect(
        rows.map { $0["dead"] as? String } == ["layer", "first-layer neuron", "layer", "first-layer neuron", "layer"])
      #expect(rows.map { $0["count"] as? Int } == [3, 8, 6, 7, 4] && rows.allSatisfy { $0["trials"] as? Int == 10 })
      #expect(rows.map { $0["p"] as? Double } == [0.3, 0.8, 0.6, 0.7, 0.4])
      #expect(rows[0]["theory_lower"] as? Double == 0.25 && rows[0]["theory_upper"] as? Double == 0.25)
      // (1 + 7/16) 7/32 = 161/512 and 7/16: some roundings.
      #expect(((rows[4]["theory_lower"] as? Double ?? 0) - 161.0 / 512).magnitude < 1e-15)
      #expect(((rows[4]["theory_upper"] as? Double ?? 0) - 0.4375).magnitude < 1e-15)
      let csv = try report.csv("initially_dead")
      #expect(
        csv.hasPrefix(
          "cell,h1,h2,h3,problem.input,dead,count,trials,p,p_highest,p_lower,p_upper,p_at_least,method,theory_lower,"
            + "theory_upper\n"))
      #expect(csv.split(separator: "\n").count == 6)
      #expect(HTMLRenderer.text(report.report()).contains("<td class=\"r\">0.3144 .. 0.4375</td>"))
    }
  }

  /// Biases that are not 0: nothing is known of the second layer, and a line stands beside the other.
  @Test func unknownLaw() throws {
    try check(of: "deep-normal", hidden: "[[1, 3]]", [(Self.column(0), Self.column(4))]) { report in
      let rows = try rows(report.json, "initially_dead")
      #expect(rows.map { $0["count"] as? Int } == [0, 4])
      #expect(rows[0]["theory_lower"] is NSNull && rows[1]["theory_lower"] as? Double == 0.375)
    }
  }

  /// Vectors: the second layer is not counted.
  @Test func notCounted() throws {
    let missing = [Double?](repeating: nil, count: 10)
    try check(of: "deep-he", hidden: "[[2, 2]]", [(missing, Self.column(4))]) { report in
      let rows = try rows(report.json, "initially_dead")
      #expect(rows.map { $0["dead"] as? String } == ["first-layer neuron"])
    }
  }

  @Test func nothingToSay() throws {
    // Neither possible nor seen, on [-1, 1].
    let none: Counts = (Self.column(0), Self.column(0))
    try check(hidden: "[[2]]", [none, none]) { report in
      let rows = try rows(report.json, "initially_dead")
      #expect(rows.count == 2, "on [0, 1]")
    }
    // Neurons that cannot die, and ledgers of earlier versions.
    let missing: Counts = ([Double?](repeating: nil, count: 10), [Double?](repeating: nil, count: 10))
    for (counts, hasColumns) in [(missing, true), (none, false)] {
      try check(of: "shallow-normal", hidden: "[[5]]", [counts], hasColumns: hasColumns) { report in
        #expect(!report.text.contains("dead") && report.report().table(named: "initially_dead") == nil)
        #expect(report.unavailability(ofTable: "initially_dead")?.contains("nothing is dead at initialization") == true)
      }
    }
  }
}
