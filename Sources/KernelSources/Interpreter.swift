// Programs: straight-line code for functions of one variable, in double precision. An instruction word holds, from the
// low byte up: operation, destination register, register a, register b. The numbers of the operations are those of
// `Operation` in the module Kernels; an enumeration here would be emitted again at every level.

/// Numbers an instruction works on before the next one starts: long enough to hide the dispatch, short enough that the
/// registers of a usual program stay in the first-level cache.
let stripLength = 256

/// Doubles of scratch memory that a program with `registers` registers needs.
public func programScratchCount(registers: Int) -> Int { registers &* stripLength }

/// Evaluates a program for one strip whose variable stands in register 0 already; `count` is a multiple of 8.
@inline(always)
func runProgram(
  _ instructions: UnsafePointer<UInt32>, _ instructionCount: Int, constants: UnsafePointer<Double>,
  registers: UnsafeMutablePointer<Double>, count: Int
) {
  for index in 0..<instructionCount {
    let word = instructions[index]
    let destination = registers + Int((word &>> 8) & 0xff) &* stripLength
    let operandB = Int(word &>> 24)
    let a = UnsafePointer(registers + Int((word &>> 16) & 0xff) &* stripLength)
    let b = UnsafePointer(registers + operandB &* stripLength)
    switch word & 0xff {
    case 0:
      let value = Doubles(repeating: constants[operandB])
      var i = 0
      while i < count {
        store(value, destination, i)
        i &+= 8
      }
    case 1: binary(destination, a, b, count) { $0 + $1 }
    case 2: binary(destination, a, b, count) { $0 - $1 }
    case 3: binary(destination, a, b, count) { $0 * $1 }
    case 4: binary(destination, a, b, count) { $0 / $1 }
    case 5: binary(destination, a, b, count) { power($0, $1) }
    case 6:
      let exponent = Int(constants[operandB])
      unary(destination, a, count) { integerPower($0, exponent) }
    case 7: unary(destination, a, count) { doubles(bits($0) ^ Words(repeating: 1 &<< 63)) }
    case 8: unary(destination, a, count) { $0.squareRoot() }
    case 9: unary(destination, a, count) { exp($0) }
    case 10: unary(destination, a, count) { log($0) }
    case 11: unary(destination, a, count) { sineAndCosine($0).sine }
    case 12: unary(destination, a, count) { sineAndCosine($0).cosine }
    case 13: unary(destination, a, count) { tan($0) }
    case 14: unary(destination, a, count) { tanh($0) }
    case 15: unary(destination, a, count) { absolute($0) }
    case 16: unary(destination, a, count) { floor($0) }
    case 17: binary(destination, a, b, count) { minimum($0, $1) }
    default: binary(destination, a, b, count) { maximum($0, $1) }
    }
  }
}

@inline(always)
private func unary(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ count: Int,
  _ function: (Doubles) -> Doubles
) {
  var i = 0
  while i < count {
    store(function(load(a, i)), destination, i)
    i &+= 8
  }
}

@inline(always)
private func binary(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int,
  _ function: (Doubles, Doubles) -> Doubles
) {
  var i = 0
  while i < count {
    store(function(load(a, i), load(b, i)), destination, i)
    i &+= 8
  }
}

/// Evaluates a program at `count` points.
///
/// - Parameters:
///   - result: the register that holds the value when the program has run.
///   - registers: scratch memory of `programScratchCount` doubles, aligned to 64 bytes.
public func evaluateProgram(
  _ instructions: UnsafePointer<UInt32>, _ instructionCount: Int, constants: UnsafePointer<Double>, result: Int,
  registers: UnsafeMutablePointer<Double>, points: UnsafePointer<Double>, values: UnsafeMutablePointer<Double>,
  count: Int
) {
  var done = 0
  while done < count {
    let strip = smaller(stripLength, count &- done)
    let padded = (strip &+ 7) & ~7
    for i in 0..<strip { registers[i] = points[done &+ i] }
    for i in strip..<padded { registers[i] = points[done] }
    runProgram(instructions, instructionCount, constants: constants, registers: registers, count: padded)
    let out = registers + result &* stripLength
    for i in 0..<strip { values[done &+ i] = out[i] }
    done &+= strip
  }
}
