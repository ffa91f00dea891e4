import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import TestSupport
import Testing

/// Reports of trajectories that are made up, so that every number is known.
@Suite struct TrajectoryReportTests {
  private static let steps = [0, 1, 10_000]

  /// Ten trials in cell 5, of which the last diverges in its first steps; four in cell 20, with a gap after two.
  private func fill(_ writer: LedgerWriter, _ study: Study) throws {
    for (cell, blocks) in zip(study.cells, [[0..<10], [0..<2, 3..<5]]) {
      for trials in blocks {
        var trajectories = BlockTrajectories(trials: trials, checkpoints: Self.steps.count)
        for trial in trials { trajectories.add(Self.trajectory(trial), keepWhole: trial == 1 || trial == 9) }
        try writer.commit(
          BlockRecord(
            cell: cell.key, first: TrialIndex(trials.lowerBound),
            outcomes: trials.map { _ in
              Outcome(risk: 1, riskError: 0, gradientNorm: 1e-6, steps: 10_000)
            }, seconds: 1, trajectories: trajectories))
      }
    }
  }

  private static func trajectory(_ trial: Int) -> TrialTrajectory {
    let risk = Double(trial + 1) * 1e-3
    var values = [[10 * risk, 1, 2, 3, 4], [risk, 0.5, 0.25, 1, 5], [risk * 0.1, 1e-40, 0, 0, 1e13]]
    if trial == 9 {
      for place in 1...2 { values[place] = Array(repeating: .infinity, count: 5) }
      values[0][3] = .infinity
    }
    return TrialTrajectory(trial: trial, values: values)
  }

  private func check(
    _ quantities: [TrajectoryQuantity] = [.risk], cell: String? = nil, shares: [Double] = [0.05, 0.5, 0.95],
    bounds: [Double]? = nil, stream: String = "independent", _ body: (TrajectoryReport) throws -> Void
  ) throws {
    try withLedger(stream: stream, kernels: ["shallow", "shallow"], checkpoints: Self.steps, fill) { ledger in
      try body(TrajectoryReport(ledger, cell: cell, quantities: quantities, shares: shares, bounds: bounds))
    }
  }

  // MARK: - Laws

  @Test func text() throws {
    try check { #expect($0.text == Self.expectedText) }
  }

  static let expectedText = """
    inner-bias   arXiv:2212.13111, section 4: ReLU, only inner biases trained

    cell 5, risk: 10 trials, shallow kernel
     step       5 %      50 %      95 %       RMS  P(<= 0.001)     95 % interval  at least  diverged
        0  1.00e-02  5.05e-02  1.00e-01  6.20e-02       0.0000  [0.0000, 0.3085]    0.0000         0
        1  1.00e-03  5.05e-03       inf       inf       0.1000  [0.0025, 0.4451]    0.0051         1
    10000  1.00e-04  5.05e-04       inf       inf       0.9000  [0.5549, 0.9975]    0.6058         1

    cell 20, risk: 2 trials, shallow kernel
     step       5 %      50 %      95 %       RMS  P(<= 0.001)     95 % interval  at least
        0  1.00e-02  1.00e-02  2.05e-02  1.58e-02       0.0000  [0.0000, 0.8631]    0.0000
        1  1.00e-03  1.00e-03  2.05e-03  1.58e-03       0.5000  [0.0062, 0.9938]    0.0066
    10000  1.00e-04  1.00e-04  2.05e-04  1.58e-04       1.0000  [0.1369, 1.0000]    0.1590

    quantiles: upper edge of the bin that holds the exact quantile of the trials, whose width is 3.7 %
    RMS: root mean square over the trials
    Clopper-Pearson: exact for the number of trials planned before the first look
    confidence sequence: valid at every look and for every stopping rule
    interval: two-sided, 95 %; at least: one-sided lower bound, 95 %; each line on its own
    diverged trials count as infinite from the step on at which they diverged, and make the RMS infinite; their distance \
    is infinite throughout

    """

  @Test func otherQuantitiesHaveNoBound() throws {
    try check([.gradientNorm, .distanceToEnd, .parameterNorm], cell: "5") { report in
      #expect(report.text == Self.expectedTextOfOthers)
    }
  }

  static let expectedTextOfOthers = """
    inner-bias   arXiv:2212.13111, section 4: ReLU, only inner biases trained

    cell 5, population-gradient norm: 10 trials, shallow kernel
     step       5 %      50 %      95 %       RMS  diverged
        0  1.00e+00  1.00e+00  1.00e+00  1.00e+00         0
        1  5.05e-01  5.05e-01       inf       inf         1
    10000  <= 1e-36  <= 1e-36       inf       inf         1

    cell 5, distance to the final iterate: 10 trials, shallow kernel
     step       5 %      50 %  95 %  RMS  diverged
        0  3.05e+00  3.05e+00   inf  inf         1
        1  1.00e+00  1.00e+00   inf  inf         1
    10000         0         0   inf  inf         1

    cell 5, parameter norm: 10 trials, shallow kernel
     step       5 %      50 %      95 %       RMS  diverged
        0  4.07e+00  4.07e+00  4.07e+00  4.00e+00         0
        1  5.05e+00  5.05e+00       inf       inf         1
    10000   > 1e+12   > 1e+12       inf       inf         1

    quantiles: upper edge of the bin that holds the exact quantile of the trials, whose width is 3.7 %
    RMS: root mean square over the trials
    diverged trials count as infinite from the step on at which they diverged, and make the RMS infinite; their distance \
    is infinite throughout

    """

  @Test func boundsAreRoundedDown() throws {
    try check(cell: "5", shares: [0.5], bounds: [0.0045, 1e-3, 0]) { report in
      // Edges around 0.0045: 10^(-3 + 41 / 64) = 0.004371..., 10^(-3 + 42 / 64) = 0.004532...
      #expect(
        report.text.contains("0.0045 is rounded down to the bin edge 0.00437144, at which shares of trials are exact"))
      #expect(report.text.contains("P(<= 0.00437144)"))
      #expect(report.text.contains("P(<= 0)"))
      let lines = report.csv.split(separator: "\n")
      #expect(
        lines[0]
          == "cell,quantity,step,trials,non_finite,rms,quantile_0.5_above,quantile_0.5_at_most,edge_0.0045,p_0.0045,"
          + "p_0.0045_lower,p_0.0045_upper,p_0.0045_at_least,edge_0.001,p_0.001,p_0.001_lower,p_0.001_upper,"
          + "p_0.001_at_least,edge_0,p_0,p_0_lower,p_0_upper,p_0_at_least,method")
      let fields = lines[2].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      #expect(fields[0...5] == ["5", "risk", "1", "10", "1", "inf"])
      // The fifth of ten risks is 0.005.
      #expect(Double(fields[6])! < 0.005 && 0.005 <= Double(fields[7])!)
      #expect(Double(fields[7])! / Double(fields[6])! < 1.03664)
      #expect(abs(Double(fields[8])! - 0.0043714448) < 1e-9)
      #expect(fields[9] == "0.40000000000000002" && fields[14] == "0.10000000000000001")
      // scipy.stats.beta.ppf(0.025, 4, 7) and (0.975, 5, 6)
      #expect(abs(Double(fields[10])! - 0.12155225811982719) < 1e-12)
      #expect(abs(Double(fields[11])! - 0.7376219233930549) < 1e-12)
      #expect(fields.last == "clopper-pearson")
    }
  }

  @Test func json() throws {
    try check(TrajectoryQuantity.allCases) { report in
      let object = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any]
      let document = try #require(object)
      #expect(document["schema"] as? Int == 1)
      #expect(document["study"] as? String == "inner-bias")
      #expect(document["bins_per_decade"] as? Int == 64)
      #expect(document["confidence"] as? Double == 0.95)
      let tables = try #require(document["tables"] as? [[String: Any]])
      #expect(
        tables.map { $0["quantity"] as? String } == (0..<2).flatMap { _ in TrajectoryQuantity.allCases.map(\.word) })
      #expect(tables.map { $0["trials"] as? Int } == [10, 10, 10, 10, 10, 2, 2, 2, 2, 2])
      #expect(tables.allSatisfy { $0["kernel"] as? String == "shallow" })
      let points = try #require(tables[0]["points"] as? [[String: Any]])
      #expect(points.map { $0["step"] as? Int } == Self.steps)
      #expect(points[1]["rms"] as? String == "inf")
      #expect(points[1]["non_finite"] as? Int == 1)
      // Root mean square of 0.01, 0.02, ..., 0.1.
      #expect(abs(points[0]["rms"] as! Double / 0.00385.squareRoot() - 1) < 4e-8)
      let bounds = try #require(points[2]["at_most"] as? [[String: Any]])
      #expect(bounds.count == 1)
      #expect(bounds[0]["bound"] as? Double == 1e-3 && bounds[0]["edge"] as? Double == 1e-3)
      let estimate = try #require(bounds[0]["p"] as? [String: Any])
      #expect(estimate["successes"] as? Int == 9 && estimate["method"] as? String == "clopper-pearson")
      let quantiles = try #require(points[2]["quantiles"] as? [[String: Any]])
      #expect(quantiles[2]["share"] as? Double == 0.95 && quantiles[2]["at_most"] as? String == "inf")
      let other = try #require(tables[5]["points"] as? [[String: Any]])
      let otherBounds = try #require(other[0]["at_most"] as? [[String: Any]])
      #expect((otherBounds[0]["p"] as? [String: Any])?["method"] as? String == "confidence-sequence")
    }
  }

  @Test func csvOfSeveralQuantities() throws {
    try check([.risk, .batchGradientNorm], shares: [0, 1]) { report in
      let lines = report.csv.split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      #expect(lines.count == 1 + 2 * 2 * 3)
      #expect(lines.allSatisfy { $0.count == lines[0].count })
      #expect(lines[4][1] == "batch_gradient_norm" && lines[4][10...14] == ["", "", "", "", ""])
      #expect(lines[4][6] < lines[4][7] && Double(lines[4][7])! >= 2)
      #expect(lines[6][6...9] == ["0", "0", "inf", "inf"], "a zero is a zero, and a diverged trial infinite")
    }
  }

  @Test func sharedStreamIsConditional() throws {
    try check(stream: "shared") { #expect($0.text.contains("every bound is conditional on that stream")) }
  }

  @Test func withoutTrials() throws {
    try withLedger(checkpoints: Self.steps, { _, _ in }) { ledger in
      let report = try TrajectoryReport(ledger, quantities: [.risk], shares: [0.5])
      #expect(report.text.contains("cell 5, risk: 0 trials\n"))
      #expect(report.text.contains("    0     -    -            -  [0.0000, 1.0000]    0.0000\n"))
      #expect(report.csv.contains("5,risk,0,0,0,,,,0.001,,0,1,0,confidence-sequence\n"))
      #expect(report.json.contains("\"quantiles\" : [\n\n"))
    }
  }

  // MARK: - Whole trajectories

  @Test func wholeTrajectories() throws {
    try withLedger(checkpoints: Self.steps, fill) { ledger in
      let report = try TrialTrajectoryReport(ledger, trial: TrialIndex(9))
      #expect(
        report.text == """
          inner-bias, trial 9

          cell 5
           step          risk  gradient-norm  batch-gradient-norm  distance  parameter-norm
              0  1.000000e-01   1.000000e+00         2.000000e+00       inf    4.000000e+00
              1           inf            inf                  inf       inf             inf
          10000           inf            inf                  inf       inf             inf

          """)
      #expect(
        report.csv == """
          cell,trial,step,risk,gradient_norm,batch_gradient_norm,distance,parameter_norm
          5,9,0,0.10000000000000001,1,2,inf,4
          5,9,1,inf,inf,inf,inf,inf
          5,9,10000,inf,inf,inf,inf,inf

          """)
      let both = try TrialTrajectoryReport(ledger, trial: TrialIndex(1))
      #expect(both.csv.split(separator: "\n").count == 7, "both cells keep trial 1")
      let object = try JSONSerialization.jsonObject(with: Data(both.json.utf8)) as? [String: Any]
      let cells = try #require(object?["cells"] as? [[String: Any]])
      #expect(cells.map { $0["cell"] as? String } == ["5", "20"])
      #expect(cells[0]["steps"] as? [Int] == Self.steps)
      #expect(cells[0]["parameter_norm"] as? [Double] == [4, 5, 1e13])
      #expect(try TrialTrajectoryReport(ledger, cell: "20", trial: TrialIndex(1)).csv.split(separator: "\n").count == 4)
    }
  }

  // MARK: - Errors

  @Test func whatCannotBeGiven() throws {
    try withLedger(checkpoints: Self.steps, fill) { ledger in
      #expect(
        message { _ = try TrajectoryReport(ledger, cell: "7", quantities: [.risk], shares: []) }
          == "there is no cell \"7\"; the cells are 5, 20")
      #expect(
        message { _ = try TrialTrajectoryReport(ledger, trial: TrialIndex(2)) }
          == "\(ledger.path) has no whole trajectory of trial 2; it has those of the trials 1, 9")
    }
    try withLedger(checkpoints: Self.steps, { _, _ in }) { ledger in
      #expect(
        message { _ = try TrialTrajectoryReport(ledger, trial: TrialIndex(2)) }
          == "\(ledger.path) has no whole trajectory of trial 2; it has none at all (a study names the trials to keep "
          + "in trajectory.trials)")
    }
    try withLedger({ _, _ in }) { ledger in
      #expect(
        message { _ = try TrajectoryReport(ledger, quantities: [.risk], shares: []) }
          == "\(ledger.path) holds no trajectories: its study has no section \"trajectory\"")
    }
  }
}
