import Estimation
import Ledger
import Outcomes
import Studies
import Training

/// Why a report of trajectories cannot be given as asked for.
public enum TrajectoryRequestError: Error, Sendable, Hashable, CustomStringConvertible {
  case noTrajectories(path: String)
  case unknownCell(String, labels: [String])
  /// No cell that was asked for has kept this trial; with the trials that are kept.
  case notKept(trial: Int, path: String, kept: [Int])

  public var description: String {
    switch self {
    case .noTrajectories(let path):
      "\(path) holds no trajectories: its study has no section \"trajectory\""
    case .unknownCell(let label, let labels):
      "there is no cell \"\(label)\"; the cells are \(labels.joined(separator: ", "))"
    case .notKept(let trial, let path, let kept):
      "\(path) has no whole trajectory of trial \(trial); "
        + (kept.isEmpty
          ? "it has none at all (a study names the trials to keep in trajectory.trials)"
          : "it has those of the trials \(kept.map(String.init).joined(separator: ", "))")
    }
  }
}

/// The cells of a ledger that keep trajectories, as far as a report is about them.
struct TrajectoryCells {
  let study: Study
  let kernelLevel: String
  let definitionHash: String
  let cells: [(record: CellRecord, trajectory: CellTrajectory)]

  /// - Parameter label: of the cell that the report is about; nil for all.
  init(_ ledger: LedgerReader, cell label: String?) throws {
    study = try Study(in: ledger)
    let stored = try ledger.study()
    (kernelLevel, definitionHash) = (stored.kernelLevel, stored.study.hash)
    let records = try ledger.cells()
    let chosen = records.filter { label == nil || $0.label == label }
    if let label, chosen.isEmpty { throw TrajectoryRequestError.unknownCell(label, labels: records.map(\.label)) }
    var cells: [(CellRecord, CellTrajectory)] = []
    for record in chosen {
      if let trajectory = try ledger.trajectory(of: record.key) { cells.append((record, trajectory)) }
    }
    if cells.isEmpty { throw TrajectoryRequestError.noTrajectories(path: ledger.path) }
    self.cells = cells
  }
}

/// The laws over trials of quantities at the checkpoints of training, as a ledger has them at this moment.
public struct TrajectoryReport: Sendable {
  let study: Study
  let kernelLevel: String
  let definitionHash: String
  let confidence: ConfidenceLevel
  let shares: [Double]
  let tables: [Table]

  /// A quantity in a cell: a line for each checkpoint.
  struct Table: Sendable {
    var cell: CellRecord
    var quantity: TrajectoryQuantity
    var trials: Int
    var method: IntervalMethod
    var bounds: [Bound]
    var lines: [Line]
  }

  /// A bound on a quantity, and the last bin of the grid that it contains.
  struct Bound: Sendable {
    var given: Double
    var bin: LogarithmicGrid.Bin
    /// `given` rounded down to an edge of the grid: shares of trials at or below it are exact.
    var edge: Double { bin.upper }

    init(_ given: Double) {
      self.given = given
      bin = LogarithmicGrid.lastBin(atMost: given)
    }
  }

  struct Line: Sendable {
    var step: Int
    /// The bins of the quantiles; empty without trials.
    var quantiles: [LogarithmicGrid.Bin]
    var rootMeanSquare: Double?
    var nonFinite: Int
    /// One for each bound: the probability of being at or below its edge.
    var atMost: [Estimate]
  }

  /// Reads the ledger.
  ///
  /// - Parameters:
  ///   - label: the cell; nil for all cells.
  ///   - shares: of the quantiles, from 0 to 1.
  ///   - bounds: eps in P(quantity <= eps), not negative; nil for the bound of the study's verdict where the quantity
  ///     is the risk, and none for the others.
  /// - Throws: ``TrajectoryRequestError``, ``ReportError`` or an error of the ledger.
  public init(
    _ ledger: LedgerReader, cell label: String? = nil, quantities: [TrajectoryQuantity], shares: [Double],
    bounds: [Double]? = nil
  ) throws {
    let source = try TrajectoryCells(ledger, cell: label)
    study = source.study
    (kernelLevel, definitionHash) = (source.kernelLevel, source.definitionHash)
    let confidence = ConfidenceLevel(study.sampling.confidence)
    self.confidence = confidence
    self.shares = shares
    let levels = try ReferenceLevels(study, in: ledger)
    let goodRisks = Dictionary(
      study.cells.compactMap { cell -> (CellKey, Double)? in
        guard let bound = cell.judge(levels(cell))?.bounds.good else { return nil }
        return (cell.key, bound)
      }
    ) { first, _ in first }
    tables = source.cells.flatMap { record, trajectory in
      let riskBound = goodRisks[record.key].map { [$0] } ?? []
      return quantities.map { quantity in
        Table(
          cell: record, trajectory, quantity, shares: shares,
          bounds: (bounds ?? (quantity == .risk ? riskBound : [])).map(Bound.init), confidence)
      }
    }
  }
}

extension TrajectoryReport.Table {
  init(
    cell: CellRecord, _ trajectory: CellTrajectory, _ quantity: TrajectoryQuantity, shares: [Double],
    bounds: [TrajectoryReport.Bound], _ confidence: ConfidenceLevel
  ) {
    let trials = trajectory.trials
    self.init(
      cell: cell, quantity: quantity, trials: trials, method: trajectory.plan.method, bounds: bounds,
      lines: trajectory.checkpoints.enumerated().map { place, step in
        let law = trajectory.aggregate[place, quantity]
        return TrajectoryReport.Line(
          step: step,
          quantiles: trials == 0
            ? [] : shares.map { law.bin(ofRank: QuantileSelection.rank(ofShare: $0, count: trials)) },
          rootMeanSquare: law.rootMeanSquare, nonFinite: law.count(.nonFinite),
          atMost: bounds.map {
            Estimate(
              Proportion(successes: law.count(through: $0.bin), trials: trials), under: trajectory.plan, at: confidence)
          })
      })
  }
}
