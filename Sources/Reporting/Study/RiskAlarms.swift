import Kernels
import Landscape
import Outcomes
import Studies

/// Risks of a cell that are smaller than its networks can have: a fault of the program, or of the search for the optimum.
public struct RiskAlarms: Sendable, Hashable {
  /// A trial with a risk, at the end of training or at its limit, below a bound.
  public struct Undercut: Sendable, Hashable {
    public let trial: Int
    public let risk: Double
    public let bound: Double
  }

  private let levels: RiskLevels
  private let architecture: Architecture
  /// D_(h+1), and m_h of shallow networks, where they are known.
  private let (ladderBound, optimum): (Double?, Double?)

  /// Trials below D_(h+1), the best fit by as many lines as the networks have pieces, by more than 1e-9 of it.
  public private(set) var belowLadder = Tally()
  /// Trials below m_(h-K), K the neurons that were dead at initialization (arXiv:2402.05155), by more than 1e-9 of it.
  public private(set) var belowPathwiseBound = Tally()
  /// Trials below the searched m_h by more than 1e-10 of it: their smallest risk is the better value of m_h.
  public private(set) var belowOptimum = Tally()

  /// How many trials undercut a bound, and the one with the smallest risk in proportion to it.
  public struct Tally: Sendable, Hashable {
    public private(set) var trials = 0
    public private(set) var lowest: Undercut?

    fileprivate mutating func add(_ undercut: Undercut) {
      trials += 1
      if lowest.map({ undercut.risk * $0.bound < $0.risk * undercut.bound }) ?? true { lowest = undercut }
    }
  }

  /// - Returns: nil without levels.
  init?(_ cell: Cell, _ levels: RiskLevels?) {
    guard let levels else { return nil }
    self.levels = levels
    architecture = cell.architecture
    ladderBound = levels.ladderBound(architecture)?.risk
    optimum = architecture.depth == 1 ? levels.optimum(width: architecture.width) : nil
  }

  mutating func check(trial: Int, _ outcome: Outcome, _ analysis: TrialAnalysis?) {
    guard !outcome.hasDiverged && !outcome.hasCrashed else { return }
    // The error of rounding at the end of training is larger than that at the limit, where residuals are smaller; the bound
    // has one of the same size.
    let risk = min(outcome.risk, analysis?.limit?.risk ?? .infinity) + 2 * outcome.riskError
    func undercut(_ bound: Double, by tolerance: Double) -> Undercut? {
      risk < bound * (1 - tolerance) ? Undercut(trial: trial, risk: risk, bound: bound) : nil
    }
    if let ladderBound, let found = undercut(ladderBound, by: 1e-9) { belowLadder.add(found) }
    guard architecture.depth == 1 else { return }
    let width = architecture.width
    if let dead = analysis?.initiallyDeadNeurons, dead > 0,
      let found = undercut(levels.lowerBound(width: max(width - dead, 0)), by: 1e-9)
    {
      belowPathwiseBound.add(found)
    }
    if let optimum, let found = undercut(optimum, by: 1e-10) { belowOptimum.add(found) }
  }

  /// What a report says; empty where all is well.
  var texts: [String] {
    func text(_ tally: Tally, _ name: String, _ consequence: String) -> [String] {
      tally.lowest.map { lowest in
        let count = tally.trials == 1 ? "1 trial has a risk" : "\(tally.trials) trials have risks"
        return ["\(count) below \(name); lowest: trial \(lowest.trial), \(lowest.risk) < \(lowest.bound)\(consequence)"]
      } ?? []
    }
    return text(
      belowLadder, "D_\(levels.ladderBound(architecture)?.pieces ?? 0)",
      ", which no network of this width can have: please report this")
      + text(
        belowPathwiseBound, "m_(h-K), K the neurons dead at initialization",
        ", which no network with so many dead neurons can have: please report this")
      + text(
        belowOptimum, "the searched m_\(architecture.width)",
        "; this risk is the better value of m_\(architecture.width)")
  }
}
