import Estimation

/// A column and the cell that a row of the report's own kind has in it.
struct ReportField<Row> {
  let column: ReportTable.Column
  let cell: (Row) -> ReportCell

  init(_ column: ReportTable.Column, _ cell: @escaping (Row) -> ReportCell) {
    self.column = column
    self.cell = cell
  }

  /// A column that readers know by its key.
  init(_ key: String, _ kind: ReportTable.Kind, _ cell: @escaping (Row) -> ReportCell) {
    self.init(ReportTable.Column(key, kind), cell)
  }
}

extension ReportTable {
  init<Row>(_ name: String, of rows: some Sequence<Row>, labels: Int = 1, _ fields: [ReportField<Row>]) {
    self.init(name, columns: fields.map(\.column), labels: labels)
    for row in rows { append(fields.map { $0.cell(row) }) }
  }
}

/// What tables have of estimates.
extension ReportField {
  /// The share, the interval and the lower bound, as data: `p_good`, `p_good_highest` (with the undecided trials),
  /// `p_good_lower`, ...
  static func estimate(_ key: String, _ estimate: @escaping (Row) -> Estimate?) -> [ReportField] {
    [
      ReportField(.init(key, "\(key)_highest", title: key, .share)) { .share(estimate($0)) },
      ReportField(.init("\(key)_lower", "\(key)_upper", title: key, .interval)) { .interval(estimate($0)) },
      ReportField("\(key)_at_least", .probability(.down)) { .real(estimate($0)?.lowerBound) },
    ]
  }

  /// The share and the interval, for readers.
  static func bounds(
    _ key: String, title: String = "P", confidence: String, _ estimate: @escaping (Row) -> Estimate?
  ) -> [ReportField] {
    [
      ReportField(.init(key, "\(key)_highest", title: title, .share, staysWithNext: true)) { .share(estimate($0)) },
      ReportField(
        .init("\(key)_lower", "\(key)_upper", title: "\(confidence) interval", .interval, staysWithNext: true)
      ) { .interval(estimate($0)) },
    ]
  }

  /// The lower bound, for readers.
  static func atLeast(_ key: String, _ estimate: @escaping (Row) -> Estimate?) -> ReportField {
    ReportField(.init("\(key)_at_least", title: "at least", .probability(.down))) { .real(estimate($0)?.lowerBound) }
  }
}

extension ReportCell {
  static func share(_ estimate: Estimate?) -> ReportCell {
    .pair(estimate?.shares?.lowerBound, estimate?.shares?.upperBound)
  }

  static func interval(_ estimate: Estimate?) -> ReportCell {
    .pair(estimate?.interval.lower, estimate?.interval.upper)
  }
}
