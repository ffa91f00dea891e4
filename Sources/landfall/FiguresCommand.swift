import ArgumentParser
import Campaign
import Landscape
import Ledger
import Reporting
import Studies

struct FiguresCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "figures",
    abstract: "Draw figures for a paper: PDF and PNG, the data of each as CSV beside it.",
    discussion: """
      Examples:
        landfall figures inner-bias.landfall -o figures
        landfall figures a.landfall b.landfall -o figures --figure probability,law
        landfall figures inner-bias.landfall -o paper --style paper
        landfall figures inner-bias.landfall -o figures --python venv/bin/python
        landfall figures inner-bias.landfall -o figures --data-only

      Figures are drawn by Python with matplotlib. On first use an environment with them is made in ~/.cache/landfall, which \
      needs python3 with its module venv, and the network; --python PATH uses a Python that has matplotlib and numpy.
      """)

  @Argument(help: "One or more ledgers.", completion: .ledger)
  var files: [String]

  @Option(name: .shortAndLong, help: ArgumentHelp("The folder of the figures.", valueName: "folder"))
  var output: String?

  @Option(
    help: ArgumentHelp(
      "Only these figures, such as probability or law,time; repeatable. \(FigureKind.names). Default: every one that the "
        + "ledger has data for.", valueName: "name"),
    completion: .list(FigureKind.allCases.map(\.rawValue)))
  var figure: [String] = []

  @Option(help: "plain, or paper: like the published figures.")
  var style = FigureStyle.plain

  @Option(help: ArgumentHelp("Only the cells that this fits, such as 20 or learning-rate=0.1.", valueName: "cell"))
  var cell: String?

  // The next word is its value also where that begins with a minus sign, so that a negative number is told what is wrong.
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Judge by this criterion instead of the study's: a bound of the risk, or excess-at-most=1e-4, ratio-at-most=1.1.",
      valueName: "eps"))
  var good: [String] = []

  @Option(
    parsing: .unconditional, help: "Confidence of the bounds, between 0 and 1, instead of the study's.")
  var confidence: Double?

  @Flag(help: "Bounds that hold for all cells together (Bonferroni).")
  var simultaneous = false

  @Option(
    help: "The study file, where the networks of a study that learns from a data file are drawn.", completion: .study)
  var study: String?

  @Option(
    help: ArgumentHelp("Draw with this Python, which has matplotlib and numpy.", valueName: "path"),
    completion: .file())
  var python: String?

  @Flag(help: "Write the data of the figures and figures.json only, without drawing.")
  var dataOnly = false

  func validate() throws {
    if (output ?? "").isEmpty { throw ValidationError("figures are written into a folder: name it (-o FOLDER)") }
    if dataOnly, python != nil { throw ValidationError("--python is for drawing; leave out --data-only") }
    if good.count > 1 { throw ValidationError("figures are drawn by one criterion: give --good once") }
    if study != nil, files.count > 1 { throw ValidationError("--study is for the figures of one ledger") }
  }

  func run() throws {
    try reportingFailures {
      let folders = ["HOME", "XDG_CACHE_HOME", "TMPDIR", "PATH"]
      if !dataOnly, let objection = ForeignNames.objection(toVariables: folders) {
        throw CommandFailure(.usage, objection)
      }
      let wanted = try kinds()
      let choices = try choices()
      // What is wrong with a Python that is named is told before the work.
      let named = try python.map { try DrawingEnvironment(named: $0) }
      let command = commandLine(CommandLine.arguments)
      var skipped: [String] = []
      let entries = try files.map { file in
        let ledger = try openLedger(file)
        let report = try StudyReport(ledger, choices)
        let source = try study.map { try Study.load($0) }
        var reasons: [String] = []
        let figures = try (wanted ?? FigureKind.allCases).compactMap { kind -> Figure? in
          do {
            return try report.figure(kind, style: style, in: ledger, source: source)
          } catch let error as FigureUnavailable {
            guard wanted == nil else { throw error }
            reasons.append("no figure \(error)")
            return nil
          }
        }
        if !figures.isEmpty {
          skipped += reasons.map { files.count == 1 || "\($0) ".contains(" \(file) ") ? $0 : "\(file): \($0)" }
        } else if report.cells.allSatisfy({ $0.trials == 0 }) {
          skipped.append("no figure can be drawn of \(file): no trial has finished yet")
        } else {
          skipped.append("no figure can be drawn of \(file): \(reasons.joined(separator: "; "))")
        }
        return FigureFolder.Entry(path: file, provenance: report.provenance(command: command), figures: figures)
      }
      skipped = skipped.map(FigureFolder.line)
      guard entries.contains(where: { !$0.figures.isEmpty }) else {
        throw CommandFailure(.usage, skipped.joined(separator: "; "))
      }
      let folder = FigureFolder(output ?? ".", of: entries)
      do {
        try folder.write(style: style, provenance: command)
      } catch {
        throw CommandFailure(.ledger, "\(error)")
      }
      if !dataOnly { try draw(folder, named) }
      try printOutput(folder.figures.map { line(folder, $0.file) }.joined())
      for reason in skipped { printError(reason) }
    }
  }

  private func line(_ folder: FigureFolder, _ file: String) -> String {
    let path = folder.path.hasSuffix("/") ? folder.path + file : "\(folder.path)/\(file)"
    return dataOnly ? "\(path).csv\n" : "\(path): .csv, \(DrawingEnvironment.files)\n"
  }

  private func draw(_ folder: FigureFolder, _ named: DrawingEnvironment?) throws {
    guard !folder.figures.isEmpty else { return }
    do throws(DrawingError) {
      let environment = if let named { named } else { try DrawingEnvironment { printError($0) } }
      try environment.draw(folder.path)
    } catch {
      let files = folder.figures.map { "\($0.file).csv" } + [FigureFolder.description]
      throw CommandFailure(
        error.isOutput ? .ledger : .usage,
        "\(error); the data are in \(folder.path): \(files.joined(separator: ", "))")
    }
  }

  /// Nil for all that there are data for.
  private func kinds() throws -> [FigureKind]? {
    if figure.isEmpty { return nil }
    var kinds: [FigureKind] = []
    for name in figure.flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
      let name = name.trimmingCharacters(in: .whitespaces)
      guard let kind = FigureKind(rawValue: name) else {
        throw CommandFailure(.usage, "--figure takes names among \(FigureKind.names) (it is \"\(name)\")")
      }
      if !kinds.contains(kind) { kinds.append(kind) }
    }
    return kinds
  }

  private func choices() throws -> ReportChoices {
    var choices = ReportChoices(cells: cell.map { CellSelection($0) })
    choices.simultaneous = simultaneous
    try choices.take(confidence: confidence)
    choices.criterion = try good.first.map { try GoodCriterion(argument: $0, option: ReportChoices.criterionOption) }
    return choices
  }
}

extension FigureKind {
  fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension FigureStyle: ExpressibleByArgument {}
