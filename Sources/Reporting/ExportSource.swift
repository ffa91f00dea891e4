import Archive
import Landscape
import Ledger
import Outcomes
import Studies

/// What exports go through: the gap-free prefixes of the cells that are asked for, in the order of the study.
struct ExportSource {
  let ledger: LedgerReader
  let study: Study
  /// Of all cells of the study.
  let records: [CellRecord]
  let settings: [CellSettings]
  /// What is kept of trials: that of outcomes, then what cells have besides.
  let observables: [Observable]
  /// The cells that are asked for, by their place in the study, with what judges their trials.
  let cells: [(place: Int, judge: Judge)]
  /// How far they are.
  let progress: [CellProgress]

  /// - Parameter selection: the cells; nil for all.
  init(_ ledger: LedgerReader, cells selection: CellSelection?) throws {
    self.ledger = ledger
    let study = try Study(in: ledger)
    let levels = try ReferenceLevels(study, in: ledger)
    records = try ledger.cells()
    guard study.cells.map(\.label) == records.map(\.label) else { throw ArchiveError.changed(path: ledger.path) }
    settings = study.cellSettings
    let places = try selection?.places(in: settings) ?? Array(records.indices)
    cells = try places.map { ($0, try Judge(study.cells[$0], levels, path: ledger.path)) }
    progress = try places.map { [records] in try ledger.progress(of: records[$0].key) }
    var observables = Outcome.observables
    for observable in records.flatMap(\.columns) where !observables.contains(observable) {
      observables.append(observable)
    }
    self.observables = observables
    self.study = study
  }

  /// Whether trials have limits that can be judged.
  var hasAnalysis: Bool { records.contains(where: \.hasAnalysis) }

  /// The trials that are exported.
  var trials: Int { progress.reduce(0) { $0 + $1.prefix } }

  /// Stored trials behind gaps, which are left out.
  var leftOut: Int { progress.reduce(0) { $0 + $1.stored - $1.prefix } }

  /// Hands over the blocks, cell after cell and trials ascending.
  func forEachBlock(_ body: (_ place: Int, _ judge: Judge, _ block: StoredBlock) throws -> Void) throws {
    for ((place, judge), progress) in zip(cells, progress) {
      var blocks = ledger.blocks(of: records[place].key, below: progress.prefix, reading: .everything)
      while let block = try blocks.nextStored() { try body(place, judge, block) }
    }
  }
}
