import Archive
import Foundation
import Landscape
import Ledger
import Outcomes
import Studies

/// The outcomes of a ledger as arrays that NumPy maps into memory: a folder with a file for each column, one element a
/// trial, and `columns.json`, which says what they are.
///
/// The trials and their order are those of ``OutcomeExport``. Reals are float64 and NaN where a trial has none; counts are
/// int64 and words int8, the place of the word in the list that `columns.json` has, both -1 where a trial has none.
public enum ArrayExport {
  /// Of `columns.json`.
  static let schema = 1
  private static let description = "columns.json"

  /// - Parameters:
  ///   - selection: the cells; nil for all.
  ///   - folder: is made if it is not there; an earlier export in it is replaced.
  /// - Returns: how many stored trials behind gaps were left out.
  /// - Throws: ``ArrayExportError`` besides errors of the ledger.
  public static func write(
    _ ledger: LedgerReader, cells selection: CellSelection? = nil, to folder: String
  ) throws -> Int {
    let source = try ExportSource(ledger, cells: selection)
    let url = URL(filePath: folder, directoryHint: .isDirectory)
    try prepare(url, folder)
    let columns = columns(source)
    do {
      let files = try columns.map { column in
        let file = url.appending(path: column.file)
        try NPYRenderer.header(column.values.type, shape: [source.trials]).write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        try handle.seekToEnd()
        return handle
      }
      try source.forEachBlock { place, judge, block in
        let rows = BlockRows(place: place, judge: judge, block: block)
        for (column, file) in zip(columns, files) { try file.write(contentsOf: column.values.data(rows)) }
      }
      for file in files { try file.close() }
      // Last: where it is, the arrays are complete.
      let text = try JSONRenderer.text(report(source, columns))
      try Data(text.utf8).write(to: url.appending(path: description), options: .atomic)
    } catch let error as CocoaError {
      throw ArrayExportError.unwritable(folder, reason: error.reason(folder: folder))
    }
    return source.leftOut
  }

  /// Removes an earlier export.
  private static func prepare(_ url: URL, _ folder: String) throws {
    let manager = FileManager.default
    do {
      try manager.createDirectory(at: url, withIntermediateDirectories: true)
      let names = try manager.contentsOfDirectory(atPath: url.path)
      guard names.allSatisfy({ $0 == description || $0.hasSuffix(".npy") }) else {
        throw ArrayExportError.occupied(folder)
      }
      for name in names.sorted(by: { a, _ in a == description }) {
        try manager.removeItem(at: url.appending(path: name))
      }
    } catch let error as CocoaError {
      throw ArrayExportError.unwritable(folder, reason: error.reason(folder: folder))
    }
  }

  // MARK: - Columns

  /// A block with what is judged of its trials.
  private struct BlockRows {
    let place: Int
    let judge: Judge
    let first: Int
    let record: BlockRecord
    let judgements: [Judgement]
    let columns: [Observable: ObservableColumn]

    init(place: Int, judge: Judge, block: StoredBlock) {
      self.place = place
      self.judge = judge
      record = block.record
      first = record.trials.lowerBound
      let analyses = record.analyses
      judgements = record.outcomes.indices.map { [record] in
        judge.judgement(of: record.outcomes[$0], analyses.isEmpty ? nil : analyses[$0])
      }
      columns = Dictionary(block.columns.map { ($0.observable, $0) }) { first, _ in first }
    }

    func quality(_ trial: Int) -> LimitQuality? {
      record.analyses.isEmpty ? nil : record.analyses[trial].limit.flatMap { LimitQuality($0, bounds: judge.bounds) }
    }
  }

  /// The elements of a column for the trials of a block, counted from 0.
  private enum Values {
    case bytes((BlockRows, Int) -> Int8)
    case integers((BlockRows, Int) -> Int64)
    case reals((BlockRows, Int) -> Double)
    case observable(Observable)

    var type: NPYRenderer.Element {
      switch self {
      case .bytes: .int8
      case .integers: .int64
      case .reals: .float64
      case .observable(let observable):
        switch observable.domain {
        case .words: .int8
        case .count: .int64
        case .nonnegativeReal, .real, .share: .float64
        }
      }
    }

    func data(_ rows: BlockRows) -> Data {
      let trials = rows.record.outcomes.indices
      switch self {
      case .bytes(let value): return NPYRenderer.data(trials.map { value(rows, $0) })
      case .integers(let value): return NPYRenderer.data(trials.map { value(rows, $0) })
      case .reals(let value): return NPYRenderer.data(trials.map { value(rows, $0) })
      case .observable(let observable):
        let values = rows.columns[observable]?.values ?? Array(repeating: nil, count: trials.count)
        return switch type {
        case .int8: NPYRenderer.data(values.map { Int8($0 ?? -1) })
        case .int64: NPYRenderer.data(values.map { Int64($0 ?? -1) })
        case .float64: NPYRenderer.data(values.map { $0 ?? .nan })
        }
      }
    }
  }

  private struct Column {
    let name: String
    let title: String
    var unit = ""
    /// Empty for what is measured at none.
    var moment = ""
    var words: [String] = []
    let values: Values

    var file: String { "\(name).npy" }
  }

  private static func columns(_ source: ExportSource) -> [Column] {
    let verdicts = Verdict.allCases
    let qualities = LimitQuality.allCases
    let measured = source.observables.map { observable in
      var words: [String] = []
      if case .words(let list) = observable.domain { words = list }
      return Column(
        name: observable.columnName, title: observable.title, unit: observable.unit,
        moment: observable.moment.rawValue, words: words, values: .observable(observable))
    }
    var columns = [
      Column(
        name: "cell", title: "place in the table of cells, from 0 on",
        values: .integers { rows, _ in Int64(rows.place) }),
      Column(name: "trial", title: "trial index", values: .integers { rows, trial in Int64(rows.first + trial) }),
      Column(
        name: "verdict", title: "verdict", words: verdicts.map(\.text),
        values: .bytes { rows, trial in Int8(verdicts.firstIndex(of: rows.judgements[trial].verdict)!) }),
    ]
    columns += measured.prefix(Outcome.observables.count)
    if source.hasAnalysis {
      columns.append(
        Column(name: "margin", title: "margin of the verdict", values: .reals { $0.judgements[$1].margin }))
      columns.append(
        Column(
          name: "quality", title: "quality of the limit", words: qualities.map(\.text),
          values: .bytes { rows, trial in rows.quality(trial).map { Int8(qualities.firstIndex(of: $0)!) } ?? -1 }))
    }
    return columns + measured.dropFirst(Outcome.observables.count)
  }

  // MARK: - What they are

  private static func report(_ source: ExportSource, _ columns: [Column]) throws -> Report {
    let stored = try source.ledger.study()
    typealias CellRow = (label: String, key: String, definition: String)
    let cells = ReportTable(
      "cells", of: source.records.map { record -> CellRow in (record.label, record.key.text, record.definition) },
      CellColumns(source.settings).fields(\.label) + [
        ReportField("key", .text) { .text($0.key) }, ReportField("definition", .text) { .text($0.definition) },
      ])
    let arrays = ReportTable(
      "columns", of: columns,
      [
        ReportField("name", .text) { .text($0.name) }, ReportField("file", .text) { .text($0.file) },
        ReportField("type", .text) { .text($0.values.type.name) }, ReportField("title", .text) { .text($0.title) },
        ReportField("unit", .text) { .text($0.unit) }, ReportField("moment", .text) { .text($0.moment) },
        ReportField("words", .list(.exact)) { .list($0.words.map { .text($0) }) },
      ])
    return Report(
      "arrays", schema: schema,
      facts: [
        .init("study", .text(source.study.name)), .init("source", .text(source.study.source)),
        .init("definition", .text(stored.study.definition)), .init("definition_hash", .text(stored.study.hash)),
        .init("seed", .count(source.study.sampling.seed)), .init("kernel_level", .text(stored.kernelLevel)),
        .init("trials", .count(source.trials)),
      ], tables: [cells, arrays], sections: [])
  }
}

/// Why arrays cannot be written.
public enum ArrayExportError: Error, Sendable, Hashable, CustomStringConvertible {
  case occupied(String)
  case unwritable(String, reason: String)

  public var description: String {
    switch self {
    case .occupied(let folder): "\(folder) has files that are no earlier export: name a new folder"
    case .unwritable(let folder, let reason): "the arrays cannot be written to \(folder): \(reason)"
    }
  }
}
