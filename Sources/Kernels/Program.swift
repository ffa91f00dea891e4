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
}

/// A function of one variable as straight-line code for the kernels.
///
/// An instruction word holds, from the low byte up: operation, destination register, register a, register b (for
/// `constant` and `integerPower` the index of a constant). Register 0 holds the variable and is never written. The
/// value of a program at a point has the same bits at every kernel level and on every machine.
public struct Program: Sendable, Hashable {
  public static let maximumRegisterCount = 32
  public static let maximumConstantCount = 256

  public let instructions: [UInt32]
  public let constants: [Double]
  public let registerCount: Int
  /// The register that holds the value at the end.
  public let result: Int

  public init(instructions: [UInt32], constants: [Double], registerCount: Int, result: Int) {
    precondition(registerCount <= Self.maximumRegisterCount && constants.count <= Self.maximumConstantCount)
    precondition((0..<registerCount).contains(result))
    precondition(
      instructions.allSatisfy { Self.isValid($0, registerCount: registerCount, constantCount: constants.count) })
    self.instructions = instructions
    // An empty array has no address to give to the kernels.
    self.constants = constants.isEmpty ? [0] : constants
    self.registerCount = registerCount
    self.result = result
  }
  /// Whether an instruction reads and writes only what is there: the interpreter does not check.
  private static func isValid(_ word: UInt32, registerCount: Int, constantCount: Int) -> Bool {
    let destination = Int(word >> 8 & 0xff)
    let a = Int(word >> 16 & 0xff)
    let b = Int(word >> 24)
    guard let operation = Operation(rawValue: UInt8(word & 0xff)), (1..<registerCount).contains(destination) else {
      return false
    }
    switch operation {
    case .constant: return b < constantCount
    case .integerPower: return a < registerCount && b < constantCount
    default: return a < registerCount && b < registerCount
    }
  }
}
