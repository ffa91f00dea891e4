import Archive
import Estimation
import Ledger
import Outcomes
import Studies
import Training

/// Why a report of trajectories cannot be given as asked for.
public enum TrajectoryRequestError: Error, Sendable, Hashable, CustomStringConvertible {
  case noTrajectories(path: String)
  /// No cell that was asked for follows this; with what they follow.
  case unknownQuantity(String, names: [String])
  /// No cell that was asked for has kept this trial; with the trials that are kept.
  case notKept(trial: Int, path: String, kept: [Int])

  public var description: String {
    switch self {
    case .noTrajectories(let path):
      "\(path) holds no trajectories: its study has no section \"trajectory\""
    case .unknownQuantity(let name, let names):
      "--quantity is one of \(names.joined(separator: ", ")), all (it is \"\(name)\")"
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
  /// The program of the last run.
  let programText: String
  let kernelLevel: String
  let definitionHash: String
  /// Of all cells of the study.
  let settings: [CellSettings]
  /// Those of all cells of the study.
  let checkpoints: Int
  let cells: [Cell]

  struct Cell {
    let cell: Studies.Cell
    let record: CellRecord
    let trajectory: CellTrajectory
    /// At the checkpoints.
    let flowTimes: [Double]
  }

  /// - Parameter selection: the cells that the report is about; nil for all.
  init(_ ledger: LedgerReader, cells selection: CellSelection?) throws {
    study = try Study(in: ledger)
    let stored = try ledger.study()
    (kernelLevel, definitionHash) = (stored.kernelLevel, stored.study.hash)
    programText = try ledger.runs().last.map(\.run.programText) ?? ""
    let (own, records) = (study.cells, try ledger.cells())
    guard own.map(\.label) == records.map(\.label) else { throw ArchiveError.changed(path: ledger.path) }
    settings = study.cellSettings
    checkpoints = records.reduce(0) { $0 + $1.checkpoints.count }
    var cells: [Cell] = []
    var shared: [TrainingMethod: RateTable] = [:]
    for place in try selection?.places(in: settings) ?? Array(own.indices) {
      guard let trajectory = try ledger.trajectory(of: records[place].key) else { continue }
      let method = own[place].training
      let rates = shared[method] ?? method.rates(width: own[place].architecture.width)
      if !method.steps.learningRate.uses("h") { shared[method] = rates }
      cells.append(
        Cell(
          cell: own[place], record: records[place], trajectory: trajectory,
          flowTimes: trajectory.checkpoints.map(rates.flowTime)))
    }
    if cells.isEmpty { throw TrajectoryRequestError.noTrajectories(path: ledger.path) }
    self.cells = cells
  }
}

/// The laws over trials of quantities at the checkpoints of training, as a ledger has them at this moment.
public struct TrajectoryReport: Sendable {
  let study: Study
  /// The program of the last run.
  let programText: String
  let kernelLevel: String
  let definitionHash: String
  let settings: [CellSettings]
  /// The cells that the report is about.
  let cells: [Cell]
  /// How many probabilities the bounds hold for together, those of all cells of the study; 1 where each stands on its own.
  let statements: Int
  let shares: [Double]
  let tables: [Table]

  /// A quantity in a cell: a line for each checkpoint.
  struct Table: Sendable {
    var cell: CellRecord
    /// Whether the gradient flow trains the cell.
    var isFlow: Bool
    var quantity: Observable
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
    /// The sum of the learning rates up to here times the optimizer's flow time factor.
    var flowTime: Double
    /// The bins of the quantiles, over the trials that have not crashed; empty without any.
    var quantiles: [LogarithmicGrid.Bin]
    var rootMeanSquare: Double?
    var nonFinite: Int
    /// One for each bound: the probability of being at or below its edge.
    var atMost: [Estimate]
  }

  /// Reads the ledger.
  ///
  /// - Parameters:
  ///   - selection: the cells; nil for all.
  ///   - quantities: names of observables; nil for all that a cell follows.
  ///   - shares: of the quantiles, from 0 to 1.
  ///   - bounds: eps in P(quantity <= eps), not negative; nil for the bound of the study's verdict where the quantity
  ///     is the risk, and none for the others.
  ///   - simultaneous: whether the bounds of all probabilities are to hold together, in all cells of the study.
  /// - Throws: ``TrajectoryRequestError``, ``CellSelectionError``, ``ArchiveError`` or an error of the ledger.
  public init(
    _ ledger: LedgerReader, cells selection: CellSelection? = nil, quantities: [String]? = nil, shares: [Double],
    bounds: [Double]? = nil, simultaneous: Bool = false
  ) throws {
    try self.init(
      ledger, cells: selection, quantities: quantities, shares: shares, bounds: bounds, simultaneous: simultaneous,
      confidence: nil, riskBound: nil)
  }

  /// - Parameters:
  ///   - confidence: of every interval, or of all together; nil for that of the study.
  ///   - riskBound: of good risks of a cell; nil for that of the study's verdict.
  init(
    _ ledger: LedgerReader, cells selection: CellSelection?, quantities: [String]?, shares: [Double], bounds: [Double]?,
    simultaneous: Bool, confidence: ConfidenceLevel?, riskBound: ((CellKey) -> Double?)?
  ) throws {
    let source = try TrajectoryCells(ledger, cells: selection)
    study = source.study
    (kernelLevel, definitionHash) = (source.kernelLevel, source.definitionHash)
    programText = source.programText
    settings = source.settings
    cells = source.cells.map(\.cell)
    let most = source.cells.map(\.trajectory.observables.count).max() ?? 1
    let probabilities = bounds.map { $0.count * (quantities?.count ?? most) } ?? 1
    statements = simultaneous ? max(source.checkpoints * probabilities, 1) : 1
    let confidence = (confidence ?? ConfidenceLevel(study.sampling.confidence)).simultaneous(over: statements)
    self.shares = shares
    let levels = try ReferenceLevels(study, in: ledger)
    tables = source.cells.flatMap { cell in
      let own = riskBound.map { $0(cell.record.key) } ?? cell.cell.judge(levels(cell.cell))?.bounds.good
      let riskBound = own.map { [$0] } ?? []
      let followed = cell.trajectory.observables.map(\.name)
      return (quantities ?? followed).compactMap(followed.firstIndex(of:)).map { place in
        let isRisk = cell.trajectory.observables[place] == .riskAlong
        return Table(
          cell, place, shares: shares,
          bounds: (bounds ?? (isRisk ? riskBound : [])).map(Bound.init), confidence)
      }
    }
    var followed: [String] = []
    for name in source.cells.flatMap(\.trajectory.observables).map(\.name) where !followed.contains(name) {
      followed.append(name)
    }
    if let unknown = quantities?.first(where: { !followed.contains($0) }) {
      throw TrajectoryRequestError.unknownQuantity(unknown, names: followed)
    }
  }
}

extension TrajectoryReport.Table {
  init(
    _ cell: TrajectoryCells.Cell, _ place: Int, shares: [Double], bounds: [TrajectoryReport.Bound],
    _ confidence: ConfidenceLevel
  ) {
    let trajectory = cell.trajectory
    let trials = trajectory.trials
    let isFlow = if case .flow = cell.cell.training { true } else { false }
    self.init(
      cell: cell.record, isFlow: isFlow, quantity: trajectory.observables[place], trials: trials,
      method: trajectory.plan.method,
      bounds: bounds,
      lines: trajectory.checkpoints.enumerated().map { checkpoint, step in
        let law = trajectory.aggregate[checkpoint, place]
        return TrajectoryReport.Line(
          step: step, flowTime: cell.flowTimes[checkpoint],
          quantiles: law.trials == 0
            ? [] : shares.map { law.bin(ofRank: QuantileStreams.rank(ofShare: $0, count: law.trials)) },
          rootMeanSquare: law.rootMeanSquare, nonFinite: law.count(.nonFinite),
          atMost: bounds.map {
            Estimate(
              enclosing: law.proportion(through: $0.bin, of: trials), under: trajectory.plan, at: confidence)
          })
      })
  }
}

extension TrajectoryLaw {
  /// How many of `all` trials lie in a bin or below it; of those that are not in the law, crashed ones, it is not known.
  func proportion(through bin: LogarithmicGrid.Bin, of all: Int) -> BracketedProportion {
    let count = count(through: bin)
    return BracketedProportion(successes: count, failures: trials - count, trials: all)
  }
}
