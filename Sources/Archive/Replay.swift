import BuildInformation
import Kernels
import Landscape
import Ledger
import Networks
import Outcomes
import Problems
import Studies
import Trials

/// Computes trials of a ledger anew, each alone: the same bits as those that are stored.
public struct Replay: Sendable {
  /// Of the ledger.
  public let path: String
  public let study: Study
  public let kernels: KernelTable
  private let runners: [CellRunner]
  private let judges: [Judge]

  /// - Parameter source: the study of the ledger from its file, which data sets from files need: a ledger does not keep
  ///   their points. Nil for the study as the ledger has it.
  /// - Throws: ``ArchiveError``, ``ReplayError``, `PreparationError`, `KernelLevelError` or an error of the ledger.
  public init(_ ledger: LedgerReader, source: Study? = nil) throws {
    path = ledger.path
    let own = try Study(in: ledger)
    let stored = try ledger.study()
    if let source {
      guard source.identity == own.identity else { throw ReplayError.otherStudy(path: path, name: source.name) }
      guard source.cells.map(\.key) == own.cells.map(\.key) else { throw ReplayError.otherCells(path: path) }
      study = source
    } else {
      if own.cells.contains(where: \.usesDataFile) { throw ReplayError.needsSource(path: path) }
      study = own
    }
    if let run = try ledger.runs().last?.run, run.arithmetic != Arithmetic.version(of: study) {
      throw ReplayError.otherArithmetic(
        path: path, stored: run.arithmetic, version: run.version, here: Arithmetic.version(of: study))
    }
    let level = try KernelLevel(option: stored.kernelLevel)
    try level.check(within: .widest, on: "this machine")
    kernels = KernelTable(level)
    let levels = try ReferenceLevels(study, in: ledger)
    runners = try PreparedStudy(study, levels: levels).runners
    judges = try study.cells.map { try Judge($0, levels, path: ledger.path) }
  }

  /// A trial as it is stored and as it comes out now.
  public struct Comparison: Sendable {
    public var cell: Cell
    public var trial: Int
    /// What training determines: the same bits everywhere.
    public var determined: [Quantity]
    /// What is known of the limit: the last digits may differ between machines.
    public var limit: [Quantity]
    public var storedVerdict: Verdict
    public var verdict: Verdict

    /// Those that training determines whose bits differ.
    public var differences: [Quantity] { determined.filter { !$0.isSame } }
  }

  public struct Quantity: Sendable {
    public var observable: Observable
    public var stored: Double?
    public var recomputed: Double?

    public var isSame: Bool { stored?.bitPattern == recomputed?.bitPattern }
  }

  /// - Parameter place: of the cell in the study.
  /// - Throws: ``ReplayError/missingTrial(path:cell:trial:)`` or an error of the ledger.
  public func comparison(_ trial: TrialIndex, ofCell place: Int, in ledger: LedgerReader) throws -> Comparison {
    let cell = study.cells[place]
    guard let block = try ledger.block(of: cell.key, containing: trial) else {
      throw ReplayError.missingTrial(path: path, cell: cell.label, trial: trial.value)
    }
    return comparison(ofRow: trial.value - block.trials.lowerBound, in: block, ofCell: place)
  }

  /// The same of a trial of a block that has been read with everything.
  ///
  /// - Parameter row: the place of the trial in the block.
  func comparison(ofRow row: Int, in block: BlockRecord, ofCell place: Int) -> Comparison {
    let cell = study.cells[place]
    let trial = block.trials.lowerBound + row
    let results = runners[place].results(of: trial..<trial + 1, kernels: kernels)
    func quantities(_ stored: [ObservableColumn], _ own: [ObservableColumn]) -> [Quantity] {
      // What an older version did not measure cannot be compared.
      stored.compactMap { column in
        own.first { $0.observable == column.observable }.map {
          Quantity(observable: column.observable, stored: column[row], recomputed: $0[0])
        }
      }
    }
    let storedOutcomes = Outcome.columns(of: block.outcomes) + block.further
    let storedAnalysis = block.analyses.isEmpty ? nil : block.analyses[row]
    return Comparison(
      cell: cell, trial: trial,
      determined: quantities(storedOutcomes, Outcome.columns(of: results.outcomes) + results.further),
      limit: block.analyses.isEmpty || results.analyses.isEmpty
        ? [] : quantities(TrialAnalysis.columns(of: block.analyses), TrialAnalysis.columns(of: results.analyses)),
      storedVerdict: judges[place].judgement(of: block.outcomes[row], storedAnalysis).verdict,
      verdict: judges[place].judgement(of: results.outcomes[0], results.analyses.first).verdict)
  }

  /// The networks of trials, in their order, one trial after the other.
  public func networks(_ trials: Range<Int>, ofCell place: Int, _ body: (TrialNetworks) throws -> Void) throws {
    for trial in trials {
      var networks: TrialNetworks?
      _ = runners[place].results(of: trial..<trial + 1, kernels: kernels) { networks = $0 }
      if let networks { try body(networks) }
    }
  }

  /// The network of a trial when training ends, without what follows from there; nil where the trial diverged.
  public func trainedNetwork(of trial: Int, ofCell place: Int) -> Network? {
    runners[place].trainedNetwork(of: trial, kernels: kernels)
  }
}

/// Why trials of a ledger cannot be computed anew. The text is the user's message.
public enum ReplayError: Error, Sendable, CustomStringConvertible {
  case needsSource(path: String)
  case otherStudy(path: String, name: String)
  case otherCells(path: String)
  case otherArithmetic(path: String, stored: Int, version: String, here: Int)
  case missingTrial(path: String, cell: String, trial: Int)

  public var description: String {
    switch self {
    case .needsSource(let path):
      "the study in \(path) learns from a data file, whose points a ledger does not keep; name the study file (--study FILE)"
    case .otherStudy(let path, let name):
      "the study \(name) is not the one in \(path): they differ in what identifies trials"
    case .otherCells(let path):
      "the study file has other cells than \(path), which may have been extended; name one with the same cells"
    case .otherArithmetic(let path, let stored, let version, let here):
      "the trials in \(path) were computed by arithmetic \(stored) (landfall \(version)), and this program has arithmetic "
        + "\(here) for them: their bits cannot be compared; use that version of the program"
    case .missingTrial(let path, let cell, let trial):
      "\(path) has no trial \(trial) of cell \(cell)"
    }
  }
}
