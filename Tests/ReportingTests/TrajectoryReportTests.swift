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
        var trajectories = BlockTrajectories(trials: trials, checkpoints: Self.steps.count, observables: 5)
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
    _ quantities: [String]? = ["risk"], cell: String? = nil, shares: [Double] = [0.05, 0.5, 0.95],
    bounds: [Double]? = nil, simultaneous: Bool = false, stream: String = "independent", _ body: (Report) throws -> Void
  ) throws {
    try withLedger(stream: stream, kernels: ["shallow", "shallow"], checkpoints: Self.steps, fill) { ledger in
      try body(
        TrajectoryReport(
          ledger, cells: cell.map { CellSelection($0) }, quantities: quantities, shares: shares, bounds: bounds,
          simultaneous: simultaneous
        ).report)
    }
  }

  // MARK: - Laws

  @Test func text() throws {
    try check { #expect($0.text == Self.expectedText) }
  }

  static let expectedText = """
    inner-bias   arXiv:2212.13111, section 4: ReLU, only inner biases trained
    landfall 0.2.0 (abc), arithmetic 1, Swift

    cell 5, risk: 10 trials, shallow kernel
     step       5 %      50 %      95 %       RMS
        0  1.00e-02  5.05e-02  1.00e-01  6.20e-02
        1  1.00e-03  5.05e-03       inf       inf
    10000  1.00e-04  5.05e-04       inf       inf

     step  P(<= 0.001)     95 % interval  at least  diverged
        0       0.0000  [0.0000, 0.3085]    0.0000         0
        1       0.1000  [0.0025, 0.4451]    0.0051         1
    10000       0.9000  [0.5549, 0.9975]    0.6058         1

    cell 20, risk: 2 trials, shallow kernel
     step       5 %      50 %      95 %       RMS
        0  1.00e-02  1.00e-02  2.05e-02  1.58e-02
        1  1.00e-03  1.00e-03  2.05e-03  1.58e-03
    10000  1.00e-04  1.00e-04  2.05e-04  1.58e-04

     step  P(<= 0.001)     95 % interval  at least
        0       0.0000  [0.0000, 0.8631]    0.0000
        1       0.5000  [0.0062, 0.9938]    0.0066
    10000       1.0000  [0.1369, 1.0000]    0.1590

    quantiles: upper edge of the bin that holds the exact quantile of the trials,
      whose width is 3.7 %
    RMS: root mean square over the trials
    Clopper-Pearson: exact for the number of trials planned before the first look
    confidence sequence: valid at every look and for every stopping rule
    interval: two-sided, 95 %; at least: one-sided lower bound, 95 %; each line on
      its own
    diverged trials count as infinite from the step on at which they diverged, and
      make the RMS infinite; their distance is infinite throughout

    """

  @Test func otherQuantitiesHaveNoBound() throws {
    try check(["gradient-norm", "distance", "parameter-norm"], cell: "5") { report in
      #expect(report.text == Self.expectedTextOfOthers)
    }
  }

  static let expectedTextOfOthers = """
    inner-bias   arXiv:2212.13111, section 4: ReLU, only inner biases trained
    landfall 0.2.0 (abc), arithmetic 1, Swift

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

    quantiles: upper edge of the bin that holds the exact quantile of the trials,
      whose width is 3.7 %
    RMS: root mean square over the trials
    diverged trials count as infinite from the step on at which they diverged, and
      make the RMS infinite; their distance is infinite throughout

    """

  @Test func boundsAreRoundedDown() throws {
    try check(cell: "5", shares: [0.5], bounds: [0.0045, 1e-3, 0]) { report in
      // Edges around 0.0045: 10^(-3 + 41 / 64) = 0.004371..., 10^(-3 + 42 / 64) = 0.004532...
      #expect(
        report.text.replacing("\n  ", with: " ").contains(
          "0.0045 is rounded down to the bin edge 0.00437144, at which shares of trials are exact"))
      #expect(report.text.contains("P(<= 0.00437144)"))
      #expect(report.text.contains("P(<= 0)"))
      let lines = report.csv.split(separator: "\n")
      #expect(
        lines[0]
          == "cell,width,quantity,step,flow_time,trials,non_finite,rms,quantile_0.5_above,quantile_0.5_at_most,edge_0.0045,p_0.0045,"
          + "p_0.0045_lower,p_0.0045_upper,p_0.0045_at_least,edge_0.001,p_0.001,p_0.001_lower,p_0.001_upper,"
          + "p_0.001_at_least,edge_0,p_0,p_0_lower,p_0_upper,p_0_at_least,method")
      var fields = fields(lines[2])
      #expect(fields.remove(at: 1) == "5", "the width")
      // A step of the learning rate 0.1 in single precision.
      #expect(fields.remove(at: 3) == "0.10000000149011612", "the flow time")
      #expect(fields[0...5] == ["5", "risk", "1", "10", "1", "inf"])
      // The fifth of ten risks is 0.005.
      #expect(Double(fields[6])! < 0.005 && 0.005 <= Double(fields[7])!)
      #expect(Double(fields[7])! / Double(fields[6])! < 1.03664)
      #expect(abs(Double(fields[8])! - 0.0043714448) < 1e-9)
      #expect(fields[9] == "0.40000000000000002" && fields[14] == "0.10000000000000001")
      // scipy.stats.beta.ppf(0.025, 4, 7) and (0.975, 5, 6)
      // As in `ClopperPearsonTests`: rounding outward moves bounds by less than 1e-13, and CSV has 17 digits.
      #expect(abs(Double(fields[10])! - 0.12155225811982719) < 1e-12)
      #expect(abs(Double(fields[11])! - 0.7376219233930549) < 1e-12)
      #expect(fields.last == "clopper-pearson")
    }
  }

  /// Three checkpoints of two cells: each bound at a sixth of the error, also where only one cell is asked for.
  @Test func simultaneousBounds() throws {
    try check(cell: "5", shares: [0.5], simultaneous: true) { report in
      let fields = fields(report.csv.split(separator: "\n")[2])
      // One of ten: scipy.stats.beta.ppf(0.025 / 6, 1, 10), (1 - 0.025 / 6, 2, 9), (0.05 / 6, 1, 10).
      let bounds = fields.suffix(4).dropLast().compactMap { Double($0) }
      for (bound, exact) in zip(bounds, [0.0004174499845467672, 0.5541678487679271, 0.000836474926686568]) {
        #expect(abs(bound - exact) < 1e-12)
      }
      #expect(report.text.replacing("\n  ", with: " ").contains("all 6 lines of the study together (Bonferroni)"))
    }
    // As many again for another bound.
    try check(cell: "5", shares: [0.5], bounds: [1e-3, 1e-2], simultaneous: true) { report in
      #expect(report.text.replacing("\n  ", with: " ").contains("all 12 lines of the study together (Bonferroni)"))
    }
  }

  @Test func json() throws {
    try check(nil) { report in
      let object = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any]
      let document = try #require(object)
      #expect(document["schema"] as? Int == 3 && document["report"] as? String == "trajectories")
      #expect(document["study"] as? String == "inner-bias")
      #expect(document["bins_per_decade"] as? Int == 64 && document["confidence"] as? Double == 0.95)
      #expect(document["shares"] as? [Double] == [0.05, 0.5, 0.95] && document["bounds"] as? [Double] == [1e-3])
      let cells = try rows(report.json, "cells")
      #expect(cells.map { $0["trials"] as? Int } == [10, 2] && cells.map { $0["width"] as? Int } == [5, 20])
      #expect(cells.allSatisfy { $0["kernel"] as? String == "shallow" })
      let laws = try rows(report.json, "laws")
      #expect(laws.count == 2 * 5 * 3)
      let words = Observable.trajectory.map(\.columnName)
      #expect(laws.map { $0["quantity"] as? String } == (0..<2).flatMap { _ in words.flatMap { [$0, $0, $0] } })
      #expect(laws[..<3].map { $0["step"] as? Int } == Self.steps)
      #expect(laws[1]["rms"] as? String == "inf" && laws[1]["non_finite"] as? Int == 1)
      // Root mean square of 0.01, 0.02, ..., 0.1.
      // Squares are rounded by 2^-24 (`TrajectoryLaw`): 3e-8 of the root.
      #expect(abs(laws[0]["rms"] as! Double / 0.00385.squareRoot() - 1) < 4e-8)
      #expect(laws[2]["edge_0.001"] as? Double == 1e-3 && laws[2]["p_0.001"] as? Double == 0.9)
      #expect(laws[2]["method"] as? String == "clopper-pearson")
      #expect(laws[2]["quantile_0.95_at_most"] as? String == "inf")
      #expect(laws[5]["p_0.001"] is NSNull, "a bound is one of the risk")
      #expect(laws[15]["cell"] as? String == "20" && laws[15]["method"] as? String == "confidence-sequence")
    }
  }

  @Test func csvOfSeveralQuantities() throws {
    try check(["risk", "batch-gradient-norm"], shares: [0, 1]) { report in
      var lines = report.csv.split(separator: "\n").map { fields($0) }
      #expect(lines.map { $0[1] } == ["width"] + Array(repeating: "5", count: 6) + Array(repeating: "20", count: 6))
      // Width and flow time.
      for (place, column) in lines.indices.flatMap({ [($0, 1), ($0, 3)] }) { lines[place].remove(at: column) }
      #expect(lines.count == 1 + 2 * 2 * 3)
      #expect(lines.allSatisfy { $0.count == lines[0].count })
      #expect(lines[4][1] == "batch_gradient_norm" && lines[4][10...14] == ["", "", "", "", ""])
      #expect(lines[4][6] < lines[4][7] && Double(lines[4][7])! >= 2)
      #expect(lines[6][6...9] == ["0", "0", "inf", "inf"], "a zero is a zero, and a diverged trial infinite")
    }
  }

  @Test func sharedStreamIsConditional() throws {
    try check(stream: "shared") {
      #expect($0.text.replacing("\n  ", with: " ").contains("every bound is conditional on that stream"))
    }
  }

  @Test func withoutTrials() throws {
    try withLedger(checkpoints: Self.steps, { _, _ in }) { ledger in
      let report = try TrajectoryReport(ledger, quantities: ["risk"], shares: [0.5]).report
      #expect(report.text.contains("cell 5, risk: 0 trials\n"))
      #expect(report.text.contains("    0     -    -            -  [0.0000, 1.0000]    0.0000\n"))
      #expect(report.csv.contains("5,5,risk,0,0,0,0,,,,0.001,,0,1,0,confidence-sequence\n"))
      #expect(try rows(report.json, "laws").allSatisfy { $0["quantile_0.5_at_most"] is NSNull })
    }
  }

  // MARK: - Whole trajectories

  @Test func wholeTrajectories() throws {
    try withLedger(checkpoints: Self.steps, fill) { ledger in
      let report = try TrialTrajectoryReport(ledger, trial: TrialIndex(9)).report
      #expect(
        report.text == """
          inner-bias, trial 9
          landfall 0.2.0 (abc), arithmetic 1, Swift

          cell 5
           step          risk  gradient-norm  batch-gradient-norm  distance
              0  1.000000e-01   1.000000e+00         2.000000e+00       inf
              1           inf            inf                  inf       inf
          10000           inf            inf                  inf       inf

           step  parameter-norm
              0    4.000000e+00
              1             inf
          10000             inf

          """)
      #expect(
        report.csv == """
          cell,width,trial,step,flow_time,risk,gradient_norm,batch_gradient_norm,distance,parameter_norm
          5,5,9,0,0,0.10000000000000001,1,2,inf,4
          5,5,9,1,0.10000000149011612,inf,inf,inf,inf,inf
          5,5,9,10000,99.899906216560368,inf,inf,inf,inf,inf

          """)
      let both = try TrialTrajectoryReport(ledger, trial: TrialIndex(1)).report
      let points = try rows(both.json, "trajectory")
      #expect(points.map { $0["cell"] as? String } == ["5", "5", "5", "20", "20", "20"], "both cells keep trial 1")
      #expect(points[..<3].map { $0["step"] as? Int } == Self.steps)
      #expect(points[..<3].map { $0["parameter_norm"] as? Double } == [4, 5, 1e13])
      let one = try TrialTrajectoryReport(ledger, cells: CellSelection("20"), trial: TrialIndex(1)).report
      #expect(one.csv.split(separator: "\n").count == 4)
    }
  }

  // MARK: - Errors

  @Test func whatCannotBeGiven() throws {
    try withLedger(checkpoints: Self.steps, fill) { ledger in
      #expect(
        message { _ = try TrajectoryReport(ledger, cells: CellSelection("7"), quantities: ["risk"], shares: []) }
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
    try withLedger(checkpoints: Self.steps, { _, _ in }) { ledger in
      #expect(
        message { _ = try TrajectoryReport(ledger, quantities: ["loss"], shares: []) }
          == "--quantity is one of risk, gradient-norm, batch-gradient-norm, distance, parameter-norm, all (it is \"loss\")"
      )
    }
    try withLedger({ _, _ in }) { ledger in
      #expect(
        message { _ = try TrajectoryReport(ledger, quantities: ["risk"], shares: []) }
          == "\(ledger.path) holds no trajectories: its study has no section \"trajectory\"")
    }
  }
}
