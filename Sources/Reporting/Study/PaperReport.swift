import Estimation
import Foundation
import Landscape
import Ledger
import Outcomes
import Studies

/// What a paper has of a study: claims that hold, how they were found, and what to cite.
public struct PaperReport: Sendable {
  /// Of one ledger by one or several criteria.
  private let reports: [StudyReport]
  /// That printed this.
  private let command: String

  /// Of the JSON.
  static let schema = 1

  /// - Precondition: there is at least one report; all are of the same ledger and cells.
  public init(_ reports: [StudyReport], command: String) {
    precondition(!reports.isEmpty, "a paper is about some study")
    self.reports = reports
    self.command = command
  }

  public func report(claims: Bool, methods: Bool) -> Report {
    let study = reports[0]
    let rows = claims ? reports.flatMap { report in report.cells.indices.map { report.claim($0) } } : []
    let table = ReportTable(
      "claims", of: rows,
      [
        ReportField<Claim>("cell", .text) { .text($0.cell) },
        ReportField("criterion", .text) { .text($0.criterion) },
        ReportField("p_good_at_least", .real(.exact)) { .real($0.lowerBound) },
        ReportField("p_good_lower", .real(.exact)) { .real($0.interval?.lower) },
        ReportField("p_good_upper", .real(.exact)) { .real($0.interval?.upper) },
        ReportField("claim", .text) { .text($0.sentences) },
      ])
    var sections = [Report.Section([.heading(study.study.titleLine)])]
    if claims {
      sections += rows.map { Report.Section([.note($0.sentences)]) }
      sections.append(Report.Section([.heading("How to reproduce this")] + provenance.map { .note($0) }))
      sections += bibliography.map { lines in Report.Section(lines.map { .note($0) }) }
    }
    let paragraphs = methods ? study.methodParagraphs : []
    sections += paragraphs.map { Report.Section([.note($0)]) }
    return Report(
      "paper", schema: Self.schema,
      facts: study.facts + [
        .init("methods", .list(paragraphs.map { .text($0) })),
        .init("provenance", .list(provenance.map { .text($0) })),
        .init("bibtex", .list(bibliography.map { .text($0.joined(separator: "\n")) })),
      ], tables: [table], sections: sections)
  }

  // MARK: - How to reproduce it

  var provenance: [String] {
    let report = reports[0]
    var lines = report.runs.map { "run \($0.id): \(Self.commandText($0.run))" }
    if let last = report.runs.last { lines.append("by \(last.run.programText)") }
    lines.append(
      "study \(report.study.name), hash \(report.definitionHash.prefix(16)); seed \(report.study.sampling.seed); kernel level "
        + "\(report.kernelLevel): --kernel \(report.kernelLevel) gives the same bits on every processor that has it")
    lines.append("this text: \(command)")
    return lines
  }

  /// The command of a run, whatever folder the program was in.
  static func commandText(_ run: RunRecord) -> String {
    var words = run.commandLine.split(separator: " ", maxSplits: 1).map(String.init)
    if !words.isEmpty { words[0] = URL(filePath: words[0]).lastPathComponent }
    return words.joined(separator: " ")
  }

  // MARK: - What to cite

  /// BibTeX: an entry each of the program and of the sources that the study names by their arXiv numbers.
  private var bibliography: [[String]] {
    let report = reports[0]
    var entries: [[String]] = []
    if let run = report.runs.last?.run {
      let revision = run.revision.isEmpty ? "" : ", revision \(run.revision)"
      entries.append([
        "@software{landfall,", "  title = {Landfall},", "  author = {{The Landfall maintainers}},",
        "  version = {\(run.version)},", "  note = {Arithmetic \(run.arithmetic)\(revision)}", "}",
      ])
    }
    var numbers: [String] = []
    for match in report.study.source.matches(of: /arXiv:(\d{4}\.\d{4,5})/) where !numbers.contains(String(match.1)) {
      numbers.append(String(match.1))
    }
    return entries
      + numbers.map { number in
        [
          "@misc{arXiv:\(number),", "  eprint = {\(number)},", "  archivePrefix = {arXiv},",
          "  url = {https://arxiv.org/abs/\(number)},", "  note = {Source of the study \(report.study.name)}", "}",
        ]
      }
  }
}
