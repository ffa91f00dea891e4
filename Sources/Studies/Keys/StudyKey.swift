/// A key of study files: its name, and what a value of it must be.
struct StudyKey: Sendable {
  indirect enum Form: Sendable {
    /// A mapping with some of these keys.
    case group([StudyKey])
    /// A mapping from parameter blocks to laws, or with the keys of a starting point.
    case laws([StudyKey], start: [StudyKey] = [])
    /// A mapping with all of these keys, which the program itself writes and messages do not offer.
    case stored([StudyKey])
    /// A mapping with exactly one of these keys, and maybe some of its companions.
    case choice([StudyKey], companions: [StudyKey] = [], example: String)
    /// The first form for what is no mapping, the second for mappings.
    case either(Form, orMapping: Form)
    /// The name of a study.
    case name
    case text
    /// The path of a file.
    case path
    /// A SHA-256 digest in hexadecimal digits.
    case digest
    /// One of these words.
    case word([String])
    /// A list of some of these words.
    case words([String], example: String)
    case integer(ClosedRange<UInt64>)
    /// A whole number, or a list with one for each entry of `network.hidden`.
    case counts(ClosedRange<UInt64>, example: String)
    case real(RealRange)
    case expression(variables: [String], example: String)
    /// Lower and upper bound, expressions in these variables.
    case bounds(variables: [String])
    /// One list of lower and upper bound a coordinate.
    case box
    /// A list of numbers.
    case numbers(example: String)
    /// This word, or a list of numbers.
    case numbersOrWord(String, example: String)
    /// A list of numbers, or the name or number of a column of a file.
    case weights(example: String)
    /// A list of lists of numbers.
    case numberLists(example: String)
    /// A list of increasing whole numbers.
    case integers(ClosedRange<UInt64>, example: String)
    /// One of these words, or a list of increasing whole numbers.
    case integersOrWord(String, ClosedRange<UInt64>, example: String)
    /// The widths of one network.
    case widths
    /// The widths of all cells.
    case cells
    /// Keys that vary from cell to cell.
    case factors
  }

  let name: String
  let form: Form
  let isRequired: Bool
  /// The keys below this one whose value alone people write in its place, the likeliest first.
  var shorthands: [String] = []

  /// The keys below this one.
  var children: [StudyKey] {
    switch mappingForm {
    case .group(let keys), .stored(let keys): keys
    case .laws(let keys, let start): keys + start
    case .choice(let keys, let companions, _): keys + companions
    default: []
    }
  }

  /// The form of a value that is a mapping.
  var mappingForm: Form {
    if case .either(_, let mapping) = form { mapping } else { form }
  }

  /// The form of a value that is no mapping.
  var plainForm: Form {
    if case .either(let plain, _) = form { plain } else { form }
  }

  func child(_ name: String) -> StudyKey? { children.first { $0.name == name } }

  /// What a value of this key is, to follow "must be".
  var expectation: String { form.expectation }

  /// The most characters of a name.
  static let nameLimit = 100
}

extension StudyKey.Form {
  /// What a value of this form is, to follow "must be".
  var expectation: String {
    switch self {
    case .group(let keys), .stored(let keys): return "a mapping with the keys \(joined(keys.map(\.name)))"
    case .laws(let keys, let start):
      return "a mapping with the keys \(joined(keys.map(\.name)))"
        + (start.isEmpty ? "" : ", or a starting point with the keys \(joined(start.map(\.name)))")
    case .choice(let keys, _, let example):
      let names = joined(keys.map(\.name), "or")
      return "a mapping with \(keys.count == 1 ? "the key" : "one of the keys") \(names), such as \(example)"
    case .either(let plain, .stored): return plain.expectation
    case .either(.word(let words), .choice(let keys, _, let example)):
      // Of a long list no name is needed twice.
      let others = keys.map(\.name).filter { !words.contains($0) }
      if others.count == keys.count {
        return "\(joined(words, "or")), or a mapping with one of the keys \(joined(others, "or")), such as \(example)"
      }
      let mapping =
        others.isEmpty ? "a setting" : "one of these or \(joined(others, "or")) as its key"
      return "\(joined(words, "or")), or a mapping with \(mapping), such as \(example)"
    case .either(let plain, let mapping): return "\(plain.expectation), or \(mapping.expectation)"
    case .name:
      return "a name of at most \(StudyKey.nameLimit) letters, digits, \"-\", \"_\" and \".\" that starts with a "
        + "letter or digit"
    case .text: return "text"
    case .path: return "the path of a file"
    case .digest: return "the 64 hexadecimal digits of a SHA-256 digest"
    case .word(let words): return joined(words, "or")
    case .words(_, let example): return "a list of parameter blocks, such as \(example)"
    case .integer(let range): return "a whole number from \(Self.text(range))"
    case .counts(let range, let example):
      return
        "\(Self.integer(range).expectation), or a list with one for each entry of network.hidden, such as \(example)"
    case .real(let range): return range.expectation
    case .expression(let variables, let example):
      return "an expression in \(joined(abbreviated(variables))), such as \(example)"
    case .bounds(let variables):
      let kind = variables.isEmpty ? "numbers" : "expressions in \(joined(abbreviated(variables)))"
      return "a list of two \(kind), [lower, upper]"
    case .box: return "a list with one [lower, upper] a coordinate, such as [[0, 1], [-1, 1]]"
    case .numbers(let example): return "a list of numbers, such as \(example)"
    case .numbersOrWord(let word, let example): return "\(word), or a list of numbers, such as \(example)"
    case .weights(let example):
      return
        "the name of a column of the CSV file or its number from 1, or a list with a number for each of the points, "
        + "such as \(example)"
    case .numberLists(let example): return "a list of lists of numbers, such as \(example)"
    case .integers(let range, let example):
      return "a list of increasing whole numbers from \(Self.text(range)), such as \(example)"
    case .integersOrWord(let word, let range, let example):
      return "\(word), or \(Self.integers(range, example: example).expectation)"
    case .widths: return "a list of widths, such as [4]"
    case .cells: return "a list with one list of widths a cell, such as [[5], [20]]"
    case .factors:
      return "a list of factors, each a mapping from dotted keys to lists of values, such as "
        + "[{training.learning-rate: [0.1, 0.01]}]"
    }
  }

  private static func text(_ range: ClosedRange<UInt64>) -> String {
    let upper = range.upperBound
    let power = upper > 1 && upper.nonzeroBitCount == 1 ? " = 2^\(upper.trailingZeroBitCount)" : ""
    return "\(range.lowerBound) to \(upper)\(power)"
  }
}

/// A range of real numbers that a setting may have.
enum RealRange: Sendable {
  case any, nonnegative, positive
  /// Between 0 and 1, neither included.
  case openUnitInterval
  /// From 0 on, less than 1.
  case decay
  /// More than 0, up to 1.
  case fraction
  case atLeastOne
  /// Errors of steps that mean something, and that rounding leaves room for.
  case flowTolerance

  func contains(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    return switch self {
    case .any: true
    case .nonnegative: value >= 0
    case .positive: value > 0
    case .openUnitInterval: value < 1 && 1 - value < 1
    case .decay: value >= 0 && value < 1
    case .fraction: value > 0 && value <= 1
    case .atLeastOne: value >= 1
    case .flowTolerance: value >= 1e-13 && value <= 0.1
    }
  }

  var expectation: String {
    switch self {
    case .any: "a finite number"
    case .nonnegative: "a finite number, 0 or greater"
    case .positive: "a finite number greater than 0"
    case .openUnitInterval: "a number between 0 and 1, neither included"
    case .decay: "a number from 0 to 1, 1 not included"
    case .fraction: "a number from 0 to 1, 0 not included"
    case .atLeastOne: "a finite number, 1 or greater"
    case .flowTolerance: "a number from 1e-13 to 0.1"
    }
  }
}

// MARK: - Dotted keys

extension StudyKey {
  /// The key with this dotted path below this one.
  func descendant(_ path: String) -> StudyKey? {
    path.split(separator: ".", omittingEmptySubsequences: false)
      .reduce(Optional(self)) { $0?.child(String($1)) }
  }

  /// The dotted paths of all keys below this one that a study file may have, each after the key it is below.
  var paths: [String] {
    if case .stored = mappingForm { return [] }
    return children.flatMap { child in [child.name] + child.paths.map { "\(child.name).\($0)" } }
  }
}

/// The dotted path of the key `name` below `path`.
func dotted(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }
