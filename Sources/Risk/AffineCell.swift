import Expressions
import Kernels
import Numerics

/// An interval on which a network is a line, and its integrals of the residual r = N - f there.
struct AffineCell {
  let lower: Double
  let upper: Double
  let middle: Double
  /// N(x) = value + slope (x - middle) = atZero + slope x.
  let value: Double
  let slope: Double
  let atZero: TwofoldSum
  /// What the length of the cell has in excess of upper - lower because its ends are rounded: at the lower and at the
  /// upper end.
  var excess = SIMD2<Double>.zero
  /// A bound of the rounding error of the line, in units of 2^-52, where it is not known to double precision.
  var valueError = 0.0

  // Integrals of r^2, r, (x - middle) r and x r over the cell, without the constant of the density.
  private(set) var square = 0.0
  private(set) var residual = 0.0
  private(set) var centredMoment = 0.0
  private(set) var moment = 0.0
  private(set) var squareError = 0.0

  init(lower: Double, upper: Double, middle: Double, value: Double, slope: Double, atZero: TwofoldSum) {
    self.lower = lower
    self.upper = upper
    self.middle = middle
    self.value = value
    self.slope = slope
    self.atZero = atZero
  }

  /// Adds the integrals over a part of the cell, half of whose length is given.
  fileprivate mutating func add(
    half: Double, square: Double, residual: Double, centred: Double, error: Double
  ) {
    self.square += half * square
    self.residual += half * residual
    centredMoment += half * centred
    moment += half * (centred + middle * residual)
    squareError += half * error
  }

  /// Adds integrals over the cell.
  fileprivate mutating func add(square: Double, residual: Double, moment: Double, error: Double) {
    self.square += square
    self.residual += residual
    self.moment += moment
    centredMoment += moment - middle * residual
    squareError += error
  }
}

extension ScalarQuadrature {
  /// A part of a cell on which the rule is good.
  private struct Span {
    let cell: Int
    let lower: Double
    let upper: Double
    /// Half the length.
    let half: Double
  }

  /// Computes the integrals of cells that are in increasing order.
  func integrate(_ cells: inout [AffineCell]) {
    // All nodes of all cells go through the target's program together.
    let spans = self.spans(of: &cells)
    let count = rule.nodes.count
    var points: [Double] = []
    points.reserveCapacity(spans.count * count)
    for span in spans {
      let middle = span.lower + span.half
      for node in rule.nodes { points.append(middle + span.half * node) }
    }
    let values = target.evaluate(at: points)
    let densities = density.isUniform ? [] : density.values(at: points)
    for (s, span) in spans.enumerated() {
      let cell = cells[span.cell]
      var square = 0.0
      var lowerOrderSquare = 0.0
      var rounding = 0.0
      var residual = 0.0
      var centred = 0.0
      for k in 0..<count {
        let i = s * count + k
        let p = densities.isEmpty ? 1 : densities[i]
        let weight = rule.weights[k] * p
        let offset = points[i] - cell.middle
        let r = (cell.value + cell.slope * offset) - values[i]
        // N and f each carry a rounding error of about their size.
        rounding += weight * abs(r) * (abs(values[i]) + abs(r) + cell.valueError)
        square += weight * (r * r)
        residual += weight * r
        centred += weight * (offset * r)
        if let lowerOrder = rule.lowerOrderWeights { lowerOrderSquare += lowerOrder[k] * p * (r * r) }
      }
      var error = 0x1p-51 * rounding
      if rule.lowerOrderWeights != nil { error += abs(square - lowerOrderSquare) }
      cells[span.cell].add(half: span.half, square: square, residual: residual, centred: centred, error: error)
    }
  }

  /// The spans of all cells that have a length. Cells that are integrated otherwise get their integrals here.
  private func spans(of cells: inout [AffineCell]) -> [Span] {
    var spans: [Span] = []
    spans.reserveCapacity(cells.count + cuts.count)
    var next = 0
    for i in cells.indices where cells[i].lower < cells[i].upper {
      let cell = cells[i]
      var left = cell.lower
      func append(to right: Double) {
        let excess = (right == cell.upper ? cell.excess[1] : 0) - (left == cell.lower ? cell.excess[0] : 0)
        spans.append(Span(cell: i, lower: left, upper: right, half: 0.5 * ((right - left) + excess)))
        left = right
      }
      switch form {
      case .polynomial, .general:
        while next < cuts.count && cuts[next] <= left { next += 1 }
        while next < cuts.count && cuts[next] < cell.upper {
          append(to: cuts[next])
          next += 1
        }
      case .powerSum(let sum, let powers):
        if cell.lower == 0 {
          integrateFromZero(&cells[i], sum, powers)
          continue
        }
        while cell.upper > 2 * left { append(to: 2 * left) }
      }
      append(to: cell.upper)
    }
    return spans
  }

  /// The integrals over [0, t] of the power sum r = N - f, term by term. What N and f have in common in the powers 0
  /// and 1 is taken away first: the rest cannot be small in all its terms and cancel.
  private func integrateFromZero(_ cell: inout AffineCell, _ sum: PowerSum, _ powers: [Program]) {
    let t = cell.upper
    var constant = cell.atZero
    var slope = TwofoldSum(cell.slope)
    var terms: [(coefficient: Double, exponent: Double, power: Double)] = []
    for (term, power) in zip(sum.terms, powers) {
      switch term.exponent {
      case 0: constant.addProduct(-1, term.coefficient)
      case 1: slope.addProduct(-1, term.coefficient)
      default: terms.append((-term.coefficient, term.exponent, power.evaluate(at: [t])[0]))
      }
    }
    terms += [(constant.value, 0, 1), (slope.value, 1, t)]
    var residual = 0.0
    var moment = 0.0
    var square = 0.0
    var size = 0.0
    for a in terms {
      residual += a.coefficient * a.power * t / (a.exponent + 1)
      moment += a.coefficient * a.power * t * t / (a.exponent + 2)
      for b in terms {
        let product = a.coefficient * b.coefficient * a.power * b.power * t / (a.exponent + b.exponent + 1)
        square += product
        size += abs(product)
      }
    }
    // The value of the line carries the rounding error of its terms.
    let rounding = cell.valueError * abs(residual)
    cell.add(square: max(square, 0), residual: residual, moment: moment, error: 0x1p-51 * (size + rounding))
  }
}
