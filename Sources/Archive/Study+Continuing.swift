import Ledger
import Outcomes
import Problems
import Studies

extension Study {
  /// The study of a ledger, to go on with it: with the numbers of trials that the ledger is to have.
  ///
  /// - Parameter overrides: values that replace those of the ledger.
  /// - Returns: the study, and the places of the cells that the ledger has targets of.
  /// - Throws: ``ArchiveError/needsStudyFile(path:)`` for one that learns from a data file, whose points a ledger does not
  ///   keep; `StudyError` or an error of the ledger.
  public static func continuing(
    _ ledger: LedgerReader, overrides: [Override]
  ) throws -> (study: Study, cells: [Int]) {
    let stored = try Study(in: ledger)
    if stored.cells.contains(where: \.usesDataFile) { throw ArchiveError.needsStudyFile(path: ledger.path) }
    let targets = try stored.cells.map { try ledger.progress(of: $0.key).target ?? 0 }
    let asked = targets.filter { $0 > 0 }
    // Where one number cannot be said for all, it is the smallest: the ledger keeps to those that are larger.
    let text =
      stored.text(trials: targets)
      ?? asked.min().flatMap { least in stored.text(trials: targets.map { _ in least }) } ?? stored.textWithoutTrials
    let study = try Study.parse(text: text, origin: .file(ledger.path), overrides: overrides)
    let wanted = Set(zip(stored.cells, targets).filter { $0.1 > 0 }.map(\.0.key))
    return (study, study.cells.indices.filter { asked.isEmpty || wanted.contains(study.cells[$0].key) })
  }
}

extension Cell {
  /// Whether the points it learns from are in a file of their own.
  var usesDataFile: Bool {
    if case .data(let data) = problem.inputs, case .file = data.origin { true } else { false }
  }
}
