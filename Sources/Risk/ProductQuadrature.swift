import Expressions
import Kernels
import Numerics
import Problems

/// Product Gauss-Legendre quadrature in 2 or 3 dimensions: refinements with more and more nodes in each coordinate
/// until at least three of them agree.
struct ProductQuadrature: Sendable {
  /// Refinements agree when the error of the last one is estimated to be at most this share of the risk.
  static let tolerance = 1e-10
  static let fewestRefinements = 3
  /// The change of the integral of the square of the target between the finest refinements, as a share of it, beyond
  /// which the target counts as not resolved. Smaller changes are part of the stated error.
  static let targetTolerance = 1e-3
  /// Nodes of the rule of a panel, at most where panels are unequal.
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

    /// The integral of the square of the target.
    var targetSquare: Double { targets.indices.reduce(0) { $0 + weights[$1] * (targets[$1] * targets[$1]) } }

    /// The node that contributes most to it.
    var heaviest: Int {
      func share(_ i: Int) -> Double { weights[i] * (targets[i] * targets[i]) }
      return targets.indices.max { share($0) < share($1) }!
    }
  }

  /// For analytic activations: panels of equal length.
  private let smooth: [Refinement]
  /// For the others: unequal panels, those of a box shorter and shorter towards its faces, so that a neuron that is
  /// active in a corner only is seen.
  private let kinked: [Refinement]
  /// How much the integral of the square of the target changes between the finest refinements.
  private let targetError: Double

  /// - Throws: when the target is not finite at a node, or when the integral of its square still changes by more than
  ///   `targetTolerance` between the finest refinements.
  init(_ law: InputLaw, target: Program) throws(RiskError) {
    let plane = law.dimension == 2
    // A normal law needs 32 nodes for a first idea.
    let smoothCounts =
      switch (law.isNormal, plane) {
      case (false, true): [8, 16, 32, 64, 128, 256]
      case (false, false): [8, 16, 32, 64]
      case (true, true): [32, 64, 128, 256]
      case (true, false): [32, 48, 64]
      }
    smooth = try Self.refinements(smoothCounts, law, isKinked: false, target)
    kinked = try Self.refinements(plane ? [64, 128, 256] : [32, 48, 64], law, isKinked: true, target)
    let finest = smooth[smooth.count - 1]
    let integral = finest.targetSquare
    let allowed = Self.targetTolerance * integral
    let others = [smooth[smooth.count - 2], kinked[kinked.count - 1]]
    if let other = others.first(where: { !(abs($0.targetSquare - integral) <= allowed) }) {
      // Where the finer of the two, or the one that saw more, has most of it.
      let seen = other.targetSquare > integral ? other : finest
      let first = seen.heaviest * law.dimension
      throw .targetNotResolved(point: Array(seen.points[first..<first + law.dimension]))
    }
    let change = others.map { abs($0.targetSquare - integral) }.max()!
    // Rounding alone is no error of the quadrature.
    targetError = change > 1e-14 * integral ? change : 0
  }

  private static func refinements(
    _ counts: [Int], _ law: InputLaw, isKinked: Bool, _ target: Program
  ) throws(RiskError) -> [Refinement] {
    let dimension = law.dimension
    var refinements: [Refinement] = []
    for count in counts {
      let axes = law.axes(count, isKinked: isKinked)
      let densest = axes.reduce(1) { $0 * $1.map(\.density).max()! }
      var points: [Double] = []
      var weights: [Double] = []
      let nodes = axes.reduce(1) { $0 * $1.count }
      for index in 0..<nodes {
        var rest = index
        var weight = 1.0
        var density = 1.0
        for axis in axes {
          let node = axis[rest % axis.count]
          rest /= axis.count
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
    return refinements
  }

  func evaluate(_ network: PointRisk) -> RiskEvaluation {
    let isSmooth = network.architecture.activation.facts.isAnalytic
    let refinements = isSmooth ? smooth : kinked
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
      // Two may agree because both miss something.
      guard risks.count >= Self.fewestRefinements else { continue }
      error = Self.error(risks, counts: refinements.map(\.count), isSmooth: isSmooth)
      if error <= max(Self.tolerance * sum, rounding) { break }
    }
    let refinement = refinements[risks.count - 1]
    return RiskEvaluation(
      risk: risks.last!, error: error + rounding + targetError,
      gradient: network.gradient(
        at: refinement.points, targets: refinement.targets, weights: refinement.weights))
  }

  /// An estimate of the error of the last of a series of refinements: its difference to the one before, where that
  /// falls as it does for analytic functions. Otherwise the differences of refinements are erratic and fall
  /// only like the square of the distance of nodes, so the last may be small by chance: twice the largest of three
  /// counts.
  private static func error(_ risks: [Double], counts: [Int], isSmooth: Bool) -> Double {
    let differences = zip(risks, risks.dropFirst()).map { abs($1 - $0) }
    let last = differences[differences.count - 1]
    if isSmooth, last <= 0.25 * differences[differences.count - 2] { return last }
    let finest = Double(counts[differences.count])
    return differences.enumerated().suffix(3).reduce(0) { largest, difference in
      let ratio = Double(counts[difference.offset + 1]) / finest
      return max(largest, 2 * ratio * ratio * difference.element)
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

  /// Ends of segments of [0, 1]; what is periodic looks different on different ones.
  private var unequalSegments: [Double] {
    let inner = 0.5 * (3 - 5.0.squareRoot())
    if isNormal { return [0, inner, 1] }
    return [0, 0x1p-10, 0x1p-7, 0x1p-4, inner, 1 - 0x1p-4, 1 - 0x1p-7, 1 - 0x1p-10, 1]
  }

  /// For each coordinate nodes of Gauss rules on panels. Panels of equal length have `count` nodes; on unequal ones
  /// half of about that many are spread over the segments of `unequalSegments` by length, half equally.
  fileprivate func axes(_ count: Int, isKinked: Bool) -> [[AxisNode]] {
    let segments = isKinked ? unequalSegments : [0, 1]
    var rules: [Int: QuadratureRule] = [:]
    var nodes: [(place: Double, weight: Double)] = []
    for (left, right) in zip(segments, segments.dropFirst()) {
      let share = 0.5 * (right - left) + 0.5 / Double(segments.count - 1)
      let ideal = max(Int((share * Double(count)).rounded()), 2)
      let limit = ProductQuadrature.panelNodes
      let panels = isKinked ? (ideal + limit - 1) / limit : max(ideal / limit, 1)
      let panelCount = isKinked ? (ideal + panels - 1) / panels : ideal / panels
      let rule = rules[panelCount] ?? .gaussLegendre(panelCount)
      rules[panelCount] = rule
      let half = 0.5 * (right - left) / Double(panels)
      for panel in 0..<panels {
        let middle = left + (2 * Double(panel) + 1) * half
        nodes += zip(rule.nodes, rule.weights).map { (middle + half * $0, half * $1) }
      }
    }
    func axis(_ lower: Double, _ upper: Double) -> [(x: Double, weight: Double)] {
      nodes.map { (lower + (upper - lower) * $0.place, (upper - lower) * $0.weight) }
    }
    switch self {
    case .box(let bounds):
      return bounds.map { bounds in
        let (lower, upper) = (bounds.rounded.lower, bounds.rounded.upper)
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
