/// A quantity of a trial that is measured and kept: what it is, not its value.
///
/// Ledgers keep the description beside the values, so that reports and other programs can show observables that they
/// know nothing else of.
public struct Observable: Sendable, Hashable {
  /// The values that a quantity can have.
  public enum Domain: Sendable, Hashable {
    /// 0 <= value <= infinity.
    case nonnegativeReal
    case real
    /// 0, 1, 2, ...
    case count
    /// 0 <= value <= 1.
    case share
    /// One of some words: the value is the place of the word, from 0 on.
    case words([String])
  }

  /// When a quantity is measured.
  public enum Moment: String, Sendable, Hashable, CaseIterable {
    /// Of the network before the first step.
    case initialization
    /// At every checkpoint of the training.
    case checkpoint
    /// Of the trained network.
    case end
    /// Of the limit of the flow from the trained network.
    case limit
  }

  /// Lower-case words joined by hyphens, as on the command line and in JSON; CSV has underscores in place of the hyphens.
  /// Unique among the observables of one moment.
  public let name: String
  /// What headings call it.
  public let title: String
  /// Empty for plain numbers.
  public let unit: String
  public let domain: Domain
  public let moment: Moment

  public init(_ name: String, title: String, unit: String = "", _ domain: Domain, at moment: Moment) {
    self.name = name
    self.title = title
    self.unit = unit
    self.domain = domain
    self.moment = moment
  }

  // Another description is no other observable.

  public static func == (a: Self, b: Self) -> Bool { a.name == b.name && a.moment == b.moment }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(moment)
  }

  /// The name of its column in CSV.
  public var columnName: String { name.replacing("-", with: "_") }
}

extension Observable.Domain {
  private static let wordsPrefix = "words: "
  private static let separator = ", "

  /// "nonnegative real", "count", "words: false, true": what ledgers keep.
  public var text: String {
    switch self {
    case .nonnegativeReal: "nonnegative real"
    case .real: "real"
    case .count: "count"
    case .share: "share"
    case .words(let words): Self.wordsPrefix + words.joined(separator: Self.separator)
    }
  }

  /// The domain with this ``text``; nil if there is none.
  public init?(text: String) {
    let plain: [Self] = [.nonnegativeReal, .real, .count, .share]
    if let domain = plain.first(where: { $0.text == text }) {
      self = domain
    } else if text.hasPrefix(Self.wordsPrefix) {
      let words = text.dropFirst(Self.wordsPrefix.count).split(
        separator: Self.separator, omittingEmptySubsequences: false)
      guard words.allSatisfy({ !$0.isEmpty }) else { return nil }
      self = .words(words.map(String.init))
    } else {
      return nil
    }
  }

  /// Whether a quantity can have this value; never NaN.
  public func contains(_ value: Double) -> Bool {
    switch self {
    case .nonnegativeReal: value >= 0
    case .real: !value.isNaN
    case .count: value >= 0 && value == value.rounded() && value < 0x1p53
    case .share: 0 <= value && value <= 1
    case .words(let words): value >= 0 && value == value.rounded() && value < Double(words.count)
    }
  }

  /// Whether values of this domain can be read as values of another one: words may have been added at the end.
  public func isContained(in other: Self) -> Bool {
    if case .words(let words) = self, case .words(let others) = other { return others.starts(with: words) }
    return self == other
  }

  static let falseOrTrue = Self.words(["false", "true"])
}
