import Foundation
import Kernels
import Testing

/// Foundation has a class of the same name.
typealias Operation = Kernels.Operation

/// One instruction of a program; `b` is a register, or the index of a constant for some operations.
func instruction(_ operation: Operation, to destination: Int, _ a: Int = 0, _ b: Int = 0) -> Program.Instruction {
  Program.Instruction(operation, to: destination, a, b)
}

extension Program {
  /// The operation on the variable.
  static func unary(_ operation: Operation) -> Program {
    Program(instructions: [instruction(operation, to: 1, 0)], constants: [], registerCount: 2, result: 1)
  }

  /// The operation on the variable and a constant.
  static func binary(_ operation: Operation, with constant: Double) -> Program {
    Program(
      instructions: [instruction(.constant, to: 1, 0, 0), instruction(operation, to: 2, 0, 1)],
      constants: [constant], registerCount: 3, result: 2)
  }

  /// The operation on a constant and the variable.
  static func binary(_ operation: Operation, of constant: Double) -> Program {
    Program(
      instructions: [instruction(.constant, to: 1, 0, 0), instruction(operation, to: 2, 1, 0)],
      constants: [constant], registerCount: 3, result: 2)
  }

  /// x^n.
  static func power(_ exponent: Int) -> Program {
    Program(
      instructions: [instruction(.integerPower, to: 1, 0, 0)], constants: [Double(exponent)], registerCount: 2,
      result: 1)
  }

  /// Every operation of expressions once and more, with 32 registers and values that stay away from overflow on
  /// [-3, 3].
  static let everything = Program(
    instructions: [
      instruction(.constant, to: 1, 0, 1),  // 0.75
      instruction(.multiply, to: 2, 0, 1),
      instruction(.sin, to: 3, 2),
      instruction(.cos, to: 4, 2),
      instruction(.tan, to: 5, 3),
      instruction(.tanh, to: 6, 2),
      instruction(.exp, to: 7, 6),
      instruction(.log, to: 8, 7),
      instruction(.absolute, to: 9, 2),
      instruction(.squareRoot, to: 10, 9),
      instruction(.floor, to: 11, 2),
      instruction(.negate, to: 12, 11),
      instruction(.minimum, to: 13, 12, 5),
      instruction(.maximum, to: 14, 12, 5),
      instruction(.constant, to: 15, 0, 2),  // 1.5
      instruction(.add, to: 16, 9, 15),
      instruction(.power, to: 17, 16, 4),
      instruction(.integerPower, to: 18, 16, 3),  // -3
      instruction(.divide, to: 19, 17, 16),
      instruction(.subtract, to: 20, 19, 18),
      instruction(.add, to: 21, 20, 3),
      instruction(.multiply, to: 22, 21, 8),
      instruction(.add, to: 23, 22, 10),
      instruction(.add, to: 24, 23, 13),
      instruction(.multiply, to: 31, 24, 14),
      instruction(.add, to: 31, 31, 6),
    ], constants: [0, 0.75, 1.5, -3], registerCount: 32, result: 31)
}

extension Program {
  /// Every operation that expressions do not have, of two variables on [-3, 3].
  static let everythingElse = Program(
    instructions: [
      instruction(.constant, to: 2, 0, 1),  // 0.125
      instruction(.multiply, to: 3, 0, 2),
      instruction(.constant, to: 4, 0, 0),  // 0.5
      instruction(.add, to: 3, 3, 4),
      instruction(.normalQuantile, to: 3, 3),
      instruction(.errorFunction, to: 5, 1),
      instruction(.addScaled, to: 3, 5, 2),  // -1.75
      instruction(.lessThan, to: 6, 0, 1),
      instruction(.add, to: 3, 3, 6),
    ], constants: [0.5, 0.125, -1.75], variableCount: 2, registerCount: 7, result: 3)
}

/// A function to learn, as a program and as the same function in the test's own words.
struct Target: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let program: Program
  let value: @Sendable (Double) -> Double

  static let quadratic = Target(
    testDescription: "x^2 + 2 x",
    program: Program(
      instructions: [
        instruction(.integerPower, to: 1, 0, 0), instruction(.constant, to: 2, 0, 0),
        instruction(.multiply, to: 2, 2, 0), instruction(.add, to: 1, 1, 2),
      ], constants: [2], registerCount: 3, result: 1)
  ) { $0 * $0 + 2 * $0 }

  static let quarticSine = Target(
    testDescription: "x^4 sin x",
    program: Program(
      instructions: [
        instruction(.integerPower, to: 1, 0, 0), instruction(.sin, to: 2, 0), instruction(.multiply, to: 1, 1, 2),
      ], constants: [4], registerCount: 3, result: 1)
  ) { $0 * $0 * $0 * $0 * Foundation.sin($0) }

  /// The variable itself: a program without an instruction.
  static let identity = Target(
    testDescription: "x", program: Program(instructions: [], constants: [], registerCount: 1, result: 0)
  ) { $0 }
}
