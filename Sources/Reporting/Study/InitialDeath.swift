import Estimation
import Ledger
import Outcomes

/// How many trials of a cell have something dead at initialization.
public struct InitialDeath: Sendable, Hashable {
  static let tableName = "initially_dead"

  public enum Event: String, Sendable, Hashable, CaseIterable {
    /// All neurons of some hidden layer.
    case layer
    /// At least one neuron of the first hidden layer.
    case neuron = "first-layer neuron"

    var observable: Observable {
      switch self {
      case .layer: .initiallyDeadLayers
      case .neuron: .initiallyDeadInFirstLayer
      }
    }

    /// What readers see.
    var text: String {
      switch self {
      case .layer: "whole layer"
      case .neuron: "in layer 1"
      }
    }
  }

  /// By event, of the trials in which it was looked for: in older ledgers, and where neurons cannot die, none. Of crashed
  /// trials it is not known.
  public var counts: [Event: BracketedProportion] {
    known.mapValues {
      BracketedProportion(successes: $0.successes, failures: $0.failures, trials: $0.trials + crashed)
    }
  }
  /// Of the trials planned before the first look, where others were added.
  public private(set) var first: [Event: BracketedProportion] = [:]

  private var known: [Event: Proportion] = [:]
  private var crashed = 0

  /// The trials counted so far are those planned before the first look.
  mutating func endPlan() { first = counts }

  /// - Parameter places: of the trials in the block.
  mutating func add(_ block: BlockRecord, _ places: Range<Int>) {
    crashed += block.outcomes[places].count(where: \.hasCrashed)
    for event in Event.allCases {
      let column = block.further.first { $0.observable == event.observable }
      let values = (column?.values[places] ?? []).compactMap { $0 }
      guard !values.isEmpty else { continue }
      let before = known[event] ?? Proportion(successes: 0, trials: 0)
      known[event] = Proportion(
        successes: before.successes + values.count { $0 > 0 }, trials: before.trials + values.count)
    }
  }
}

extension CellSummary {
  /// An event with its probability as measured and as theory has it.
  struct InitialDeathLine {
    var event: InitialDeath.Event
    var estimate: Estimate
    /// Equal bounds where there is a closed form; nil where nothing is known.
    var theory: ClosedRange<Double>?
  }

  /// Events rarer than this that no trial has are not worth a line.
  private static let negligibleProbability = 1e-9

  /// The events that trials have, or that are known to be possible: with such a one, others of unknown probability too.
  func initialDeathLines(at confidence: ConfidenceLevel) -> [InitialDeathLine] {
    let lines = InitialDeath.Event.allCases.compactMap { event in
      initialDeath.counts[event].map { count in
        let theory =
          switch event {
          case .layer: references.deadLayer
          case .neuron: references.deadInFirstLayer.map { $0...$0 }
          }
        return InitialDeathLine(
          event: event,
          estimate: Estimate(enclosing: count, first: initialDeath.first[event], under: plan, at: confidence),
          theory: theory)
      }
    }
    /// Nil where it is not known.
    func isPossible(_ line: InitialDeathLine) -> Bool? {
      line.estimate.proportion.successes > 0 ? true : line.theory.map { $0.upperBound >= Self.negligibleProbability }
    }
    guard lines.contains(where: { isPossible($0) == true }) else { return [] }
    return lines.filter { isPossible($0) != false }
  }
}
