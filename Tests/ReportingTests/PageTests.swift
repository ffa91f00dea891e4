import Archive
import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import TestSupport
import Testing

/// The report as a page.
@Suite struct PageTests {
  private func outcomes(good: Int, of trials: Int) -> [Outcome] {
    (0..<trials).map { Outcome(risk: $0 < good ? 5e-4 : 2e-2, riskError: 0, gradientNorm: 1e-5, steps: 10_000) }
  }

  private func fill(_ writer: LedgerWriter, _ study: Study) throws {
    for cell in study.cells {
      try writer.commit(
        BlockRecord(cell: cell.key, first: TrialIndex(0), outcomes: outcomes(good: 7, of: 10), seconds: 1))
    }
  }

  /// The answer in the first lines; figures behind the tables of the answer; claims with commands, study and provenance at
  /// the end.
  @Test func everythingIsThere() throws {
    try withLedger {
      try fill($0, $1)
    } _: { ledger in
      let report = try StudyReport(ledger)
      let page = HTMLRenderer.text(
        try report.page(in: ledger, command: ["landfall", "report", "a b", "--format", "html"]))
      let parts = [
        "<h1>inner-bias",
        "<p>P(good when training ends): risk &lt;=\u{A0}0.001. With intervals at 95\u{A0}%, width 5: 0.700-1.000 [",
        "<table", "data-figure=\"probability\"", "<svg viewBox", "<figcaption><b>inner-bias: ",
        "<h2>What can be claimed</h2>", "by this command. With a", "<pre>landfall run</pre>",
        "training a network of width 5 ends with risk &lt;=\u{A0}0.001 with probability at least ",
        "--claim --cell 5</pre>", "--claim --cell 20</pre>", "<h2>The study</h2>\n<pre>study: inner-bias\n",
        "hidden: [[5], [20]]", "sampling: {trials: 10, seed: 5,", "<h2>How to reproduce this</h2>",
        "run 1: landfall run",
        "this text: landfall report &#39;a b&#39; --format html", "</html>\n",
      ]
      let places = parts.map { page.range(of: $0)?.lowerBound }
      for (part, place) in zip(parts, places) { #expect(place != nil, "\(part)") }
      let found = places.compactMap(\.self)
      #expect(found == found.sorted())
      #expect(page.contains("default-src 'none'; style-src 'unsafe-inline'") && !page.contains("<script"))
      #expect(page.utf8.count < 100_000)
    }
  }

  /// One cell has no trend: what becomes of its trials is drawn. Nothing is drawn of no trials.
  @Test func oneCellOrNone() throws {
    try withLedger(hidden: "[[5]]") {
      try fill($0, $1)
    } _: { ledger in
      let page = HTMLRenderer.text(try StudyReport(ledger).page(in: ledger, command: []))
      #expect(page.contains("data-figure=\"outcomes\"") && !page.contains("data-figure=\"probability\""))
    }
    try withLedger { _, _ in
    } _: { ledger in
      let page = HTMLRenderer.text(try StudyReport(ledger).page(in: ledger, command: []))
      #expect(!page.contains("<figure") && page.contains("No trial has finished yet: nothing is known."))
      #expect(page.contains("No trial of a network of width 5 has finished yet: nothing can be claimed of it."))
    }
  }

  /// The commands of claims ask for what the report was asked for.
  @Test func choicesAreInCommands() throws {
    try withLedger {
      try fill($0, $1)
    } _: { ledger in
      var choices = ReportChoices()
      (choices.criterion, choices.confidence, choices.simultaneous) = (.risk(atMost: 1e-2), 0.99, true)
      let report = try StudyReport(ledger, choices)
      let page = TextRenderer(width: 1000).text(try report.page(in: ledger, command: []))
      #expect(page.contains("--claim --cell 20 --good 0.01 --confidence 0.99 --simultaneous\n"))
      #expect(page.contains("What can be claimed: risk <= 0.01\n"))
      #expect(page.contains("good: {risk-at-most: 0.001}"), "the study as it was run")
    }
  }

  /// Many cells: the first claims, and how to get the others; the page stays small.
  @Test func manyCells() throws {
    let widths = "[" + (1...120).map { "[\($0)]" }.joined(separator: ", ") + "]"
    try withLedger(hidden: widths, kernels: Array(repeating: "", count: 120)) {
      try fill($0, $1)
    } _: { ledger in
      let page = HTMLRenderer.text(try StudyReport(ledger).page(in: ledger, command: []))
      #expect(page.contains("--claim --cell 40</pre>") && !page.contains("--claim --cell 41</pre>"))
      #expect(page.contains("The claims of the other 80 cells are left out here:"))
      #expect(page.contains("of 120 cells, from width 1: ") && page.utf8.count < 1_000_000)
    }
  }

  /// What was asked for of single cells is shown of the first ones, and as much of it as there is room for.
  @Test func manyDetails() throws {
    let widths = "[" + (1...60).map { "[\($0)]" }.joined(separator: ", ") + "]"
    try withLedger(hidden: widths, kernels: Array(repeating: "", count: 60)) {
      try fill($0, $1)
    } _: { ledger in
      let report = try StudyReport(ledger)
      let command = ["landfall", "report", "a b", "--law", "--intervals", "--format", "html"]
      func page(_ others: [StudyReport]) throws -> String {
        let law = try report.law(in: ledger, mostCells: StudyReport.mostCellsOfPage)
        #expect(law.cellsLeftOut == 20)
        return HTMLRenderer.text(
          try report.page(in: ledger, beside: others, showsIntervals: true, supplements: [law], command: command))
      }
      let short = try page([])
      #expect(short.contains("width 40: intervals (") && !short.contains("width 41: intervals ("))
      #expect(short.contains("width 40: law of the risk") && !short.contains("width 41: law of the risk"))
      #expect(short.contains("Tables about single cells are those of the first 40 of 60 cells. This command prints"))
      #expect(short.contains("<pre>landfall report &#39;a b&#39; --law --intervals</pre>"))
      let long = try page(Array(repeating: report, count: 12))
      #expect(long.contains("sections of such tables are left out, since the page would be too large."))
      #expect(long.utf8.count < 1_000_000 && long.utf8.count > 700_000, "\(long.utf8.count)")
    }
  }

  /// Of cells whose lower bounds are the same, the one with the smaller upper bound is the lowest.
  @Test func lowestCell() throws {
    let widths = "[[1], [2], [3], [4], [5], [6], [7]]"
    try withLedger(hidden: widths, kernels: Array(repeating: "", count: 7)) { writer, study in
      for (place, cell) in study.cells.enumerated() {
        // A diverged trial is bad, whether or not limits are followed.
        let outcomes = (0..<(place == 1 ? 30 : 10)).map { trial in
          Outcome(risk: place < 3 || trial > 6 ? .infinity : 5e-4, riskError: 0, gradientNorm: 1e-5, steps: 10_000)
        }
        try writer.commit(BlockRecord(cell: cell.key, first: TrialIndex(0), outcomes: outcomes, seconds: 1))
      }
    } _: { ledger in
      let page = TextRenderer(width: 1000).text(try StudyReport(ledger).page(in: ledger, command: []))
      #expect(page.contains("of 7 cells, from width 2: 0.0000 [0.0000, 0.1628] to width"))
    }
  }

  /// The study of a page, run again, has the trials of the ledger.
  @Test func trialsOfTheStudy() throws {
    func study(_ page: Report) throws -> String {
      let section = try #require(page.sections.first { $0.blocks.first == .heading("The study") })
      guard case .verbatim(let text) = section.blocks[1] else { return "" }
      return text
    }
    func trials(_ text: String) throws -> [Int] {
      var counts: [Int] = []
      try withTemporaryFolder { folder in
        try folder.write(text, to: "study.yaml")
        let study = try Study.load(folder.file("study.yaml"))
        counts = study.cells.map { study.trials(of: $0) }
      }
      return counts
    }
    for (first, expected) in [(10, [10, 10]), (25, [25, 10])] {
      try withLedger { writer, study in
        try writer.target(study.cells[0].key, trials: first)
      } _: { ledger in
        let text = try study(StudyReport(ledger).page(in: ledger, command: []))
        #expect(try trials(text) == expected)
      }
    }
    // What one list cannot say is a note.
    var loaded: Study?
    try withTemporaryFolder { folder in
      try folder.write(
        """
        study: varied
        problem: {input: {uniform: [0, 1]}, target: "x"}
        network: {activation: relu, hidden: [[5], [8]], initial: pytorch}
        training: {optimizer: sgd, learning-rate: 0.1, steps: 4, batch: {size: 8}}
        vary: [{training.learning-rate: [0.1, 0.2]}]
        verdict: {good: {risk-at-most: 1e-3}}
        sampling: {trials: 7, seed: 1}

        """, to: "varied.yaml")
      loaded = try Study.load(folder.file("varied.yaml"))
    }
    let varied = try #require(loaded)
    #expect(varied.text(trials: [7, 7, 7, 7]) == varied.text)
    let lists = try #require(varied.text(trials: [7, 9, 7, 9]))
    #expect(try trials(lists) == [7, 9, 7, 9])
    #expect(varied.text(trials: [7, 7, 9, 9]) == nil && varied.text(trials: [7, 7, 7, 0]) == nil)
    #expect(varied.textWithoutTrials.contains("sampling: {seed: 1, "))
  }

  /// As a shell takes them.
  @Test func commands() {
    #expect(
      RunRecord.commandLine(["landfall", "report", RunRecord.operand("-a b's")]) == "landfall report './-a b'\\''s'")
    #expect(RunRecord.operand("a-b.landfall") == "a-b.landfall")
  }
}
