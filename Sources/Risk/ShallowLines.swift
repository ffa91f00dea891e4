import Kernels
import Networks
import Numerics

/// Exact risk and gradient of shallow piecewise linear networks with scalar input.
///
/// Between neighbouring kinks N is a line, so L and its gradient are sums of integrals over cells of a line minus the
/// target: with R0 and R1 the integrals of r p and x r p over a cell, r = N - f, p the density, S0_j and S1_j their
/// sums over the cells where neuron j is active, the gradient is (2 v_j S1_j, 2 v_j S0_j, 2 (w_j S1_j + b_j S0_j)) in
/// (w_j, b_j, v_j) and twice the sum of all R0 in c (Eberle, Jentzen, Riekert, Weiss, arXiv:2108.08106, section 2, with
/// the value 0 for the derivative at the kink). The line of a cell is kept in twice the working precision, from left
/// to right. O(h log h) per network.
///
/// A leaky neuron is a line of slope g everywhere plus 1 - g times max(z, 0), a clipped one max(z, 0) - max(z - 1, 0).
///
/// A traversal of its own beside ``LinearPieces``: that one looks at every neuron on every piece, h (h + 1) times where
/// here h + 1 lines follow from each other, and its lines are not known to twice the working precision, so risks would
/// have other bits. Where a rectified neuron has its kink ``NeuronActivity`` says for this one and for the flow.
struct ShallowLines {
  let places: ShallowPlaces
  private let facts: ActivationFacts
  let w: [Double]
  let b: [Double]
  let v: [Double]
  private let c: Double
  /// The slope of the activation left of its kinks: it is that line plus rectified ones.
  let slope: Double

  init(_ network: Network) {
    let shallow = network.shallow
    places = shallow.places
    facts = shallow.activation.facts
    w = shallow.innerWeights
    b = shallow.innerBiases
    v = shallow.outerWeights
    c = shallow.outerBias
    slope = facts.lines[0].slope
  }

  var width: Int { places.width }

  func evaluate(_ quadrature: ScalarQuadrature) -> RiskEvaluation {
    let partition = self.partition(quadrature)
    let density = quadrature.density.constant
    let gradient =
      facts.kinks.count > 1
      ? clippedGradient(partition, density: density)
      : rectifiedGradient(rectifiedSums(partition, density: density))
    return evaluation(partition, density: density, gradient: gradient)
  }

  /// The interval cut at the kinks.
  struct Partition {
    let units: [Unit]
    /// The units with a kink, in the order of their kinks: the one at place i stands between the cells i and i + 1.
    let kinked: [Int]
    let cells: [AffineCell]
  }

  func partition(_ quadrature: ScalarQuadrature) -> Partition {
    let units = self.units(on: quadrature.interval)
    let kinked = units.indices.filter { units[$0].kink != nil }
      .sorted { (units[$0].kink!, $0) < (units[$1].kink!, $1) }
    var cells = self.cells(of: units, kinked: kinked, lower: quadrature.lower, upper: quadrature.upper)
    quadrature.integrate(&cells)
    return Partition(units: units, kinked: kinked, cells: cells)
  }

  func evaluation(_ partition: Partition, density: Double, gradient: [Double]) -> RiskEvaluation {
    var risk = 0.0
    var error = 0.0
    for cell in partition.cells {
      risk += density * cell.square
      error += density * cell.squareError
    }
    return RiskEvaluation(risk: risk, error: error, gradient: gradient)
  }

  // MARK: Lines

  /// factor * max(w x + b - shift, 0).
  struct Unit {
    let w: Double
    let b: Double
    let shift: Double
    let factor: Double
    /// (shift - b) / w where that lies strictly inside the interval.
    let kink: Double?
    /// What the rounded kink lacks of the exact one; 0 where neurons have only one kink.
    let kinkError: Double
    let activeEverywhere: Bool

    init(w: Double, b: Double, factor: Double, on interval: ClosedRange<Double>) {
      self.w = w
      self.b = b
      self.factor = factor
      shift = 0
      kinkError = 0
      switch NeuronActivity(weight: w, bias: b, on: interval) {
      case .beyond(let kink): (self.kink, activeEverywhere) = (kink, false)
      case .everywhere: (kink, activeEverywhere) = (nil, true)
      case .nowhere: (kink, activeEverywhere) = (nil, false)
      }
    }

    /// One of the two units of a clipped neuron, whose kinks may be so near to each other that their rounding counts.
    init(clipping shift: Double, w: Double, b: Double, factor: Double, on interval: ClosedRange<Double>) {
      self.w = w
      self.b = b
      self.shift = shift
      self.factor = factor
      var numerator = TwofoldSum(shift)
      numerator.add(-b)
      let t = numerator.value / w
      let isInside = t > interval.lowerBound && t < interval.upperBound
      kink = isInside ? t : nil
      numerator.addProduct(-t, w)
      kinkError = isInside ? numerator.value / w : 0
      let z = w * (0.5 * (interval.lowerBound + interval.upperBound)) + b
      // The derivative of a clipped neuron at 1 is 0.
      activeEverywhere = !isInside && (shift == 0 ? z > 0 : z >= shift)
    }
  }

  /// One unit for each kink of each neuron.
  private func units(on interval: ClosedRange<Double>) -> [Unit] {
    if facts.kinks.count > 1 {
      return (0..<2 * width).map { i in
        let (j, shift) = (i / 2, Double(i % 2))
        return Unit(clipping: shift, w: w[j], b: b[j], factor: shift == 0 ? v[j] : -v[j], on: interval)
      }
    }
    if facts.kinks.isEmpty { return [] }
    return (0..<width).map { j in Unit(w: w[j], b: b[j], factor: v[j] - slope * v[j], on: interval) }
  }

  /// One cell between each two neighbouring ends and kinks, some of length 0.
  private func cells(of units: [Unit], kinked: [Int], lower: Double, upper: Double) -> [AffineCell] {
    var slope = TwofoldSum(0)
    var intercept = TwofoldSum(c)
    func add(_ unit: Unit, sign: Double) {
      slope.addProduct(sign * unit.factor, unit.w)
      intercept.addProduct(sign * unit.factor, unit.b)
      if unit.shift != 0 { intercept.addProduct(-sign * unit.factor, unit.shift) }
    }
    if self.slope != 0 {
      for j in 0..<width {
        slope.addProduct(self.slope * v[j], w[j])
        intercept.addProduct(self.slope * v[j], b[j])
      }
    }
    for unit in units where unit.kink == nil ? unit.activeEverywhere : unit.w < 0 { add(unit, sign: 1) }
    var cells: [AffineCell] = []
    cells.reserveCapacity(kinked.count + 1)
    for place in 0...kinked.count {
      let first = place == 0 ? nil : units[kinked[place - 1]]
      let last = place == kinked.count ? nil : units[kinked[place]]
      let left = first?.kink ?? lower
      let right = last?.kink ?? upper
      let middle = left + 0.5 * (right - left)
      var cell = AffineCell(
        lower: left, upper: right, middle: middle, value: intercept.valueOfLine(slope: slope, at: middle),
        slope: slope.value, atZero: intercept)
      cell.excess = SIMD2(first?.kinkError ?? 0, last?.kinkError ?? 0)
      cells.append(cell)
      if let last { add(last, sign: last.w > 0 ? 1 : -1) }
    }
    return cells
  }

  // MARK: Gradients

  /// What the gradient of neurons with one kink or none is made of.
  struct RectifiedSums {
    /// The integrals of r p and x r p.
    let total: SIMD2<Double>
    /// For each neuron the integrals of A'(z) r p and A'(z) x r p.
    let neurons: [SIMD2<Double>]
  }

  func rectifiedSums(_ partition: Partition, density: Double) -> RectifiedSums {
    let (units, kinked, cells) = (partition.units, partition.kinked, partition.cells)
    // Sums over the cells left of each kink and right of it, each from its own end, so that neither is a difference.
    var before = [SIMD2<Double>](repeating: .zero, count: cells.count + 1)
    var after = before
    for (i, cell) in cells.enumerated() {
      before[i + 1] = before[i] + density * SIMD2(cell.residual, cell.moment)
    }
    for i in cells.indices.reversed() {
      after[i] = after[i + 1] + density * SIMD2(cells[i].residual, cells[i].moment)
    }
    let total = before[cells.count]

    var sums: [SIMD2<Double>]
    if facts.kinks.isEmpty {
      sums = Array(repeating: total, count: width)
    } else {
      let inactive = slope == 0 ? .zero : slope * total
      sums = units.map { $0.activeEverywhere ? total : inactive }
      for (place, j) in kinked.enumerated() {
        // The kink at this place is the left end of cell place + 1.
        let (left, right) = (before[place + 1], after[place + 1])
        if slope == 0 {
          sums[j] = units[j].w > 0 ? right : left
        } else {
          sums[j] = units[j].w > 0 ? right + slope * left : left + slope * right
        }
      }
    }
    return RectifiedSums(total: total, neurons: sums)
  }

  func rectifiedGradient(_ sums: RectifiedSums) -> [Double] {
    var gradient: [Double] = []
    gradient.reserveCapacity(places.count)
    for j in 0..<width { gradient.append(2 * v[j] * sums.neurons[j][1]) }
    for j in 0..<width { gradient.append(2 * v[j] * sums.neurons[j][0]) }
    for j in 0..<width { gradient.append(2 * (w[j] * sums.neurons[j][1] + b[j] * sums.neurons[j][0])) }
    gradient.append(2 * sums.total[0])
    return gradient
  }

  /// For clipped neurons: sums over the cells where 0 < z < 1, as short as 1 / |w| perhaps, and those where z >= 1.
  private func clippedGradient(_ partition: Partition, density: Double) -> [Double] {
    let (units, kinked, cells) = (partition.units, partition.kinked, partition.cells)
    // Sums over the first cells in twice the working precision, so that their differences are good sums over few cells.
    var residuals = [TwofoldSum(0)]
    var moments = residuals
    for cell in cells {
      residuals.append(residuals.last!)
      residuals[residuals.count - 1].addProduct(density, cell.residual)
      moments.append(moments.last!)
      moments[moments.count - 1].addProduct(density, cell.moment)
    }
    // The cells where each unit is active.
    var ranges = units.map { $0.activeEverywhere ? 0..<cells.count : cells.count..<cells.count }
    for (place, i) in kinked.enumerated() {
      ranges[i] = units[i].w > 0 ? place + 1..<cells.count : 0..<place + 1
    }
    var gradient = [Double](repeating: 0, count: places.count)
    for j in 0..<width {
      let positive = ranges[2 * j]
      let saturated = ranges[2 * j + 1]
      // One end is common; neither range is longer than `positive` but for cells of length 0.
      let (start, end) =
        saturated.isEmpty
        ? (positive.lowerBound, positive.upperBound)
        : w[j] > 0 ? (positive.lowerBound, saturated.lowerBound) : (saturated.upperBound, positive.upperBound)
      let residual = (residuals[end] - residuals[start]).value
      let moment = (moments[end] - moments[start]).value
      let above = (residuals[saturated.upperBound] - residuals[saturated.lowerBound]).value
      let place = places[j]
      gradient[place.innerWeight] = 2 * v[j] * moment
      gradient[place.innerBias] = 2 * v[j] * residual
      gradient[place.outerWeight] = 2 * (w[j] * moment + b[j] * residual + above)
    }
    gradient[places.outerBias] = 2 * residuals[cells.count].value
    return gradient
  }
}
