// Programs: straight-line code for functions of one or more variables, in double precision. An instruction word holds,
// from the low byte up: operation (8 bits), destination register (16), register a (16), register b or the index of a
// constant (24). The numbers of the operations are those of `Operation` in the module Kernels; an enumeration here
// would be emitted again at every level.

import KernelInterface

/// Numbers an instruction works on before the next one starts: long enough to hide the dispatch, short enough that the
/// registers of a usual program stay in the first-level cache.
let stripLength = 256

/// Doubles of scratch memory that a program with `registers` registers needs.
public func programScratchCount(registers: Int) -> Int { registers &* stripLength }

/// Evaluates a program for one strip whose variables stand in the first registers already; `count` is a multiple of 8.
@inline(always)
func runProgram(_ program: ProgramCode, registers: UnsafeMutablePointer<Double>, count: Int) {
  runInstructions(
    program.instructions, program.instructionCount, constants: program.constants, registers: registers, count: count)
}

/// Pointers in place of the program, and public, because the compiler makes a variant of its own of a function that
/// takes a structure, and copies of a private one, as weak symbols.
@inline(never)
public func runInstructions(
  _ instructions: UnsafePointer<UInt64>, _ instructionCount: Int, constants: UnsafePointer<Double>,
  registers: UnsafeMutablePointer<Double>, count: Int
) {
  for index in 0..<instructionCount {
    let word = instructions[index]
    let destination = registers + Int(truncatingIfNeeded: (word &>> 8) & 0xffff) &* stripLength
    let operandB = Int(truncatingIfNeeded: word &>> 40)
    let a = UnsafePointer(registers + Int(truncatingIfNeeded: (word &>> 24) & 0xffff) &* stripLength)
    let b = UnsafePointer(registers + operandB &* stripLength)
    switch word & 0xff {
    case 0:
      let value = Doubles(repeating: constants[operandB])
      var i = 0
      while i < count {
        store(value, destination, i)
        i &+= 8
      }
    case 1: apply(1, destination, a, b, count)
    case 2: apply(2, destination, a, b, count)
    case 3: apply(3, destination, a, b, count)
    case 4: apply(4, destination, a, b, count)
    case 5: apply(5, destination, a, b, count)
    case 6: integerPowers(destination, a, Int(constants[operandB]), count)
    case 7: apply(7, destination, a, b, count)
    case 8: apply(8, destination, a, b, count)
    case 9: apply(9, destination, a, b, count)
    case 10: apply(10, destination, a, b, count)
    case 11: apply(11, destination, a, b, count)
    case 12: apply(12, destination, a, b, count)
    case 13: apply(13, destination, a, b, count)
    case 14: apply(14, destination, a, b, count)
    case 15: apply(15, destination, a, b, count)
    case 16: apply(16, destination, a, b, count)
    case 17: apply(17, destination, a, b, count)
    case 18: apply(18, destination, a, b, count)
    case 19: apply(19, destination, a, b, count)
    case 20: apply(20, destination, a, b, count)
    case 21: apply(21, destination, a, b, count)
    default: addMultiples(destination, a, constants[operandB], count)
    }
  }
}

/// Applies an operation of two operands, or of one, to `count` numbers. `operation` is a literal wherever this is inlined.
@inline(always)
private func apply(
  _ operation: UInt64, _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>,
  _ b: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(result(operation, load(a, i), load(b, i)), destination, i)
    i &+= 8
  }
}

@inline(always)
private func result(_ operation: UInt64, _ x: Doubles, _ y: Doubles) -> Doubles {
  switch operation {
  case 1: x + y
  case 2: x - y
  case 3: x * y
  case 4: x / y
  case 5: power(x, y)
  case 7: doubles(bits(x) ^ Words(repeating: 1 &<< 63))
  case 8: x.squareRoot()
  case 9: exp(x)
  case 10: log(x)
  case 11: sineAndCosine(x).sine
  case 12: sineAndCosine(x).cosine
  case 13: tan(x)
  case 14: tanh(x)
  case 15: absolute(x)
  case 16: floor(x)
  case 17: minimum(x, y)
  case 18: maximum(x, y)
  case 19: Doubles(repeating: 0).replacing(with: 1, where: x .< y)
  case 20: standardNormalQuantile(x)
  default: errorFunction(x)
  }
}

@inline(always)
private func integerPowers(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ exponent: Int, _ count: Int
) {
  var i = 0
  while i < count {
    store(integerPower(load(a, i), exponent), destination, i)
    i &+= 8
  }
}

@inline(always)
private func addMultiples(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ factor: Double, _ count: Int
) {
  var i = 0
  while i < count {
    store(load(UnsafePointer(destination), i) + factor * load(a, i), destination, i)
    i &+= 8
  }
}

/// Evaluates a program at `count` points, given as [count][dimension].
///
/// - Parameter registers: scratch memory of `programScratchCount` doubles, aligned to 64 bytes.
public func evaluateProgram(
  _ program: ProgramCode, registers: UnsafeMutablePointer<Double>, points: UnsafePointer<Double>, dimension: Int,
  values: UnsafeMutablePointer<Double>, count: Int
) {
  var done = 0
  while done < count {
    let strip = smaller(stripLength, count &- done)
    let padded = (strip &+ 7) & ~7
    for k in 0..<dimension {
      let variable = registers + k &* stripLength
      let column = points + (done &* dimension &+ k)
      for i in 0..<strip { variable[i] = column[i &* dimension] }
      for i in strip..<padded { variable[i] = column[0] }
    }
    runProgram(program, registers: registers, count: padded)
    let out = registers + program.result &* stripLength
    for i in 0..<strip { values[done &+ i] = out[i] }
    done &+= strip
  }
}
