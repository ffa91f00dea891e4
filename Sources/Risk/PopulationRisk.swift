import Expressions
import Kernels
import Networks
import Problems

/// Population gradient of a shallow network, block by block, in double precision. The derivative of max(z, 0) at 0
/// counts as 0.
public struct PopulationGradient: Sendable, Hashable {
  public var innerWeights: [Double]
  public var innerBiases: [Double]
  public var outerWeights: [Double]
  public var outerBias: Double

  /// Euclidean norm over the given blocks.
  public func norm(over blocks: TrainedBlocks) -> Double {
    var sum = 0.0
    if blocks.contains(.innerWeights) { for g in innerWeights { sum += g * g } }
    if blocks.contains(.innerBiases) { for g in innerBiases { sum += g * g } }
    if blocks.contains(.outerWeights) { for g in outerWeights { sum += g * g } }
    if blocks.contains(.outerBias) { sum += outerBias * outerBias }
    return sum.squareRoot()
  }
}

/// The exact risk of a network and what comes with it.
public struct RiskEvaluation: Sendable, Hashable {
  /// L = E (N(x) - f(x))^2.
  public var risk: Double
  /// Estimate of the error of `risk`: of the quadrature, where it is not exact, and of rounding, 2^-51 times the sum of
  /// the moduli that went into it.
  public var error: Double
  public var gradient: PopulationGradient
}

/// Exact population risk and gradient of shallow ReLU networks with scalar input, in double precision.
///
/// Between neighbouring kinks N is a line, so L and its gradient are sums of integrals over cells of a line minus the
/// target: with R0 and R1 the integrals of r p and x r p over a cell, r = N - f, p the density, S0_j and S1_j their
/// sums over the cells where neuron j is active, the gradient is (2 v_j S1_j, 2 v_j S0_j, 2 (w_j S1_j + b_j S0_j)) in
/// (w_j, b_j, v_j) and twice the sum of all R0 in c (Eberle, Jentzen, Riekert, Weiss, arXiv:2108.08106, section 2, with
/// the value 0 for the derivative at the kink). The line of a cell is kept in twice the working precision, from left
/// to right. O(h log h) per network.
///
/// Pure arithmetic, no library function: the bits are the same on every machine.
public struct PopulationRisk: Sendable {
  public let problem: Problem
  /// The input interval in single precision, as batches are drawn from it.
  let lower: Double
  let upper: Double
  private let pieces: TargetPieces
  private let program: Program

  /// - Throws: when the target is not finite on the interval or its quadrature does not reach 1e-12.
  public init(problem: Problem) throws(RiskError) {
    self.problem = problem
    lower = Double(Float(problem.input.lower))
    upper = Double(Float(problem.input.upper))
    pieces = try TargetPieces(problem: problem, lower: lower, upper: upper)
    program = problem.targetProgram
  }

  /// Risk and gradient at finite parameters.
  public func evaluate(_ network: ShallowNetwork) -> RiskEvaluation {
    let neurons = (0..<network.width).map { j in
      Neuron(
        w: network.innerWeights[j], b: network.innerBiases[j], v: network.outerWeights[j], lower: lower, upper: upper)
    }
    let kinked = neurons.indices.filter { neurons[$0].kink != nil }
      .sorted { (neurons[$0].kink!, $0) < (neurons[$1].kink!, $1) }

    var cells = self.cells(of: neurons, kinked: kinked, outerBias: network.outerBias)
    integrate(&cells)

    let density = 1 / (upper - lower)
    var risk = 0.0
    var error = 0.0
    // Sums over the cells left of each kink and right of it, each from its own end, so that neither is a difference.
    var before = [SIMD2<Double>](repeating: .zero, count: cells.count + 1)
    var after = before
    for (i, cell) in cells.enumerated() {
      risk += density * cell.square
      error += density * cell.squareError
      before[i + 1] = before[i] + density * SIMD2(cell.residual, cell.moment)
    }
    for i in cells.indices.reversed() {
      after[i] = after[i + 1] + density * SIMD2(cells[i].residual, cells[i].moment)
    }

    var sums = neurons.map { $0.activeEverywhere ? before[cells.count] : .zero }
    for (place, j) in kinked.enumerated() {
      // The kink at this place is the left end of cell place + 1.
      sums[j] = neurons[j].w > 0 ? after[place + 1] : before[place + 1]
    }
    let gradient = PopulationGradient(
      innerWeights: neurons.indices.map { 2 * neurons[$0].v * sums[$0][1] },
      innerBiases: neurons.indices.map { 2 * neurons[$0].v * sums[$0][0] },
      outerWeights: neurons.indices.map { 2 * (neurons[$0].w * sums[$0][1] + neurons[$0].b * sums[$0][0]) },
      outerBias: 2 * before[cells.count][0])
    return RiskEvaluation(risk: risk, error: error, gradient: gradient)
  }

  private struct Neuron {
    let w: Double
    let b: Double
    let v: Double
    /// -b/w where that lies strictly inside the interval.
    let kink: Double?
    let activeEverywhere: Bool

    init(w: Double, b: Double, v: Double, lower: Double, upper: Double) {
      self.w = w
      self.b = b
      self.v = v
      let t = -b / w
      if t > lower && t < upper {
        kink = t
        activeEverywhere = false
      } else {
        kink = nil
        activeEverywhere = w * (0.5 * (lower + upper)) + b > 0
      }
    }
  }

  /// An interval on which N is a line, and its integrals.
  private struct Cell {
    let lower: Double
    let upper: Double
    let middle: Double
    /// N(x) = value + slope (x - middle) = atZero + slope x.
    let value: Double
    let slope: Double
    let atZero: TwofoldSum
    /// Integrals of r^2, r and x r over the cell, without the density.
    var square = 0.0
    var residual = 0.0
    var moment = 0.0
    var squareError = 0.0
  }

  /// One cell between each two neighbouring ends and kinks, some of length 0.
  private func cells(of neurons: [Neuron], kinked: [Int], outerBias: Double) -> [Cell] {
    var slope = TwofoldSum(0)
    var intercept = TwofoldSum(outerBias)
    for neuron in neurons where neuron.kink == nil ? neuron.activeEverywhere : neuron.w < 0 {
      slope.addProduct(neuron.v, neuron.w)
      intercept.addProduct(neuron.v, neuron.b)
    }
    var cells: [Cell] = []
    cells.reserveCapacity(kinked.count + 1)
    for place in 0...kinked.count {
      let left = place == 0 ? lower : neurons[kinked[place - 1]].kink!
      let right = place == kinked.count ? upper : neurons[kinked[place]].kink!
      let middle = left + 0.5 * (right - left)
      cells.append(
        Cell(
          lower: left, upper: right, middle: middle, value: intercept.valueOfLine(slope: slope, at: middle),
          slope: slope.value, atZero: intercept))
      if place < kinked.count {
        let neuron = neurons[kinked[place]]
        let sign = neuron.w > 0 ? 1.0 : -1.0
        slope.addProduct(sign * neuron.v, neuron.w)
        intercept.addProduct(sign * neuron.v, neuron.b)
      }
    }
    return cells
  }

  private func integrate(_ cells: inout [Cell]) {
    // All quadrature nodes of all cells go through the target's program together.
    var spans: [(cell: Int, lower: Double, upper: Double)] = []
    for i in cells.indices where cells[i].lower < cells[i].upper {
      if case .powerSum(let sum, let powers) = pieces.form, cells[i].lower == 0 {
        integrateFromZero(&cells[i], sum, powers)
      } else {
        appendSpans(of: cells[i], index: i, to: &spans)
      }
    }
    let rule = pieces.rule
    let count = rule.nodes.count
    var points: [Double] = []
    points.reserveCapacity(spans.count * count)
    for span in spans {
      let half = 0.5 * (span.upper - span.lower)
      let middle = span.lower + half
      for node in rule.nodes { points.append(middle + half * node) }
    }
    let values = program.evaluate(at: points)
    for (s, span) in spans.enumerated() {
      let half = 0.5 * (span.upper - span.lower)
      let cell = cells[span.cell]
      var square = 0.0
      var lowerOrderSquare = 0.0
      var rounding = 0.0
      var residual = 0.0
      var centred = 0.0
      for k in 0..<count {
        let offset = points[s * count + k] - cell.middle
        let r = (cell.value + cell.slope * offset) - values[s * count + k]
        // N and f each carry a rounding error of about their size.
        rounding += rule.weights[k] * abs(r) * (abs(values[s * count + k]) + abs(r))
        square += rule.weights[k] * (r * r)
        residual += rule.weights[k] * r
        centred += rule.weights[k] * (offset * r)
        if let lowerOrder = rule.lowerOrderWeights { lowerOrderSquare += lowerOrder[k] * (r * r) }
      }
      cells[span.cell].square += half * square
      cells[span.cell].residual += half * residual
      cells[span.cell].moment += half * (centred + cell.middle * residual)
      cells[span.cell].squareError += half * 0x1p-51 * rounding
      if rule.lowerOrderWeights != nil {
        cells[span.cell].squareError += half * abs(square - lowerOrderSquare)
      }
    }
  }

  /// The parts of a cell on which the rule is good.
  private func appendSpans(
    of cell: Cell, index: Int, to spans: inout [(cell: Int, lower: Double, upper: Double)]
  ) {
    var left = cell.lower
    switch pieces.form {
    case .polynomial:
      break
    case .powerSum:
      while cell.upper > 2 * left {
        spans.append((index, left, 2 * left))
        left *= 2
      }
    case .general:
      for cut in pieces.cuts where cut > left && cut < cell.upper {
        spans.append((index, left, cut))
        left = cut
      }
    }
    spans.append((index, left, cell.upper))
  }

  /// The integrals over [0, t] of the power sum r = N - f, term by term. What N and f have in common in the powers 0 and
  /// 1 is taken away first: the rest cannot be small in all its terms and cancel.
  private func integrateFromZero(_ cell: inout Cell, _ sum: PowerSum, _ powers: [Program]) {
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
    var square = 0.0
    var size = 0.0
    for a in terms {
      cell.residual += a.coefficient * a.power * t / (a.exponent + 1)
      cell.moment += a.coefficient * a.power * t * t / (a.exponent + 2)
      for b in terms {
        let product = a.coefficient * b.coefficient * a.power * b.power * t / (a.exponent + b.exponent + 1)
        square += product
        size += abs(product)
      }
    }
    cell.square += max(square, 0)
    cell.squareError += 0x1p-51 * size
  }
}

/// A sum of products in twice the working precision (Ogita, Rump and Oishi, "Accurate sum and dot product", 2005).
private struct TwofoldSum {
  var high: Double
  var low = 0.0

  init(_ value: Double) { high = value }

  var value: Double { high + low }

  mutating func addProduct(_ a: Double, _ b: Double) {
    let term = a * b
    let termError = (-term).addingProduct(a, b)
    let sum = high + term
    let part = sum - high
    low += ((high - (sum - part)) + (term - part)) + termError
    high = sum
  }

  /// self + slope x, the leading product without rounding error.
  func valueOfLine(slope: TwofoldSum, at x: Double) -> Double {
    let product = slope.high * x
    let productError = (-product).addingProduct(slope.high, x)
    let sum = high + product
    let part = sum - high
    let sumError = (high - (sum - part)) + (product - part)
    return sum + (sumError + productError + low + slope.low * x)
  }
}
