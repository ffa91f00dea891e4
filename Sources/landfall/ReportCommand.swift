import ArgumentParser
import Landscape
import Ledger
import Reporting
import Studies

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print the estimates of a ledger: probabilities with bounds, risks, times.",
    discussion: """
      Examples:
        landfall report inner-bias.landfall --format json
        landfall report shallow-he.landfall --cell 8 --classes
        landfall report inner-bias.landfall --good 5e-3 --good 1e-4 --confidence 0.99
        landfall report inner-bias.landfall --compare 5
        landfall report inner-bias.landfall --law --cell 20
        landfall report ladder.landfall --format csv --table landscape
        landfall report ladder.landfall --format html > ladder.html
        landfall report inner-bias.landfall --format latex > answer.tex
        landfall report inner-bias.landfall --claim --methods
      """)

  @Argument(help: "A ledger.", completion: .ledger)
  var file: String

  @Option(help: "text, json, csv, html or latex (of the answer, or of the table that --table names).")
  var format = OutputFormat.text

  @Option(
    help: ArgumentHelp(
      "With --format csv: cells (default), intervals, sampling (of studies that end by a rule), comparisons (with "
        + "--compare), observables, landscape (kinds and levels of limits), reference_levels, runs.",
      valueName: "name"))
  var table: String?

  @Option(help: ArgumentHelp("Only the cells that this fits, such as 20 or learning-rate=0.1.", valueName: "cell"))
  var cell: String?

  // The next word is its value also where that begins with a minus sign, so that a negative number is told what is wrong.
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Judge by this criterion instead of the study's: a bound of the risk, or excess-at-most=1e-4, ratio-at-most=1.1. "
        + "Repeatable; the report says that it was chosen after the run.", valueName: "eps"))
  var good: [String] = []

  @Option(
    parsing: .unconditional, help: "Confidence of the bounds, between 0 and 1, instead of the study's.")
  var confidence: Double?

  @Option(
    help: ArgumentHelp(
      "Compare the other cells with this one: differences of P(good), Fisher's test with Holm's correction, and the trend "
        + "with the width.", valueName: "cell"))
  var compare: String?

  @Flag(
    help:
      "Tables of the intervals by all methods: Clopper-Pearson, Wilson, Jeffreys, mid-P, confidence sequences, bets.")
  var intervals = false

  @Flag(help: "A table of the quantities that are measured in every trial.")
  var observables = false

  @Flag(help: "Bounds that hold for all cells together (Bonferroni).")
  var simultaneous = false

  @Flag(
    help: "Kinds of limits also where the study does not ask for them: of the trials whose flow was followed.")
  var classes = false

  @OptionGroup var supplements: SupplementOptions

  @Flag(
    help: "What can be claimed of each cell, a sentence each, how to reproduce it, and BibTeX; instead of the report.")
  var claim = false

  @Flag(help: "How the study was done, for a paper (ADEMP); instead of the report.")
  var methods = false

  func run() throws {
    try reportingFailures {
      var choices = ReportChoices(cells: cell.map { CellSelection($0) })
      choices.baseline = compare.map { CellSelection($0) }
      choices.simultaneous = simultaneous
      choices.classes = classes
      try choices.take(confidence: confidence)
      let option = ReportChoices.criterionOption
      let criteria: [GoodCriterion?] = try good.map { try GoodCriterion(argument: $0, option: option) }
      let ledger = try openLedger(file)
      let reports = try (criteria.isEmpty ? [nil] : criteria).map { criterion in
        choices.criterion = criterion
        var report = try StudyReport(ledger, choices)
        if intervals { try report.readOrder(in: ledger) }
        return report
      }
      if claim || methods {
        let paper = PaperReport(reports, command: commandLine(CommandLine.arguments))
        return try printOutput(format.render(paper.report(claims: claim, methods: methods), table: table))
      }
      if format == .csv, let table, let reason = reports[0].unavailability(ofTable: table) {
        throw CommandFailure(.usage, reason)
      }
      let supplements = try supplements.supplements(
        of: reports[0], in: ledger, mostCells: format == .html ? StudyReport.mostCellsOfPage : .max)
      if format == .html {
        let page = try reports[0].page(
          in: ledger, beside: Array(reports.dropFirst()), showsObservables: observables, showsIntervals: intervals,
          supplements: supplements, command: ["landfall"] + CommandLine.arguments.dropFirst())
        return try printOutput(format.render(page, table: table))
      }
      try printOutput(
        format.render(
          reports[0].report(
            beside: Array(reports.dropFirst()), showsObservables: observables, showsIntervals: intervals,
            supplements: supplements),
          table: table, answers: StudyReport.answerTables))
    }
  }
}

extension ReportChoices {
  /// What --confidence says, if it is there.
  mutating func take(confidence: Double?) throws {
    guard let confidence else { return }
    guard confidence < 1, 1 - confidence < 1 else {
      throw CommandFailure(.usage, "--confidence must lie between 0 and 1, such as 0.99 (it is \(confidence))")
    }
    self.confidence = confidence
  }
}
