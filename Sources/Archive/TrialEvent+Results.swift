import Landscape
import Ledger
import Outcomes
import Studies
import Trials

extension TrialEvent {
  /// What of a block tells where it happens.
  var content: BlockContent {
    switch self {
    case .good: .outcomesAndAnalyses
    case .risk: .outcomes
    case .observable: .everything
    }
  }

  /// In which trials of a block it happens, in their order; nil where that is undecided, or not measured.
  ///
  /// - Parameter judge: of the cell.
  public func results(in block: BlockRecord, judge: Judge) -> [Bool?] {
    results(block.outcomes, block.analyses, judge) { block.columns }
  }

  /// The same of trials that are not stored.
  public func results(of trials: TrialResults, judge: Judge) -> [Bool?] {
    results(trials.outcomes, trials.analyses, judge) {
      Outcome.columns(of: trials.outcomes) + TrialAnalysis.columns(of: trials.analyses) + trials.further
    }
  }

  private func results(
    _ outcomes: [Outcome], _ analyses: [TrialAnalysis], _ judge: Judge, columns: () -> [ObservableColumn]
  ) -> [Bool?] {
    switch self {
    case .good:
      outcomes.indices.map { place in
        switch judge.judgement(of: outcomes[place], analyses.isEmpty ? nil : analyses[place]).verdict {
        case .good: true
        case .bad, .diverged: false
        case .undecided, .crashed: nil
        }
      }
    case .risk: outcomes.map(judge.isGoodAtEnd)
    case .observable(let name, let condition):
      // Of observables of one name the first one.
      columns().first { $0.observable.name == name && $0.count == outcomes.count }.map { column in
        column.values.map { $0.map { condition.holds(for: $0, of: column.observable) } }
      } ?? Array(repeating: nil, count: outcomes.count)
    }
  }
}

extension TrialEvent.Condition {
  fileprivate func holds(for value: Double, of observable: Observable) -> Bool {
    switch self {
    case .atMost(let bound): value <= bound
    case .atLeast(let bound): value >= bound
    case .word(let word):
      if case .words(let words) = observable.domain { words[Int(value)] == word } else { false }
    }
  }
}
