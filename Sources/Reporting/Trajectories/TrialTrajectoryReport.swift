import Ledger
import Outcomes
import Studies

/// The whole trajectory of a trial, in every cell that has kept it.
public struct TrialTrajectoryReport: Sendable {
  let study: String
  /// The program of the last run.
  let programText: String
  let trial: Int
  let settings: [CellSettings]
  let cells: [(record: CellRecord, trajectory: TrialTrajectory, flowTimes: [Double])]

  /// Reads the ledger.
  ///
  /// - Parameter selection: the cells; nil for all.
  /// - Throws: ``TrajectoryRequestError``, ``CellSelectionError``, ``ArchiveError`` or an error of the ledger.
  public init(_ ledger: LedgerReader, cells selection: CellSelection? = nil, trial: TrialIndex) throws {
    let source = try TrajectoryCells(ledger, cells: selection)
    (study, programText) = (source.study.name, source.programText)
    settings = source.settings
    self.trial = trial.value
    var cells: [(CellRecord, TrialTrajectory, [Double])] = []
    for cell in source.cells {
      if let trajectory = try ledger.wholeTrajectory(of: cell.record.key, trial: trial) {
        cells.append((cell.record, trajectory, cell.flowTimes))
      }
    }
    guard !cells.isEmpty else {
      let kept = Set(source.cells.flatMap(\.trajectory.wholeTrials)).sorted()
      throw TrajectoryRequestError.notKept(trial: trial.value, path: ledger.path, kept: kept)
    }
    self.cells = cells
  }

  private static let schema = 3

  private struct Row {
    let cell: String
    let step: Int
    let flowTime: Double
    let values: [Observable: Double]

    init(_ cell: CellRecord, step: Int, flowTime: Double, _ values: [Double]) {
      self.cell = cell.label
      self.step = step
      self.flowTime = flowTime
      self.values = Dictionary(uniqueKeysWithValues: zip(cell.followed, values))
    }
  }

  /// What the cells follow.
  private var followed: [Observable] {
    var followed: [Observable] = []
    for observable in cells.flatMap(\.record.followed) where !followed.contains(observable) {
      followed.append(observable)
    }
    return followed
  }

  /// A row for each checkpoint, a column for each quantity.
  public var report: Report {
    let rows = cells.map { record, trajectory, flowTimes in
      zip(zip(record.checkpoints, flowTimes), trajectory.values).map { place, values in
        Row(record, step: place.0, flowTime: place.1, values)
      }
    }
    let step = ReportField<Row>("step", .count) { .count($0.step) }
    let flowTime = ReportField<Row>("flow_time", .real(.exact)) { .real($0.flowTime) }
    let sections = zip(cells, rows).map { cell, rows in
      Report.Section([
        .heading("cell \(cell.record.label)"),
        .table(ReportTable("trajectory", of: rows, [step] + fields(cell.record.followed, .scientific(7), \.name))),
      ])
    }
    let trial = self.trial
    let table = ReportTable(
      "trajectory", of: rows.joined(),
      CellColumns(settings).fields(\Row.cell) + [ReportField("trial", .count) { _ in .count(trial) }, step, flowTime]
        + fields(followed, .exact, \.columnName))
    return Report(
      "trial trajectory", schema: Self.schema, facts: [.init("study", .text(study)), .init("trial", .count(trial))],
      tables: [table],
      sections: [Report.Section([.heading("\(study), trial \(trial)"), .note(programText)])] + sections)
  }

  private func fields(
    _ observables: [Observable], _ format: ReportTable.Format, _ name: (Observable) -> String
  ) -> [ReportField<Row>] {
    observables.map { observable in ReportField(name(observable), .real(format)) { .real($0.values[observable]) } }
  }
}
