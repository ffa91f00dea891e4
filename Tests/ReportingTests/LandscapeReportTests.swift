import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import Testing

/// Reports of analyses that are made up, so that every number is known.
@Suite struct LandscapeReportTests {
  typealias Trial = (outcome: Outcome, analysis: TrialAnalysis)

  func trial(dead: Int? = 0, _ limit: FlowLimit? = nil) -> Trial {
    (
      Outcome(risk: 0.75, riskError: 0, gradientNorm: 1e-5, steps: 10_000),
      TrialAnalysis(initiallyDeadNeurons: dead, limit: limit)
    )
  }

  let diverged: Trial = (.diverged(at: 7), TrialAnalysis(initiallyDeadNeurons: 0))

  /// - Parameter kind: nil while the flow moves.
  func limit(
    _ kind: LimitKind?, isGlobal: Bool = false, risk: Double, level: RiskLevel? = nil, kinks: Int = 2,
    kinked: Int? = nil, active: Int = 1, signature: Double = 0
  ) -> FlowLimit {
    FlowLimit(
      risk: risk, gradientNorm: 1e-13, flowTime: 125, steps: 30, isAtRest: kind != nil, isGlobal: isGlobal, kind: kind,
      negativeEigenvalues: 0, smallestEigenvalue: 0.25, level: level,
      structure: LimitStructure(
        interiorKinks: kinks, kinkedNeurons: kinked ?? kinks, activeNeurons: active, inactiveNeurons: 1),
      signature: signature)
  }

  /// Ten trials of cell 5, in two blocks; cell 20 has two, and three behind a gap. Good risks are at most 1e-3.
  func fill(_ writer: LedgerWriter, _ study: Study) throws {
    let optimum = limit(
      .minimum, isGlobal: true, risk: 1e-4, level: RiskLevel(.optimum, 5), kinks: 4, signature: 1.25)
    var near = optimum
    near.risk = 1e-4 + 1e-14
    near.signature = 1.250_000_1
    let ladder = limit(.minimum, risk: 2e-3, level: RiskLevel(.ladder, 3), signature: -2)
    try commit(
      writer, study.cells[0].key, 0,
      [
        trial(dead: 1, optimum), trial(dead: 2, near),
        trial(limit(nil, risk: 2e-3, level: RiskLevel(.ladder, 3))),
        trial(dead: 5, limit(.saddle, risk: 5e-4, level: RiskLevel(.saddle, 2), kinks: 1, kinked: 3)),
      ])
    try commit(
      writer, study.cells[0].key, 4,
      [
        trial(ladder), trial(ladder), trial(ladder), trial(limit(.noWayDown, risk: 0.25, kinks: 2, active: 0)),
        diverged, trial(limit(.unresolved, risk: 0.125, level: RiskLevel(.ladder, 40), kinks: 2, active: 0)),
      ])
    try commit(writer, study.cells[1].key, 0, [trial(dead: nil), trial(dead: nil, optimum)])
    try commit(writer, study.cells[1].key, 3, [trial(ladder), trial(ladder), trial(ladder)])
  }

  func commit(_ writer: LedgerWriter, _ cell: CellKey, _ first: Int, _ trials: [Trial]) throws {
    try writer.commit(
      BlockRecord(
        cell: cell, first: TrialIndex(first), outcomes: trials.map(\.outcome), analyses: trials.map(\.analysis),
        seconds: 1))
  }

  /// What theory says about cell 5.
  private func references(_ cell: Cell) -> CellReferences {
    cell.label == "5"
      ? CellReferences(
        levels: [
          ReferenceLevel(level: RiskLevel(.optimum, 5), value: 1e-4),
          ReferenceLevel(level: RiskLevel(.ladder, 3), value: 0.002),
        ], anyDead: 1 - 0.2373046875, allDead: 0.0009765625) : CellReferences()
  }

  private func check(simultaneous: Bool = false, _ body: (StudyReport) throws -> Void) throws {
    try withLedger(limit: "{classes: true}", fill) { ledger in
      try body(StudyReport(ledger, choices(simultaneous: simultaneous), references: references))
    }
  }

  // MARK: - Text

  @Test func text() throws {
    try check { report in
      let text = report.text
      let start = try #require(text.range(of: "cell 5: landscape"))
      #expect(String(text[start.lowerBound...]) == Self.expectedText)
    }
  }

  /// The Clopper-Pearson bounds are those of SciPy 1.17 at 1 - 0.05 / 7 for qualities, 1 - 0.05 / 8 for kinds, and 1 - 0.05 /
  /// 30 for levels.
  static let expectedText = """
    cell 5: landscape, 10 trials
       at initialization  trials       P     95 % interval  at least  closed form
        a neuron is dead       3  0.3000  [0.0667, 0.6525]    0.0872     0.762695
    all neurons are dead       1  0.1000  [0.0025, 0.4451]    0.0051     0.000977

    quality of the limit  trials       P     95 % interval  at least
                  global       2  0.2000  [0.0091, 0.6645]    0.0130
                    good       1  0.1000  [0.0003, 0.5624]    0.0007
                     bad       5  0.5000  [0.1189, 0.8811]    0.1391
               undecided       0  0.0000  [0.0000, 0.4308]    0.0000
             not at rest       1  0.1000  [0.0003, 0.5624]    0.0007
            not followed       0  0.0000  [0.0000, 0.4308]    0.0000
                diverged       1  0.1000  [0.0003, 0.5624]    0.0007

    kind of the limit  trials       P     95 % interval  at least
              minimum       5  0.5000  [0.1154, 0.8846]    0.1349
          no way down       1  0.1000  [0.0003, 0.5693]    0.0006
               saddle       1  0.1000  [0.0003, 0.5693]    0.0006
           degenerate       0  0.0000  [0.0000, 0.4384]    0.0000
           unresolved       1  0.1000  [0.0003, 0.5693]    0.0006
          not at rest       1  0.1000  [0.0003, 0.5693]    0.0006
         not followed       0  0.0000  [0.0000, 0.4384]    0.0000
             diverged       1  0.1000  [0.0003, 0.5693]    0.0006

    level of the limit   value  trials       P     95 % interval  at least
                   m_5  0.0001       2  0.2000  [0.0043, 0.7254]    0.0061
                   D_3   0.002       3  0.3000  [0.0197, 0.8012]    0.0251
                   S_2       -       1  0.1000  [0.0000, 0.6318]    0.0001
                 other       -       1  0.1000  [0.0000, 0.6318]    0.0001
                  none       -       1  0.1000  [0.0000, 0.6318]    0.0001
           not at rest       -       1  0.1000  [0.0000, 0.6318]    0.0001
              diverged       -       1  0.1000  [0.0000, 0.6318]    0.0001

    level of the limit  near, not at rest
                   m_5                  0
                   D_3                  1
                   S_2                  0
                 other                  -
                  none                  -
           not at rest                  -
              diverged                  -

    limits at rest that are free-knot fits, by structure
    interior kinks  trials  smallest risk  largest risk  levels
                 2       3          0.002         0.002   D_3 3
                 4       2         0.0001        0.0001   m_5 2

    limits at rest that are not free-knot fits, by structure
    interior kinks  merged  a neuron active everywhere  trials  smallest risk
                 2      no                          no       2          0.125
                 1     yes                         yes       1         0.0005

    interior kinks  largest risk          levels
                 2          0.25  D_40 1, none 1
                 1        0.0005           S_2 1

    critical point    risk  signature  trials
       bad minimum   0.002         -2       3
    global minimum  0.0001       1.25       2

    cell 20: landscape, 2 trials
    quality of the limit  trials       P     95 % interval  at least
                  global       1  0.5000  [0.0008, 0.9992]    0.0009
                    good       0  0.0000  [0.0000, 0.9483]    0.0000
                     bad       0  0.0000  [0.0000, 0.9483]    0.0000
               undecided       0  0.0000  [0.0000, 0.9483]    0.0000
             not at rest       0  0.0000  [0.0000, 0.9483]    0.0000
            not followed       1  0.5000  [0.0008, 0.9992]    0.0009
                diverged       0  0.0000  [0.0000, 0.9483]    0.0000

    kind of the limit  trials       P     95 % interval  at least
              minimum       1  0.5000  [0.0007, 0.9993]    0.0007
          no way down       0  0.0000  [0.0000, 0.9516]    0.0000
               saddle       0  0.0000  [0.0000, 0.9516]    0.0000
           degenerate       0  0.0000  [0.0000, 0.9516]    0.0000
           unresolved       0  0.0000  [0.0000, 0.9516]    0.0000
          not at rest       0  0.0000  [0.0000, 0.9516]    0.0000
         not followed       1  0.5000  [0.0007, 0.9993]    0.0007
             diverged       0  0.0000  [0.0000, 0.9516]    0.0000

    level of the limit  trials       P       95 % interval  at least
                   m_5       1  0.5000  [0.0000, 0.999931]    0.0000
          not followed       1  0.5000  [0.0000, 0.999931]    0.0000

    level of the limit  near, not at rest
                   m_5                  0
          not followed                  -

    limits at rest that are free-knot fits, by structure
    interior kinks  trials  smallest risk  largest risk  levels
                 4       1         0.0001        0.0001   m_5 1

    critical point    risk  signature  trials
    global minimum  0.0001       1.25       1

    diverged, which counts as not good and as an infinite risk: 1 (width 5)
    undecided: 1 (width 20): no limit is stored, or one of an earlier version that
      does not count today
    undecided: 1 (width 5): the flow was left at the bound of an earlier criterion,
      where its work was spent, or where it could not go on
    width 5: undecided flows came to risks of 0.002, after flow times of 1.2e+02
    Clopper-Pearson (5): exact for the number of trials planned before the first
      look
    confidence sequence (20): valid at every look and for every stopping rule
    interval: two-sided, 95 %, whatever the undecided trials are; 1-P at most:
      one-sided, 95 %; each width on its own (simultaneous bounds: --simultaneous)
    limit: of the gradient flow from the end of training, over all trials; at a
      level if it is at rest and its risk within 1e-3 of it
    quality: by the risk; global: the smallest of networks of this width. kind: by
      derivatives and structure; minimum: by a theorem, no way down: to second
      order. For each the intervals of a cell hold together, and so do the lower
      bounds (Bonferroni)
    levels: listed if they occur; for their bounds to hold together all the same,
      they are corrected for all lines that networks of this width can have
      (Bonferroni, 30 to 90)
    free-knot fit: one neuron at each interior kink, and one active everywhere
    not followed: trials whose verdict needs no limit; limit: {classes: true} in the
      study follows them too
    critical points are told apart by risk to 8 digits and signature to 6; risks
      below 1e-12 count as 0
    3 stored trials behind a gap are not counted: an estimate uses a prefix only
    5 trials are missing: the same run command continues

    """

  /// Bonferroni over two cells comes on top of that over qualities, kinds and levels.
  @Test func simultaneous() throws {
    try check { single in
      try check(simultaneous: true) { both in
        let (one, two) = (try #require(single.cells[0].landscape), try #require(both.cells[0].landscape))
        #expect(one == two)
        #expect(both.confidence.value == 0.975)
        let narrow = try qualityBounds(single, "global")
        let wide = try qualityBounds(both, "global")
        #expect(abs(narrow.0 - 0.0091283046216574) < 1e-12 && abs(narrow.1 - 0.6644232613434622) < 1e-12)
        // scipy.stats.beta.ppf(0.05 / 28, 2, 9), .ppf(1 - 0.05 / 28, 3, 8); 1e-12 as in `ClopperPearsonTests`.
        #expect(abs(wide.0 - 0.0064080050195401625) < 1e-12 && abs(wide.1 - 0.6951810341539495) < 1e-12)
      }
    }
  }

  // MARK: - JSON and CSV

  /// The rows of a kind in the long table of the landscape.
  private func landscape(_ report: StudyReport, cell: String = "5", _ kind: String) throws -> [[String: Any]] {
    try rows(report.json, "landscape").filter { $0["cell"] as? String == cell && $0["kind"] as? String == kind }
  }

  /// Lower and upper end of the interval of a quality in cell 5.
  private func qualityBounds(_ report: StudyReport, _ name: String) throws -> (Double, Double) {
    let row = try #require(landscape(report, "quality").first { $0["name"] as? String == name })
    return (try #require(row["p_lower"] as? Double), try #require(row["p_upper"] as? Double))
  }

  @Test func json() throws {
    try check { report in
      let qualities = try landscape(report, "quality")
      #expect(
        qualities.map { $0["name"] as? String } == [
          "global", "good", "bad", "undecided", "not at rest", "not followed", "diverged",
        ])
      #expect(qualities.map { $0["count"] as? Int } == [2, 1, 5, 0, 1, 0, 1])
      #expect(qualities.allSatisfy { $0["simultaneous_over"] as? Int == 7 && $0["width"] as? Int == 5 })
      let kinds = try landscape(report, "kind")
      #expect(
        kinds.map { $0["name"] as? String } == [
          "minimum", "no way down", "saddle", "degenerate", "unresolved", "not at rest", "not followed", "diverged",
        ])
      #expect(kinds.map { $0["count"] as? Int } == [5, 1, 1, 0, 1, 1, 0, 1])
      let levels = try landscape(report, "level")
      #expect(
        levels.map { $0["name"] as? String } == ["m_5", "D_3", "S_2", "other", "none", "not at rest", "diverged"])
      #expect(levels.map { $0["count"] as? Int } == [2, 3, 1, 1, 1, 1, 1])
      #expect(levels.map { $0["reference"] as? Double } == [1e-4, 2e-3, nil, nil, nil, nil, nil])
      // m_0 ... m_5, D_1 ... D_6, S_0 ... S_5, local D_0 ... local D_6, other, none, not at rest, not followed, diverged.
      #expect(levels.allSatisfy { $0["simultaneous_over"] as? Int == 6 + 6 + 6 + 7 + 5 })
      let near = try landscape(report, "near level")
      #expect(near.map { $0["name"] as? String } == ["D_3"] && near[0]["count"] as? Int == 1)
      let dead = try landscape(report, "initially dead")
      #expect(dead.map { $0["dead_neurons_per_trial"] as? Double } == [0.8, 0.8])
      // 1 - (3/4)^5 and (1/4)^5, rounded by a few 2^-53 and 2^-63.
      #expect(abs(try #require(dead[0]["reference"] as? Double) - 781.0 / 1024) < 1e-15)
      #expect(abs(try #require(dead[1]["reference"] as? Double) - 1.0 / 1024) < 1e-18)
      let structures = try landscape(report, "other structure")
      #expect(structures.map { $0["interior_kinks"] as? Int } == [2, 1])
      #expect(structures.map { $0["merged"] as? Bool } == [false, true])
      #expect(structures.map { $0["has_active_neuron"] as? Bool } == [false, true])
      #expect(structures[0]["levels"] as? [String: Int] == ["D_40": 1, "none": 1])
      let references = try rows(report.json, "reference_levels")
      #expect(references.map { $0["level"] as? String } == ["m_5", "D_3"])
      #expect(references.map { $0["value"] as? Double } == [1e-4, 2e-3])
      #expect(try landscape(report, cell: "20", "initially dead").isEmpty, "not counted in this cell")
      #expect(try landscape(report, cell: "20", "quality")[5]["count"] as? Int == 1, "not followed")
      #expect(try landscape(report, cell: "20", "level")[0]["simultaneous_over"] as? Int == 90)
    }
  }

  @Test func csvOfTheLandscape() throws {
    try check { report in
      let lines = try report.csv("landscape").split(separator: "\n")
      #expect(
        lines[0]
          == "cell,width,kind,name,count,trials,p,p_highest,p_lower,p_upper,p_at_least,method,simultaneous_over,reference,"
          + "smallest_risk,largest_risk,signature,levels,interior_kinks,merged,has_active_neuron,dead_neurons_per_trial"
      )
      #expect(lines.allSatisfy { $0.count { $0 == "," } == 21 })
      func numbers(_ start: String) throws -> [Double?] {
        let line = try #require(lines.first { $0.hasPrefix(start) }, "\(start)")
        return line.dropFirst(start.count).split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      }
      #expect(try numbers("5,5,initially dead,any,")[...2] == [3, 10, 0.3])
      #expect(try numbers("5,5,initially dead,any,")[9] == 781 / 1024)
      #expect(try numbers("5,5,quality,bad,")[...2] == [5, 10, 0.5])
      #expect(try numbers("5,5,kind,saddle,")[...2] == [1, 10, 0.1])
      #expect(try numbers("5,5,level,D_3,")[9] == 2e-3)
      #expect(try numbers("5,5,near level,D_3,")[0] == 1)
      #expect(lines.contains("5,5,free-knot fit,2 kinks,3,10,,,,,,,,,0.002,0.002,,D_3 3,2,false,true,"))
      #expect(
        lines.contains(
          "5,5,other structure,2 kinks; no neuron active everywhere,2,10,,,,,,,,,0.125,0.25,,D_40 1; none 1,2,false,false,"
        ))
      #expect(
        lines.contains(
          "5,5,other structure,1 kinks; merged,1,10,,,,,,,,,0.00050000000000000001,0.00050000000000000001,,S_2 1,1,true,"
            + "true,"))
      #expect(lines.contains("5,5,critical point,global minimum,2,10,,,,,,,,,0.0001,0.0001,1.25,,,,,"))
      #expect(lines.contains { $0.hasPrefix("20,20,quality,global,1,2,0.5,0.5,") })
    }
    try withLedger({ _, _ in }) { ledger in
      let report = try StudyReport(ledger)
      #expect(
        report.unavailability(ofTable: "landscape")
          == "\(ledger.path) holds no kinds and levels of limits: its study does not ask for them (limit: {classes: true})"
      )
      #expect(report.unavailability(ofTable: "cells") == nil && report.report().table(named: "landscape") == nil)
    }
  }

  // MARK: - What is left out

  /// Twenty rows are shown; the rest is counted.
  @Test func manyCriticalPointsAndStructures() throws {
    let trials = (0..<100).map { trial -> Trial in
      // Trial k has critical point and structure k % 30: those below 10 occur four times, the others three times.
      self.trial(limit(.minimum, risk: 1 + Double(trial % 30), kinks: 1 + trial % 30, active: 0, signature: 1))
    }
    try withLedger(trials: 100, limit: "{classes: true}") { writer, study in
      try commit(writer, study.cells[1].key, 0, trials)
    } _: { ledger in
      let report = try StudyReport(ledger)
      #expect(report.text.contains("and 10 more critical points in 30 trials\n"))
      #expect(report.text.contains("and 10 more structures in 30 trials\n"))
      for kind in ["critical point", "other structure"] {
        let rows = try landscape(report, cell: "20", kind)
        #expect(
          rows.map { $0["count"] as? Int } == Array(repeating: 4, count: 10) + Array(repeating: 3, count: 10) + [30])
        #expect(rows.last?["name"] as? String == "10 more")
      }
      let csv = try report.csv("landscape")
      #expect(csv.contains("20,20,critical point,10 more,30,100,"))
      #expect(csv.contains("20,20,other structure,10 more,30,100,"))
    }
  }

  /// Critical points are told apart up to a number that bounds the memory.
  @Test func tooManyCriticalPointsToTellApart() throws {
    let count = 1 << 16 + 10
    try withLedger(trials: count, limit: "{classes: true}") { writer, study in
      let trials = (0..<count).map { trial(limit(.minimum, risk: 1, signature: 1 + Double($0) * 1e-5)) }
      try commit(writer, study.cells[1].key, 0, trials)
    } _: { ledger in
      let text = try StudyReport(ledger).text
      #expect(text.contains("and at least \((1 << 16) - 20 + 1) more critical points in \(count - 20) trials\n"))
    }
  }

  /// A study may ask for what is counted at initialization alone; and vector inputs have no structure.
  @Test func withoutLimitsOrStructure() throws {
    try withLedger(limit: "{classes: true}") { writer, study in
      try commit(writer, study.cells[0].key, 0, [trial(dead: 1), trial(dead: 0)])
      var plain = limit(.noWayDown, risk: 1e-13, signature: 3)
      plain.structure = LimitStructure()
      try commit(writer, study.cells[1].key, 0, [trial(dead: nil, plain)])
    } _: { ledger in
      let text = try StudyReport(ledger, references: { _ in CellReferences() }).text
      #expect(
        text.contains(
          """
          cell 5: landscape, 2 trials
             at initialization  trials       P     95 % interval  at least
              a neuron is dead       1  0.5000  [0.0062, 0.9938]    0.0066
          all neurons are dead       0  0.0000  [0.0000, 0.8631]    0.0000

          cell 20
          """))
      #expect(!text.contains("free-knot fits, by structure"))
      #expect(text.contains("good no way down  < 1e-12          3       1\n"))
    }
    try withLedger(limit: "{classes: true}", { _, _ in }) { ledger in
      let report = try StudyReport(ledger)
      #expect(!report.text.contains("landscape"))
      #expect(try landscape(report, "level").isEmpty)
      #expect(try report.csv("landscape").split(separator: "\n").count == 1)
    }
  }
}
