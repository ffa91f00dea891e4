import Ledger
import Outcomes

/// The observations of which a report has quantiles, as the columns of a cell give them: a stream each.
struct CellObservations {
  /// What is measured in every trial. Words have no quantiles.
  let quantities: [Observable]
  private let plannedSteps: Int
  private let flowTime: (Int) -> Double
  /// Whether the risks of limits at rest are asked for.
  private let hasLandscape: Bool

  /// - Parameter flowTime: flow time after a number of steps.
  init(_ record: CellRecord, plannedSteps: Int, flowTime: @escaping (Int) -> Double, hasLandscape: Bool) {
    quantities = record.columns.filter { if case .words = $0.domain { false } else { true } }
    self.plannedSteps = plannedSteps
    self.flowTime = flowTime
    self.hasLandscape = hasLandscape
  }

  // Steps and flow time of the trials that ended early, and the risks of limits at rest, come after the observables.
  var earlySteps: Int { quantities.count }
  var earlyTime: Int { quantities.count + 1 }
  var limitRisk: Int { quantities.count + 2 }
  var streams: Range<Int> { 0..<quantities.count + 3 }

  /// The columns that some streams are made of.
  func observables(of streams: [Int]) -> [Observable] {
    var observables: [Observable] = []
    for stream in streams {
      let needed: [Observable] =
        switch stream {
        case earlySteps, earlyTime: [.risk, .steps]
        case limitRisk: [.limitRisk, .isAtRest]
        default: [quantities[stream]]
        }
      observables += needed.filter { !observables.contains($0) }
    }
    return observables
  }

  /// Hands over the observations of some streams in a block.
  ///
  /// - Parameter columns: those that the streams are made of, and others.
  func take(_ streams: some Sequence<Int>, of columns: [ObservableColumn], by take: ([Double], Int) -> Void) {
    let byObservable = Dictionary(columns.map { ($0.observable, $0) }) { first, _ in first }
    func values(_ observable: Observable) -> [Double] { byObservable[observable]?.presentValues ?? [] }
    // Found once for both streams.
    lazy var early = earlyEnds(risks: values(.risk), steps: values(.steps))
    for stream in streams {
      switch stream {
      case earlySteps: take(early.map(Double.init), stream)
      case earlyTime: take(early.map(flowTime), stream)
      case limitRisk:
        guard hasLandscape else { break }
        // A limit has both.
        take(zip(values(.limitRisk), values(.isAtRest)).compactMap { $1 == 1 ? $0 : nil }, stream)
      default: take(values(quantities[stream]), stream)
      }
    }
  }

  /// The steps of the trials that ended early. All trials have risk and steps.
  private func earlyEnds(risks: [Double], steps: [Double]) -> [Int] {
    zip(risks, steps).compactMap { risk, steps in
      EarlyEnds.contains(risk: risk, steps: Int(steps), plannedSteps: plannedSteps) ? Int(steps) : nil
    }
  }
}
