import KernelInterface
import KernelsBaseline

extension Program {
  /// The values at points with one coordinate, at the widest kernel level of this processor; the bits are the same at
  /// every level.
  public func evaluate(at points: [Double]) -> [Double] { evaluate(at: points, dimension: 1) }

  /// The values at points with one coordinate.
  public func evaluate(at points: [Double], kernels: KernelTable) -> [Double] {
    evaluate(at: points, dimension: 1, kernels: kernels)
  }

  /// The values at points, given as [point][coordinate].
  ///
  /// - Precondition: `dimension` is the number of the program's variables, and `points` holds whole points.
  public func evaluate(
    at points: [Double], dimension: Int, kernels: KernelTable = KernelTable(.widest)
  ) -> [Double] {
    precondition(dimension == variableCount && points.count % dimension == 0)
    let count = points.count / dimension
    let memory = ProgramMemory(self)
    let registers = ProgramMemory.registers(for: self)
    return [Double](unsafeUninitializedCapacity: count) { values, initialized in
      initialized = count
      guard let out = values.baseAddress, count > 0 else { return }
      points.withUnsafeBufferPointer { points in
        kernels.functions.evaluateProgram(
          memory.code, registers.pointer, points.baseAddress!, dimension, out, count)
      }
    }
  }
}

/// A program where the kernels can read it.
final class ProgramMemory {
  let code: ProgramCode
  private let instructions: AlignedMemory<UInt64>
  private let constants: AlignedMemory<Double>

  init(_ program: Program) {
    instructions = AlignedMemory(count: program.instructions.count)
    constants = AlignedMemory(count: program.constants.count)
    for (place, instruction) in program.instructions.enumerated() { instructions.pointer[place] = instruction.word }
    for (place, constant) in program.constants.enumerated() { constants.pointer[place] = constant }
    code = ProgramCode(
      instructions: instructions.pointer, instructionCount: program.instructions.count, constants: constants.pointer,
      result: program.result)
  }

  /// Scratch memory that serves any of these programs.
  static func registers(for programs: Program...) -> AlignedMemory<Double> {
    AlignedMemory(count: programScratchCount(registers: programs.map(\.registerCount).max()!))
  }
}
