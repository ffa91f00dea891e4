import Expressions
import Kernels
import Problems

/// Product Gauss-Legendre quadrature in 2 or 3 dimensions: refinements with more and more nodes in each coordinate
/// until they agree.
struct ProductQuadrature: Sendable {
  /// Refinements agree when the error of the last one is estimated to be at most this share of the risk.
  static let tolerance = 1e-10
  /// Nodes of the rule of a panel.
  static let panelNodes = 16
  /// Of normal inputs, those of which the density is below this share of its maximum are left out.
  static let smallestDensity = 1e-17

  /// Nodes [point][coordinate] with the values of the target and weights that hold the density.
  private struct Refinement: Sendable {
    /// Nodes of a coordinate.
    let count: Int
    let points: [Double]
    let targets: [Double]
    let weights: [Double]
  }

  private let refinements: [Refinement]

  init(_ law: InputLaw, target: Program) throws(RiskError) {
    let dimension = law.dimension
    let counts =
      switch (law.isNormal, dimension) {
      case (false, 2): [8, 16, 32, 64, 128, 256]
      case (false, _): [8, 16, 32, 64]
      // A normal law needs 32 nodes for a first idea.
      case (true, 2): [32, 64, 128, 256]
      case (true, _): [32, 48, 64]
      }
    var refinements: [Refinement] = []
    for count in counts {
      let axes = law.axes(count)
      let densest = axes.reduce(1) { $0 * $1.map(\.density).max()! }
      var points: [Double] = []
      var weights: [Double] = []
      let nodes = (0..<dimension).reduce(1) { nodes, _ in nodes * count }
      for index in 0..<nodes {
        var rest = index
        var weight = 1.0
        var density = 1.0
        for axis in axes {
          let node = axis[rest % count]
          rest /= count
          points.append(node.x)
          weight *= node.weight
          density *= node.density
        }
        if density >= Self.smallestDensity * densest {
          weights.append(weight)
        } else {
          points.removeLast(dimension)
        }
      }
      let targets = try target.finiteValues(at: points, dimension: dimension)
      refinements.append(Refinement(count: count, points: points, targets: targets, weights: weights))
    }
    self.refinements = refinements
  }

  func evaluate(_ network: PointRisk) -> RiskEvaluation {
    var risks: [Double] = []
    var error = Double.infinity
    var rounding = 0.0
    for refinement in refinements {
      let values = network.values(at: refinement.points)
      var sum = 0.0
      rounding = 0
      for (i, value) in values.enumerated() {
        let r = value - refinement.targets[i]
        sum += refinement.weights[i] * (r * r)
        rounding += refinement.weights[i] * abs(r) * (abs(refinement.targets[i]) + abs(r))
      }
      rounding *= 0x1p-51
      risks.append(sum)
      error = self.error(risks, isSmooth: network.shape.activation.kind.isAnalytic)
      if error <= max(Self.tolerance * sum, rounding) { break }
    }
    let refinement = refinements[risks.count - 1]
    return RiskEvaluation(
      risk: risks.last!, error: error + rounding, margin: 0,
      gradient: network.gradient(
        at: refinement.points, targets: refinement.targets, weights: refinement.weights))
  }

  /// An estimate of the error of the last of a series of refinements: its difference to the one before, where that
  /// falls as it does for analytic functions. Otherwise the differences of refinements are erratic and fall
  /// only like the square of the distance of nodes, so the last may be small by chance: the largest of three counts.
  private func error(_ risks: [Double], isSmooth: Bool) -> Double {
    guard risks.count > 1 else { return .infinity }
    let differences = zip(risks, risks.dropFirst()).map { abs($1 - $0) }
    let last = differences[differences.count - 1]
    if isSmooth, differences.count > 1, last <= 0.25 * differences[differences.count - 2] { return last }
    let finest = Double(refinements[differences.count].count)
    return differences.enumerated().suffix(3).reduce(0) { largest, difference in
      let ratio = Double(refinements[difference.offset + 1].count) / finest
      return max(largest, ratio * ratio * difference.element)
    }
  }
}

extension Activation.Kind {
  /// Whether the activation is an analytic function on the line.
  fileprivate var isAnalytic: Bool {
    switch self {
    case .identity, .logistic, .tanh, .softplus, .gelu, .silu, .sine: true
    case .relu, .leakyReLU, .clipping, .elu, .softsign, .threshold: false
    }
  }
}

/// A node of a coordinate: the weight holds the density.
private struct AxisNode {
  let x: Double
  let weight: Double
  let density: Double
}

extension InputLaw {
  fileprivate var isNormal: Bool { if case .normal = self { true } else { false } }

  /// For each coordinate `count` nodes: a Gauss rule on panels of equal length.
  fileprivate func axes(_ count: Int) -> [[AxisNode]] {
    let panels = max(count / ProductQuadrature.panelNodes, 1)
    let rule = QuadratureRule.gaussLegendre(count / panels)
    func axis(_ lower: Double, _ upper: Double) -> [(x: Double, weight: Double)] {
      (0..<panels).flatMap { panel in
        let half = 0.5 * (upper - lower) / Double(panels)
        let middle = lower + (2 * Double(panel) + 1) * half
        return zip(rule.nodes, rule.weights).map { (middle + half * $0, half * $1) }
      }
    }
    switch self {
    case .box(let bounds):
      return bounds.map { bounds in
        let (lower, upper) = bounds.rounded
        return axis(lower, upper).map { AxisNode(x: $0.x, weight: $0.weight / (upper - lower), density: 1) }
      }
    case .normal(let mean, let standardDeviation, let dimension):
      let reach = ScalarDensity.normalReach * standardDeviation
      let nodes = axis(mean - reach, mean + reach)
      let bell = ScalarDensity.bell(mean: mean, standardDeviation: standardDeviation).evaluate(at: nodes.map(\.x))
      // Divided by the rule's own mass: constants are integrated exactly however coarse the rule.
      let mass = zip(nodes, bell).reduce(0) { $0 + $1.0.weight * $1.1 }
      let axis = zip(nodes, bell).map { AxisNode(x: $0.x, weight: $0.weight * $1 / mass, density: $1) }
      return Array(repeating: axis, count: dimension)
    case .uniform, .density: preconditionFailure("scalar laws have a quadrature of their own")
    }
  }
}

extension InputLaw.Bounds {
  /// In single precision, as samples are drawn.
  var rounded: (lower: Double, upper: Double) { (Double(Float(lower)), Double(Float(upper))) }
}

extension Program {
  /// The values at points [count][dimension].
  func finiteValues(at points: [Double], dimension: Int) throws(RiskError) -> [Double] {
    let values = evaluate(at: points, dimension: dimension)
    if let bad = values.firstIndex(where: { !$0.isFinite || !($0 * $0).isFinite }) {
      throw .targetNotFiniteAt(
        point: Array(points[bad * dimension..<(bad + 1) * dimension]), value: values[bad])
    }
    return values
  }
}
