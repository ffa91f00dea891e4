/// A program as the kernels take it: straight-line code for a function of one or more variables.
///
/// The pointers are to memory of the caller. The kernels do not check instructions; `Program` does.
public struct ProgramCode {
  public let instructions: UnsafePointer<UInt64>
  public let instructionCount: Int
  public let constants: UnsafePointer<Double>
  /// The register that holds the value at the end.
  public let result: Int

  public init(
    instructions: UnsafePointer<UInt64>, instructionCount: Int, constants: UnsafePointer<Double>, result: Int
  ) {
    self.instructions = instructions
    self.instructionCount = instructionCount
    self.constants = constants
    self.result = result
  }
}
