import Texts

/// Why a study cannot be used. `description` is the message for the user.
public struct StudyError: Error, Sendable, Hashable {
  /// What the error is in, as messages begin: a file name, `built-in study NAME` or `--set KEY`. Nil if the error is in
  /// none of them.
  public let source: String?
  /// The line in the source, from 1; nil where the error has none.
  public let line: Int?
  /// The column in that line, from 1, in Unicode scalars; nil where the error has none.
  public let column: Int?
  /// The dotted key that the error is about, such as `training.steps`; nil for an error of the whole text.
  public let key: String?
  /// What is wrong, and what would be right; very long words of the text are cut. For an expression, lines with the expression and a caret follow.
  public let message: String
  /// The further mistakes of the same study, at most ``shownLimit`` with this one; none of them has others.
  public private(set) var others: [StudyError] = []
  /// Whether the study has mistakes beyond those.
  public private(set) var hasMore = false

  /// The most mistakes that are told at once.
  public static let shownLimit = 20

  public init(source: String?, line: Int? = nil, column: Int? = nil, key: String? = nil, message: String) {
    self.source = source.map { ForeignText.withoutLongWords($0) }
    self.line = line
    self.column = column
    self.key = key
    self.message = ForeignText.withoutLongWords(message)
  }

  /// The first of `errors` with the rest as ``others``; nil if there are none.
  ///
  /// - Parameter hasMore: whether there are mistakes that are not among them.
  init?(_ errors: [StudyError], hasMore: Bool) {
    guard var first = errors.first else { return nil }
    first.others = Array(errors.prefix(Self.shownLimit).dropFirst())
    first.hasMore = hasMore || errors.count > Self.shownLimit
    self = first
  }
}

extension StudyError: CustomStringConvertible {
  /// `inner.yaml:9: training.steps must be a whole number from 1 to 10000000 (it is -5)`
  ///
  /// Of several mistakes their number, then each in a line of its own.
  public var description: String {
    if others.isEmpty { return ownDescription }
    let count = others.count + 1
    let heading = hasMore ? "more than \(count) mistakes; the first \(count) are" : "\(count) mistakes"
    return ([heading + ":", ownDescription] + others.map(\.ownDescription)).joined(separator: "\n")
  }

  /// What is said about this mistake alone.
  private var ownDescription: String {
    let place = [source, line.map(String.init)].compactMap { $0 }.joined(separator: ":")
    return place.isEmpty ? message : "\(place): \(message)"
  }
}

/// Where the text of a study comes from.
public enum StudyOrigin: Sendable, Hashable {
  /// A file, by the path that the user gave.
  case file(String)
  /// A study of the program, by its name.
  case builtIn(String)
  /// The ledger at this path, which keeps the definition of a study but no data sets from files: the points of such a
  /// data set are 0, and the study is good for its results only.
  case ledger(String)

  /// What messages call it.
  var text: String {
    switch self {
    case .file(let path), .ledger(let path): path
    case .builtIn(let name): "built-in study \(name)"
    }
  }
}
