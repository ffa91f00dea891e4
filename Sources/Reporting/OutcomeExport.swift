import Archive
import Landscape
import Ledger
import Outcomes
import Studies

/// The outcomes of a ledger, trial by trial, as comma-separated text.
///
/// The bytes depend on the study, its cells and the number of trials alone: cells in the order of the study, trials
/// ascending, the gap-free prefix of each cell, reals with 17 digits, nothing of the run. Only the columns of the limit,
/// which a ledger has if its study follows flows, may differ between machines in their last digits.
public enum OutcomeExport {
  /// A trial of a cell.
  private struct Row {
    let cell: String
    let trial: Int
    let judgement: Judgement
    let quality: LimitQuality?
    /// Of the observables that are written, in their order.
    let values: [Double?]
  }

  /// What is judged of the limit, which is stored nowhere.
  private static var judgedFields: [ReportField<Row>] {
    [
      ReportField("margin", .real(.exact)) { .real($0.judgement.margin) },
      ReportField("quality", .text) { .text($0.quality?.text) },
    ]
  }

  private static func fields(_ observables: [Observable]) -> [ReportField<Row>] {
    observables.enumerated().map { place, observable in
      ReportField(observable.columnName, observable.domain.kind) { observable.domain.cell($0.values[place]) }
    }
  }

  /// Hands the text to `write` piece by piece and returns how many stored trials behind gaps were left out.
  ///
  /// - Parameter selection: the cells; nil for all.
  public static func csv(
    _ ledger: LedgerReader, cells selection: CellSelection? = nil, write: (String) throws -> Void
  ) throws -> Int {
    let source = try ExportSource(ledger, cells: selection)
    let observables = source.observables
    let measured = fields(observables)
    // The first columns are the same for all studies.
    var fields: [ReportField<Row>] = [
      ReportField("cell", .text) { .text($0.cell) }, ReportField("trial", .count) { .count($0.trial) },
      ReportField("verdict", .text) { .text($0.judgement.verdict.text) },
    ]
    fields += measured.prefix(Outcome.observables.count) + CellColumns(source.settings).fields(\Row.cell).dropFirst()
    if source.hasAnalysis { fields += judgedFields }
    fields += measured.dropFirst(Outcome.observables.count)
    let columns = fields.map(\.column)
    try write(CSVRenderer.header(columns))
    try source.forEachBlock { place, judge, stored in
      let (block, label) = (stored.record, source.records[place].label)
      var text = ""
      let byObservable = Dictionary(stored.columns.map { ($0.observable, $0) }) { first, _ in first }
      let ordered = observables.map { byObservable[$0] }
      for (place, outcome) in block.outcomes.enumerated() {
        let analysis = block.analyses.isEmpty ? nil : block.analyses[place]
        let row = Row(
          cell: label, trial: block.trials.lowerBound + place, judgement: judge.judgement(of: outcome, analysis),
          quality: analysis?.limit.flatMap { LimitQuality($0, bounds: judge.bounds) },
          values: ordered.map { $0?[place] })
        text += CSVRenderer.line(fields.map { $0.cell(row) }, columns)
      }
      try write(text)
    }
    return source.leftOut
  }
}

extension Observable.Domain {
  /// Of a column of values.
  var kind: ReportTable.Kind {
    switch self {
    case .count: .count
    case .words: .text
    case .nonnegativeReal, .real, .share: .real(.exact)
    }
  }

  /// A value in such a column.
  func cell(_ value: Double?) -> ReportCell {
    guard let value else { return .missing }
    switch self {
    case .count: return .count(Int(value))
    case .words(let words): return .text(words[Int(value)])
    case .nonnegativeReal, .real, .share: return .real(value)
    }
  }
}
