/// What an instruction of a ``Program`` does. The raw values are those of the interpreter in the kernels.
public enum Operation: UInt8, Sendable, CaseIterable {
  /// destination = constants[b]
  case constant = 0
  case add = 1
  case subtract = 2
  case multiply = 3
  case divide = 4
  /// a^b, both registers.
  case power = 5
  /// a to the integer constants[b], of modulus at most 64.
  case integerPower = 6
  case negate = 7
  case squareRoot = 8
  case exp = 9
  case log = 10
  case sin = 11
  case cos = 12
  case tan = 13
  case tanh = 14
  case absolute = 15
  case floor = 16
  case minimum = 17
  case maximum = 18
  /// 1 if a < b, otherwise 0.
  case lessThan = 19
  /// The quantile of the standard normal distribution.
  case normalQuantile = 20
  case errorFunction = 21
  /// destination = destination + constants[b] * a, rounded twice.
  case addScaled = 22
}

/// A function of one or more variables as straight-line code for the kernels.
///
/// The first registers hold the variables and are never written. The value of a program at a point has the same bits at
/// every kernel level and on every machine.
public struct Program: Sendable, Hashable {
  /// One step of a program.
  public struct Instruction: Sendable, Hashable {
    public var operation: Operation
    public var destination: Int
    /// A register.
    public var a: Int
    /// A register, or the index of a constant for ``Operation/constant``, ``Operation/integerPower`` and
    /// ``Operation/addScaled``.
    public var b: Int

    public init(_ operation: Operation, to destination: Int, _ a: Int = 0, _ b: Int = 0) {
      self.operation = operation
      self.destination = destination
      self.a = a
      self.b = b
    }

    /// As the kernels read it, from the low byte up: operation (8 bits), destination (16), a (16), b (24).
    var word: UInt64 {
      UInt64(operation.rawValue) | UInt64(destination) << 8 | UInt64(a) << 24 | UInt64(b) << 40
    }
  }

  public static let maximumRegisterCount = 1 << 16
  public static let maximumConstantCount = 1 << 24

  public let instructions: [Instruction]
  public let constants: [Double]
  public let variableCount: Int
  public let registerCount: Int
  /// The register that holds the value at the end.
  public let result: Int

  /// - Precondition: every instruction reads and writes what is there, and none writes a variable.
  public init(
    instructions: [Instruction], constants: [Double], variableCount: Int = 1, registerCount: Int, result: Int
  ) {
    precondition(variableCount >= 1 && variableCount <= registerCount)
    precondition(registerCount <= Self.maximumRegisterCount && constants.count <= Self.maximumConstantCount)
    precondition((0..<registerCount).contains(result))
    let registers = 0..<registerCount
    precondition(
      instructions.allSatisfy { instruction in
        guard (variableCount..<registerCount).contains(instruction.destination) else { return false }
        switch instruction.operation {
        case .constant: return instruction.a == 0 && constants.indices.contains(instruction.b)
        case .integerPower, .addScaled:
          return registers.contains(instruction.a) && constants.indices.contains(instruction.b)
        default: return registers.contains(instruction.a) && registers.contains(instruction.b)
        }
      })
    self.instructions = instructions
    self.constants = constants
    self.variableCount = variableCount
    self.registerCount = registerCount
    self.result = result
  }
}
