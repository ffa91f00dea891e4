import Kernels

/// The values that an expression computes as a function of its variables, each from earlier ones: the step between the
/// syntax tree and a program.
///
/// Subtrees of numbers that only `+ - * /` and signs combine are folded into one constant: these operations are
/// correctly rounded everywhere. All others, `sin(1)` too, stay operations of the program, so that the bits never
/// depend on the mathematics library of the machine.
struct ValueGraph {
  /// Whether an operation that occurs several times on equal operands is one value or several.
  enum Sharing { case shared, repeated }

  enum Value: Hashable {
    /// The place in the list of variables.
    case variable(Int)
    /// The bits of a binary64 number: unlike numbers, they tell -0 from 0.
    case constant(UInt64)
    case unary(Operation, Int)
    case binary(Operation, Int, Int)
    /// The exponent is an integer of magnitude at most 64.
    case integerPower(Int, exponent: Double)

    var operands: [Int] {
      switch self {
      case .variable, .constant: []
      case .unary(_, let operand), .integerPower(let operand, _): [operand]
      case .binary(_, let left, let right): [left, right]
      }
    }

    var isVariable: Bool { if case .variable = self { true } else { false } }
  }

  private(set) var values: [Value] = []
  /// For each value, the registers that its computation needs beside those of the variables, if nothing is shared.
  /// (R. Sethi, J. D. Ullman, The generation of optimal code for arithmetic expressions, J. ACM 17, 1970.)
  private var needs: [Int] = []
  private(set) var root = 0
  private var places: [Value: Int] = [:]
  private let variables: [String: Int]
  private let sharing: Sharing

  /// The values of the tree `node` as a function of `variables`, which are all that occur in it.
  init(of node: Node, variables: [String], sharing: Sharing) {
    self.variables = Dictionary(uniqueKeysWithValues: variables.enumerated().map { ($1, $0) })
    self.sharing = sharing
    root = add(node)
  }

  /// The indices of the values that the root depends on, each after its operands; last the root.
  ///
  /// Of two operands the one that needs more registers comes first.
  var order: [Int] {
    var order: [Int] = []
    var isDone = [Bool](repeating: false, count: values.count)
    func visit(_ index: Int) {
      if isDone[index] { return }
      isDone[index] = true
      let operands = values[index].operands
      let isSecondFirst = operands.count == 2 && needs[operands[1]] > needs[operands[0]]
      for operand in isSecondFirst ? operands.reversed() : operands { visit(operand) }
      order.append(index)
    }
    visit(root)
    return order
  }
}

// MARK: - Building

extension ValueGraph {
  private mutating func add(_ node: Node) -> Int {
    switch node {
    case .number(let value): return append(.constant(value.bitPattern))
    case .pi: return append(.constant(Double.pi.bitPattern))
    case .variable(let name):
      guard let place = variables[name] else { preconditionFailure("\(name) is no variable of the program") }
      return append(.variable(place))
    case .negation(let operand):
      return fold(.unary(.negate, add(operand)))
    case .binary(.power, let base, let exponent): return power(add(base), add(exponent))
    case .binary(let symbol, let left, let right):
      return fold(.binary(symbol.operation, add(left), add(right)))
    case .call(let function, let arguments):
      let operands = arguments.map { add($0) }
      return append(
        operands.count == 1
          ? .unary(function.operation, operands[0]) : .binary(function.operation, operands[0], operands[1]))
    }
  }

  /// Adds a value, or the constant that it is if its operands are constants.
  private mutating func fold(_ value: Value) -> Int {
    let numbers = value.operands.compactMap { index -> Double? in
      if case .constant(let bits) = values[index] { Double(bitPattern: bits) } else { nil }
    }
    guard numbers.count == value.operands.count else { return append(value) }
    let result: Double
    switch value {
    case .unary(.negate, _): result = -numbers[0]
    case .binary(.add, _, _): result = numbers[0] + numbers[1]
    case .binary(.subtract, _, _): result = numbers[0] - numbers[1]
    case .binary(.multiply, _, _): result = numbers[0] * numbers[1]
    case .binary(.divide, _, _): result = numbers[0] / numbers[1]
    default: return append(value)
    }
    return append(.constant(result.bitPattern))
  }

  /// Adds a power, with the most exact operation that the exponent allows.
  private mutating func power(_ base: Int, _ exponent: Int) -> Int {
    guard case .constant(let bits) = values[exponent] else {
      return append(.binary(.power, base, exponent))
    }
    switch Double(bitPattern: bits) {
    case 1: return base
    case 0.5: return append(.unary(.squareRoot, base))
    case 0.25: return append(.unary(.squareRoot, append(.unary(.squareRoot, base))))
    case let number where number.magnitude <= 64 && number == number.rounded():
      return append(.integerPower(base, exponent: number))
    default: return append(.binary(.power, base, exponent))
    }
  }

  private mutating func append(_ value: Value) -> Int {
    if sharing == .shared || value.isVariable, let place = places[value] { return place }
    places[value] = values.count
    values.append(value)
    needs.append(need(of: value))
    return values.count - 1
  }

  private func need(of value: Value) -> Int {
    switch value {
    case .variable: 0
    case .constant: 1
    case .unary(_, let operand), .integerPower(let operand, _): max(1, needs[operand])
    case .binary(_, let left, let right):
      // An operand that is a variable holds no register while the other one is computed.
      needs[left] == needs[right] && left != right ? needs[left] + 1 : max(1, needs[left], needs[right])
    }
  }
}

extension BinaryOperator {
  fileprivate var operation: Operation {
    switch self {
    case .add: .add
    case .subtract: .subtract
    case .multiply: .multiply
    case .divide: .divide
    case .power: .power
    }
  }
}

extension Function {
  fileprivate var operation: Operation {
    switch self {
    case .sin: .sin
    case .cos: .cos
    case .tan: .tan
    case .exp: .exp
    case .log: .log
    case .sqrt: .squareRoot
    case .abs: .absolute
    case .tanh: .tanh
    case .floor: .floor
    case .min: .minimum
    case .max: .maximum
    }
  }
}
