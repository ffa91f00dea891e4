import Foundation
import Studies
import Testing

/// Where errors stand that name a mapping, or that show only after reading.
@Suite struct ErrorPlaceTests {
  /// A mapping that only overrides made stands where the first of them does; one of the text stays where it is.
  @Test func mappingsOfOverrides() {
    let overrides = [
      Override(key: "training.optimizer", value: "population"), Override(key: "training.batch.size", value: "3"),
      Override(key: "training.batch.stream", value: "shared"),
    ]
    let message = """
      training.batch has no effect with the optimizer population, which uses the exact gradient of the risk and draws \
      no mini-batches; leave it out
      """
    #expect(
      failure(sample(line: 19, nil), overrides: overrides)?.description == "--set training.batch.size: \(message)")
    #expect(failure(sampleText, overrides: overrides)?.description == "inner.yaml:19: \(message)")
  }

  @Test func startingPoints() {
    let precision = Override(key: "training.precision", value: "float64")
    let limit = "of magnitude at most 3.4e38"
    for (value, message) in [
      ("{point: [1, 1e39, 1, 1]}", "point: the numbers of the point must be \(limit) (number 2 is 1e39)"),
      ("{point: [1, 1, 1, 1], distance: 1e39}", "distance must be a number \(limit) (it is 1e39)"),
    ] {
      let overrides = [
        Override(key: "network.hidden", value: "[[1]]"), Override(key: "network.initial", value: value),
      ]
      #expect(
        failure(sampleText, overrides: overrides)?.description == "--set network.initial: network.initial.\(message)")
      #expect(failure(sampleText, overrides: overrides + [precision]) == nil)
    }
  }

  // MARK: Errors after reading

  private func error(
    _ text: String, _ overrides: [(String, String)] = [], family: Int = 0, key: String = "problem.target"
  ) throws -> StudyError {
    let path = NSTemporaryDirectory() + "landfall-\(UUID().uuidString).yaml"
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let error = Study.error(
      in: path, overrides: overrides.map { Override(key: $0.0, value: $0.1) }, family: family, key: key,
      message: "no")
    return StudyError(
      source: error.source == path ? "inner.yaml" : error.source, line: error.line, column: error.column,
      key: error.key, message: error.message)
  }

  private func place(_ line: Int?, _ column: Int?, source: String = "inner.yaml") -> StudyError {
    StudyError(source: source, line: line, column: column, key: "problem.target", message: "no")
  }

  @Test func laterErrors() throws {
    #expect(try error(sampleText) == place(5, 3))
    #expect(try error(sampleText, [("problem.input.uniform", "[2, 3]")]) == place(5, 3))
    #expect(try error(sampleText, [("problem.target", "1/x")]) == place(nil, nil, source: "--set problem.target"))
    #expect(try error(sampleText, [("problem", "{target: x}")]) == place(nil, nil, source: "--set problem"))
    // A choice that an override replaces is the override's.
    let weights = "problem.target.affine.weights"
    #expect(try error(sampleText, [(weights, "[1]")]) == place(nil, nil, source: "--set \(weights)"))
    // A key that is left out stands where the one above it does.
    #expect(try error(sampleText, key: "problem.data").line == 3)
  }

  @Test func laterErrorsOfVariants() throws {
    let text = sampleText + "vary:\n  - {training.steps: [1, 2]}\n  - {problem.target: [x, 1/x]}\n"
    #expect(try error(text, family: 3) == place(26, 6))
    #expect(try error(text, [("problem.target", "1/x")], family: 1) == place(nil, nil, source: "--set problem.target"))
  }

  @Test func laterErrorOfBuiltInStudyAndOfNothing() {
    let builtIn = Study.error(in: "inner-bias", overrides: [], family: 0, key: "problem.target", message: "no")
    #expect(builtIn.source == "built-in study inner-bias" && builtIn.line != nil)
    let nothing = Study.error(in: "gone.yaml", overrides: [], family: 0, key: "problem.target", message: "no")
    #expect(nothing == place(nil, nil, source: "gone.yaml"))
  }
}
