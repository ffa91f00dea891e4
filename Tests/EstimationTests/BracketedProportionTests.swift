import Estimation
import Foundation
import TestSupport
import Testing

/// Bounds that hold whatever the undecided trials are: against an adversary who sees all results and then chooses the
/// trials that stay undecided, up to a quarter of them, so that the bounds miss.
@Suite("Bracketed proportions")
struct BracketedProportionTests {
  // MARK: - Values

  @Test("undecided trials count as failures below and as successes above")
  func values() {
    let bracketed = BracketedProportion(successes: 250, failures: 20, trials: 300)
    #expect(bracketed.undecided == 30)
    #expect(bracketed.lowest == Proportion(successes: 250, trials: 300))
    #expect(bracketed.highest == Proportion(successes: 280, trials: 300))
    #expect(bracketed.shares == 250.0 / 300...280.0 / 300)
    for plan in plansOfOneSample {
      let estimate = Estimate(bracketed, under: plan, at: level95)
      #expect(estimate.proportion == bracketed.lowest)
      #expect(estimate.highest == bracketed.highest)
      #expect(estimate.undecided == 30)
      #expect(estimate.shares == bracketed.shares)
      #expect(estimate.confidence == level95)
      #expect(estimate.lowerBound == Estimate(bracketed.lowest, under: plan, at: level95).lowerBound)
    }
  }

  @Test("the ends of Clopper and Pearson's intervals of the two extremes")
  func fixedPlan() {
    let estimate = Estimate(BracketedProportion(successes: 8, failures: 1, trials: 12), under: .fixed, at: level95)
    #expect(estimate.method == .clopperPearson)
    #expect(estimate.interval.lower == Proportion(successes: 8, trials: 12).clopperPearson(at: level95).lower)
    #expect(estimate.interval.upper == Proportion(successes: 11, trials: 12).clopperPearson(at: level95).upper)
  }

  @Test("two one-sided confidence sequences of half the error each, whether or not there are undecided trials")
  func anytime() {
    let half = level95.simultaneous(over: 2)
    for (successes, failures) in [(8, 1), (8, 4), (0, 0), (12, 0), (0, 12)] {
      let bracketed = BracketedProportion(successes: successes, failures: failures, trials: 12)
      let interval = Estimate(bracketed, under: .anytime, at: level95).interval
      #expect(interval.lower == bracketed.lowest.confidenceSequenceLower(at: half))
      #expect(interval.upper == bracketed.highest.confidenceSequenceUpper(at: half))
    }
  }

  @Test("with every trial decided a fixed plan gives plain Clopper-Pearson", arguments: [1, 7, 60])
  func allDecided(n: Int) {
    for level in [ConfidenceLevel(0.5), level95, level99] {
      for k in 0...n {
        let proportion = Proportion(successes: k, trials: n)
        let bracketed = Estimate(BracketedProportion(proportion), under: .fixed, at: level)
        #expect(bracketed == Estimate(proportion, under: .fixed, at: level))
        #expect(bracketed.interval == proportion.clopperPearson(at: level))
        #expect(bracketed.undecided == 0)
      }
    }
  }

  @Test("plain proportions have no undecided trials")
  func plain() {
    for plan in plansOfOneSample {
      let estimate = Estimate(Proportion(successes: 285, trials: 300), under: plan, at: level95)
      #expect(estimate.highest == estimate.proportion)
      #expect(estimate.undecided == 0)
      #expect(estimate.shares == 0.95...0.95)
    }
  }

  @Test("without trials, and with nothing but undecided ones, nothing is known", arguments: plansOfOneSample)
  func nothing(plan: SamplingPlan) {
    for trials in [0, 1, 300] {
      let estimate = Estimate(BracketedProportion(successes: 0, failures: 0, trials: trials), under: plan, at: level95)
      #expect(estimate.interval == .unit)
      #expect(estimate.lowerBound == 0)
      #expect(estimate.failureBound == 1)
      #expect(estimate.shares == (trials == 0 ? nil : 0...1))
    }
  }

  @Test("the bound of failures is the complement of the lower bound, rounded up", arguments: plansOfOneSample)
  func failureBound(plan: SamplingPlan) {
    for n in [1, 10, 300, 1_000_000_000] {
      for k in [0, n / 3, n - 1, n] {
        let estimate = Estimate(Proportion(successes: k, trials: n), under: plan, at: level95)
        // One of the two differences is exact.
        #expect(estimate.failureBound >= 1 - estimate.lowerBound && 1 - estimate.failureBound <= estimate.lowerBound)
        #expect(estimate.failureBound <= (1 - estimate.lowerBound).nextUp)
      }
    }
  }

  /// Roots of the truncated M_n(p) = 20 as in `ConfidenceSequenceTests.oneSided`, mirrored.
  @Test(
    "one-sided upper reference values",
    arguments: [
      (0, 1, .jeffreys, 0.027936694624402466), (9, 10, .jeffreys, 0.00047207228962912168),
      (2, 10, .jeffreys, 0.37016194016468422), (15, 300, .jeffreys, 0.90328065357354887),
      (0, 300, .jeffreys, 0.98745380777984775), (2, 10, .uniform, 0.37819826742304839),
    ] as [(Int, Int, BetaPrior, Double)])
  func upperSequence(k: Int, n: Int, prior: BetaPrior, complement: Double) {
    let upper = 1 - complement
    let bound = Proportion(successes: k, trials: n).confidenceSequenceUpper(at: level95, prior: prior)
    // As for the lower bounds: see `agrees`; `upper` is rounded by 2^-54.
    #expect(abs(bound - upper) <= 1e-11)
    #expect(bound >= upper.nextDown)
  }

  @Test("more successes never lower a bound, more failures never raise one", arguments: plansOfOneSample)
  func monotone(plan: SamplingPlan) {
    for level in [ConfidenceLevel(0.01), level95, ConfidenceLevel(0.999999)] {
      for n in [1, 2, 9, 16] {
        for failures in 0...n {
          var previous = Interval(lower: 0, upper: 1)
          for successes in 0...n - failures {
            let bracketed = BracketedProportion(successes: successes, failures: failures, trials: n)
            let estimate = Estimate(bracketed, under: plan, at: level)
            #expect(estimate.interval.lower >= previous.lower)
            #expect(estimate.interval.upper == previous.upper || successes == 0)
            #expect(estimate.interval.lower <= bracketed.lowest.share!)
            #expect(estimate.interval.upper >= bracketed.highest.share!)
            previous = estimate.interval
          }
        }
      }
    }
  }

  // MARK: - Coverage

  static let probabilities = [0, 0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999, 1]

  /// A rule that the coverage is checked of: which statements it makes after so many good, bad and all trials.
  struct Rule: Sendable {
    var statements: @Sendable (_ good: Int, _ bad: Int, _ trials: Int) -> [Interval]

    /// The two-sided interval and the one-sided bound, which hold at the confidence each.
    static func bracketed(_ plan: SamplingPlan) -> Rule {
      Rule { good, bad, trials in
        let estimate = Estimate(
          BracketedProportion(successes: good, failures: bad, trials: trials), under: plan, at: level95)
        return [estimate.interval, Interval(lower: 1 - estimate.failureBound, upper: 1)]
      }
    }

    /// Undecided trials are dropped, as if they had never been: the control, which has to fail.
    static func naive(_ plan: SamplingPlan) -> Rule {
      Rule { good, bad, _ in
        let estimate = Estimate(Proportion(successes: good, trials: good + bad), under: plan, at: level95)
        return [estimate.interval, Interval(lower: estimate.lowerBound, upper: 1)]
      }
    }
  }

  /// What an adversary can show of so many successes among so many trials.
  enum Adversary {
    /// Everything with at most a quarter of the trials undecided.
    case everyChoice
    /// As many successes hidden as possible, as many failures, half of each, none: for many trials.
    case extremes

    func shown(successes: Int, trials: Int) -> [(good: Int, bad: Int)] {
      let failures = trials - successes
      let most = trials / 4
      switch self {
      case .everyChoice:
        return (0...min(most, successes)).flatMap { hidden in
          (0...min(most - hidden, failures)).map { (successes - hidden, failures - $0) }
        }
      case .extremes:
        return [(most, 0), (0, most), (most / 2, most - most / 2), (0, 0)].map {
          (successes - min($0.0, successes), failures - min($0.1, failures))
        }
      }
    }
  }

  /// The statements of a rule, computed once for each number of good, bad and all trials.
  final class Statements {
    private let rule: Rule
    private let adversary: Adversary
    private var known: [[Int]: [Interval]] = [:]

    init(_ rule: Rule, _ adversary: Adversary) {
      self.rule = rule
      self.adversary = adversary
    }

    /// For each statement, whether the adversary can make it miss p.
    func misses(_ p: Double, successes: Int, trials: Int) -> [Bool] {
      var misses = [false, false]
      for (good, bad) in adversary.shown(successes: successes, trials: trials) {
        let key = [good, bad, trials]
        let statements = known[key] ?? rule.statements(good, bad, trials)
        known[key] = statements
        for (index, statement) in statements.enumerated() where !statement.contains(p) { misses[index] = true }
      }
      return misses
    }
  }

  /// The probability, for each of the two statements, that the adversary makes it miss after a planned number of
  /// trials: summed over the binomial distribution, so exact.
  private static func missed(_ statements: Statements, p: Double, trials: Int) -> [Double] {
    var missed = [0.0, 0.0]
    for (successes, mass) in binomialMasses(trials: trials, p: p).enumerated() where mass > 0 {
      // Counts too rare to matter count as missed.
      let misses =
        mass < 1e-9 ? [true, true] : statements.misses(p, successes: successes, trials: trials)
      for index in misses.indices where misses[index] { missed[index] += mass }
    }
    return missed
  }

  @Test("a planned number of trials, every choice of the undecided", arguments: [1, 4, 10, 41, 100])
  func fixedCoverage(n: Int) {
    let statements = Statements(.bracketed(.fixed), .everyChoice)
    for p in Self.probabilities {
      for missed in Self.missed(statements, p: p, trials: n) { #expect(missed <= 0.05, "p = \(p)") }
    }
  }

  @Test("a planned number of trials, many of them", arguments: [1000])
  func fixedCoverageOfMany(n: Int) {
    let statements = Statements(.bracketed(.fixed), .extremes)
    for p in Self.probabilities {
      for missed in Self.missed(statements, p: p, trials: n) { #expect(missed <= 0.05, "p = \(p)") }
    }
  }

  /// The lower bound alone fails less often for small p: to hide failures changes the share little.
  @Test("the check notices that undecided trials are dropped")
  func fixedControl() {
    let few = Statements(.naive(.fixed), .everyChoice)
    for p in [0.1, 0.5, 0.9] {
      let missed = Self.missed(few, p: p, trials: 100)
      // Ten times the error that is promised, 0.05, and for the one-sided bound twice it or ten times it: clear of
      // it.
      #expect(missed[0] > 0.5, "p = \(p)")
      #expect(missed[1] > (p < 0.5 ? 0.1 : 0.5), "p = \(p)")
    }
    let many = Statements(.naive(.fixed), .extremes)
    for p in [0.01, 0.1, 0.5, 0.9, 0.99] {
      let missed = Self.missed(many, p: p, trials: 1000)
      #expect(missed[0] > 0.5, "p = \(p)")
      #expect(missed[1] > (p < 0.5 ? 0.1 : 0.5), "p = \(p)")
    }
  }

  /// The probability, for each of the two statements, that it misses at one of these looks: at each the adversary, who
  /// knows all results so far, chooses the undecided trials anew, and stops if a statement misses. Summed over all
  /// paths that have not stopped yet, so exact.
  private static func everMissed(_ statements: Statements, p: Double, looks: [Int]) -> [Double] {
    [0, 1].map { index in
      var alive = [1.0]
      var missed = 0.0
      for look in looks {
        let steps = binomialMasses(trials: look - (alive.count - 1), p: p)
        var next = Array(repeating: 0.0, count: look + 1)
        for (successes, mass) in alive.enumerated() where mass > 0 {
          for (more, step) in steps.enumerated() { next[successes + more] += mass * step }
        }
        // Paths too rare to matter count as missed.
        for successes in 0...look where next[successes] > 0 {
          if next[successes] < 1e-9 || statements.misses(p, successes: successes, trials: look)[index] {
            missed += next[successes]
            next[successes] = 0
          }
        }
        alive = next
      }
      return missed
    }
  }

  /// A look after every trial up to 20.
  private static let everyLook = Array(1...20)
  /// Ever longer runs.
  private static let rareLooks = (0...10).map { 1 << $0 }

  @Test("any stopping time, every choice of the undecided")
  func anytimeCoverage() {
    let statements = Statements(.bracketed(.anytime), .everyChoice)
    for p in Self.probabilities {
      for missed in Self.everMissed(statements, p: p, looks: Self.everyLook) { #expect(missed <= 0.05, "p = \(p)") }
    }
  }

  @Test("any stopping time, long runs")
  func anytimeCoverageOfMany() {
    let statements = Statements(.bracketed(.anytime), .extremes)
    for p in Self.probabilities {
      for missed in Self.everMissed(statements, p: p, looks: Self.rareLooks) { #expect(missed <= 0.05, "p = \(p)") }
    }
  }

  @Test("the check notices that undecided trials are dropped, at any stopping time", arguments: plansOfOneSample)
  func anytimeControl(plan: SamplingPlan) {
    let often = Statements(.naive(plan), .everyChoice)
    // Twice the error that is promised, and below ten times it: clear of it.
    for missed in Self.everMissed(often, p: 0.5, looks: Self.everyLook) { #expect(missed > 0.1) }
    let rare = Statements(.naive(plan), .extremes)
    for p in [0.01, 0.1, 0.5, 0.9, 0.99] {
      let missed = Self.everMissed(rare, p: p, looks: Self.rareLooks)
      #expect(missed[0] > 0.5, "p = \(p)")
      if p >= 0.5 { #expect(missed[1] > 0.5, "p = \(p)") }
    }
  }

  /// 1000 streams of 200 trials, looked at after every twentieth, with trials that are undecided for a reason: a success or
  /// a failure comes out undecided while that makes a quarter at most, the kind being chosen at the start of the
  /// stream. The bounds ever miss in at most a share 0.05 of streams: a Binomial(1000, 0.05) count exceeds 77 with a
  /// probability of at most 1e-4, the false-alarm rate of each check over the choice of the seed, which is fixed.
  @Test("simulated streams stay inside", arguments: [0.01, 0.5, 0.9, 0.99, 1])
  func simulation(p: Double) {
    let rules = [Rule.bracketed(.anytime), .naive(.anytime)]
    var known: [[Int]: [Interval]] = [:]
    var generator = SplitMix64(state: 20_260_102)
    var missed = [[0, 0], [0, 0]]
    for stream in 0..<1000 {
      let hidesSuccesses = stream % 2 == 0
      var (good, bad, undecided) = (0, 0, 0)
      var misses = [[false, false], [false, false]]
      for trial in 1...200 {
        let isSuccess = generator.uniform() < p
        if isSuccess == hidesSuccesses && 4 * (undecided + 1) <= trial {
          undecided += 1
        } else if isSuccess {
          good += 1
        } else {
          bad += 1
        }
        guard trial % 20 == 0 else { continue }
        for (index, rule) in rules.enumerated() {
          let key = [index, good, bad, trial]
          let statements = known[key] ?? rule.statements(good, bad, trial)
          known[key] = statements
          for (place, statement) in statements.enumerated() where !statement.contains(p) { misses[index][place] = true }
        }
      }
      for index in rules.indices {
        for place in 0...1 where misses[index][place] { missed[index][place] += 1 }
      }
    }
    for count in missed[0] { #expect(count <= 77) }
    // The same streams show the control to miss.
    if p == 0.5 { for count in missed[1] { #expect(count > 77) } }
  }
}
