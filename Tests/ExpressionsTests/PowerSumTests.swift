import Expressions
import Testing

@Suite struct PowerSumTests {
  private func powerSum(_ text: String) throws -> PowerSum? {
    try Expression(parsing: text, variables: ["x"]).powerSum(in: "x")
  }

  /// [(coefficient, exponent)]
  private func sum(_ terms: [(Double, Double)], _ domain: PowerSum.Domain = .allReals) -> PowerSum {
    PowerSum(terms: terms.map { PowerSum.Term(coefficient: $0.0, exponent: $0.1) }, domain: domain)
  }

  @Test(
    arguments: [
      ("x^2+2*x", [(2, 1), (1, 2)]), ("(x+1)^3", [(1, 0), (3, 1), (3, 2), (1, 3)]), ("x", [(1, 1)]), ("3", [(3, 0)]),
      ("x - x", []), ("0 * x", []), ("(x - 1) * (x + 1)", [(-1, 0), (1, 2)]),
      ("-(x - 2)^2", [(-4, 0), (4, 1), (-1, 2)]),
      ("(x + 1)^0", [(1, 0)]), ("(x - x)^0", [(1, 0)]), ("(x - x)^2", []), ("x / 4 + pi", [(Double.pi, 0), (0.25, 1)]),
      ("(2 * x^3)^2", [(4, 6)]), ("(-2 * x)^3", [(-8, 3)]), ("x^100", [(1, 100)]), ("x^(6/3)", [(1, 2)]),
      ("x * max(2, 3) / floor(2.5)", [(1.5, 1)]), ("abs(-2 * x^2)", [(2, 2)]), ("(4 * x^4)^0.5", [(2, 2)]),
      ("(x^2)^1", [(1, 2)]), ("(x + 1)^2 - x^2 - 2*x", [(1, 0)]),
    ] as [(String, [(Double, Double)])])
  func polynomials(text: String, terms: [(Double, Double)]) throws {
    let found = try #require(try powerSum(text))
    #expect(found == sum(terms))
    #expect(found.isPolynomial)
    #expect(found.degree == terms.last?.1 ?? 0)
  }

  /// These hold for x >= 0.
  @Test(
    arguments: [
      ("x^(1/4)", [(1, 0.25)]), ("2*sqrt(x)-x/3", [(2, 0.5), (-1.0 / 3, 1)]), ("x^0.5 * x^1.5", [(1, 2)]),
      ("sqrt(x) * sqrt(x)", [(1, 1)]), ("(x^2)^0.5", [(1, 1)]), ("(4 * x^3)^0.5", [(2, 1.5)]), ("(x^0.5)^4", [(1, 2)]),
      ("abs(-3 * x)", [(3, 1)]), ("(1 + sqrt(x))^2", [(1, 0), (2, 0.5), (1, 1)]), ("sqrt(x) - sqrt(x)", []),
      ("(x^6)^0.5", [(1, 3)]),
    ] as [(String, [(Double, Double)])])
  func realExponents(text: String, terms: [(Double, Double)]) throws {
    let found = try #require(try powerSum(text))
    #expect(found == sum(terms, .nonnegative))
    #expect(!found.isPolynomial)
  }

  @Test(arguments: [
    "sin(x)", "x^4*sin(x)", "exp(x)", "2^x", "x^x", "1/x", "x^2/x", "x^-1", "x^-0.5", "sqrt(x + 1)", "sqrt(-x)",
    "abs(x - 1)", "min(x, 1)", "floor(x)", "(x - 1)^9", "(x + 1)^0.5", "x / 0", "x * log(-1)", "x * 1e300 * 1e300",
    "(1e200 * x)^2", "tanh(x) * 0",
  ])
  func notPowerSums(text: String) throws {
    #expect(try powerSum(text) == nil)
  }

  @Test func computedCoefficients() throws {
    let terms = try #require(try powerSum("sin(1) * x^3 + (exp(1) * x)^2")).terms
    #expect(terms.map(\.exponent) == [2, 3])
    #expect(isNear(terms[0].coefficient, 7.38905609893065))
    #expect(isNear(terms[1].coefficient, 0.8414709848078965))
  }

  /// The sum has the value of the expression.
  @Test(arguments: ["(x + 1)^3 - 2 * (x - 3)^4 / 7", "(x^2 - x + 1) * (2 - x)^5 + x", "-(1 + 2 * x * (3 - x))^2"])
  func values(text: String) throws {
    let found = try #require(try powerSum(text))
    for x in [-1.5, 0, 0.7, 2] {
      var (computed, magnitude) = (0.0, 0.0)
      for term in found.terms {
        let power = (0..<Int(term.exponent)).reduce(1.0) { power, _ in power * x }
        computed += term.coefficient * power
        magnitude += abs(term.coefficient * power)
      }
      // Some dozens of roundings of 2^-53 each, of numbers that add up to `magnitude`: 90 of them.
      #expect(abs(computed - (try value(text, at: x))) <= 1e-14 * magnitude)
    }
  }

  @Test func normalization() {
    let terms = [(1, 2), (3, 0.5), (0, 7), (2, 2), (-1, 0), (1, 0)].map {
      PowerSum.Term(coefficient: $0.0, exponent: $0.1)
    }
    let normal = PowerSum(terms: terms)
    #expect(normal.terms.map(\.coefficient) == [3, 3])
    #expect(normal.terms.map(\.exponent) == [0.5, 2])
    #expect(normal.domain == .nonnegative)
  }
}
