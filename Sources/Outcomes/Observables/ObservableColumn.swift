/// The values of an observable in a range of trials, one a trial; some may be missing.
public struct ObservableColumn: Sendable, Hashable {
  public let observable: Observable
  /// Bit patterns, so that equal columns are the same bits, ``missing`` where there is no value.
  fileprivate let patterns: [UInt64]

  /// The pattern of a missing value, one of those that are no number.
  fileprivate static let missing = UInt64.max

  /// - Precondition: the values belong to the domain of the observable.
  public init(_ observable: Observable, _ values: some Sequence<Double?>) {
    self.observable = observable
    patterns = values.map { value in
      guard let value else { return Self.missing }
      precondition(observable.domain.contains(value), "\(value) is no \(observable.name)")
      return value.bitPattern
    }
  }

  /// Without a value.
  public init(_ observable: Observable, missing count: Int) {
    self.observable = observable
    patterns = Array(repeating: Self.missing, count: count)
  }

  /// Whether no trial has a value.
  public var isMissing: Bool { patterns.allSatisfy { $0 == Self.missing } }

  /// The number of trials.
  public var count: Int { patterns.count }

  /// The value of the trial at a place, counted from 0 in the range; nil if it has none.
  public subscript(place: Int) -> Double? {
    patterns[place] == Self.missing ? nil : Double(bitPattern: patterns[place])
  }

  public var values: [Double?] { patterns.indices.map { self[$0] } }

  /// The values there are, in the order of the trials.
  public var presentValues: [Double] {
    var values: [Double] = []
    values.reserveCapacity(count)
    for pattern in patterns where pattern != Self.missing { values.append(Double(bitPattern: pattern)) }
    return values
  }
}

/// The stored form: the values as IEEE 754 binary64, little-endian, in the order of the trials; a single one if all are the
/// same. A missing value has all bits set, which is no number. Equal columns have equal bytes.
extension ObservableColumn {
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    let isConstant = patterns.allSatisfy { $0 == patterns[0] }
    for pattern in isConstant ? patterns.prefix(1) : patterns[...] { bytes.append(pattern, bytes: 8) }
    return bytes
  }

  /// The most values that a single one may stand for: bytes that nobody wrote must not ask for any memory.
  private static let longest = 1 << 20

  /// Nil if the bytes are not those of `count` values of the observable.
  public init?(_ observable: Observable, count: Int, bytes: [UInt8]) {
    guard count > 0, bytes.count.isMultiple(of: 8),
      bytes.count / 8 == count || bytes.count == 8 && count <= Self.longest
    else { return nil }
    let patterns = bytes.words
    guard Self.belong(patterns, to: observable.domain) else { return nil }
    self.observable = observable
    self.patterns = patterns.count == count ? patterns : Array(repeating: patterns[0], count: count)
  }

  private static func belong(_ patterns: [UInt64], to domain: Observable.Domain) -> Bool {
    // The commonest domain by itself: it is most of what a large ledger has.
    if domain == .nonnegativeReal {
      return patterns.allSatisfy { $0 == missing || Double(bitPattern: $0) >= 0 }
    }
    return patterns.allSatisfy { $0 == missing || domain.contains(Double(bitPattern: $0)) }
  }
}

/// Observables that a record of a trial consists of, with how each is read off it.
struct RecordObservables<Record: Sendable>: Sendable {
  typealias Entry = (observable: Observable, value: @Sendable (Record) -> Double?)

  let entries: [Entry]

  var observables: [Observable] { entries.map(\.observable) }

  func columns(of records: [Record]) -> [ObservableColumn] {
    entries.map { observable, value in ObservableColumn(observable, records.map(value)) }
  }
}

/// Some columns of the same trials, by observable.
struct ColumnReader {
  private let columns: [Observable: ObservableColumn]

  init(_ columns: [ObservableColumn]) {
    self.columns = Dictionary(columns.map { ($0.observable, $0) }) { first, _ in first }
  }

  subscript(observable: Observable) -> Values { Values(patterns: columns[observable]?.patterns ?? []) }

  /// A column, looked up once for all trials.
  struct Values {
    /// Of the column; none where there is no such column.
    fileprivate let patterns: [UInt64]

    /// Nil too where there is no such column.
    func real(_ place: Int) -> Double? {
      patterns.isEmpty || patterns[place] == ObservableColumn.missing ? nil : Double(bitPattern: patterns[place])
    }

    /// - Precondition: the domain has whole numbers only.
    func count(_ place: Int) -> Int? { real(place).map { Int($0) } }
  }
}
