import Kernels

extension Expression {
  /// The expression as a program whose register 0 holds `variable`.
  ///
  /// No other variable is left in the expression: replace them by ``substituting(_:_:)`` first. Subexpressions that
  /// occur several times are computed once while the registers suffice. The destination of an instruction may be the
  /// register of one of its operands. The program of the variable itself has no instructions and its result in
  /// register 0.
  ///
  /// `x^0.5` and `x^0.25` become one and two square roots, integer powers up to 64 in magnitude become
  /// ``Operation/integerPower``; where such an exponent is itself a number or a quotient such as `1/4`, not `2^-2`.
  public func program(of variable: String) -> Program {
    let others = root.variables.subtracting([variable]).sorted().joined(separator: ", ")
    precondition(others.isEmpty, "a program of \(variable) has no values for \(others)")
    let shared = ValueGraph(of: root, variable: variable, sharing: .shared)
    if let program = Program(shared) { return program }
    // Sharing keeps values in registers for long. Without it, more than 31 of them are needed only by an expression
    // with 2^31 operands (Sethi and Ullman).
    let repeated = ValueGraph(of: root, variable: variable, sharing: .repeated)
    guard let program = Program(repeated) else { preconditionFailure("an expression with 2^31 operands") }
    return program
  }
}

extension Program {
  /// The program that computes the values of `graph` in its order; nil if that takes more than 32 registers.
  fileprivate init?(_ graph: ValueGraph) {
    let order = graph.order
    var lastUse: [Int: Int] = [:]
    for (time, index) in order.enumerated() {
      for operand in graph.values[index].operands { lastUse[operand] = time }
    }

    var instructions: [UInt32] = []
    var constants: [Double] = []
    func place(of constant: Double) -> Int {
      if let place = constants.firstIndex(where: { $0.bitPattern == constant.bitPattern }) { return place }
      constants.append(constant)
      precondition(constants.count <= Self.maximumConstantCount, "parsing refuses more constants than fit")
      return constants.count - 1
    }
    var isFree = [Bool](repeating: true, count: Self.maximumRegisterCount)
    isFree[0] = false
    var registers: [Int: Int] = [:]
    var registerCount = 1

    for (time, index) in order.enumerated() {
      let value = graph.values[index]
      if value == .variable {
        registers[index] = 0
        continue
      }
      let operands = value.operands.map { registers[$0]! }
      for (operand, register) in zip(value.operands, operands) where register != 0 && lastUse[operand] == time {
        isFree[register] = true
      }
      guard let destination = isFree.firstIndex(of: true) else { return nil }
      isFree[destination] = false
      registers[index] = destination
      registerCount = max(registerCount, destination + 1)

      let (operation, a, b): (Operation, Int, Int) =
        switch value {
        case .constant(.number(let bits)): (.constant, 0, place(of: Double(bitPattern: bits)))
        case .unary(let operation, _): (operation, operands[0], 0)
        case .binary(let operation, _, _): (operation, operands[0], operands[1])
        case .integerPower(_, let exponent): (.integerPower, operands[0], place(of: exponent))
        case .variable, .constant(.open): preconditionFailure("every other variable was replaced by a number")
        }
      instructions.append(
        UInt32(operation.rawValue) | UInt32(destination) << 8 | UInt32(a) << 16 | UInt32(b) << 24)
    }
    self.init(
      instructions: instructions, constants: constants, registerCount: registerCount,
      result: registers[graph.root]!)
  }
}
