import Foundation
import Ledger
import Outcomes

/// The whole trajectory of a trial, in every cell that has kept it.
public struct TrialTrajectoryReport: Sendable {
  let study: String
  let trial: Int
  let cells: [(record: CellRecord, trajectory: TrialTrajectory)]

  /// Reads the ledger.
  ///
  /// - Parameter label: the cell; nil for all cells.
  /// - Throws: ``TrajectoryRequestError``, ``ReportError`` or an error of the ledger.
  public init(_ ledger: LedgerReader, cell label: String? = nil, trial: TrialIndex) throws {
    let source = try TrajectoryCells(ledger, cell: label)
    study = source.study.name
    self.trial = trial.value
    var cells: [(CellRecord, TrialTrajectory)] = []
    for (record, _) in source.cells {
      if let trajectory = try ledger.wholeTrajectory(of: record.key, trial: trial) {
        cells.append((record, trajectory))
      }
    }
    guard !cells.isEmpty else {
      let kept = Set(source.cells.flatMap(\.trajectory.wholeTrials)).sorted()
      throw TrajectoryRequestError.notKept(trial: trial.value, path: ledger.path, kept: kept)
    }
    self.cells = cells
  }

  /// A line for each checkpoint, a column for each quantity.
  public var text: String {
    var text = "\(study), trial \(trial)\n"
    for (record, trajectory) in cells {
      text += "\ncell \(record.label)\n"
      var table = TextTable(header: ["step"] + TrajectoryQuantity.allCases.map(\.word))
      for (step, values) in zip(record.checkpoints, trajectory.values) {
        table.append(["\(step)"] + values.map { $0.isFinite ? String(format: "%.6e", $0) : "inf" })
      }
      text += table.text
    }
    return text
  }

  public var csv: String {
    let names = TrajectoryQuantity.allCases.map { $0.word.replacingOccurrences(of: "-", with: "_") }
    var text = (["cell", "trial", "step"] + names).joined(separator: ",") + "\n"
    for (record, trajectory) in cells {
      for (step, values) in zip(record.checkpoints, trajectory.values) {
        text += ([record.label, "\(trial)", "\(step)"] + values.map(CSV.real)).joined(separator: ",") + "\n"
      }
    }
    return text
  }

  struct Document: Codable, Hashable {
    struct Cell: Codable, Hashable {
      var cell: String
      var key: String
      var steps: [Int]
      var risk: [Double]
      var gradientNorm: [Double]
      var batchGradientNorm: [Double]
      var distance: [Double]
      var parameterNorm: [Double]
    }

    var schema: Int
    var study: String
    var trial: Int
    var cells: [Cell]
  }

  public var json: String {
    ReportText.json(
      Document(
        schema: TrajectoryDocument.schemaVersion, study: study, trial: trial,
        cells: cells.map { record, trajectory in
          func values(_ quantity: TrajectoryQuantity) -> [Double] {
            record.checkpoints.indices.map { trajectory[$0, quantity] }
          }
          return Document.Cell(
            cell: record.label, key: record.key.text, steps: record.checkpoints, risk: values(.risk),
            gradientNorm: values(.gradientNorm), batchGradientNorm: values(.batchGradientNorm),
            distance: values(.distanceToEnd), parameterNorm: values(.parameterNorm))
        }))
  }
}
