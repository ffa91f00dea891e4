import Foundation
import Ledger
import Outcomes
import Studies

/// What is sound of a damaged ledger, copied to a new one, which the same study completes.
public struct Salvage: Sendable {
  public let study: Study
  public let summary: SalvageSummary

  /// - Parameters:
  ///   - path: of the damaged ledger.
  ///   - new: of the new one; there is nothing yet.
  ///   - given: the study, for a ledger in which it is damaged; nil for the one that the ledger has.
  /// - Throws: ``ArchiveError``, or an error of the ledger.
  public init(_ path: String, to new: String, study given: Study?, host: String, mpi: String) throws {
    let ledger = try DamagedLedger.open(path: path, hash: given?.hash)
    let study = try Self.study(of: ledger, given)
    self.study = study
    guard let level = ledger.study?.kernelLevel ?? ledger.runs.first?.run.kernelLevel else {
      throw LedgerError.damaged(path: path, reason: "neither its study nor one of its runs can be read")
    }
    var run = RunRecord(of: study, host: host, ranks: 1, threads: 1, kernelLevel: level, mpi: mpi)
    // Not of this program, but of the one that computed the outcomes.
    run.arithmetic = ledger.runs.map(\.run.arithmetic).max() ?? 0
    let stored = Dictionary(ledger.cells.map { ($0.key, $0) }) { first, _ in first }
    let cells = study.cells.map { cell in
      let measured = CellRecord(measured: cell)
      var record = stored[cell.key] ?? measured
      // Without a seal a name that is not known is damaged; the observables of blocks are found by their checksums.
      if !ledger.hasSeals, !Set(record.further.map(\.name)).isSubset(of: measured.further.map(\.name)) {
        record.further = measured.further
      }
      if !ledger.hasSeals, !Set(record.followed.map(\.name)).isSubset(of: measured.followed.map(\.name)) {
        record.followed = measured.followed
      }
      record.definition = cell.definition
      // Another study would say how limits were followed otherwise than they were.
      if given == nil, !record.agrees(with: cell) {
        let right = CellRecord(cell)
        (record.kernel, record.checkpoints, record.limits) = (right.kernel, right.checkpoints, right.limits)
      }
      return record
    }
    let whole = study.cells.map { ($0.key, Set($0.trajectory?.trials ?? [])) }
    summary = try LedgerWriter.salvage(
      ledger, to: new, study: StudyRecord(study), cells: cells,
      wholeTrials: Dictionary(whole) { first, _ in first }, run: run)
  }

  private static func study(of ledger: DamagedLedger, _ given: Study?) throws -> Study {
    let path = ledger.path
    func own() -> Study? {
      guard let stored = ledger.study else { return nil }
      if let text = stored.hashedText, SHA256.hexadecimalDigest(of: text) != stored.study.hash { return nil }
      let record = stored.study
      let cells = record.cells.isEmpty ? Study.cellsText(labels: ledger.cells.map(\.label)) : record.cells
      guard let study = try? Study.restored(definition: record.definition, cells: cells, path: path),
        stored.contradiction(to: study) == nil
      else { return nil }
      if stored.hasSeals || ledger.cells.isEmpty { return study }
      // One cell that says the same is enough: the others are damaged.
      let own = Dictionary(study.cells.map { ($0.key, $0) }) { first, _ in first }
      return ledger.cells.contains { record in own[record.key].map(record.agrees) ?? false } ? study : nil
    }
    let stored = own()
    if let given {
      let keys = Set(given.cells.map(\.key))
      let fits = stored.map { $0.identity == given.identity } ?? true
      guard fits, ledger.cells.isEmpty || ledger.cells.contains(where: { keys.contains($0.key) }) else {
        throw ReplayError.otherStudy(path: path, name: given.name)
      }
      return given
    }
    guard let stored else {
      throw LedgerError.damagedStudy(path: path, commands: ledger.runs.map(\.run.commandLine))
    }
    return stored
  }
}
