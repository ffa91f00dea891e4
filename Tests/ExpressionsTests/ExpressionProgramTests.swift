import Expressions
import Testing

@Suite struct ExpressionProgramTests {
  /// The instructions as (operation, destination, a, b).
  private func instructions(_ text: String) throws -> [[Int]] {
    try Expression(parsing: text, variables: ["x"]).program(of: "x").instructions.map { instruction in
      [Int(instruction.operation.rawValue), instruction.destination, instruction.a, instruction.b]
    }
  }

  @Test func variable() throws {
    let program = try Expression(parsing: "x", variables: ["x"]).program(of: "x")
    #expect(program.instructions == [])
    #expect(program.registerCount == 1 && program.result == 0)
    #expect(program.evaluate(at: [3, 4]) == [3, 4])
  }

  /// Operation numbers: constant 0, add 1, multiply 3, divide 4, power 5, integer power 6, square root 8, sin 11.
  @Test func instructions() throws {
    #expect(try instructions("x + 3") == [[0, 1, 0, 0], [1, 1, 0, 1]])
    #expect(try instructions("x^3 * sin(x)") == [[6, 1, 0, 0], [11, 2, 0, 0], [3, 1, 1, 2]])
    #expect(try instructions("x^(1/2)") == [[8, 1, 0, 0]])
    #expect(try instructions("x^(1/4)") == [[8, 1, 0, 0], [8, 1, 1, 0]])
    #expect(try instructions("x^65") == [[0, 1, 0, 0], [5, 1, 0, 1]])
    #expect(try instructions("x^-64") == [[6, 1, 0, 0]])
    #expect(try instructions("x^1") == [])
    // Equal subexpressions are computed once.
    #expect(try instructions("x^2 / sin(x^2)") == [[6, 1, 0, 0], [11, 2, 1, 0], [4, 1, 1, 2]])
  }

  @Test func constants() throws {
    func constants(_ text: String) throws -> [Double] {
      try Expression(parsing: text, variables: ["x"]).program(of: "x").constants
    }
    #expect(try constants("x * (1 + 2 * pi / -4)") == [1 - Double.pi / 2])
    #expect(try constants("x * sin(2)") == [2])  // sin(2) stays code
    #expect(try constants("2 * x + x^2 + 2") == [2])
    #expect(try constants("x / -0").map(\.bitPattern) == [(-0.0).bitPattern])
  }

  @Test func fewRegisters() throws {
    // Chains to the left and to the right need a constant number of registers; a full binary tree one more a level.
    func count(_ text: String) throws -> Int {
      try Expression(parsing: text, variables: ["x"]).program(of: "x").registerCount
    }
    let right = (1...150).reduce("sin(x)") { "cos(x / \($1)) + (\($0))" }
    #expect(try count(right) <= 4)
    var tree = (0..<128).map { "sin(x + \($0))" }
    while tree.count > 1 {
      tree = stride(from: 0, to: tree.count, by: 2).map { "(\(tree[$0]) - \(tree[$0 + 1]))" }
    }
    #expect(try count(tree[0]) == 9)
  }

  /// Sixty values that are used twice, in an order in which all would have to be kept: more than there are registers.
  @Test func moreSharedValuesThanRegisters() throws {
    let values = (1...60).map { "sqrt(x + \($0 * $0))" }
    let text = "(\(values.joined(separator: " + "))) * (\(values.joined(separator: " - ")))"
    let program = try Expression(parsing: text, variables: ["x"]).program(of: "x")
    #expect(program.registerCount <= 32)
    // Square roots of squares: 1 + 2 + ... + 60 = 1830 and 1 - 2 - ... - 60 = -1828.
    #expect(program.evaluate(at: [0]) == [1830 * -1828])
    // Twenty such values are kept.
    let few = "(\(values[..<20].joined(separator: " + "))) * (\(values[..<20].joined(separator: " - ")))"
    let sharing = try Expression(parsing: few, variables: ["x"]).program(of: "x")
    #expect(sharing.instructions.filter { $0.operation == .squareRoot }.count == 20)
    #expect(sharing.evaluate(at: [0]) == [210 * -208])
  }

  @Test func severalVariables() throws {
    let names = ["x1", "x2", "x3"]
    let program = try Expression(parsing: "x3 - x1^2 * x1", variables: names).program(of: names)
    #expect(program.variableCount == 3 && program.registerCount == 4)
    #expect(program.evaluate(at: [1, 5, 7, 2, 5, 9], dimension: 3) == [6, 1])
    // Variables that do not occur have their register too.
    let second = try Expression(parsing: "x2", variables: names).program(of: names)
    #expect(second.instructions == [] && second.result == 1)
    #expect(second.evaluate(at: [1, 5, 7], dimension: 3) == [5])
    // The order of the variables is that of the list, not of the names.
    let swapped = try Expression(parsing: "x1 / x2", variables: names).program(of: ["x2", "x1"])
    #expect(swapped.evaluate(at: [4, 1], dimension: 2) == [0.25])
  }

  /// 100 variables, 5050 terms with different coefficients; evaluated by a loop in the same order.
  @Test func quadraticForm() throws {
    let names = (1...100).map { "x\($0)" }
    var rows: [String] = []
    for i in 1...100 {
      rows.append("(" + (i...100).map { "\(i * 100 + $0) * x\(i) * x\($0)" }.joined(separator: " + ") + ")")
    }
    let program = try Expression(parsing: rows.joined(separator: " + "), variables: names).program(of: names)
    let point = (0..<100).map { Double($0 % 5) - 2 }
    var sum = 0.0
    for i in 1...100 {
      for k in i...100 { sum += Double(i * 100 + k) * point[i - 1] * point[k - 1] }
    }
    #expect(program.evaluate(at: point, dimension: 100) == [sum])
    #expect(program.registerCount <= 131)
  }

  @Test func renaming() throws {
    let expression = try Expression(parsing: "x1 * sin(x)", variables: ["x", "x1"]).renaming("x1", to: "x")
    #expect(try expression == Expression(parsing: "x * sin(x)", variables: ["x"]))
  }
}
