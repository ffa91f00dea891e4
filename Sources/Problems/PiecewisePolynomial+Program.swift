import Kernels

extension PiecewisePolynomial {
  /// The function of one variable that is piece i for breaks[i] <= x < breaks[i + 1] and continues with its outermost
  /// pieces.
  ///
  /// The coefficients of the piece are chosen by sums of products with 0 and 1, which are exact, and evaluated by
  /// Horner's rule.
  public var program: Program {
    var builder = ProgramBuilder(variableCount: 1)
    let indicators = builder.indicators(of: 0, breaks: Array(breaks.dropFirst().dropLast()))
    let degree = pieces.map(\.count).max()! - 1
    let coefficients = (0...degree).map { k in
      builder.choice(pieces.map { k < $0.count ? $0[k] : 0 }, indicators)
    }
    guard degree > 0 else { return builder.program(result: coefficients[0]) }
    let value = builder.variable(startingAt: 0)
    builder.horner(coefficients, at: 0, into: value)
    return builder.program(result: value)
  }

  /// The quantile function on (0, 1) of the law with this density: bisection of the distribution function inside the
  /// piece, to 2^-27 of the length of the piece; exact up to rounding where all pieces are constant.
  ///
  /// - Precondition: the function is a density.
  var quantileProgram: Program {
    // Only pieces that have probability.
    let support = pieces.indices.filter { integral($0) > 0 }
    let total = support.reduce(0) { $0 + integral($1) }
    var starts: [Double] = []
    var sum = 0.0
    for piece in support {
      starts.append(sum / total)
      sum += integral(piece)
    }
    // The distribution function inside a piece: the coefficients of t, t^2, ...
    let antiderivatives = support.map { piece in
      localPiece(piece).enumerated().map { k, coefficient in
        (breaks[piece + 1] - breaks[piece]) * coefficient / (Double(k + 1) * total)
      }
    }
    let degree = antiderivatives.map(\.count).max()!

    var builder = ProgramBuilder(variableCount: 1)
    let indicators = builder.indicators(of: 0, breaks: Array(starts.dropFirst()))
    let rest = builder.value(.subtract, 0, builder.choice(starts, indicators))
    let coefficients = (0..<degree).map { k in
      builder.choice(antiderivatives.map { k < $0.count ? $0[k] : 0 }, indicators)
    }
    let place: Int
    if support.allSatisfy({ pieces[$0].dropFirst().allSatisfy { $0 == 0 } }) {
      let quotient = builder.value(.divide, rest, coefficients[0])
      place = builder.value(.minimum, quotient, builder.constant(1))
    } else {
      place = builder.variable(startingAt: 0)
      let middle = builder.variable(startingAt: 0)
      let value = builder.variable(startingAt: 0)
      var step = 0.5
      for _ in 0..<26 {
        builder.set(middle, .add, place, builder.constant(step))
        builder.horner(coefficients, at: middle, into: value)
        builder.set(value, .multiply, value, middle)
        builder.set(value, .lessThan, value, rest)
        builder.add(step, times: value, to: place)
        step /= 2
      }
      builder.set(place, .add, place, builder.constant(step))
    }
    let left = builder.choice(support.map { breaks[$0] }, indicators)
    let width = builder.choice(support.map { breaks[$0 + 1] - breaks[$0] }, indicators)
    builder.set(width, .multiply, width, place)
    builder.set(width, .add, width, left)
    return builder.program(result: width)
  }
}

extension ProgramBuilder {
  /// For each of the intervals that increasing `breaks` make of the line, a register that is 1 where the value of `x`
  /// is in it, its left end included, and 0 elsewhere.
  fileprivate mutating func indicators(of x: Int, breaks: [Double]) -> [Int] {
    let below = breaks.map { value(.lessThan, x, constant($0)) }
    guard let first = below.first, let last = below.last else { return [constant(1)] }
    let inner = zip(below, below.dropFirst()).map { value(.subtract, $1, $0) }
    return [first] + inner + [value(.subtract, constant(1), last)]
  }

  /// The number whose indicator is 1.
  fileprivate mutating func choice(_ numbers: [Double], _ indicators: [Int]) -> Int {
    let result = variable(startingAt: 0)
    for (number, indicator) in zip(numbers, indicators) where number != 0 {
      add(number, times: indicator, to: result)
    }
    return result
  }

  /// Evaluates the polynomial with these coefficients of 1, x, x^2, ..., at least two, into a register of its own.
  fileprivate mutating func horner(_ coefficients: [Int], at x: Int, into value: Int) {
    set(value, .multiply, coefficients.last!, x)
    for coefficient in coefficients.dropFirst().dropLast().reversed() {
      set(value, .add, value, coefficient)
      set(value, .multiply, value, x)
    }
    set(value, .add, value, coefficients[0])
  }
}
