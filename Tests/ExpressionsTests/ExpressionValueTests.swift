import Expressions
import Testing

/// The value of the expression `text` at `x`.
func value(_ text: String, at x: Double = 0) throws -> Double {
  try Expression(parsing: text, variables: ["x"]).program(of: "x").evaluate(at: [x])[0]
}

/// Whether two numbers agree to 4 units of the last place or so, which every good exp, log, sin, cos or power reaches.
func isNear(_ a: Double, _ b: Double) -> Bool { a == b || abs(a - b) <= 1e-15 * abs(b) }

@Suite struct ExpressionValueTests {
  /// Operations that IEEE 754 rounds correctly, or that are exact: no tolerance.
  @Test(arguments: [
    ("1", 1.0), (".5", 0.5), ("2.", 2), ("1e-3", 0.001), ("1.5E+2", 150), ("0", 0), ("0e999", 0),
    ("1.7976931348623157e308", 1.7976931348623157e308), ("5e-324", Double.leastNonzeroMagnitude),
    ("pi", 3.141592653589793),
    ("x", 0.7), ("-x", -0.7), ("x + 1", 1.7), ("x - 1", -0.30000000000000004), ("2*x", 1.4), ("x/2", 0.35),
    ("0.1 + 0.2", 0.30000000000000004), ("1/3", 0.3333333333333333),
    ("sqrt(x)", 0.8366600265340756), ("x^0.5", 0.8366600265340756), ("x^(1/2)", 0.8366600265340756),
    ("abs(x - 1.5)", 0.8), ("abs(x)", 0.7), ("floor(x)", 0), ("floor(x - 1)", -1), ("floor(-x)", -1),
    ("min(x, 0.5)", 0.5), ("min(0.5, x)", 0.5), ("max(x, 0.5)", 0.7), ("max(0.5, x)", 0.7),
    ("x^0", 1), ("x^1", 0.7), ("0.5^x^0", 0.5), ("2^-1", 0.5), ("2^10", 1024), ("(-2)^3", -8), ("(x - 2.7)^-2", 0.25),
  ])
  func exactOperations(text: String, expected: Double) throws {
    #expect(try value(text, at: 0.7) == expected)
  }

  @Test(arguments: [
    ("sin(x)", 0.644217687237691), ("cos(x)", 0.7648421872844885), ("tan(x)", 0.8422883804630793),
    ("exp(x)", 2.0137527074704766), ("log(x)", -0.35667494393873245), ("tanh(x)", 0.6043677771171636),
    ("sin(-1.3 + 0*x)", -0.963558185417193), ("sin(1)", 0.8414709848078965), ("exp(1)", 2.718281828459045),
    ("x^(1/4)", 0.9146912192286945), ("x^1.3", 0.6289664092534478), ("x^-0.5", 1.1952286093343938),
    ("x^x", 0.779055912670449), ("x^4 * sin(x)", 0.15467666670576957), ("x^64", 1.2197604876358308e-10),
    ("x^65", 8.538323413450815e-11),
  ])
  func transcendentalOperations(text: String, expected: Double) throws {
    let computed = try value(text, at: 0.7)
    #expect(isNear(computed, expected), "\(text) = \(computed)")
  }

  /// Signs, powers, products and sums bind as in mathematics.
  @Test(arguments: [
    ("-2^2", -4.0), ("(-2)^2", 4), ("2^3^2", 512), ("(2^3)^2", 64), ("2^-1^2", 0.5), ("-2^-2", -0.25),
    ("2 - 3 - 4", -5), ("2 - (3 - 4)", 3), ("24 / 4 / 2", 3), ("24 / (4 / 2)", 12), ("24 / 4 * 2", 12),
    ("2 + 3 * 4", 14), ("(2 + 3) * 4", 20), ("2 * 3^2", 18), ("(2 * 3)^2", 36), ("-3 * -2", 6), ("2 - -3", 5),
    ("--2", 2), ("2 * -3^2", -18), ("-2 + 3", 1), ("-(2 + 3)", -5), ("1 - 2 * 3 + 4", -1), ("6 / -2 * 3", -9),
    ("2^(1 + 2)", 8), ("2^1 + 2", 4), ("min(1, 2) - max(3, 4)", -3), ("floor(7 / 2)^2", 9),
    (" \t\n2\n *3 ", 6),
  ])
  func precedence(text: String, expected: Double) throws {
    #expect(try value(text) == expected)
  }

  @Test func substitution() throws {
    let rate = try Expression(parsing: "0.1 * 0.5^floor((n+1)/500)", variables: ["n"])
    #expect(rate.program(of: "n").evaluate(at: [0, 498, 499, 1250]) == [0.1, 0.1, 0.05, 0.025])
    #expect(rate.substituting("n", 1250).program(of: "n").evaluate(at: [0]) == [0.025])

    let both = try Expression(parsing: "(n + 1)^2 / h", variables: ["n", "h"])
    #expect(both.uses("n") && both.uses("h") && !both.uses("x"))
    let fixed = both.substituting("h", 4)
    #expect(fixed.uses("n") && !fixed.uses("h"))
    #expect(fixed.text == "(n + 1)^2 / 4")
    #expect(fixed.program(of: "n").evaluate(at: [0, 3]) == [0.25, 4])
    #expect(both.substituting("x", 1) == both)

    let scale = try Expression(parsing: "h^(-4/15)", variables: ["h"]).substituting("h", 100)
    #expect(isNear(scale.program(of: "x").evaluate(at: [0])[0], 0.2928644564625237))

    // A negative value is one operand, not a minus before the power.
    let square = try Expression(parsing: "h^2", variables: ["h"]).substituting("h", -3)
    #expect(square.text == "(-3)^2")
    #expect(square.program(of: "x").evaluate(at: [0]) == [9])
  }

  @Test func constants() {
    for number in [0, -0.0, 1, -2.5, 1e-300, 1.7976931348623157e308, -Double.leastNonzeroMagnitude] {
      let bits = Expression(constant: number).program(of: "x").evaluate(at: [1])[0].bitPattern
      #expect(bits == number.bitPattern)
    }
    #expect(Expression(constant: -2.5).text == "-2.5")
  }
}
