import Archive
import Foundation
import Ledger
import Outcomes
import Reporting
import Studies
import TestSupport
import Testing

/// Fills a ledger of a built-in study with networks of these widths by `fill`, and hands it to `check`.
///
/// - Parameters:
///   - limit: the section of the study; unless it is off, trials need analyses.
///   - further: what is measured of every trial besides.
func withLedger(
  of name: String = "inner-bias", hidden: String = "[[5], [20]]", trials: Int = 10, stream: String? = nil,
  kernels: [String] = ["", ""], checkpoints: [Int] = [], limit: String = "off",
  hasAnalysis: Bool? = nil, further: [Observable] = [],
  _ fill: (LedgerWriter, Study) throws -> Void, _ check: (LedgerReader) throws -> Void
) throws {
  var overrides = [
    Override(key: "network.hidden", value: hidden), Override(key: "sampling.trials", value: "\(trials)"),
    Override(key: "limit", value: limit),
  ]
  if let stream { overrides.append(Override(key: "training.batch.stream", value: stream)) }
  let study = try Study.load(name, overrides: overrides)
  try withTemporaryFolder { folder in
    let writer = try LedgerWriter.open(
      path: folder.file(), study: StudyRecord(study),
      cells: zip(study.cells, kernels).map { cell, kernel in
        var record = CellRecord(cell)
        (record.kernel, record.checkpoints) = (kernel, checkpoints)
        record.further = further
        if let hasAnalysis { record.hasAnalysis = hasAnalysis }
        return record
      },
      run: RunRecord(
        started: Date(timeIntervalSince1970: 1_800_000_000), host: "node", processID: 1, ranks: 2, threads: 1,
        kernelLevel: "avx2", version: "0.2.0", revision: "abc", arithmetic: 1, compiler: "Swift", mpi: "Open MPI",
        commandLine: "landfall run", seed: 5),
      restating: { stored, _ in stored.study })
    for cell in study.cells { try writer.target(cell.key, trials: trials) }
    try fill(writer, study)
    try writer.finish(ending: "done", at: Date(timeIntervalSince1970: 1_800_000_021))
    try check(LedgerReader.open(path: folder.file()))
  }
}

/// What the commands print.
extension StudyReport {
  var text: String { TextRenderer().text(report()) }
  var json: String { JSONRenderer.text(report()) }
  var csv: String { CSVRenderer.text(report().tables[0]) }

  /// Of the table of this name.
  func csv(_ name: String) throws -> String { CSVRenderer.text(try #require(report().table(named: name))) }
}

extension Report {
  var text: String { TextRenderer().text(self) }
  var json: String { JSONRenderer.text(self) }
  var csv: String { CSVRenderer.text(tables[0]) }
}

/// The fields of a line without quoted ones.
func fields(_ line: Substring) -> [String] {
  line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
}

/// The rows of a table of a report in JSON.
func rows(_ json: String, _ table: String) throws -> [[String: Any]] {
  let object = try #require(JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
  let tables = try #require(object["tables"] as? [String: Any])
  return try #require(tables[table] as? [[String: Any]])
}

/// What a report is about.
func choices(_ cells: String? = nil, simultaneous: Bool = false) -> ReportChoices {
  var choices = ReportChoices(cells: cells.map { CellSelection($0) })
  choices.simultaneous = simultaneous
  return choices
}

/// Whether a number of a report in JSON is this one, but for what the reader of JSON rounds; infinite ones are texts.
func isNear(_ value: Any?, _ expected: Double) -> Bool {
  if expected == .infinity { return value as? String == "inf" }
  guard let value = value as? Double else { return false }
  return abs(value - expected) <= 1e-14 * abs(expected)
}
