import Studies
import TestSupport
import Testing
import Training

/// A study file with a line for every key, which the error tests damage.
let sampleText = """
  study: inner-bias
  source: "a test"
  problem:
    input: {uniform: [0, 1]}
    target: "x^4 * sin(x)"
  network:
    activation: relu
    hidden: [[5], [20]]
    initial:
      inner-weights: {half-normal: "h^(-4/15)"}
      inner-biases: {normal: 1}
      outer-weights: {uniform: [-1, "h"]}
      outer-bias: {constant: 0}
    trainable: [inner-biases]
  training:
    optimizer: sgd
    learning-rate: "0.1 * 0.5^floor((n+1)/500)"
    steps: 1000
    batch: {size: 64, stream: independent}
  verdict:
    good: {risk-at-most: 1e-3}
    stationary: {gradient-norm-at-most: 0.1}
  sampling: {trials: 300, seed: 5, confidence: 0.95}

  """

/// ``sampleText`` with `replacement` in place of line `number`, or without that line.
func sample(line number: Int, _ replacement: String?) -> String {
  var lines = sampleText.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  if let replacement { lines[number - 1] = replacement } else { lines.remove(at: number - 1) }
  return lines.joined(separator: "\n")
}

func parse(_ text: String, overrides: [Override] = []) throws(StudyError) -> Study {
  try Study.parse(text: text, origin: .file("inner.yaml"), overrides: overrides)
}

/// ``sampleText`` with these settings in place of its own; with networks of these widths if they are given.
func study(_ settings: (key: String, value: String)..., hidden: String? = nil) throws -> Study {
  let deep = hidden.map {
    [("network.hidden", $0), ("network.initial", "pytorch"), ("network.trainable", "[weights]")]
  }
  return try parse(
    sampleText, overrides: ((deep ?? []) + settings).map { Override(key: $0.0, value: $0.1) })
}

/// The error that reading `text` gives; nil if it is a study.
func failure(_ text: String, overrides: [Override] = []) -> StudyError? {
  do throws(StudyError) {
    _ = try parse(text, overrides: overrides)
    return nil
  } catch {
    return error
  }
}

/// The error that reading ``sampleText`` with `--set argument` gives.
func overrideFailure(_ argument: String) -> StudyError? {
  do throws(StudyError) {
    return failure(sampleText, overrides: [try Override(argument: argument)])
  } catch {
    return error
  }
}

/// A damaged line of ``sampleText`` and what is said about it.
struct ErrorCase: Sendable, CustomTestStringConvertible {
  let line: Int
  let replacement: String?
  let message: String
  let key: String?

  init(line: Int, _ replacement: String?, _ message: String, key: String?) {
    self.line = line
    self.replacement = replacement
    self.message = message
    self.key = key
  }

  var testDescription: String { "line \(line): \(replacement ?? "missing")" }

  func check() {
    let error = failure(sample(line: line, replacement))
    #expect(error?.description == message)
    #expect(error?.key == key)
  }
}

extension SplitMix64 {
  mutating func element<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}

extension Study {
  /// The only family of a study in which nothing varies but the widths.
  var family: Family {
    precondition(families.count == 1)
    return families[0]
  }
}

extension TrainingMethod {
  /// Nil for a method without mini-batches.
  var miniBatch: MiniBatchPlan? { if case .miniBatch(let plan) = self { plan } else { nil } }
}
