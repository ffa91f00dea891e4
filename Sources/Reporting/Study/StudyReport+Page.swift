import Archive
import Estimation
import Landscape
import Ledger
import Studies

/// The report as a page to be sent: with figures, claims, the study, and where it all comes from.
extension StudyReport {
  /// Cells whose claims a page has, and what else there is to say about single cells: the first ones.
  public static let mostCellsOfPage = 40
  /// Bytes of a page, which can be sent by mail. What goes beyond is left out.
  private static let mostBytes = 900_000
  /// Commands of runs that a page has: of more, the first and the last ones.
  private static let mostRuns = 20
  /// Cells that the first line names.
  private static let mostAnswers = 6

  /// The report for a page: the answer in a line, its tables, the figures that the ledger has data for, everything else that
  /// readers of ``report(beside:showsObservables:showsIntervals:supplements:)`` see, what can be claimed, the study,
  /// and its provenance.
  ///
  /// - Parameters:
  ///   - ledger: the one that the report is of.
  ///   - command: that printed this, in words.
  /// - Throws: errors of the ledger.
  public func page(
    in ledger: LedgerReader, beside others: [StudyReport] = [], showsObservables: Bool = false,
    showsIntervals: Bool = false, supplements: [Supplement] = [], command: [String]
  ) throws -> Report {
    let details = details(
      beside: others, showsObservables: showsObservables, showsIntervals: showsIntervals, supplements: supplements,
      mostCells: Self.mostCellsOfPage)
    let report = report(
      beside: others, details: [], supplements: supplements,
      pictures: try figures(in: ledger).map { Report.Section([.figure($0)]) })
    var before = report.sections
    before[0].blocks.insert(.note(answer), at: 1)
    var after = [before.removeLast()] + ([self] + others).map(\.claimSection)
    after.append(try studySection(ledger))
    let provenance = PaperReport([self] + others, command: RunRecord.commandLine(command)).provenance
    after.append(Report.Section([.heading("How to reproduce this")] + provenance.map { .note($0) }))
    func page(_ sections: [Report.Section]) -> Report {
      Report(report.name, schema: report.schema, facts: report.facts, tables: report.tables, sections: sections)
    }
    if details.isEmpty { return page(before + after) }
    let empty = HTMLRenderer.text(page([])).utf8.count
    var room = Self.mostBytes - HTMLRenderer.text(page(before + after)).utf8.count
    let shown = details.prefix { section in
      room -= HTMLRenderer.text(page([section])).utf8.count - empty
      return room >= 0
    }
    let others = cells.dropFirst(Self.mostCellsOfPage)
    let isShort =
      !others.isEmpty && (showsObservables || showsIntervals || others.contains { $0.landscape != nil })
      || supplements.contains { $0.cellsLeftOut > 0 }
    return page(before + shown + omission(isShort: isShort, details.count - shown.count, command) + after)
  }

  /// What a page leaves out about single cells, and how to see it.
  ///
  /// - Parameters:
  ///   - isShort: whether there is something of other cells than the first ones.
  ///   - sections: that there is no room for.
  ///   - command: that printed the page.
  private func omission(isShort: Bool, _ sections: Int, _ command: [String]) -> [Report.Section] {
    var parts: [String] = []
    if isShort {
      parts.append("Tables about single cells are those of the first \(Self.mostCellsOfPage) of \(cells.count) cells.")
    }
    if sections > 0 {
      parts.append("The last \(sections) sections of such tables are left out, since the page would be too large.")
    }
    if parts.isEmpty { return [] }
    var words = command
    if let place = words.firstIndex(of: "--format"), place + 1 < words.count {
      words.removeSubrange(place...(place + 1))
    }
    words.removeAll { $0 == "--format=html" }
    return [
      Report.Section([
        .note((parts + ["This command prints all of them:"]).joined(separator: " ")),
        .verbatim(RunRecord.commandLine(words)),
      ])
    ]
  }

  // MARK: - The study

  /// As YAML that gives the trials of the ledger, which keeps their numbers apart.
  private func studySection(_ ledger: LedgerReader) throws -> Report.Section {
    let study = try Study(in: ledger)
    let counts = try study.cells.map { try ledger.progress(of: $0.key).target ?? 0 }
    let heading = Report.Block.heading("The study")
    if let text = study.text(trials: counts) { return Report.Section([heading, .verbatim(text)]) }
    let labels = try ledger.cells().map(\.label)
    let parts = Set(counts).sorted(by: >).map { count in
      "\(count == 0 ? "none" : "\(count)") in "
        + zip(counts, labels).filter { $0.0 == count }.map(\.1).joined(separator: ", ")
    }
    return Report.Section([
      heading, .verbatim(study.textWithoutTrials),
      .note(
        "sampling.trials is left out above, since it cannot say how many trials were planned for each \(cellHeader): "
          + parts.joined(separator: "; ")),
    ])
  }

  /// P(good) against the width, or what becomes of trials where there is one cell; then the risk, along training too, and the
  /// levels.
  private func figures(in ledger: LedgerReader) throws -> [Figure] {
    func figure(_ kind: FigureKind) throws -> Figure? {
      do {
        return try self.figure(kind, in: ledger)
      } catch is FigureUnavailable {
        return nil
      }
    }
    let first = try figure(.probability) ?? figure(.outcomes)
    return try ([first] + [.law, .time, .training, .ladder].map(figure)).compactMap(\.self)
  }

  // MARK: - The answer

  /// What was asked, and for each cell, where there are few, what is known.
  private var answer: String {
    let estimates = cells.filter { $0.trials > 0 }.map { ($0.label, $0.good(at: confidence)) }
    func text(_ label: String, _ estimate: Estimate) -> String {
      let share = estimate.shares.map { "\(ReportText.share($0)) " } ?? ""
      return "\(cellHeader) \(label): \(share)[\(ReportText.probability(estimate.interval.lower, .down)), "
        + "\(ReportText.probability(estimate.interval.upper, .up))]"
    }
    let ordered = estimates.sorted {
      let (one, other) = ($0.1.interval, $1.1.interval)
      return (one.lower, one.upper) < (other.lower, other.upper)
    }
    let known =
      if estimates.isEmpty {
        "No trial has finished yet: nothing is known"
      } else if estimates.count <= Self.mostAnswers {
        "With intervals at \(confidenceText), " + estimates.map { text($0.0, $0.1) }.joined(separator: "; ")
      } else {
        "With intervals at \(confidenceText), of \(estimates.count) cells, from \(text(ordered[0].0, ordered[0].1)) to "
          + text(ordered.last!.0, ordered.last!.1)
      }
    return "\(question.title). \(known)."
  }

  // MARK: - Claims

  /// A sentence a cell, with the command that prints it.
  private var claimSection: Report.Section {
    let shown = cells.indices.prefix(Self.mostCellsOfPage)
    var blocks: [Report.Block] = [.heading("What can be claimed\(plannedCriterion == nil ? "" : ": \(goodText)")")]
    if !runs.isEmpty {
      blocks += [
        .note(
          runs.count == 1
            ? "The trials were computed by this command. With a ledger of another name (-o NAME) it computes them again, with "
              + "the same bits:"
            : "The trials were computed by these commands, one after the other. In this order, and with a ledger of another "
              + "name (-o NAME) for all of them, they compute them again, with the same bits:"),
        .verbatim(runCommands),
        .note("Each claim is followed by the command that derives it from the ledger."),
      ]
    }
    for place in shown {
      blocks += [.note(claim(place).sentences), .verbatim(claimCommand(["--cell", cells[place].label]))]
    }
    if shown.count < cells.count {
      blocks += [
        .note("The claims of the other \(cells.count - shown.count) cells are left out here:"),
        .verbatim(claimCommand([])),
      ]
    }
    return Report.Section(blocks)
  }

  /// A line each, in the order of the runs.
  private var runCommands: String {
    let lines = runs.map { PaperReport.commandText($0.run) }
    if lines.count <= Self.mostRuns { return lines.joined(separator: "\n") }
    let ends = Self.mostRuns / 2
    let omission = ["# \(lines.count - 2 * ends) more commands: see \"How to reproduce this\""]
    return (lines.prefix(ends) + omission + lines.suffix(ends)).joined(separator: "\n")
  }

  private func claimCommand(_ selection: [String]) -> String {
    var words = ["landfall", "report", RunRecord.operand(path), "--claim"] + selection
    if let criterion = choices.criterion { words += [ReportChoices.criterionOption, criterion.argument] }
    if let confidence = choices.confidence { words += ["--confidence", "\(confidence)"] }
    if choices.simultaneous { words.append("--simultaneous") }
    return RunRecord.commandLine(words)
  }
}

extension GoodCriterion {
  /// As the option of the command takes it.
  fileprivate var argument: String {
    switch self {
    case .risk(let bound): "\(bound)"
    case .excess(let bound), .ratio(let bound): "\(key)=\(bound)"
    }
  }
}
