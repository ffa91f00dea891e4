import Studies
import Testing

/// The literal text of errors in the YAML, and of keys in wrong places.
@Suite struct TextErrorTests {
  @Test(arguments: misplacedCases) func misplaced(_ wrong: ErrorCase) { wrong.check() }

  @Test(arguments: syntaxCases) func syntax(_ wrong: ErrorCase) { wrong.check() }

  @Test(arguments: wholeTexts) func wholeText(text: String, message: String) {
    #expect(failure(text)?.description == message)
  }

  static let misplacedCases: [ErrorCase] = [
    ErrorCase(
      line: 23, "steps: 5",
      "inner.yaml:23: steps is not a key here; \"steps\" belongs under \"training\" or \"limit\"",
      key: "steps"),
    ErrorCase(
      line: 23, "training.steps: 5",
      "inner.yaml:23: training.steps is not a key here; \"steps\" belongs under \"training\"",
      key: "training.steps"),
    ErrorCase(
      line: 23, "7: 4",
      """
      inner.yaml:23: 7 is not a key here; the keys here are study, source, problem, network, training, verdict, limit, \
      trajectory, vary and sampling
      """,
      key: "7"),
    ErrorCase(
      line: 23, "<<: {a: 1}",
      "inner.yaml:23: << is not a key here; merge keys are not supported, write the keys out",
      key: "<<"),
    ErrorCase(
      line: 23, "\"a\\nb\": 3",
      """
      inner.yaml:23: "a\\nb" is not a key here; the keys here are study, source, problem, network, training, \
      verdict, limit, trajectory, vary and sampling
      """,
      key: "a\nb"),
    ErrorCase(
      line: 23, "foo: bar",
      """
      inner.yaml:23: foo is not a key here; the keys here are study, source, problem, network, training, verdict, limit, \
      trajectory, vary and sampling
      """,
      key: "foo"),
    ErrorCase(
      line: 7, "  source: x",
      "inner.yaml:7: network.source is not a key here; it belongs at the left margin, under no other key",
      key: "network.source"),
    ErrorCase(
      line: 7, "  study: x",
      "inner.yaml:7: network.study is not a key here; it belongs at the left margin, under no other key",
      key: "network.study"),
  ]

  static let syntaxCases: [ErrorCase] = [
    ErrorCase(
      line: 10, "    inner-weights: {normal:}",
      "inner.yaml:10: a space is missing after the colon in column 27",
      key: nil),
    ErrorCase(
      line: 15, "training: 5",
      """
      inner.yaml:16: the line is indented deeper than its key allows: the key above it has a value already; indent it like \
      the other keys of its mapping, or take the value of that key away
      """,
      key: nil),
    ErrorCase(
      line: 18, "  steps: !!int 5",
      "inner.yaml:18: YAML tags (here \"!!int\") are not used in study files; leave the tag out",
      key: nil),
    ErrorCase(
      line: 19, "  batch: {size: 1, size: 2}",
      "inner.yaml:19: the key \"size\" occurs more than once in the same mapping; keep one of them",
      key: "size"),
    ErrorCase(
      line: 23, "[a]: 5",
      "inner.yaml:23: a key is a list or a mapping; it must be one word, such as study",
      key: nil),
    ErrorCase(
      line: 23, "? {a: 5}\n: 4",
      "inner.yaml:23: a key is a list or a mapping; it must be one word, such as study",
      key: nil),
    ErrorCase(
      line: 23, "problem: 3",
      "inner.yaml:3: the key \"problem\" occurs more than once in the same mapping; keep one of them",
      key: "problem"),
    ErrorCase(
      line: 3, "\tproblem:",
      "inner.yaml:3: the line starts with a tab; indent it with spaces",
      key: nil),
    ErrorCase(
      line: 4, "\tinput: 3",
      "inner.yaml:4: the line starts with a tab; indent it with spaces",
      key: nil),
    ErrorCase(
      line: 4, "  input: {uniform: [0, 1]",
      """
      inner.yaml:5: the mapping that begins in line 4, column 10 has no end; a comma is missing in it, or the closing \
      brace }
      """,
      key: nil),
    ErrorCase(
      line: 4, "  input: \"abc",
      "inner.yaml:4: the quotation mark in column 10 has no partner in its line",
      key: nil),
    ErrorCase(
      line: 5, "  target: x: 3",
      "inner.yaml:5: there is a second colon in the line, in column 12; put a text with a colon in quotes",
      key: nil),
    ErrorCase(
      line: 5, "  target: *foo",
      "inner.yaml:5: a value that begins with * in column 11 is an alias of nothing; put the value in quotes",
      key: nil),
    ErrorCase(
      line: 23, "---\na: 3",
      "inner.yaml:23: a second YAML document starts here; a study file holds one study",
      key: nil),
    ErrorCase(
      line: 5, "  target: @x",
      "inner.yaml:5: \"@\" in column 11 cannot begin a value; put the value in quotes",
      key: nil),
    ErrorCase(
      line: 5, "  target: \"\\q\"",
      """
      inner.yaml:5: a backslash in double quotes begins an escape that does not exist; write two of them, or take single \
      quotes
      """,
      key: nil),
    ErrorCase(
      line: 5, "  target: \u{1}",
      "inner.yaml:5: the YAML cannot be read: control characters are not allowed (U+0001)",
      key: nil),
    ErrorCase(
      line: 5, "   target: 3",
      """
      inner.yaml:5: the line is indented by 3 spaces, like none of the lines that it could belong to; indent all keys of a \
      mapping by the same number of spaces
      """,
      key: nil),
    ErrorCase(
      line: 5, "  target: %",
      "inner.yaml:5: \"%\" in column 11 cannot begin a value; put the value in quotes",
      key: nil),
  ]

  static let wholeTexts: [(text: String, message: String)] = [
    // What people write who have not written YAML before.
    ("study a\nproblem:\n  target: x\n", "inner.yaml:1: \"study a\" has no colon; write KEY: VALUE"),
    ("study: a\nproblem\n  target: x\n", "inner.yaml:2: \"problem\" has no colon; write KEY: VALUE"),
    (
      "study: a\nproblem:\n  target: |x|\n",
      """
      inner.yaml:3: a value that begins with | is a text of several lines; put the value in quotes, and write an absolute \
      value abs(...)
      """
    ),
    (
      "study: a\nproblem:\n  target: 'sin(x)' * 2\n",
      "inner.yaml:3: \"*\" in column 20 begins no value; put the whole value in quotes"
    ),
    (
      "study: a\nproblem: {target: x, input:{uniform: [0, 1]}}\n",
      "inner.yaml:2: a space is missing after the colon in column 27"
    ),
    (
      "study: a\nproblem: {target: x, input: {uniform: [0, 1}}\n",
      """
      inner.yaml:2: the list that begins in line 2, column 39 has no end; a comma is missing in it, or the closing bracket ]
      """
    ),
    (
      "study: a\nproblem: }\n",
      "inner.yaml:2: a value is missing in column 10, or there is a comma, bracket or brace too many"
    ),
    ("study: a\nproblem: - x\n", "inner.yaml:2: a list with \"-\" begins in a line of its own; or write [A, B]"),
    (
      "study: a\n...\nproblem: x\n",
      "inner.yaml:3: there is something after the end of the document (\"...\"); a study file holds one study"
    ),
    ("{[a]: 1, [a]: 2}", "inner.yaml:1: a key is a list or a mapping; it must be one word, such as study"),
    (
      "{a: 1, b: 2, a: 3, b: 4}",
      "inner.yaml:1: the keys \"a\" and \"b\" occur more than once in the same mapping; keep one of each"
    ),
    (
      "",
      "inner.yaml: there is no study here; `landfall studies inner-bias` prints one to start from"
    ),
    (
      "# only",
      "inner.yaml: there is no study here; `landfall studies inner-bias` prints one to start from"
    ),
    (
      "---\n",
      "inner.yaml: there is no study here; `landfall studies inner-bias` prints one to start from"
    ),
    (
      "~",
      "inner.yaml: there is no study here; `landfall studies inner-bias` prints one to start from"
    ),
    (
      "5",
      """
      inner.yaml:1: a study is a mapping with the keys study, source, problem, network, training, verdict, limit, \
      trajectory, vary and sampling (this is 5)
      """
    ),
    (
      "[a]",
      """
      inner.yaml:1: a study is a mapping with the keys study, source, problem, network, training, verdict, limit, \
      trajectory, vary and sampling (this is [a])
      """
    ),
    (
      "study",
      """
      inner.yaml:1: a study is a mapping with the keys study, source, problem, network, training, verdict, limit, \
      trajectory, vary and sampling (this is "study")
      """
    ),
    (
      "---\n---\n",
      "inner.yaml:2: a second YAML document starts here; a study file holds one study"
    ),
    (
      "\0",
      "inner.yaml:1: the YAML cannot be read: control characters are not allowed"
    ),
    (
      "\u{FEFF}study: a",
      """
      4 mistakes:
      inner.yaml: problem is missing; it must be a mapping with the keys input, data, target and evaluation-points
      inner.yaml: network is missing; it must be a mapping with the keys activation, hidden, initial and trainable
      inner.yaml: training is missing; it must be a mapping with the keys optimizer, clipping, learning-rate, steps, \
      batch, until, precision and kernel
      inner.yaml: verdict is missing; it must be a mapping with the keys good and stationary
      """
    ),
  ]
}
