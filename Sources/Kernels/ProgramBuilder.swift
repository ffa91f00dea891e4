/// Writes a program instruction by instruction.
public struct ProgramBuilder {
  private let variableCount: Int
  private var instructions: [Program.Instruction] = []
  private var constants: [Double] = []
  private var places: [UInt64: Int] = [:]
  private var registerCount: Int
  private var free: [Int] = []
  private var constantRegisters: [UInt64: Int] = [:]

  /// A program whose variables stand in registers 0 ..< variableCount.
  public init(variableCount: Int) {
    precondition(variableCount >= 1)
    self.variableCount = variableCount
    registerCount = variableCount
  }

  /// The index of a constant of the program.
  private mutating func place(of value: Double) -> Int {
    if let place = places[value.bitPattern] { return place }
    constants.append(value)
    places[value.bitPattern] = constants.count - 1
    return constants.count - 1
  }

  private mutating func newRegister() -> Int {
    if let register = free.popLast() { return register }
    registerCount += 1
    return registerCount - 1
  }

  /// A register that holds `value` all the time: not to be written.
  public mutating func constant(_ value: Double) -> Int {
    if let register = constantRegisters[value.bitPattern] { return register }
    let register = variable(startingAt: value)
    constantRegisters[value.bitPattern] = register
    return register
  }

  /// A register of its own that starts with `value`.
  public mutating func variable(startingAt value: Double) -> Int {
    let register = newRegister()
    instructions.append(Program.Instruction(.constant, to: register, 0, place(of: value)))
    return register
  }

  /// A new register with the value of an operation on registers.
  public mutating func value(_ operation: Operation, _ a: Int, _ b: Int = 0) -> Int {
    let register = newRegister()
    instructions.append(Program.Instruction(operation, to: register, a, b))
    return register
  }

  /// Puts the value of an operation on registers, which may be `register` itself, into `register`.
  public mutating func set(_ register: Int, _ operation: Operation, _ a: Int, _ b: Int = 0) {
    instructions.append(Program.Instruction(operation, to: register, a, b))
  }

  /// Adds factor * a to `register`.
  public mutating func add(_ factor: Double, times a: Int, to register: Int) {
    instructions.append(Program.Instruction(.addScaled, to: register, a, place(of: factor)))
  }

  /// Hands registers back whose values are not needed any more; neither variables nor constants.
  public mutating func discard(_ registers: some Sequence<Int>) { free.append(contentsOf: registers) }

  /// - Precondition: no more registers and constants were used than a program has.
  public func program(result: Int) -> Program {
    Program(
      instructions: instructions, constants: constants, variableCount: variableCount, registerCount: registerCount,
      result: result)
  }
}
