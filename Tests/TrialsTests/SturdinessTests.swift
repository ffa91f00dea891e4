import Foundation
import Kernels
import Landscape
import Outcomes
import Studies
import TestSupport
import Testing
import Trials

/// Verdicts do not hang on last bits. `Scripts/sturdiness` runs the same with thousands of trials, and compares LAPACK
/// libraries.
@Suite struct SturdinessTests {
  /// Trials of each cell.
  private static let trials =
    ProcessInfo.processInfo.environment["LANDFALL_STURDINESS_TRIALS"].flatMap { Int($0) } ?? 100

  /// With the last bit of every trained parameter changed at random, hardly a verdict changes: at most 0.2 %, which among
  /// few trials is none; and none that needs no flow, or that a theorem gives.
  @Test(arguments: [
    ("inner-bias", [("network.hidden", "[[5], [20]]"), ("training.steps", "1000")]),
    ("shallow-normal", [("network.hidden", "[[10]]"), ("training.steps", "1000")]),
    ("deep-normal", [("network.hidden", "[[8, 8]]"), ("training.steps", "1000")]),
    ("clipping", [("network.hidden", "[[10], [100]]"), ("training.steps", "1000")]),
    (
      "ladder",
      [
        ("network.hidden", "[[5], [10]]"), ("verdict.good", "{risk-at-most: 1e-2}"),
        ("limit", "{classes: false}"),
      ]
    ),
  ])
  func lastBitsOfParameters(name: String, settings: [(String, String)]) throws {
    for runner in try PreparedStudy(load(name, settings)).runners {
      var random = SplitMix64(state: 11)
      let plain = runner.judgements(of: 0..<Self.trials, kernels: widest) { _ in }
      let changed = runner.judgements(of: 0..<Self.trials, kernels: widest) { parameters in
        for index in parameters.indices {
          let up = random.next() & 1 == 0
          parameters[index] = up ? parameters[index].nextUp : parameters[index].nextDown
        }
      }
      let differing = zip(plain, changed).filter { $0.verdict != $1.verdict }
      #expect(Double(differing.count) <= 0.002 * Double(Self.trials), "\(name) \(runner.cell.label): \(differing)")
      #expect(differing.allSatisfy { !$0.0.isAtEnd && !$0.0.isCertified })
      if Self.trials > 1000 {
        print("\(name) \(runner.cell.label): \(differing.count) of \(Self.trials) verdicts change")
        fflush(nil)  // hours of work: each line as it comes
      }
    }
  }
}
