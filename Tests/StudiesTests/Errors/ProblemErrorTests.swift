import Studies
import Testing

/// The literal text of every error in one part of a study file.
@Suite struct ProblemErrorTests {
  @Test(arguments: headingCases) func heading(_ wrong: ErrorCase) { wrong.check() }

  @Test(arguments: problemCases) func problem(_ wrong: ErrorCase) { wrong.check() }

  static let headingCases: [ErrorCase] = [
    ErrorCase(
      line: 1, nil,
      """
      inner.yaml: study is missing; it must be a name of at most 100 letters, digits, "-", "_" and "." that \
      starts with a letter or digit
      """,
      key: "study"),
    ErrorCase(
      line: 1, "study:",
      """
      inner.yaml:1: study has no value; it must be a name of at most 100 letters, digits, "-", "_" and "." \
      that starts with a letter or digit
      """,
      key: "study"),
    ErrorCase(
      line: 1, "study: no",
      """
      inner.yaml:1: study must be a name of at most 100 letters, digits, "-", "_" and "." that starts with a \
      letter or digit (it is the YAML value no); put it in quotes
      """,
      key: "study"),
    ErrorCase(
      line: 1, "study: 42",
      """
      inner.yaml:1: study must be a name of at most 100 letters, digits, "-", "_" and "." that starts with a \
      letter or digit (it is 42); put it in quotes
      """,
      key: "study"),
    ErrorCase(
      line: 1, "study: a b",
      """
      inner.yaml:1: study must be a name of at most 100 letters, digits, "-", "_" and "." that starts with a \
      letter or digit (it is "a b")
      """,
      key: "study"),
    ErrorCase(
      line: 1, "study: -x",
      """
      inner.yaml:1: study must be a name of at most 100 letters, digits, "-", "_" and "." that starts with a \
      letter or digit (it is "-x")
      """,
      key: "study"),
    ErrorCase(
      line: 1, "study: [a]",
      """
      inner.yaml:1: study must be a name of at most 100 letters, digits, "-", "_" and "." that starts with a \
      letter or digit (it is [a])
      """,
      key: "study"),
    ErrorCase(
      line: 1, "stud: a",
      "inner.yaml:1: stud is not a key here; did you mean \"study\"?",
      key: "stud"),
    ErrorCase(
      line: 1, "name: a",
      "inner.yaml:1: name is not a key here; write study",
      key: "name"),
    ErrorCase(
      line: 2, "source: 2212.13111",
      "inner.yaml:2: source must be text (it is 2212.13111); put it in quotes",
      key: "source"),
    ErrorCase(
      line: 2, "source: {a: b}",
      "inner.yaml:2: source must be text (it is a mapping)",
      key: "source"),
    ErrorCase(
      line: 2, "source: \"a\\eb\"",
      "inner.yaml:2: source must be text without control characters (it is the text \"a\\x1Bb\")",
      key: "source"),
    ErrorCase(
      line: 2, "source: yes",
      "inner.yaml:2: source must be text (it is the YAML value yes); put it in quotes",
      key: "source"),
  ]

  static let problemCases: [ErrorCase] = [
    ErrorCase(
      line: 3, "problm:",
      "inner.yaml:3: problm is not a key here; did you mean \"problem\"?",
      key: "problm"),
    ErrorCase(
      line: 4, "  input: [0, 1]",
      """
      inner.yaml:4: problem.input must be a mapping with one of the keys uniform, box, normal or density, such as \
      {uniform: [0, 1]} (it is [0, 1]); write {uniform: [0, 1]}
      """,
      key: "problem.input"),
    ErrorCase(
      line: 4, "  input: {unifrm: [0, 1]}",
      "inner.yaml:4: problem.input.unifrm is not a key here; did you mean \"uniform\"?",
      key: "problem.input.unifrm"),
    ErrorCase(
      line: 4, "  input: {normal: 1}",
      """
      inner.yaml:4: problem.input.normal must be a mapping with the keys mean, standard-deviation and dimension (it \
      is 1)
      """,
      key: "problem.input.normal"),
    ErrorCase(
      line: 4, "  input: {}",
      """
      inner.yaml:4: problem.input must be a mapping with one of the keys uniform, box, normal or density, such as \
      {uniform: [0, 1]} (it is empty)
      """,
      key: "problem.input"),
    ErrorCase(
      line: 4, "  input: {uniform: [0]}",
      "inner.yaml:4: problem.input.uniform must be a list of two numbers, [lower, upper] (it is [0])",
      key: "problem.input.uniform"),
    ErrorCase(
      line: 4, "  input: {uniform: 0}",
      "inner.yaml:4: problem.input.uniform must be a list of two numbers, [lower, upper] (it is 0)",
      key: "problem.input.uniform"),
    ErrorCase(
      line: 4, "  input: {uniform: [0, [1]]}",
      "inner.yaml:4: problem.input.uniform must be a list of two numbers, [lower, upper] (it is [0, [1]])",
      key: "problem.input.uniform"),
    ErrorCase(
      line: 4, "  input: {uniform: [1, 0]}",
      """
      inner.yaml:4: problem.input.uniform: the lower bound must be less than the upper bound (the bounds are 1 \
      and 0)
      """,
      key: "problem.input.uniform"),
    ErrorCase(
      line: 4, "  input: {uniform: [0, \"1/0\"]}",
      """
      inner.yaml:4: problem.input.uniform: the bounds and their difference must be finite in single precision \
      (the bounds are 0 and inf)
      """,
      key: "problem.input.uniform"),
    ErrorCase(
      line: 4, "  input: {uniform: [1000000, 1000001]}",
      """
      inner.yaml:4: problem.input.uniform: the bounds must have at least 65536 single precision numbers between them \
      and differ by at least 8e-31 (the bounds are 1000000 and 1000001); rescale the input
      """,
      key: "problem.input.uniform"),
    ErrorCase(
      line: 4, "  input: {uniform: [0, 1e-38]}",
      """
      inner.yaml:4: problem.input.uniform: the bounds must have at least 65536 single precision numbers between them \
      and differ by at least 8e-31 (the bounds are 0 and 1e-38); rescale the input
      """,
      key: "problem.input.uniform"),
    ErrorCase(
      line: 4, "  input: {uniform: [1, \"1+1e-12\"]}",
      """
      inner.yaml:4: problem.input.uniform: the bounds must differ in single precision (the bounds are 1 and \
      1.000000000001)
      """,
      key: "problem.input.uniform"),
    ErrorCase(
      line: 4, "  input: {uniform: [0, x]}",
      """
      inner.yaml:4: problem.input.uniform: unknown name "x" in column 1; the names known here are pi and the \
      functions sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max
          x
          ^
      """,
      key: "problem.input.uniform"),
    ErrorCase(
      line: 4, "  input: {uniform: [0, 1e999]}",
      """
      inner.yaml:4: problem.input.uniform: the number 1e999 in column 1 is out of range; numbers lie between \
      5e-324 and 1.7976931348623157e308, or are 0
          1e999
          ^
      """,
      key: "problem.input.uniform"),
    ErrorCase(
      line: 4, "  input: {uniform: [0, 1e99]}",
      """
      inner.yaml:4: problem.input.uniform: the bounds and their difference must be finite in single precision \
      (the bounds are 0 and 1e99)
      """,
      key: "problem.input.uniform"),
    ErrorCase(
      line: 4, "  input: {uniform: [0, ]}",
      "inner.yaml:4: problem.input.uniform must be a list of two numbers, [lower, upper] (it is [0])",
      key: "problem.input.uniform"),
    ErrorCase(
      line: 4, "  input: {uniform: [0, ~]}",
      "inner.yaml:4: problem.input.uniform must be a list of two numbers, [lower, upper] (it is [0, ~])",
      key: "problem.input.uniform"),
    ErrorCase(
      line: 5, nil,
      """
      inner.yaml:3: problem.target is missing; it must be an expression in x, such as "x^4 * sin(x)", or a mapping \
      with one of the keys piecewise-polynomial, affine or teacher, such as {affine: {weights: [2], constant: 1}}
      """,
      key: "problem.target"),
    ErrorCase(
      line: 5, "  target: \"x^4 * sine(x)\"",
      """
      inner.yaml:5: problem.target: unknown name "sine" in column 7; did you mean "sin"?
          x^4 * sine(x)
                ^
      """,
      key: "problem.target"),
    ErrorCase(
      line: 5, "  target: \"x +\"",
      """
      inner.yaml:5: problem.target: missing operand in column 4, after "+"; write a number, a name or "("
          x +
             ^
      """,
      key: "problem.target"),
    ErrorCase(
      line: 5, "  target: [x]",
      """
      inner.yaml:5: problem.target must be an expression in x, such as "x^4 * sin(x)", or a mapping with one of the \
      keys piecewise-polynomial, affine or teacher, such as {affine: {weights: [2], constant: 1}} (it is [x])
      """,
      key: "problem.target"),
    ErrorCase(
      line: 5, "  target: yes",
      """
      inner.yaml:5: problem.target: unknown name "yes" in column 1; the names known here are x, pi and the \
      functions sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max
          yes
          ^
      """,
      key: "problem.target"),
    ErrorCase(
      line: 5, "  target: \"\"",
      "inner.yaml:5: problem.target: the expression is empty; write a number or a formula such as 2 * sin(1)",
      key: "problem.target"),
    ErrorCase(
      line: 5, "  target:",
      """
      inner.yaml:5: problem.target has no value; it must be an expression in x, such as "x^4 * sin(x)", or a mapping \
      with one of the keys piecewise-polynomial, affine or teacher, such as {affine: {weights: [2], constant: 1}}
      """,
      key: "problem.target"),
    ErrorCase(
      line: 5, "  target: 2*h",
      """
      inner.yaml:5: problem.target: unknown name "h" in column 3; the names known here are x, pi and the \
      functions sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max
          2*h
            ^
      """,
      key: "problem.target"),
  ]
}
