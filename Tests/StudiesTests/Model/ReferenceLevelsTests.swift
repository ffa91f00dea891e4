import Landscape
import Studies
import Testing

@Suite struct ReferenceLevelsTests {
  private func study(_ target: String) throws -> Study {
    try Study.parse(
      text: """
        study: levels
        problem: {input: {uniform: [0, 1]}, target: "\(target)"}
        network: {hidden: [[1]], initial: {weights: {normal: 1}, biases: {normal: 1}}}
        training: {optimizer: population, learning-rate: 0.1, steps: 1}
        verdict: {good: {ratio-at-most: 2}}
        sampling: {trials: 1, seed: 0, confidence: 0.95}
        """, origin: .file("levels"))
  }

  /// Key, length and bytes of each level, in the order of the keys; others than the requested ones are left out.
  @Test func messageForm() throws {
    let requests = try study("x^2").levelRequests + study("x^3").levelRequests
    try #require(requests.count == 2)
    let levels = ReferenceLevels(
      Dictionary(uniqueKeysWithValues: try requests.map { ($0, try $0.search()) }))
    let expected = try requests.sorted { $0.key < $1.key }.flatMap { request in
      let bytes = try request.search().bytes
      return Array(request.key.utf8) + [UInt8(bytes.count & 0xff), UInt8(bytes.count >> 8), 0, 0, 0, 0, 0, 0] + bytes
    }
    #expect(levels.bytes == expected)
    #expect(ReferenceLevels(requests, bytes: expected) == levels)
    #expect(ReferenceLevels([requests[0]], bytes: expected) == ReferenceLevels([requests[0]: try requests[0].search()]))
    // A part that is cut off is missing, whatever is cut.
    let first = try #require(requests.min { $0.key < $1.key })
    #expect(
      ReferenceLevels(requests, bytes: Array(expected.dropLast())) == ReferenceLevels([first: try first.search()]))
    #expect(ReferenceLevels(requests, bytes: Array(expected.prefix(70))) == ReferenceLevels())
  }
}
