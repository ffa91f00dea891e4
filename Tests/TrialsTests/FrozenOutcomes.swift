import Foundation
import Kernels
import Outcomes
import Studies
import Trials

/// Digests of outcomes, as they are recorded in Tests/Data/frozen-outcomes.json and as they come out now.
struct FrozenOutcomes: Codable, Equatable {
  /// Of one case. AVX2 and AVX-512, the levels with fused multiply-add, give the same bits.
  struct Digests: Codable, Equatable {
    var baseline: String?
    /// Nil on a processor without such a level.
    var fused: String?
  }

  /// ``Arithmetic/version`` when they were recorded.
  var arithmetic: Int
  /// By the name of the case.
  var digests: [String: Digests]

  /// What speaks against the recorded digests; empty if all is as it was.
  func complaints(comparedWith recorded: FrozenOutcomes) -> [String] {
    let again = "record anew with LANDFALL_RECORD_OUTCOMES=1"
    guard recorded.arithmetic == arithmetic else {
      return [
        "the outcomes were recorded with version \(recorded.arithmetic) of the arithmetic, which is \(arithmetic) now: "
          + again
      ]
    }
    var complaints: [String] = []
    func complain(_ what: String, _ names: some Collection<String>, _ remedy: String) {
      guard !names.isEmpty else { return }
      let few = names.sorted().prefix(20).map { "\"\($0)\"" }.joined(separator: ", ")
      let rest = names.count > 20 ? " and \(names.count - 20) more" : ""
      complaints.append("\(what) \(few)\(rest) \(remedy)")
    }
    complain(
      "the bits of", changed(from: recorded),
      "have changed: raise Arithmetic.version and \(again), or undo the change")
    complain("the outcomes of", digests.keys.filter { recorded.digests[$0] == nil }, "are not recorded: \(again)")
    complain(
      "there are no cases", recorded.digests.keys.filter { digests[$0] == nil },
      "any more: raise Arithmetic.version and \(again), or remove their lines")
    return complaints
  }

  /// The cases of which a digest that is known to both differs.
  private func changed(from recorded: FrozenOutcomes) -> [String] {
    digests.filter { name, now in
      guard let before = recorded.digests[name] else { return false }
      return [\Digests.baseline, \.fused].contains { level in
        now[keyPath: level] != nil && now[keyPath: level] != before[keyPath: level]
      }
    }.map(\.key)
  }

  /// What to record in place of `recorded`: everything in a new version of the arithmetic; in the same version only
  /// cases that are new, so that no changed digest is replaced.
  func recording(over recorded: FrozenOutcomes) -> FrozenOutcomes {
    guard recorded.arithmetic == arithmetic else { return self }
    return FrozenOutcomes(
      arithmetic: arithmetic, digests: recorded.digests.merging(digests) { before, _ in before })
  }

  private static let file = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../Data/frozen-outcomes.json").standardized

  /// Version 0 without a file.
  static func read() throws -> FrozenOutcomes {
    guard FileManager.default.fileExists(atPath: file.path) else { return FrozenOutcomes(arithmetic: 0, digests: [:]) }
    return try JSONDecoder().decode(FrozenOutcomes.self, from: Data(contentsOf: file))
  }

  func write() throws {
    // One line a case.
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let lines = try digests.sorted { $0.key < $1.key }.map { name, digests in
      "    \(String(decoding: try encoder.encode(name), as: UTF8.self)): "
        + String(decoding: try encoder.encode(digests), as: UTF8.self)
    }
    let text = "{\n  \"arithmetic\": \(arithmetic),\n  \"digests\": {\n\(lines.joined(separator: ",\n"))\n  }\n}\n"
    try Data(text.utf8).write(to: Self.file)
  }
}

extension FrozenOutcomes.Digests {
  /// - Parameter disagreement: called if two levels with fused multiply-add differ.
  init(of runners: [CellRunner], trials: Range<Int>, disagreement: () -> Void) {
    for level in KernelLevel.supported {
      let digest = digest(of: runners.map { $0.results(of: trials, kernels: KernelTable(level)) })
      if level == .baseline {
        baseline = digest
      } else {
        if let fused, fused != digest { disagreement() }
        fused = digest
      }
    }
  }
}

/// The first 64 bits of the SHA-256 hash of all numbers of some results, each as eight bytes, little-endian. Their
/// stored forms do not enter, nor verdicts, which are no matter of arithmetic.
private func digest(of results: [TrialResults]) -> String {
  var words: [UInt64] = []
  for result in results {
    words.append(UInt64(result.outcomes.count))
    for outcome in result.outcomes {
      words += [outcome.risk, outcome.riskError, outcome.gradientNorm].map(\.bitPattern)
      words += [UInt64(outcome.steps), outcome.deadNeurons.map(UInt64.init) ?? .max]
    }
    words.append(UInt64(result.trajectories.whole.count))
    for trajectory in result.trajectories.whole {
      words.append(UInt64(trajectory.trial))
      words += trajectory.values.joined().map(\.bitPattern)
    }
  }
  let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
  return SHA256.digest(of: bytes).prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}
