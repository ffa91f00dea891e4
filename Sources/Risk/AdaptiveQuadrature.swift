import Kernels
import Numerics

/// Risk and gradient of a network with scalar input that is not piecewise linear, by adaptive Gauss-Kronrod quadrature.
///
/// Panels are halved until the Kronrod and Gauss values of the risk agree, all together to 1e-12 of the risk or to
/// rounding, and those of the gradient to 1e-9 of its norm.
struct AdaptiveQuadrature {
  static let tolerance = 1e-12
  static let gradientTolerance = 1e-9
  /// Panels that the input interval has at least, so that features of the network are seen.
  static let minimumPanels = 16
  static let maximumPanels = 4096

  private let quadrature: ScalarQuadrature
  private let rule = QuadratureRule.gaussKronrod21

  init(_ quadrature: ScalarQuadrature) { self.quadrature = quadrature }

  private struct Panel {
    let lower: Double
    let upper: Double
    var square = 0.0
    var difference = 0.0
    var rounding = 0.0
    var isMeasured = false

    init(_ lower: Double, _ upper: Double) {
      self.lower = lower
      self.upper = upper
    }

    var halves: [Panel] {
      let middle = lower + 0.5 * (upper - lower)
      return lower < middle && middle < upper ? [Panel(lower, middle), Panel(middle, upper)] : [self]
    }
  }

  func evaluate(_ network: PointRisk) -> RiskEvaluation {
    var panels = firstPanels()
    measure(&panels, network)
    while true {
      let risk = panels.reduce(0) { $0 + $1.square }
      let rounding = panels.reduce(0) { $0 + $1.rounding }
      let allowed = Self.tolerance * risk + rounding
      let error = panels.reduce(0) { $0 + $1.difference }
      guard error > allowed, panels.count < Self.maximumPanels else { break }
      // Halves of what is allowed, spread over the panels: those with more are halved.
      let share = 0.5 * allowed / Double(panels.count)
      let refined = panels.flatMap { $0.difference > share ? $0.halves : [$0] }
      guard refined.count > panels.count else { break }
      panels = refined
      measure(&panels, network)
    }
    var gradient = self.gradient(panels, network)
    while gradient.difference > Self.gradientTolerance * gradient.norm, 2 * panels.count <= Self.maximumPanels {
      let refined = panels.flatMap(\.halves)
      guard refined.count > panels.count else { break }
      panels = refined
      measure(&panels, network)
      let previous = gradient.difference
      gradient = self.gradient(panels, network)
      // Rounding, or a singularity that halving everywhere does not resolve.
      if gradient.difference > 0.5 * previous { break }
    }
    let error = panels.reduce(0) { $0 + $1.difference + $1.rounding }
    return RiskEvaluation(
      risk: panels.reduce(0) { $0 + $1.square }, error: error, gradient: gradient.values)
  }

  /// Between the cuts of target and density and the fractional parts of multiples of the golden ratio: what is periodic
  /// looks different on different panels.
  private func firstPanels() -> [Panel] {
    let (lower, upper) = (quadrature.lower, quadrature.upper)
    let golden = (5.0.squareRoot() - 1) / 2
    let inner = (1..<Self.minimumPanels).map { i in
      let part = golden * Double(i)
      return lower + (upper - lower) * (part - part.rounded(.down))
    }
    let ends = [lower] + Set(inner + quadrature.cuts).filter { $0 > lower && $0 < upper }.sorted() + [upper]
    return zip(ends, ends.dropFirst()).map { Panel($0, $1) }
  }

  /// Nodes of panels with the target's values and the weights that hold the density.
  private func nodes(_ panels: [Panel]) -> (points: [Double], targets: [Double], densities: [Double]) {
    var points: [Double] = []
    points.reserveCapacity(panels.count * rule.nodes.count)
    for panel in panels {
      let half = 0.5 * (panel.upper - panel.lower)
      for node in rule.nodes { points.append(panel.lower + half + half * node) }
    }
    let constant = quadrature.density.constant
    return (
      points, quadrature.target.evaluate(at: points), quadrature.density.values(at: points).map { constant * $0 }
    )
  }

  /// Integrates on the panels that are new.
  private func measure(_ panels: inout [Panel], _ network: PointRisk) {
    let new = panels.indices.filter { !panels[$0].isMeasured }
    let (points, targets, densities) = nodes(new.map { panels[$0] })
    let values = network.values(at: points)
    let count = rule.nodes.count
    for (place, index) in new.enumerated() {
      var kronrod = 0.0
      var gauss = 0.0
      var rounding = 0.0
      for k in 0..<count {
        let i = place * count + k
        let r = values[i] - targets[i]
        kronrod += rule.weights[k] * densities[i] * (r * r)
        gauss += rule.lowerOrderWeights![k] * densities[i] * (r * r)
        rounding += rule.weights[k] * densities[i] * abs(r) * (abs(targets[i]) + abs(r))
      }
      let half = 0.5 * (panels[index].upper - panels[index].lower)
      panels[index].square = half * kronrod
      panels[index].difference = half * abs(kronrod - gauss)
      panels[index].rounding = half * 0x1p-51 * rounding
      panels[index].isMeasured = true
    }
  }

  /// The gradient by the Kronrod rule, its norm, and the norm of its difference to the Gauss rule.
  private func gradient(
    _ panels: [Panel], _ network: PointRisk
  ) -> (values: [Double], norm: Double, difference: Double) {
    let (points, targets, densities) = nodes(panels)
    func gradient(_ ruleWeights: [Double]) -> [Double] {
      var weights: [Double] = []
      weights.reserveCapacity(points.count)
      for (place, panel) in panels.enumerated() {
        let half = 0.5 * (panel.upper - panel.lower)
        for (k, weight) in ruleWeights.enumerated() {
          weights.append(half * weight * densities[place * ruleWeights.count + k])
        }
      }
      return network.gradient(at: points, targets: targets, weights: weights)
    }
    let kronrod = gradient(rule.weights)
    let gauss = gradient(rule.lowerOrderWeights!)
    return (kronrod, kronrod.euclideanNorm, kronrod.euclideanDistance(to: gauss))
  }
}
