import Kernels
import Networks
import Numerics
import Risk
import Training

/// A clipping network on its way along the flow of its biases.
///
/// With J_i the window of neuron i, p the density and r = N - f, the gradient in b_i is 2 v_i int_{J_i} r p. A move of
/// b_j changes N by v_j on J_j, and one of b_i shifts J_i by -1 / w_i. So the Hessian is
///
///     2 v_i v_j P(J_i and J_j) - (2 v_i / w_i) ((r p)(right edge) - (r p)(left edge)) if i = j,
///
/// edges outside of the interval left out, 2 v_i P(J_i) with the outer bias c, and 2 in c. Sorted by their left edges,
/// windows have a matrix with a narrow envelope, because few overlap.
struct ClippingPoint {
  let network: Network
  let evaluation: RiskEvaluation
  /// The windows of neurons with v != 0, by their left edges.
  let windows: [ClippingWindow]
  /// The places of the parameters that move: the biases of the windows, and the outer bias if it is trained.
  let indices: [Int]
  /// Over the parameters that move.
  private(set) var hessian = EnvelopeMatrix(firstColumns: [])
  private let base: Double
  private let law: IntervalEnds

  /// Nil where something overflows.
  init?(_ network: Network, risk: PopulationRisk, law: IntervalEnds, movesOuterBias: Bool, kernels: KernelTable) {
    guard network.isFinite else { return nil }
    evaluation = risk.evaluate(network, kernels: kernels)
    guard evaluation.risk.isFinite, evaluation.gradient.allSatisfy(\.isFinite) else { return nil }
    self.network = network
    self.law = law
    let shallow = network.shallow
    var windows: [ClippingWindow] = []
    var base = shallow.outerBias
    for index in 0..<shallow.width {
      let neuron = shallow[index]
      if neuron.outerWeight == 0 { continue }
      if let window = ClippingWindow(neuron, index: index, on: law.interval) {
        windows.append(window)
        if neuron.innerWeight < 0 { base += neuron.outerWeight }
      } else {
        base += neuron.outerWeight * max(0, min(1, neuron.preActivation(at: law.middle)))
      }
    }
    windows.sort { ($0.lower, $0.index) < ($1.lower, $1.index) }
    self.windows = windows
    self.base = base
    indices = windows.map { shallow.places[$0.index].innerBias } + (movesOuterBias ? [shallow.places.outerBias] : [])
    hessian = secondDerivatives
  }

  var risk: Double { evaluation.risk }
  var gradient: [Double] { indices.map { evaluation.gradient[$0] } }
  private var movesOuterBias: Bool { indices.count > windows.count }

  /// The network with an increment to the parameters that move.
  func moved(by increment: [Double]) -> Network {
    var network = network
    for (i, d) in zip(indices, increment) { network.parameters[i] += d }
    return network
  }

  /// P(J_i).
  func mass(_ window: ClippingWindow) -> Double {
    // Of narrow windows the edges are known to fewer digits than the length.
    if law.isUniform { return window.visible * window.length / law.length }
    return law.mass(from: window.lower, to: window.upper)
  }

  private var secondDerivatives: EnvelopeMatrix {
    // The first window that reaches beyond the left edge of each. All before it end there.
    var firsts: [Int] = []
    var reach: [Double] = []
    for window in windows {
      reach.append(max(reach.last ?? -.infinity, window.upper))
      var first = firsts.last ?? 0
      while reach[first] <= window.lower { first += 1 }
      firsts.append(first)
    }
    var matrix = EnvelopeMatrix(firstColumns: firsts + (movesOuterBias ? [0] : []))
    for (i, window) in windows.enumerated() {
      for j in firsts[i]..<i {
        let other = windows[j]
        let (lower, upper) = (max(window.lower, other.lower), min(window.upper, other.upper))
        matrix[i, j] = lower < upper ? 2 * window.outer * other.outer * law.mass(from: lower, to: upper) : 0
      }
      let mass = mass(window)
      matrix[i, i] = 2 * window.outer * window.outer * mass
      if movesOuterBias { matrix[windows.count, i] = 2 * window.outer * mass }
    }
    for (i, jump) in edgeJumps(firsts).enumerated() {
      matrix[i, i] -= 2 * windows[i].outer / windows[i].weight * jump
    }
    if movesOuterBias { matrix[windows.count, windows.count] = 2 }
    return matrix
  }

  /// (r p)(right edge) - (r p)(left edge) of each window.
  private func edgeJumps(_ firsts: [Int]) -> [Double] {
    var rises = [0.0]
    for window in windows { rises.append(rises.last! + window.rise) }
    /// All windows before the given one end left of x.
    func value(at x: Double, after first: Int) -> Double {
      var value = base + rises[first]
      for window in windows[first...] {
        if window.lower >= x { break }
        value += window.rise * window.share(before: x)
      }
      return value
    }
    let edges = windows.flatMap { [$0.lower, $0.upper] }
    let inside = edges.map { $0 > law.interval.lowerBound && $0 < law.interval.upperBound }
    let targets = law.target.evaluate(
      at: zip(edges, inside).map { $0.1 ? $0.0 : law.interval.lowerBound })
    return windows.indices.map { i in
      var jump = 0.0
      for (k, sign) in [(2 * i, -1.0), (2 * i + 1, 1.0)] where inside[k] {
        jump += sign * (value(at: edges[k], after: firsts[i]) - targets[k]) * law.density(at: edges[k])
      }
      return jump
    }
  }
}
