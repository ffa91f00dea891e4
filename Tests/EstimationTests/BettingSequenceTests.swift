import Estimation
import Foundation
import TestSupport
import Testing

@Suite("Bets")
struct BettingSequenceTests {
  /// A NumPy program written from the formulas, on a grid of 1e-9.
  @Test func recorded() {
    for row in LawReferences.recorded.sequences {
      var sequence = BettingSequence()
      for outcome in row.outcomes { sequence.add(outcome == "1") }
      #expect(sequence.trials == row.outcomes.count && sequence.successes == row.outcomes.count { $0 == "1" })
      let interval = sequence.interval(at: ConfidenceLevel(1 - row.alpha))
      #expect(abs(interval.lower - row.lower) <= 2e-9)
      #expect(abs(1 - interval.upper - row.rest) <= 2e-9)
    }
  }

  @Test func edges() {
    var sequence = BettingSequence()
    #expect(sequence.interval(at: level95) == .unit)
    sequence.add(false, count: 70)
    #expect(sequence.lowerBound(at: level95) == 0 && sequence.upperBound(at: level95) < 0.1)
    #expect(!sequence[69])
    sequence.add(true)
    #expect(sequence[70] && sequence.trials == 71 && sequence.successes == 1)
    // The other side is the same with successes and failures exchanged.
    var mirror = BettingSequence()
    mirror.add(true, count: 70)
    mirror.add(false)
    #expect(abs(mirror.lowerBound(at: level95) - (1 - sequence.upperBound(at: level95))) < 1e-15)
    // What is excluded stays excluded, but for the room for rounding errors.
    let before = mirror.lowerBound(at: level99)
    mirror.add(false, count: 300)
    #expect(mirror.lowerBound(at: level99) >= before - 1e-12)
  }

  /// The capital of the true probability has mean 1 after every trial: over all 2^12 outcomes of 12 trials.
  @Test(arguments: [0.1, 0.5, 0.9]) func meanCapital(p: Double) {
    var mean = 0.0
    for pattern in 0..<(1 << 12) {
      var (capital, probability, count, squares) = (1.0, 1.0, 0.0, 0.25)
      var sequence = BettingSequence()
      var largest = 0.0
      for i in 1...12 {
        let isSuccess = pattern >> (i - 1) & 1 == 1
        let bet = (2 * log(20.0) / (squares / Double(i) * Double(i) * log(1 + Double(i)))).squareRoot()
        capital *= 1 + min(bet, 0.5 / p) * ((isSuccess ? 1 : 0) - p)
        probability *= isSuccess ? p : 1 - p
        largest = max(largest, log(capital))
        sequence.add(isSuccess)
        count += isSuccess ? 1 : 0
        let distance = (isSuccess ? 1 : 0) - (0.5 + count) / Double(i + 1)
        squares += distance * distance
      }
      mean += probability * capital
      if pattern % 17 == 0 { #expect(abs(sequence.logCapital(at: p, level: level95) - largest) < 1e-12) }
    }
    #expect(abs(mean - 1) < 1e-12)
  }

  @Test func runningIntersection() {
    var running = RunningIntersection()
    #expect(running.interval == .unit)
    running.add(Interval(lower: 0.2, upper: 0.8))
    running.add(Interval(lower: 0.1, upper: 0.6))
    #expect(running.interval == Interval(lower: 0.2, upper: 0.6) && !running.isContradictory)
    running.add(Interval(lower: 0.7, upper: 0.9))
    #expect(running.interval == Interval(lower: 0.2, upper: 0.6) && running.isContradictory)
  }
}
