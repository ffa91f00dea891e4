import Foundation

/// A table of a report: typed columns, and a typed cell in each of them for every row.
///
/// It knows nothing of how it is shown. What readers see of a cell is ``Column/text(_:)``; CSV and JSON have its value,
/// under the column's keys.
public struct ReportTable: Sendable, Hashable {
  /// What CSV and JSON know the table by: snake_case.
  public let name: String
  public let columns: [Column]
  /// How many columns, the first ones, say what a row is about: parts of a table that is broken repeat them.
  public let labels: Int
  public private(set) var rows: [[ReportCell]] = []

  /// - Precondition: `labels` is at least 1, and at most the number of columns.
  public init(_ name: String, columns: [Column], labels: Int = 1) {
    precondition(1...max(1, columns.count) ~= labels, "a row of a table has a label")
    self.name = name
    self.columns = columns
    self.labels = labels
  }

  /// - Precondition: a cell for each column.
  public mutating func append(_ row: [ReportCell]) {
    precondition(row.count == columns.count, "a row of \(name) has a cell for each of its \(columns.count) columns")
    rows.append(row)
  }

  /// A column: what its cells are, and what they are called.
  public struct Column: Sendable, Hashable {
    /// Names in CSV and JSON: one for each value of a cell, ``ReportTable/Kind/values``.
    public let keys: [String]
    /// What readers see above the column.
    public let title: String
    public let kind: Kind
    public let alignment: Alignment
    /// Whether the column and the next one stay together where a table is broken into parts.
    public let staysWithNext: Bool

    /// - Precondition: as many keys as a cell of this kind has values.
    public init(
      _ keys: String..., title: String, _ kind: Kind, alignment: Alignment = .right, staysWithNext: Bool = false
    ) {
      precondition(keys.count == kind.values, "a column has a key for each value of a cell")
      self.keys = keys
      self.title = title
      self.kind = kind
      self.alignment = alignment
      self.staysWithNext = staysWithNext
    }

    /// A column of data, which readers know by the same name.
    public init(_ key: String, _ kind: Kind) { self.init(key, title: key, kind) }
  }

  public enum Alignment: Sendable, Hashable {
    case left, right
  }

  /// What the cells of a column are.
  public enum Kind: Sendable, Hashable {
    case text
    case count
    /// A pair of counts, done and planned: "2 of 10", "10" where all are done.
    case progress
    case real(Format)
    /// A pair of numbers: "0.1 .. 0.5".
    case range(Format)
    /// A pair of numbers, the ends of a bin that holds all between them and its upper end: its upper end, where that
    /// tells the most.
    case bin(Format)
    /// With at least four digits, rounded in this direction.
    case probability(Rounding)
    /// A small one: with two digits, rounded up.
    case failure
    /// A pair of probabilities, the share of what is known to be so and of what may be: "0.6400", "0.580-1.000".
    case share
    /// A pair of probabilities, the ends of a confidence interval: "[0.0252, 0.5561]", rounded outwards.
    case interval
    /// A pair of probabilities between which one lies, for all that is known of it: a number with six digits where they
    /// are the same, otherwise "0.3144 .. 0.4375", rounded outwards.
    case bracket
    case truth
    case date
    /// Any number of values.
    case list(Format)
    /// How often each of some names occurs: "D_3 3, none 1".
    case tally

    /// The values of a cell.
    public var values: Int {
      switch self {
      case .progress, .range, .bin, .share, .interval, .bracket: 2
      default: 1
      }
    }
  }

  public enum Rounding: Sendable, Hashable {
    case nearest, down, up
  }

  /// How readers see a number. CSV and JSON have all digits.
  public enum Format: Sendable, Hashable {
    /// 17 significant digits.
    case exact
    /// At most so many significant digits, "0.001", "95", "1e-06".
    case digits(Int)
    /// "2.0e-02" with two digits.
    case scientific(Int)
    /// So many digits behind the point.
    case fixed(Int)
    /// Seconds: "21.5 us", "500 ms", "3 s".
    case duration
  }
}

/// A cell of a table: a value, a pair of values, or none. That there is none is a value too, and so is infinity.
public enum ReportCell: Sendable, Hashable {
  case missing
  case text(String)
  case integer(Int128)
  case real(Double)
  case truth(Bool)
  case date(Date)
  case list([ReportCell])
  case tally([Count])
  indirect case pair(ReportCell, ReportCell)

  /// How often a name occurs.
  public struct Count: Sendable, Hashable {
    public var name: String
    public var count: Int

    public init(name: String, count: Int) {
      self.name = name
      self.count = count
    }
  }

  public static func count(_ value: some BinaryInteger) -> ReportCell { .integer(Int128(value)) }
  public static func count(_ value: (some BinaryInteger)?) -> ReportCell {
    value.map { .integer(Int128($0)) } ?? .missing
  }
  public static func real(_ value: Double?) -> ReportCell { value.map { .real($0) } ?? .missing }
  public static func text(_ value: String?) -> ReportCell { value.map { .text($0) } ?? .missing }
  public static func truth(_ value: Bool?) -> ReportCell { value.map { .truth($0) } ?? .missing }
  public static func date(_ value: Date?) -> ReportCell { value.map { .date($0) } ?? .missing }
  public static func pair(_ first: Double?, _ second: Double?) -> ReportCell { .pair(.real(first), .real(second)) }

  /// The values of a cell of a column that has so many.
  func values(_ count: Int) -> [ReportCell] {
    switch self {
    case .pair(let first, let second): [first, second]
    case .missing: Array(repeating: .missing, count: count)
    default: [self]
    }
  }
}
