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
    case 1: sums(destination, a, b, count)
    case 2: differences(destination, a, b, count)
    case 3: products(destination, a, b, count)
    case 4: quotients(destination, a, b, count)
    case 5: powers(destination, a, b, count)
    case 6: integerPowers(destination, a, Int(constants[operandB]), count)
    case 7: unary(destination, a, count) { doubles(bits($0) ^ Words(repeating: 1 &<< 63)) }
    case 8: unary(destination, a, count) { $0.squareRoot() }
    case 9: exponentialFunctions(destination, a, count)
    case 10: logarithms(destination, a, count)
    case 11: sines(destination, a, count)
    case 12: cosines(destination, a, count)
    case 13: tangents(destination, a, count)
    case 14: hyperbolicTangents(destination, a, count)
    case 15: unary(destination, a, count) { absolute($0) }
    case 16: floors(destination, a, count)
    case 17: minima(destination, a, b, count)
    case 18: maxima(destination, a, b, count)
    case 19: comparisons(destination, a, b, count)
    case 20: normalQuantiles(destination, a, count)
    case 21: errorFunctions(destination, a, count)
    default: addMultiples(destination, a, constants[operandB], count)
    }
  }
}

// Functions in place of closures of two vectors or more than a few operations: the compiler passes those vectors in
// pieces.

@inline(always)
private func sums(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(load(a, i) + load(b, i), destination, i)
    i &+= 8
  }
}

@inline(always)
private func differences(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(load(a, i) - load(b, i), destination, i)
    i &+= 8
  }
}

@inline(always)
private func products(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(load(a, i) * load(b, i), destination, i)
    i &+= 8
  }
}

@inline(always)
private func quotients(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(load(a, i) / load(b, i), destination, i)
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

@inline(always)
private func powers(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(power(load(a, i), load(b, i)), destination, i)
    i &+= 8
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
private func minima(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(minimum(load(a, i), load(b, i)), destination, i)
    i &+= 8
  }
}

@inline(always)
private func maxima(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(maximum(load(a, i), load(b, i)), destination, i)
    i &+= 8
  }
}

@inline(always)
private func comparisons(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(Doubles(repeating: 0).replacing(with: 1, where: load(a, i) .< load(b, i)), destination, i)
    i &+= 8
  }
}

@inline(always)
private func exponentialFunctions(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(exp(load(a, i)), destination, i)
    i &+= 8
  }
}

@inline(always)
private func logarithms(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(log(load(a, i)), destination, i)
    i &+= 8
  }
}

@inline(always)
private func sines(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(sineAndCosine(load(a, i)).sine, destination, i)
    i &+= 8
  }
}

@inline(always)
private func cosines(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(sineAndCosine(load(a, i)).cosine, destination, i)
    i &+= 8
  }
}

@inline(always)
private func tangents(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(tan(load(a, i)), destination, i)
    i &+= 8
  }
}

@inline(always)
private func hyperbolicTangents(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(tanh(load(a, i)), destination, i)
    i &+= 8
  }
}

@inline(always)
private func floors(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(floor(load(a, i)), destination, i)
    i &+= 8
  }
}

@inline(always)
private func normalQuantiles(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(standardNormalQuantile(load(a, i)), destination, i)
    i &+= 8
  }
}

@inline(always)
private func errorFunctions(
  _ destination: UnsafeMutablePointer<Double>, _ a: UnsafePointer<Double>, _ count: Int
) {
  var i = 0
  while i < count {
    store(errorFunction(load(a, i)), destination, i)
    i &+= 8
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
