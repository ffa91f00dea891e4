import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import Testing

/// Reports of analyses that are made up, so that every number is known.
@Suite struct LandscapeReportTests {
  private typealias Trial = (outcome: Outcome, analysis: TrialAnalysis)

  private func trial(dead: Int? = 0, _ limit: FlowLimit? = nil) -> Trial {
    (
      Outcome(risk: 0.75, riskError: 0, gradientNorm: 1e-5, steps: 10_000),
      TrialAnalysis(initiallyDeadNeurons: dead, limit: limit)
    )
  }

  private let diverged: Trial = (.diverged(at: 7), TrialAnalysis(initiallyDeadNeurons: 0))

  /// - Parameter kind: nil while the flow moves.
  private func limit(
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
  private func fill(_ writer: LedgerWriter, _ study: Study) throws {
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

  private func commit(_ writer: LedgerWriter, _ cell: CellKey, _ first: Int, _ trials: [Trial]) throws {
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
      try body(StudyReport(ledger, simultaneous: simultaneous, references: references))
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

    level of the limit   value  trials       P     95 % interval  at least  near, not at rest
                   m_5  0.0001       2  0.2000  [0.0043, 0.7254]    0.0061                  0
                   D_3   0.002       3  0.3000  [0.0197, 0.8012]    0.0251                  1
                   S_2       -       1  0.1000  [0.0000, 0.6318]    0.0001                  0
                 other       -       1  0.1000  [0.0000, 0.6318]    0.0001                  -
                  none       -       1  0.1000  [0.0000, 0.6318]    0.0001                  -
           not at rest       -       1  0.1000  [0.0000, 0.6318]    0.0001                  -
              diverged       -       1  0.1000  [0.0000, 0.6318]    0.0001                  -

    limits at rest that are free-knot fits, by structure
    interior kinks  trials  smallest risk  largest risk  levels
                 2       3          0.002         0.002   D_3 3
                 4       2         0.0001        0.0001   m_5 2

    limits at rest that are not free-knot fits, by structure
    interior kinks  merged  a neuron active everywhere  trials  smallest risk  largest risk          levels
                 2      no                          no       2          0.125          0.25  D_40 1, none 1
                 1     yes                         yes       1         0.0005        0.0005           S_2 1

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

    level of the limit  trials       P     95 % interval  at least  near, not at rest
                   m_5       1  0.5000  [0.0000, 1.0000]    0.0000                  0
          not followed       1  0.5000  [0.0000, 1.0000]    0.0000                  -

    limits at rest that are free-knot fits, by structure
    interior kinks  trials  smallest risk  largest risk  levels
                 4       1         0.0001        0.0001   m_5 1

    critical point    risk  signature  trials
    global minimum  0.0001       1.25       1

    diverged, which counts as not good and as an infinite risk: 1 (width 5)
    undecided: 1 (width 20): no limit is stored, or one of an earlier version that
      does not count today
    undecided: 1 (width 5): the flow was left at the bound of an earlier criterion,
      or where it could not go on
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
        // scipy.stats.beta.ppf(0.05 / 28, 2, 9), .ppf(1 - 0.05 / 28, 3, 8)
        #expect(abs(wide.0 - 0.0064080050195401625) < 1e-12 && abs(wide.1 - 0.6951810341539495) < 1e-12)
      }
    }
  }

  // MARK: - JSON and CSV

  private func landscape(_ report: StudyReport, cell: Int) throws -> [String: Any] {
    let object = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any]
    let cells = try #require(object?["cells"] as? [[String: Any]])
    return try #require(cells[cell]["landscape"] as? [String: Any])
  }

  /// Lower and upper end of the interval of a quality in cell 5.
  private func qualityBounds(_ report: StudyReport, _ name: String) throws -> (Double, Double) {
    let qualities = try #require(landscape(report, cell: 0)["qualities"] as? [[String: Any]])
    let p = try #require(qualities.first { $0["quality"] as? String == name }?["p"] as? [String: Any])
    return (try #require(p["lower"] as? Double), try #require(p["upper"] as? Double))
  }

  @Test func json() throws {
    try check { report in
      let first = try landscape(report, cell: 0)
      func counts(_ list: String, _ name: String) throws -> [(String?, Int?)] {
        try #require(first[list] as? [[String: Any]]).map {
          ($0[name] as? String, ($0["p"] as? [String: Any])?["successes"] as? Int)
        }
      }
      let qualities = try counts("qualities", "quality")
      #expect(
        qualities.map(\.0) == ["global", "good", "bad", "undecided", "not at rest", "not followed", "diverged"])
      #expect(qualities.map(\.1) == [2, 1, 5, 0, 1, 0, 1])
      let kinds = try counts("kinds", "kind")
      #expect(
        kinds.map(\.0) == [
          "minimum", "no way down", "saddle", "degenerate", "unresolved", "not at rest", "not followed", "diverged",
        ])
      #expect(kinds.map(\.1) == [5, 1, 1, 0, 1, 1, 0, 1])
      let levels = try #require(first["levels"] as? [[String: Any]])
      #expect(
        levels.map { $0["level"] as? String } == ["m_5", "D_3", "S_2", "other", "none", "not at rest", "diverged"])
      #expect(levels.map { ($0["p"] as? [String: Any])?["successes"] as? Int } == [2, 3, 1, 1, 1, 1, 1])
      #expect(levels.map { $0["near_not_at_rest"] as? Int } == [0, 1, 0, 0, 0, 0, 0])
      #expect(levels.map { $0["value"] as? Double } == [1e-4, 2e-3, nil, nil, nil, nil, nil])
      // m_0 ... m_5, D_1 ... D_6, S_0 ... S_5, local D_0 ... local D_6, other, none, not at rest, not followed, diverged.
      #expect(first["possible_level_lines"] as? Int == 6 + 6 + 6 + 7 + 5)
      let dead = try #require(first["initially_dead"] as? [String: Any])
      #expect(dead["neurons_per_trial"] as? Double == 0.8)
      // 1 - (3/4)^5 and (1/4)^5.
      let any = try #require((dead["any"] as? [String: Any])?["closed_form"] as? Double)
      #expect(abs(any - 781.0 / 1024) < 1e-15)
      let all = try #require((dead["all"] as? [String: Any])?["closed_form"] as? Double)
      #expect(abs(all - 1.0 / 1024) < 1e-18)
      #expect((first["reference_levels"] as? [[String: Any]])?.count == 2)
      let second = try landscape(report, cell: 1)
      #expect(second["initially_dead"] == nil, "not counted in this cell")
      #expect(second["without_limit"] as? Int == 1)
      #expect(second["possible_level_lines"] as? Int == 90)
    }
  }

  @Test func csvOfTheLandscape() throws {
    try check { report in
      let lines = try report.landscapeCSV().split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.allSatisfy { $0.isEmpty || $0.count { $0 == "," } == 14 })
      func numbers(_ start: String) throws -> [Double?] {
        let line = try #require(lines.first { $0.hasPrefix(start) }, "\(start)")
        return line.dropFirst(start.count).split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
      }
      #expect(try numbers("5,initially dead,any,")[...2] == [3, 10, 0.3])
      #expect(try numbers("5,initially dead,any,")[7] == 781 / 1024)
      #expect(try numbers("5,quality,bad,")[...2] == [5, 10, 0.5])
      #expect(try numbers("5,kind,saddle,")[...2] == [1, 10, 0.1])
      #expect(try numbers("5,level,D_3,")[7] == 2e-3)
      #expect(try numbers("5,near level,D_3,")[0] == 1)
      #expect(lines.contains("5,free-knot fit,2 kinks,3,10,,,,,,,0.002,0.002,,D_3 3"))
      #expect(
        lines.contains("5,other structure,2 kinks; no neuron active everywhere,2,10,,,,,,,0.125,0.25,,D_40 1; none 1"))
      #expect(
        lines.contains(
          "5,other structure,1 kinks; merged,1,10,,,,,,,0.00050000000000000001,0.00050000000000000001,,S_2 1"))
      #expect(lines.contains("5,critical point,global minimum,2,10,,,,,,,0.0001,0.0001,1.25,"))
      #expect(lines.contains { $0.hasPrefix("20,quality,global,1,2,0.5,") })
    }
    try withLedger({ _, _ in }) { ledger in
      #expect(throws: LandscapeRequestError.noAnalysis(path: ledger.path)) { try StudyReport(ledger).landscapeCSV() }
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
      let landscape = try landscape(report, cell: 1)
      for name in ["critical_points", "other_structures"] {
        let ranking = try #require(landscape[name] as? [String: Any])
        #expect(ranking["more_rows"] as? Int == 10 && ranking["more_trials"] as? Int == 30)
        let rows = try #require(ranking["rows"] as? [[String: Any]])
        #expect(rows.map { $0["trials"] as? Int } == Array(repeating: 4, count: 10) + Array(repeating: 3, count: 10))
      }
      let csv = try report.landscapeCSV()
      #expect(csv.contains("20,critical point,10 more,30,100,"))
      #expect(csv.contains("20,other structure,10 more,30,100,"))
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
      #expect(try landscape(report, cell: 0)["levels"] as? [String] == [])
      #expect(try report.landscapeCSV().split(separator: "\n").count == 1)
    }
  }

  // MARK: - The export

  @Test func exportHasFurtherColumns() throws {
    try withLedger(limit: "{classes: true}", fill) { ledger in
      var text = ""
      let leftOut = try OutcomeExport.csv(ledger) { text += $0 }
      #expect(leftOut == 3)
      let lines = text.split(separator: "\n")
      #expect(
        lines[0]
          == "cell,trial,verdict,risk,gradient_norm,risk_error,steps,dead_neurons,margin,certificate,limit_risk,"
          + "limit_decrease,limit_gradient_norm,limit_flow_time,limit_steps,at_rest,quality,kind,negative_eigenvalues,"
          + "smallest_eigenvalue,level,interior_kinks,kinked_neurons,active_neurons,inactive_neurons,dying_neurons,"
          + "initially_dead,signature")
      let outcome = "0.75,1.0000000000000001e-05,0,10000,"
      #expect(
        lines[1]
          == "5,0,good,\(outcome),0.89999999999999991,,0.0001,0,1e-13,125,30,true,global,minimum,0,0.25,m_5,4,4,1,1,0,1,"
          + "1.25")
      #expect(lines[3] == "5,2,undecided,\(outcome),0,,0.002,0,1e-13,125,30,false,,,0,0.25,D_3,2,2,1,1,0,0,")
      #expect(lines[8] == "5,7,bad,\(outcome),249,,0.25,0,1e-13,125,30,true,bad,no way down,0,0.25,,2,2,0,1,0,0,")
      #expect(lines[9] == "5,8,diverged,inf,inf,0,7,,inf,,,,,,,,,,,,,,,,,,0,")
      #expect(lines[11] == "20,0,undecided,\(outcome),0,,,,,,,,,,,,,,,,,,,")
      #expect(lines.count == 13)
    }
  }
}
