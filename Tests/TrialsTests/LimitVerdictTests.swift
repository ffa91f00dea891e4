import Kernels
import Landscape
import Outcomes
import Studies
import TestSupport
import Testing
import Trials

/// Verdicts about the limit, on studies whose answer is known.
@Suite struct LimitVerdictTests {
  private func study(_ text: String, _ settings: [String] = []) throws -> PreparedStudy {
    try PreparedStudy(
      Study.parse(
        text: text, origin: .file("study.yaml"), overrides: settings.map { try Override(argument: $0) }))
  }

  private func judged(_ runner: CellRunner, _ trials: Int) throws -> [(Outcome, TrialAnalysis?, Judgement)] {
    let results = runner.results(of: 0..<trials, kernels: widest)
    let judge = try #require(runner.cell.judge(nil))
    return results.outcomes.indices.map { trial in
      let analysis = results.analyses.isEmpty ? nil : results.analyses[trial]
      return (results.outcomes[trial], analysis, judge.judgement(of: results.outcomes[trial], analysis))
    }
  }

  /// Where the risk tends to 0, relative to the risk nothing ever comes to rest. The risk certifies it all the same.
  @Test(arguments: [
    """
    study: zero-risk
    problem: {data: {points: [[1, 1], [2, 2]]}}
    network:
      hidden: [[1]]
      activation: identity
      initial: {inner-weights: {uniform: [0, 2]}, inner-biases: {constant: 0}, outer-weights: {constant: 1}, outer-bias: {constant: 0}}
      trainable: [inner-weights]
    training: {optimizer: population, learning-rate: 0.01, steps: 300, precision: float64}
    verdict: {good: {risk-at-most: 1e-3}}
    """,
    """
    study: linear-teacher
    problem:
      input: {normal: {dimension: 2}}
      target: {teacher: {activation: identity, hidden: [1], parameters: [1, -1, 0, 1, 0]}}
    network: {hidden: [[1]], activation: identity, initial: {weights: {normal: 1}, biases: {constant: 0}}}
    training: {optimizer: population, learning-rate: 0.05, steps: 60, precision: float64}
    verdict: {good: {risk-at-most: 1e-3}}
    """,
    """
    study: xor
    problem: {data: {points: [[-1, -1, 0], [-1, 1, 1], [1, -1, 1], [1, 1, 0]]}}
    network:
      hidden: [[2]]
      initial: {inner-weights: {normal: 0.5}, inner-biases: {constant: 0}, outer-weights: {constant: 1}, outer-bias: {constant: 0}}
      trainable: [inner-weights, inner-biases]
    training: {optimizer: {adam: {beta1: 0.9, beta2: 0.99}}, learning-rate: 0.01, steps: 800, batch: {sampling: full}}
    verdict: {good: {risk-at-most: 1e-3}}
    """,
  ])
  func zeroRisk(text: String) throws {
    let trials = try judged(try study(text).runners[0], 100)
    for (outcome, _, judgement) in trials { #expect((judgement.verdict == .good) == (outcome.risk <= 1e-3)) }
    #expect(trials.contains { $0.2.verdict == .good })
  }

  /// A network that was trained for one tiny step has not failed: without limits nothing is known of it, and with them it is
  /// judged like its initialization.
  @Test func untrained() throws {
    let widths = ("network.hidden", "[[5], [20]]")
    let untrained = [("training.learning-rate", "1e-12"), ("training.steps", "1"), widths]
    for runner in try PreparedStudy(load("inner-bias", untrained + [("limit", "off")])).runners {
      for (outcome, _, judgement) in try judged(runner, 60) {
        #expect(judgement.verdict == (outcome.risk <= 1e-3 ? .good : .undecided))
      }
    }
    // The flow from initialization itself, by one exact step that is too short to matter.
    let exact = [
      ("training.optimizer", "population"), ("training.learning-rate", "1e-300"), ("training.steps", "1"),
      ("training.precision", "float64"), widths,
    ]
    let (ones, others) = (
      try PreparedStudy(load("inner-bias", untrained)).runners, try PreparedStudy(load("inner-bias", exact)).runners
    )
    // P(good) near 0.09 and 0.62: shares of 200 each differ by at most 4.42 standard deviations (1e-5).
    for place in ones.indices {
      let counts = try [ones[place], others[place]].map { runner -> Double in
        let verdicts = try judged(runner, 200).map(\.2.verdict)
        #expect(!verdicts.contains(.undecided))
        return Double(verdicts.count { $0 == .good })
      }
      let p = (counts[0] + counts[1]) / 400
      let deviation = (2 * 200 * p * (1 - p)).squareRoot()
      #expect(abs(counts[0] - counts[1]) <= 4.42 * deviation)
    }
  }

  /// Flows of a target with a jump leave for infinity where they can do better: good by the risk, but never at rest. All
  /// critical points are worse.
  @Test func jump() throws {
    let runner = try study(
      """
      study: jump
      problem: {target: "floor(2 * x)"}
      network: {hidden: [[2]], initial: {weights: {normal: 1}, biases: {normal: 1}}}
      training: {optimizer: population, learning-rate: 1e-6, steps: 1, precision: float64}
      verdict: {good: {risk-at-most: 0.02}}
      """
    ).runners[0]
    var good = 0
    for (_, analysis, judgement) in try judged(runner, 60) {
      #expect(judgement.verdict != .undecided)
      guard let limit = analysis?.limit else { continue }
      if judgement.verdict == .good {
        good += 1
        #expect(!limit.isAtRest)
      } else {
        #expect(limit.isAtRest && limit.risk > 0.0450)
      }
    }
    #expect(good >= 1)
  }

  /// Deep networks: good by the risk, at the end of training or along the flow, bad where the flow is at rest above the bound
  /// or a whole layer is dead; none is left open.
  @Test func deepNetworks() throws {
    let runner = try study(
      """
      study: deep
      problem: {target: "sin(3*x)"}
      network: {hidden: [[2, 2]], initial: {weights: he-normal, biases: {constant: 0}}}
      training: {learning-rate: 0.02, steps: 500}
      verdict: {good: {risk-at-most: 0.05}}
      """
    ).runners[0]
    let trials = try judged(runner, 200)
    for (outcome, analysis, judgement) in trials {
      if outcome.risk <= 0.05 {
        #expect(judgement.verdict == .good)
      } else if case .constant(let limit)? = analysis?.certificate {
        // The variance of sin 3x.
        // Printed with ten decimals; 1e-7 tells it from every other level, and is not rounding.
        #expect(abs(limit - 0.0832768319) < 1e-7)
        #expect(judgement.verdict == .bad && judgement.isCertified)
      } else if let limit = analysis?.limit, judgement.verdict == .good {
        #expect(limit.risk <= 0.05)
      } else {
        #expect(judgement.verdict == .bad && analysis?.limit?.isAtRest == true && !judgement.isCertified)
      }
    }
    // A layer of two is dead with probability 1/4 from the start.
    for verdict in [Verdict.good, .bad] { #expect(trials.count { $0.2.verdict == verdict } >= 5, "\(verdict)") }
  }

  /// Neurons whose kinks stay exactly at an end of the interval, because biases are 0 and not trained, have gradients like
  /// all others: no flow rests before these are 0. Every network with a live neuron tends to the best multiple of x, with
  /// risk 1/80.
  @Test(arguments: ["relu", "{leaky-relu: 0.1}"])
  func kinksAtTheEnd(activation: String) throws {
    let runner = try study(
      """
      study: no-biases
      problem: {target: "x^2"}
      network:
        hidden: [[4]]
        initial: {weights: he-normal, biases: {constant: 0}}
        trainable: [inner-weights, outer-weights]
      training: {learning-rate: 0.01, steps: 100, batch: {size: 64}}
      verdict: {good: {risk-at-most: 0.0126}}
      """, ["network.activation=\(activation)"]
    ).runners[0]
    try expectGoodUnlessDead(runner, trials: 80, riskOfDead: 0.2)
  }

  /// Small networks leave the saddle 0, however small they are.
  @Test(arguments: ["1e-8", "1e-12", "1e-16"])
  func smallNetworks(scale: String) throws {
    let runner = try study(
      """
      study: small
      problem: {target: "x^2"}
      network:
        hidden: [[6]]
        initial:
          inner-weights: {normal: \(scale)}
          inner-biases: {constant: 0}
          outer-weights: {normal: \(scale)}
          outer-bias: {constant: 0}
      training: {optimizer: population, learning-rate: 1e-12, steps: 1, precision: float64}
      verdict: {good: {risk-at-most: 0.02}}
      """
    ).runners[0]
    // The variance of x^2.
    try expectGoodUnlessDead(runner, trials: 30, riskOfDead: 4 / 45)
  }

  /// Flows from near 0 towards a positive target lead to good limits, unless they kill all neurons. None with positive
  /// weights dies.
  private func expectGoodUnlessDead(_ runner: CellRunner, trials: Int, riskOfDead: Double) throws {
    var parameters: [[Double]] = []
    let judgements = runner.judgements(of: 0..<trials, kernels: widest) { parameters.append($0) }
    let width = runner.cell.architecture.width
    var dead = 0
    for ((_, analysis, judgement), (trained, same)) in zip(try judged(runner, trials), zip(parameters, judgements)) {
      #expect(judgement == same)
      guard judgement.verdict != .good else { continue }
      dead += 1
      #expect(judgement.verdict == .bad)
      #expect(!(0..<width).contains { trained[$0] > 0 && trained[2 * width + $0] > 0 })
      if let limit = analysis?.limit {
        // At rest the flow leaves 1e-10 of the risk or less (`FlowPolishing`) unless its gradient falls slowly; 1e-6
        // is the margin beyond which verdicts are firm.
        #expect(limit.isAtRest && abs(limit.risk - riskOfDead) < 1e-6 * riskOfDead)
      } else {
        #expect(judgement.isCertified)
      }
    }
    #expect(dead <= trials / 4)
  }

  /// A saturated neuron of a smooth activation has a tiny gradient, and moves all the same.
  @Test func saturatedNeurons() throws {
    let runner = try study(
      """
      study: saturated
      problem: {target: "x"}
      network:
        hidden: [[2]]
        activation: tanh
        initial: {inner-weights: {constant: 1}, inner-biases: {constant: 25}, outer-weights: {constant: 1}, outer-bias: {constant: 0}}
        trainable: [inner-biases]
      training: {optimizer: population, learning-rate: 0.1, steps: 1, precision: float64}
      verdict: {good: {risk-at-most: 0.01}}
      """
    ).runners[0]
    #expect(try judged(runner, 3).allSatisfy { $0.2.verdict == .undecided })
  }

  /// Networks whose neurons are all dead tend to the best constant, or stay what they are where the outer bias is not
  /// trained.
  @Test(arguments: [("[inner-weights, outer-bias]", Verdict.good), ("[inner-weights]", .bad)])
  func constantNetworks(trained: String, expected: Verdict) throws {
    let runner = try study(
      """
      study: dead
      problem: {target: "x^2"}
      network:
        hidden: [[3]]
        initial: {inner-weights: {constant: 0.5}, inner-biases: {constant: -1}, outer-weights: {constant: 1}, outer-bias: {constant: 0}}
        trainable: \(trained)
      training: {learning-rate: 0.01, steps: 5}
      verdict: {good: {risk-at-most: 0.1}}
      """
    ).runners[0]
    // The variance of x^2 is 4/45 = 0.089, its mean square 0.2.
    #expect(try judged(runner, 3).allSatisfy { $0.2.verdict == expected && $0.2.isCertified })
  }

  /// Criteria that cannot be met, or not be told, are refused.
  @Test(arguments: [
    (["verdict.good.risk-at-most=1e-15"], "verdict.good.risk-at-most: good risks must be possible from 8.3e-14 on, "),
    (["verdict.good.ratio-at-most=2", "problem.target=2"], "verdict.good.ratio-at-most (cell 3): compares the risk"),
    (
      ["verdict.good.excess-at-most=1e-15", "problem.target=x + 1"],
      "verdict.good.excess-at-most (cell 3): good risks must be possible from 8.3e-14 on, "
    ),
  ])
  func refusedCriteria(settings: [String], message: String) throws {
    let text = """
      study: refused
      problem: {target: "sin(3*x)"}
      network: {hidden: [[3]], initial: {weights: {normal: 1}, biases: {normal: 1}}}
      training: {learning-rate: 0.02, steps: 5}
      verdict: {good: {risk-at-most: 0.05}}
      """
    #expect {
      let study = try Study.parse(
        text: text, origin: .file("refused.yaml"), overrides: settings.map { try Override(argument: $0) })
      _ = try PreparedStudy(study, levels: levels(of: study))
    } throws: { error in
      "\(error)".hasPrefix(message)
    }
  }
}
