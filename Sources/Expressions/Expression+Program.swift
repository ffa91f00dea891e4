import Kernels

extension Expression {
  /// The expression as a program of one variable: ``program(of:)-([String])`` with that variable alone.
  public func program(of variable: String) -> Program { program(of: [variable]) }

  /// The expression as a program whose registers 0, 1, ... hold `variables`.
  ///
  /// No other variable is left in the expression: replace them by ``substituting(_:_:)`` first. Subexpressions that
  /// occur several times are computed once while the registers suffice. The destination of an instruction may be the
  /// register of one of its operands. The program of a variable itself has no instructions and its result in the
  /// register of that variable.
  ///
  /// `x^0.5` and `x^0.25` become one and two square roots, integer powers up to 64 in magnitude become
  /// ``Operation/integerPower``; where such an exponent is itself a number or a quotient such as `1/4`, not `2^-2`.
  ///
  /// - Precondition: the variables differ, and there is at least one.
  public func program(of variables: [String]) -> Program {
    let others = root.variables.subtracting(variables).sorted().joined(separator: ", ")
    precondition(others.isEmpty, "a program of \(variables.joined(separator: ", ")) has no values for \(others)")
    let shared = ValueGraph(of: root, variables: variables, sharing: .shared)
    if let program = Program(shared, variableCount: variables.count) { return program }
    // Sharing keeps values in registers for long. Without it, more than 31 of them are needed only by an expression
    // with 2^31 operands (Sethi and Ullman).
    let repeated = ValueGraph(of: root, variables: variables, sharing: .repeated)
    guard let program = Program(repeated, variableCount: variables.count) else {
      preconditionFailure("an expression with 2^31 operands")
    }
    return program
  }
}

extension Program {
  /// Registers beside those of the variables: they stay in the first-level cache.
  private static let temporaryCount = 31

  /// The program that computes the values of `graph` in its order; nil if that takes more than 31 registers beside
  /// those of the variables.
  fileprivate init?(_ graph: ValueGraph, variableCount: Int) {
    let order = graph.order
    var lastUse: [Int: Int] = [:]
    for (time, index) in order.enumerated() {
      for operand in graph.values[index].operands { lastUse[operand] = time }
    }

    var instructions: [Instruction] = []
    var constants: [Double] = []
    var places: [UInt64: Int] = [:]
    func place(of bits: UInt64) -> Int {
      if let place = places[bits] { return place }
      constants.append(Double(bitPattern: bits))
      places[bits] = constants.count - 1
      return constants.count - 1
    }
    var isFree = [Bool](repeating: true, count: variableCount + Self.temporaryCount)
    for variable in 0..<variableCount { isFree[variable] = false }
    var registers: [Int: Int] = [:]
    var registerCount = variableCount

    for (time, index) in order.enumerated() {
      let value = graph.values[index]
      if case .variable(let place) = value {
        registers[index] = place
        continue
      }
      let operands = value.operands.map { registers[$0]! }
      for (operand, register) in zip(value.operands, operands)
      where register >= variableCount && lastUse[operand] == time {
        isFree[register] = true
      }
      guard let destination = isFree.firstIndex(of: true) else { return nil }
      isFree[destination] = false
      registers[index] = destination
      registerCount = max(registerCount, destination + 1)

      let (operation, a, b): (Operation, Int, Int) =
        switch value {
        case .constant(let bits): (.constant, 0, place(of: bits))
        case .unary(let operation, _): (operation, operands[0], 0)
        case .binary(let operation, _, _): (operation, operands[0], operands[1])
        case .integerPower(_, let exponent): (.integerPower, operands[0], place(of: exponent.bitPattern))
        case .variable: preconditionFailure("variables have their registers")
        }
      instructions.append(Instruction(operation, to: destination, a, b))
    }
    self.init(
      instructions: instructions, constants: constants, variableCount: variableCount, registerCount: registerCount,
      result: registers[graph.root]!)
  }
}
