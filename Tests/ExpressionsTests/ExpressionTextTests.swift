import Expressions
import TestSupport
import Testing

@Suite struct ExpressionTextTests {
  @Test(arguments: [
    ("x^4*sin(x)", "x^4 * sin(x)"), ("((x))+( 1 )", "x + 1"), ("x-(y-1)", "x - (y - 1)"), ("(x-y)-1", "x - y - 1"),
    ("x/(y*2)", "x / (y * 2)"), ("(x/y)*2", "x / y * 2"), ("(x*y)^2", "(x * y)^2"), ("x^(y^2)", "x^y^2"),
    ("(x^y)^2", "(x^y)^2"), ("(-x)^2", "(-x)^2"), ("-(x^2)", "-x^2"), ("x^(-2)", "x^-2"), ("-(x*y)", "-(x * y)"),
    ("(-x)*y", "-x * y"), ("x-(-y)", "x - -y"), ("-(-x)", "--x"), ("x+(-(y+1))", "x + -(y + 1)"),
    ("min( x,(y) )", "min(x, y)"), ("x^(1/4)", "x^(1 / 4)"), ("x^(y+1)", "x^(y + 1)"), ("2.50", "2.5"),
    ("1e-05", "1e-5"), ("1.5e+22", "1.5e22"), ("1000", "1000"), ("1e3", "1000"), ("1e16", "1e16"), (".1", "0.1"),
    ("5e-324", "5e-324"), ("0.30000000000000004", "0.30000000000000004"), ("pi*x", "pi * x"),
  ])
  func canonicalText(written: String, canonical: String) throws {
    let expression = try Expression(parsing: written, variables: ["x", "y"])
    #expect(expression.text == canonical)
    #expect(try Expression(parsing: canonical, variables: ["x", "y"]) == expression)
  }

  @Test func equality() throws {
    func parse(_ text: String) throws -> Expression { try Expression(parsing: text, variables: ["x"]) }
    #expect(try parse("2*x") == parse("2.0 * (x)"))
    #expect(try parse("x + 1 + 2") != parse("x + (1 + 2)"))
    #expect(try parse("-x^2") != parse("(-x)^2"))
  }

  /// For random trees, written with parentheses everywhere:
  /// 1. the canonical text parses to the same tree and is its own canonical text,
  /// 2. no pair of its parentheses can be left out,
  /// 3. the program gives the value of direct evaluation of the tree, with no error (only the sign of 0 may differ).
  @Test func randomTrees() throws {
    for seed in 0..<400 as Range<UInt64> {
      var generator = TreeGenerator(random: SplitMix64(state: seed))
      let (text, function) = generator.tree(depth: 6)
      let expression = try Expression(parsing: text, variables: ["x"])

      let canonical = expression.text
      let again = try Expression(parsing: canonical, variables: ["x"])
      #expect(again == expression && again.text == canonical, "1: \(text)")

      for shorter in textsWithoutOnePair(canonical) {
        #expect((try? Expression(parsing: shorter, variables: ["x"])) != expression, "2: \(canonical), \(shorter)")
      }

      let program = expression.program(of: "x")
      #expect(program.registerCount <= 32)
      for x in [-1.5, 0.7, 3] {
        let (computed, direct) = (program.evaluate(at: [x])[0], function(x))
        #expect(computed == direct || computed.isNaN && direct.isNaN, "3: \(text) at \(x)")
      }
    }
  }

  /// The texts that lack one pair of parentheses which is not the pair of a function.
  private func textsWithoutOnePair(_ text: String) -> [String] {
    let characters = Array(text)
    var openings: [Int] = []
    var texts: [String] = []
    for (place, character) in characters.enumerated() {
      if character == "(" { openings.append(place) }
      guard character == ")" else { continue }
      let opening = openings.removeLast()
      if opening > 0, characters[opening - 1].isLetter { continue }
      texts.append(String(characters.enumerated().filter { $0.offset != opening && $0.offset != place }.map(\.element)))
    }
    return texts
  }
}

/// Makes random trees of the operations that every machine computes with the same bits.
private struct TreeGenerator {
  var random: SplitMix64

  mutating func tree(depth: Int) -> (text: String, function: (Double) -> Double) {
    guard depth > 0 else {
      switch random.below(4) {
      case 0: return ("pi", { _ in Double.pi })
      case 1:
        let number = Double(random.below(1000)) * [1e-9, 0.001, 1, 1e19][random.below(4)]
        return ("\(number)", { _ in number })
      default: return ("x", { $0 })
      }
    }
    let (first, f) = tree(depth: random.below(depth))
    let (second, g) = tree(depth: random.below(depth))
    switch random.below(12) {
    case 0, 1: return ("(\(first)) + (\(second))", { f($0) + g($0) })
    case 2, 3: return ("(\(first)) - (\(second))", { f($0) - g($0) })
    case 4, 5: return ("(\(first)) * (\(second))", { f($0) * g($0) })
    case 6: return ("(\(first)) / (\(second))", { f($0) / g($0) })
    case 7: return ("-(\(first))", { -f($0) })
    case 8: return ("(\(first))^2", { f($0) * f($0) })
    case 9: return ("sqrt(\(first))", { f($0).squareRoot() })
    case 10: return ("abs((\(first)) - (\(second)))", { abs(f($0) - g($0)) })
    default: return ("(floor(\(first)))^(1/4)", { f($0).rounded(.down).squareRoot().squareRoot() })
    }
  }
}
