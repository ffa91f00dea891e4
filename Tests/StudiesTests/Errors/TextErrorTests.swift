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
      """
      inner.yaml:23: << is not a key here; the keys here are study, source, problem, network, training, verdict, limit, \
      trajectory, vary and sampling
      """,
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
      """
      inner.yaml:10: the YAML cannot be read: while scanning a plain scalar, found unexpected ':' in column 27
      """,
      key: nil),
    ErrorCase(
      line: 15, "training: 5",
      "inner.yaml:16: the YAML cannot be read: mapping values are not allowed in this context in column 12",
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
      """
      inner.yaml:3: the YAML cannot be read: while scanning for the next token, found character that cannot \
      start any token in column 1; the line starts with a tab, indent it with spaces
      """,
      key: nil),
    ErrorCase(
      line: 4, "\tinput: 3",
      """
      inner.yaml:4: the YAML cannot be read: while scanning for the next token, found character that cannot \
      start any token in column 1; the line starts with a tab, indent it with spaces
      """,
      key: nil),
    ErrorCase(
      line: 4, "  input: {uniform: [0, 1]",
      """
      inner.yaml:5: the YAML cannot be read: while parsing a flow mapping, did not find expected ',' or '}' in \
      column 3
      """,
      key: nil),
    ErrorCase(
      line: 4, "  input: \"abc",
      """
      inner.yaml:5: the YAML cannot be read: while parsing a block mapping, did not find expected key in \
      column 12
      """,
      key: nil),
    ErrorCase(
      line: 5, "  target: x: 3",
      "inner.yaml:5: the YAML cannot be read: mapping values are not allowed in this context in column 12",
      key: nil),
    ErrorCase(
      line: 5, "  target: *foo",
      "inner.yaml:5: the YAML cannot be read: found undefined alias in column 11",
      key: nil),
    ErrorCase(
      line: 23, "---\na: 3",
      "inner.yaml:23: a second YAML document starts here; a study file holds one study",
      key: nil),
    ErrorCase(
      line: 5, "  target: @x",
      """
      inner.yaml:5: the YAML cannot be read: while scanning for the next token, found character that cannot \
      start any token in column 11
      """,
      key: nil),
    ErrorCase(
      line: 5, "  target: \"\\q\"",
      """
      inner.yaml:5: the YAML cannot be read: while parsing a quoted scalar, found unknown escape character in \
      column 12
      """,
      key: nil),
    ErrorCase(
      line: 5, "  target: \u{1}",
      "inner.yaml:5: the YAML cannot be read: control characters are not allowed (U+0001)",
      key: nil),
    ErrorCase(
      line: 5, "   target: 3",
      """
      inner.yaml:5: the YAML cannot be read: while parsing a block mapping, did not find expected key in \
      column 4
      """,
      key: nil),
    ErrorCase(
      line: 5, "  target: %",
      """
      inner.yaml:5: the YAML cannot be read: while scanning for the next token, found character that cannot \
      start any token in column 11
      """,
      key: nil),
  ]

  static let wholeTexts: [(text: String, message: String)] = [
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
      "inner.yaml: problem is missing; it must be a mapping with the keys input, data, target and evaluation-points"
    ),
  ]
}
