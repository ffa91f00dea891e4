import Networks
import Outcomes
import Training

/// A key of study files: its name, and what a value of it must be.
struct StudyKey: Sendable {
  enum Form: Sendable {
    /// A mapping with some of these keys.
    case group([StudyKey])
    /// A mapping with exactly one of these keys.
    case choice([StudyKey], example: String)
    /// The name of a study.
    case name
    case text
    /// One of these words.
    case word([String])
    /// A list of some of these words.
    case words([String], example: String)
    case integer(ClosedRange<UInt64>)
    case real(RealRange)
    case expression(variables: [String], example: String)
    /// Lower and upper bound, expressions in these variables.
    case bounds(variables: [String])
    /// The widths of all cells.
    case cells
  }

  let name: String
  let form: Form
  let isRequired: Bool

  /// The keys below this one.
  var children: [StudyKey] {
    switch form {
    case .group(let keys), .choice(let keys, _): keys
    default: []
    }
  }

  func child(_ name: String) -> StudyKey? { children.first { $0.name == name } }

  /// What a value of this key is, to follow "must be".
  var expectation: String {
    switch form {
    case .group(let keys): return "a mapping with the keys \(joined(keys.map(\.name)))"
    case .choice(let keys, let example):
      let names = joined(keys.map(\.name), "or")
      return "a mapping with \(keys.count == 1 ? "the key" : "one of the keys") \(names), such as \(example)"
    case .name:
      return "a name of at most \(Self.nameLimit) letters, digits, \"-\", \"_\" and \".\" that starts with a letter or "
        + "digit"
    case .text: return "text"
    case .word(let words): return joined(words, "or")
    case .words(_, let example): return "a list of parameter blocks, such as \(example)"
    case .integer(let range):
      let upper = range.upperBound
      let power = upper.nonzeroBitCount == 1 ? " = 2^\(upper.trailingZeroBitCount)" : ""
      return "a whole number from \(range.lowerBound) to \(upper)\(power)"
    case .real(let range): return range.expectation
    case .expression(let variables, let example): return "an expression in \(joined(variables)), such as \(example)"
    case .bounds(let variables):
      let kind = variables.isEmpty ? "numbers" : "expressions in \(joined(variables))"
      return "a list of two \(kind), [lower, upper]"
    case .cells: return "a list with one list of widths a cell, such as [[5], [20]]"
    }
  }

  /// The most characters of a name.
  static let nameLimit = 100
}

/// A range of real numbers that a setting may have.
enum RealRange: Sendable {
  case nonnegative, positive
  /// Between 0 and 1, neither included.
  case openUnitInterval

  func contains(_ value: Double) -> Bool {
    guard value.isFinite else { return false }
    return switch self {
    case .nonnegative: value >= 0
    case .positive: value > 0
    case .openUnitInterval: value > 0 && value < 1
    }
  }

  var expectation: String {
    switch self {
    case .nonnegative: "a finite number, 0 or greater"
    case .positive: "a finite number greater than 0"
    case .openUnitInterval: "a number between 0 and 1, neither included"
    }
  }
}

// MARK: - All keys

extension StudyKey {
  /// The whole study file.
  static let study = StudyKey(
    name: "", form: .group([name, source, problem, network, training, verdict, sampling]), isRequired: true)

  private static let name = required("study", .name)
  private static let source = optional("source", .text)

  private static let problem = required(
    "problem",
    .group([
      optional("input", .choice([required("uniform", .bounds(variables: []))], example: "{uniform: [0, 1]}")),
      required("target", .expression(variables: ["x"], example: "\"x^4 * sin(x)\"")),
    ]))

  private static let network = required(
    "network",
    .group([
      optional("activation", .word(Activation.allCases.map(\.rawValue))),
      required("hidden", .cells),
      required("initial", .group(ParameterBlock.allCases.map { required($0.rawValue, law) })),
      optional("trainable", .words(ParameterBlock.allCases.map(\.rawValue), example: "[inner-biases]")),
    ]))

  private static let law = Form.choice(
    [
      required("normal", scale), required("half-normal", scale), required("uniform", .bounds(variables: ["h"])),
      required("constant", scale),
    ], example: "{normal: \"h^(-1/2)\"}")
  private static let scale = Form.expression(variables: ["h"], example: "\"h^(-1/2)\"")

  private static let training = required(
    "training",
    .group([
      optional("optimizer", .word(Optimizer.allCases.map(\.rawValue))),
      required(
        "learning-rate", .expression(variables: ["n", "h"], example: "\"0.1 * 0.5^floor(n / 500)\"")),
      required("steps", .integer(1...UInt64(TrainingPlan.maximumSteps))),
      optional(
        "batch",
        .group([
          optional("size", .integer(1...UInt64(TrainingPlan.maximumBatchSize))),
          optional("stream", .word(BatchStream.allCases.map(\.rawValue))),
        ])),
    ]))

  private static let verdict = required(
    "verdict",
    .group([
      required("good", .choice([required("risk-at-most", .real(.nonnegative))], example: "{risk-at-most: 1e-3}")),
      optional(
        "stationary",
        .choice(
          [
            required("relative-decrease-at-most", .real(.positive)),
            required("gradient-norm-at-most", .real(.positive)),
          ], example: "{relative-decrease-at-most: 0.1}")),
    ]))

  private static let sampling = optional(
    "sampling",
    .group([
      optional("trials", .integer(1...UInt64(TrialIndex.limit))),
      optional("seed", .integer(0...UInt64.max)),
      optional("confidence", .real(.openUnitInterval)),
    ]))

  private static func required(_ name: String, _ form: Form) -> StudyKey {
    StudyKey(name: name, form: form, isRequired: true)
  }

  private static func optional(_ name: String, _ form: Form) -> StudyKey {
    StudyKey(name: name, form: form, isRequired: false)
  }
}

// MARK: - Dotted keys

extension StudyKey {
  /// The key with this dotted path below this one.
  func descendant(_ path: String) -> StudyKey? {
    path.split(separator: ".", omittingEmptySubsequences: false)
      .reduce(Optional(self)) { $0?.child(String($1)) }
  }

  /// The dotted paths of all keys below this one, each after the key it is below.
  var paths: [String] {
    children.flatMap { child in [child.name] + child.paths.map { "\(child.name).\($0)" } }
  }
}

/// The dotted path of the key `name` below `path`.
func dotted(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

extension Study {
  /// The dotted paths of all keys of study files.
  package static let keys = StudyKey.study.paths
}
