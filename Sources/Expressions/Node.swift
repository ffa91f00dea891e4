/// The syntax tree of an expression.
///
/// Its height is at most ``Parser/heightLimit``, so recursion over it is safe.
indirect enum Node: Sendable, Hashable {
  /// A finite number, 0 or positive: a negative number is the negation of its magnitude, as it is when parsed.
  case number(Double)
  case pi
  case variable(String)
  case negation(Node)
  case binary(BinaryOperator, Node, Node)
  case call(Function, [Node])

  /// The tree that parsing the text of `value` gives.
  static func literal(_ value: Double) -> Node {
    value.sign == .minus ? .negation(.number(value.magnitude)) : .number(value)
  }

  var children: [Node] {
    switch self {
    case .number, .pi, .variable: []
    case .negation(let operand): [operand]
    case .binary(_, let left, let right): [left, right]
    case .call(_, let arguments): arguments
    }
  }

  /// The number of nodes of the tree.
  var size: Int { children.reduce(1) { $0 + $1.size } }

  /// The names of the variables in the tree.
  var variables: Set<String> {
    var names: Set<String> = []
    func collect(_ node: Node) {
      switch node {
      case .number, .pi: break
      case .variable(let name): names.insert(name)
      case .negation(let operand): collect(operand)
      case .binary(_, let left, let right):
        collect(left)
        collect(right)
      case .call(_, let arguments): arguments.forEach(collect)
      }
    }
    collect(self)
    return names
  }

  func uses(_ name: String) -> Bool {
    if case .variable(name) = self { return true }
    return children.contains { $0.uses(name) }
  }

  func replacing(_ name: String, by replacement: Node) -> Node {
    switch self {
    case .variable(name): replacement
    case .number, .pi, .variable: self
    case .negation(let operand): .negation(operand.replacing(name, by: replacement))
    case .binary(let symbol, let left, let right):
      .binary(symbol, left.replacing(name, by: replacement), right.replacing(name, by: replacement))
    case .call(let function, let arguments):
      .call(function, arguments.map { $0.replacing(name, by: replacement) })
    }
  }
}

enum BinaryOperator: Character, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case power = "^"
}

/// The functions that expressions know, by the names users write.
enum Function: String, Sendable, CaseIterable {
  case sin, cos, tan, exp, log, sqrt, abs, tanh, floor, min, max

  /// The number of arguments.
  var arity: Int {
    switch self {
    case .min, .max: 2
    case .sin, .cos, .tan, .exp, .log, .sqrt, .abs, .tanh, .floor: 1
    }
  }
}
