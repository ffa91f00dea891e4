import Expressions
import Testing

@Suite struct ExpressionErrorTests {
  private func failure(_ text: String, variables: [String] = ["x"]) -> ExpressionError? {
    do throws(ExpressionError) {
      _ = try Expression(parsing: text, variables: variables)
      return nil
    } catch {
      return error
    }
  }

  @Test func description() {
    #expect(
      failure("x^4 * sine(x)")?.description == """
        unknown name "sine" in column 7; did you mean "sin"?
            x^4 * sine(x)
                  ^
        """)
    #expect(
      failure("x +\n 2 * ")?.description == """
        missing operand in column 9, after "*"; write a number, a name or "("
            x +  2 *
                    ^
        """)
    #expect(
      failure(" \n")?.description == "the expression is empty; write a number or a formula such as 2 * sin(1)")
  }

  /// Of a long text the description shows 100 characters around the column.
  @Test func descriptionOfLongText() {
    func lines(_ text: String) -> [Substring] {
      failure(text)?.description.split(separator: "\n").dropFirst().map { $0 } ?? []
    }
    func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }
    let sum = Array(repeating: "x", count: 60).joined(separator: " + ")
    #expect(lines("y + \(sum)") == ["    y + \(String(repeating: "x + ", count: 24))...", "    ^"])
    #expect(lines("\(sum) + y") == ["    ...\(String(repeating: " + x", count: 24)) + y", "    \(spaces(102))^"])
    let middle = lines("\(sum) + y + \(sum)")
    #expect(middle[0].count == 4 + 3 + 100 + 3)
    #expect(middle[1] == "    \(spaces(53))^")
    #expect(Array(middle[0])[57] == "y")
  }

  @Test(
    arguments: [
      ("", .emptyText, 1, "the expression is empty; write a number or a formula such as 2 * sin(1)"),
      (
        "x $ 2", .unexpectedCharacter, 3,
        "unexpected \"$\" in column 3; expressions use numbers, names, + - * / ^ ( ) and commas"
      ),
      ("2 × x", .unexpectedCharacter, 3, "unexpected \"×\" in column 3; a product is written \"*\""),
      ("2 ÷ x", .unexpectedCharacter, 3, "unexpected \"÷\" in column 3; a quotient is written \"/\""),
      ("x − 1", .unexpectedCharacter, 3, "unexpected \"−\" in column 3; minus is written \"-\""),
      ("x²", .unexpectedCharacter, 2, "unexpected \"²\" in column 2; a square is written \"^2\""),
      ("x³", .unexpectedCharacter, 2, "unexpected \"³\" in column 2; a cube is written \"^3\""),
      ("[x]", .unexpectedCharacter, 1, "unexpected \"[\" in column 1; use the parentheses \"(\" and \")\""),
      ("x**2", .unexpectedCharacter, 2, "unexpected \"**\" in column 2; a power is written \"^\""),
      ("x *", .missingOperand, 4, "missing operand in column 4, after \"*\"; write a number, a name or \"(\""),
      ("/ 2", .missingOperand, 1, "missing operand in column 1, before \"/\"; write a number, a name or \"(\""),
      (
        "(x + ) * 2", .missingOperand, 6,
        "missing operand in column 6, between \"+\" and \")\"; write a number, a name or \"(\""
      ),
      (
        "()", .missingOperand, 2,
        "missing operand in column 2, between \"(\" and \")\"; write a number, a name or \"(\""
      ),
      (
        "min(x, )", .missingOperand, 8,
        "missing operand in column 8, between \",\" and \")\"; write a number, a name or \"(\""
      ),
      ("2 * (x + 1", .missingParenthesis, 11, "missing \")\" in column 11; the \"(\" in column 5 is still open"),
      ("sin(x", .missingParenthesis, 6, "missing \")\" in column 6; the \"(\" in column 4 is still open"),
      (
        "x + y", .unknownName, 5,
        "unknown name \"y\" in column 5; the names known here are x, pi and the functions "
          + "sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max"
      ),
      (
        "arcsinh(x)", .unknownName, 1,
        "unknown name \"arcsinh\" in column 1; "
          + "the functions are sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max"
      ),
      ("x * PI", .unknownName, 5, "unknown name \"PI\" in column 5; did you mean \"pi\"?"),
      ("sqr(x)", .unknownName, 1, "unknown name \"sqr\" in column 1; did you mean \"sqrt\"?"),
      ("ln(x)", .unknownName, 1, "unknown name \"ln\" in column 1; the natural logarithm is written \"log\""),
      ("e^x", .unknownName, 1, "unknown name \"e\" in column 1; Euler's number is written exp(1)"),
      ("sin(x, 2)", .wrongArgumentCount, 1, "the function \"sin\" in column 1 takes 1 argument, not 2"),
      ("1 + max(x)", .wrongArgumentCount, 5, "the function \"max\" in column 5 takes 2 arguments, not 1"),
      ("exp()", .wrongArgumentCount, 1, "the function \"exp\" in column 1 takes 1 argument, not 0"),
      ("2 * sin x", .missingArguments, 5, "the function \"sin\" in column 5 has no \"(\" after it; write sin(...)"),
      ("min", .missingArguments, 1, "the function \"min\" in column 1 has no \"(\" after it; write min(..., ...)"),
      ("2x", .trailingText, 2, "missing operator before \"x\" in column 2; a product is written \"*\""),
      ("x (x)", .trailingText, 3, "missing operator before \"(\" in column 3; a product is written \"*\""),
      ("(x 3)", .trailingText, 4, "missing operator before \"3\" in column 4; a product is written \"*\""),
      ("1.2.3", .trailingText, 4, "missing operator before \".\" in column 4; a product is written \"*\""),
      ("x + 1)", .trailingText, 6, "unexpected \")\" in column 6; no \"(\" is open"),
      (
        "0,5 * x", .trailingText, 2,
        "unexpected \",\" in column 2; decimals are written with a point, and only functions have several arguments"
      ),
      (
        "x + 1e999", .numberOutOfRange, 5,
        "the number 1e999 in column 5 is out of range; numbers lie between 5e-324 and 1.7976931348623157e308, or are 0"
      ),
      (
        "1e-999", .numberOutOfRange, 1,
        "the number 1e-999 in column 1 is out of range; numbers lie between 5e-324 and 1.7976931348623157e308, or are 0"
      ),
    ] as [(String, ExpressionError.Kind, Int, String)])
  func message(text: String, kind: ExpressionError.Kind, column: Int, message: String) throws {
    let error = try #require(failure(text))
    #expect(error.kind == kind)
    #expect(error.column == column)
    #expect(error.message == message)
    #expect(error.text == text)
  }

  @Test func namesOfSeveralVariables() {
    #expect(
      failure("0.1 / k", variables: ["n", "h"])?.message
        == "unknown name \"k\" in column 7; the names known here are n, h, pi and the functions "
        + "sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max")
    #expect(
      failure("widht^2", variables: ["width"])?.message == "unknown name \"widht\" in column 1; did you mean \"width\"?"
    )
  }

  @Test func nesting() throws {
    func nested(_ count: Int, _ opening: String, _ closing: String) -> String {
      String(repeating: opening, count: count) + "x" + String(repeating: closing, count: count)
    }
    for (opening, closing) in [("(", ")"), ("abs(", ")"), ("-", ""), ("2^", "")] {
      let deep = try Expression(parsing: nested(200, opening, closing), variables: ["x"])
      #expect(try Expression(parsing: deep.text, variables: ["x"]) == deep)
      #expect(failure(nested(201, opening, closing))?.kind == .nestedTooDeep)
      #expect(failure(nested(100_000, opening, closing))?.kind == .nestedTooDeep)
    }
    #expect(
      failure(nested(201, "(", ")"))?.message
        == "the expression is nested more than 200 levels deep in column 202; "
        + "use fewer parentheses, functions, signs or exponents inside each other")
  }

  @Test func complication() throws {
    func chain(_ count: Int) -> String { Array(repeating: "x", count: count).joined(separator: " + ") }
    #expect(try value(chain(500), at: 0.5) == 250)
    let long = try #require(failure(chain(501)))
    #expect(long.kind == .tooComplicated)
    #expect(
      long.message
        == "the expression is too complicated in column 1999: more than 500 operations build on each other; "
        + "use parentheses to group long sums and products")
    #expect(try value("(\(chain(400))) + (\(chain(400)))", at: 0.5) == 400)
    #expect(failure(chain(100_000))?.kind == .tooComplicated)

    // Any number of different constants.
    func terms(_ count: Int, _ term: (Int) -> String) -> String {
      "("
        + (0..<(count / 100)).map { row in
          (1...100).map { term(100 * row + $0) }.joined(separator: " + ")
        }.joined(separator: ") + (") + ")"
    }
    #expect(try value(terms(1000) { "\($0) * x" }, at: 1) == 500_500)
    #expect(try value(terms(300) { "abs(\($0))" }, at: 1) == 45150)
    // Other variables can become constants that differ in every term.
    let several = try Expression(parsing: terms(300) { "(h + \($0)) * x" }, variables: ["h", "x"])
    #expect(several.substituting("h", 1).program(of: "x").evaluate(at: [1]) == [45450])
  }
}
