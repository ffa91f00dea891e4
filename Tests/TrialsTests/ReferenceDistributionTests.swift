import Foundation
import Studies
import TestSupport
import Testing
import Trials

/// Final risks against those of the independent NumPy implementation in Scripts/reference: 120 of our trials, 400 of its
/// networks a case. A check of the whole machine from the outside; the large comparison, with 3000 trials, is in the
/// README of that folder.
@Suite struct ReferenceDistributionTests {
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let study: String
    let width: Int
    let risks: [Double]
    var testDescription: String { "\(study) \(width)" }
  }

  private struct File: Decodable {
    let cases: [Case]
  }

  static let cases: [Case] = (recordedResults("reference-risks.json") as File).cases

  @Test func thereAreThreeCases() {
    #expect(Self.cases.map(\.testDescription) == ["inner-bias 5", "inner-bias 20", "shallow-he 32"])
    #expect(Self.cases.allSatisfy { $0.risks.count >= 300 })
  }

  /// Two-sample test of Kolmogorov and Smirnov at the level 0.001: with the fixed seed it passes or fails for good; with
  /// another seed it would fail wrongly once in a thousand times.
  @Test(arguments: cases)
  func finalRisksHaveTheSameLaw(_ reference: Case) throws {
    let study = try PreparedStudy(
      Study.load(
        reference.study, overrides: [Override(key: "network.hidden", value: "[[\(reference.width)]]")]))
    let risks = study.runners[0].results(of: 0..<120, kernels: widest).outcomes.map(\.risk).sorted()
    let distance = kolmogorovSmirnov(risks, reference.risks.sorted())
    let (n, m) = (Double(risks.count), Double(reference.risks.count))
    let critical = (-Foundation.log(0.001 / 2) / 2 * (n + m) / (n * m)).squareRoot()
    #expect(distance < critical)
  }
}
