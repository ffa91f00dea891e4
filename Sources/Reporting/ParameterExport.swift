import Archive
import Foundation
import Landscape
import Ledger
import Networks
import Outcomes
import Studies
import Texts
import Trials

/// The parameters of trials of a cell, computed anew: at initialization, when training ends, and where the flow was
/// followed to.
///
/// `initial.npy`, `trained.npy` and `limit.npy` are arrays of float64 of shape (trials, parameters), NaN where a trial has no
/// such network or has crashed; `parameters.csv` has the same with a header, a row a trial and network. Both have every digit.
public enum ParameterExport {
  enum State: String, CaseIterable {
    case initial, trained, limit
  }

  /// - Parameters:
  ///   - folder: is made if it is not there; files in it that have these names are replaced.
  ///   - selection: fits one cell.
  ///   - trials: nil for the gap-free prefix.
  /// - Returns: the trials that were written.
  /// - Throws: ``CellSelectionError``, ``ReplayError``, ``ArrayExportError`` or an error of the ledger.
  public static func write(
    _ replay: Replay, _ ledger: LedgerReader, cell selection: CellSelection, trials: Range<Int>?, to folder: String
  ) throws -> Range<Int> {
    let place = try selection.place(in: replay.study.cellSettings)
    let cell = replay.study.cells[place]
    let progress = try ledger.progress(of: cell.key)
    let wanted = trials ?? 0..<progress.prefix
    guard wanted.upperBound <= progress.prefix else {
      throw ReplayError.missingTrial(
        path: ledger.path, cell: cell.label, trial: max(progress.prefix, wanted.lowerBound))
    }
    var csv = CSVField.line((["trial", "state"] + names(cell)).map(CSVField.text))
    var arrays: [State: [Double]] = [:]
    let missing = [Double](repeating: .nan, count: cell.architecture.parameterCount)
    let crashed = Set(try ledger.crashes().filter { $0.cell == cell.key }.map(\.trial.value))
    func add(_ networks: TrialNetworks) {
      for (state, network) in [
        (State.initial, networks.initial), (.trained, networks.trained), (.limit, networks.limit),
      ] {
        arrays[state, default: []] += network?.parameters ?? missing
        guard let network else { continue }
        let numbers = network.parameters.map { String(format: "%.17g", $0) }
        csv += CSVField.line(["\(networks.trial)", state.rawValue] + numbers)
      }
    }
    for trial in wanted {
      if crashed.contains(trial) {
        for state in State.allCases { arrays[state, default: []] += missing }
      } else {
        try replay.networks(trial..<trial + 1, ofCell: place, add)
      }
    }
    let url = URL(filePath: folder, directoryHint: .isDirectory)
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      for state in State.allCases {
        let array = NPYRenderer.data(arrays[state] ?? [], rows: wanted.count, columns: missing.count)
        try array.write(to: url.appending(path: "\(state.rawValue).npy"), options: .atomic)
      }
      try Data(csv.utf8).write(to: url.appending(path: "parameters.csv"), options: .atomic)
    } catch {
      throw ArrayExportError.unwritable(folder, reason: error.reason(folder: folder))
    }
    return wanted
  }

  /// "inner-weights[0]": the blocks as studies name them, with the place in the block from 0, rows of weights one after the
  /// other.
  private static func names(_ cell: Cell) -> [String] {
    let architecture = cell.architecture
    return architecture.blocks.flatMap { block in
      architecture.range(block).indices.map {
        "\(block.name(depth: architecture.depth))[\($0 - architecture.range(block).lowerBound)]"
      }
    }
  }
}
