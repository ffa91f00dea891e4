import Foundation
import Landscape
import Outcomes
import Studies

/// A reference value of the risk with its name.
public struct ReferenceLevel: Sendable, Hashable {
  public var level: RiskLevel
  public var value: Double

  public init(level: RiskLevel, value: Double) {
    self.level = level
    self.value = value
  }
}

/// What theory says about a cell; reports print it beside what was measured.
public struct CellReferences: Sendable, Hashable {
  public var levels: [ReferenceLevel]
  /// The probability that at least one neuron of the first hidden layer is dead at initialization; nil where there is no
  /// closed form.
  public var deadInFirstLayer: Double?
  /// Bounds of the probability that all neurons of a hidden layer are dead at initialization, equal where there is a
  /// closed form; nil where nothing is known.
  public var deadLayer: ClosedRange<Double>?
  /// The probability that at least one neuron is dead at initialization; nil where there is no closed form.
  public var anyDead: Double?
  /// The probability that all neurons are dead at initialization; nil where there is no closed form.
  public var allDead: Double?
  /// A lower bound of the probability that a trial misses the global minimum, because too many neurons are dead from the
  /// start; nil where it is not known.
  public var missProbability: Double?

  public init(
    levels: [ReferenceLevel] = [], anyDead: Double? = nil, allDead: Double? = nil, missProbability: Double? = nil
  ) {
    self.levels = levels
    self.anyDead = anyDead
    self.allDead = allDead
    self.missProbability = missProbability
  }

  /// Nil too where several values have that name.
  func value(of level: RiskLevel) -> Double? {
    let values = levels.filter { $0.level == level }
    return values.count == 1 ? values[0].value : nil
  }

  mutating func update(_ level: RiskLevel, to value: Double) {
    for index in levels.indices where levels[index].level == level { levels[index].value = value }
  }
}

extension CellReferences {
  /// What is known of a cell.
  ///
  /// - Parameter levels: its reference risks, if there are some.
  init(_ cell: Cell, _ levels: RiskLevels?) {
    let width = cell.architecture.width
    var references: [ReferenceLevel] = []
    if let levels {
      // Limits of deep networks can lie on all of them.
      let count = cell.architecture.depth == 1 ? width + 1 : levels.ladder.count
      references += levels.optima.prefix(count)
        .map { ReferenceLevel(level: RiskLevel(.optimum, $0.width), value: $0.risk) }
      references += levels.ladder.prefix(count)
        .map { ReferenceLevel(level: RiskLevel(.ladder, $0.pieces), value: $0.risk) }
      for pieces in 1...levels.ladder.count {
        references += levels.otherFreeKnotMinima(pieces: pieces)
          .map { ReferenceLevel(level: RiskLevel(.localFit, pieces), value: $0.risk) }
      }
    }
    if cell.architecture.depth == 1 {
      references +=
        AffineTarget(cell.problem)?.saddleLevels(width: width, activation: cell.architecture.activation)
        .filter { $0.level.kind == .saddle }.map { ReferenceLevel(level: $0.level, value: $0.risk) } ?? []
    }
    self.init(levels: references)
    deadInFirstLayer = cell.initialization.probabilityOfADeadNeuron(cell.architecture, on: cell.problem)
    deadLayer = cell.initialization.deadLayerProbability(cell.architecture, on: cell.problem)
    guard cell.architecture.depth == 1,
      let dead = cell.initialization.inactivityProbability(cell.architecture, on: cell.problem)
    else { return }
    anyDead = deadInFirstLayer
    allDead = deadLayer?.lowerBound
    missProbability = levels.flatMap { Self.missProbability(dead, $0, width: width) }
  }

  /// The probability that so many of h neurons are dead that the others cannot reach m_h: P(Bin(h, p) >= k) with the
  /// smallest k for which m_(h-k) > m_h (arXiv:2402.05155). Nil where m_h is not known.
  private static func missProbability(_ p: Double, _ levels: RiskLevels, width: Int) -> Double? {
    guard let optimum = levels.optimum(width: width) else { return nil }
    let bound = optimum * (1 + LandscapeAnalysis.globalTolerance) + levels.negligibleRisk
    guard let few = (1...width).first(where: { levels.lowerBound(width: width - $0) > bound }) else { return 0 }
    // The terms of the binomial law, one from the other.
    var term = pow(1 - p, Double(width))
    var below = 0.0
    for k in 0..<few {
      below += term
      term *= Double(width - k) / Double(k + 1) * (p / (1 - p))
    }
    return max(0, 1 - below)
  }
}
