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

/// What is said while reference risks are searched for.
@Suite struct SearchForecastTests {
  /// Where the work is as it is thought to be, the forecast is right from its first sentence on.
  @Test func expectedWork() {
    var forecast = SearchForecast(largestWidth: 10)
    var sentences: [String] = []
    // The widths take 0.2 + 2^h / 256 s each, in all 9.99 s.
    var seconds = 3.0
    for width in 0...10 {
      if width > 0 { seconds += 0.2 + Double(1 << width) / 256 }
      if let sentence = forecast.sentence(after: width, seconds: seconds) { sentences.append(sentence) }
    }
    #expect(
      sentences == [
        "searching the reference risks: widths up to 4 of 10 in 4 s, about 10 s to go",
        "searching the reference risks: widths up to 8 of 10 in 7 s, about 7 s to go",
        "searching the reference risks: widths up to 9 of 10 in 9 s, about 5 s to go",
      ])
  }

  @Test func littleIsLeft() {
    var forecast = SearchForecast(largestWidth: 5)
    for width in 0...5 { #expect(forecast.sentence(after: width, seconds: 3 + 0.1 * Double(width)) == nil) }
    // 7 s for the widths up to 4, so 11 s for those that are left.
    var slow = SearchForecast(largestWidth: 7)
    #expect(slow.sentence(after: 0, seconds: 3) == nil && slow.sentence(after: 3, seconds: 8) == nil)
    #expect(slow.sentence(after: 4, seconds: 10) != nil && slow.sentence(after: 5, seconds: 11) == nil)
    #expect(slow.sentence(after: 7, seconds: 50) == nil)
  }

  /// Searches that end before the first width that tells say nothing, however long they take.
  @Test func fewWidths() {
    for largest in 0...RiskLevels.largestSearchedWidth {
      var forecast = SearchForecast(largestWidth: largest)
      let sentences = (0...largest).compactMap { forecast.sentence(after: $0, seconds: 3 + 100 * Double($0)) }
      #expect(sentences.count == max(largest - 4, 0))
    }
  }
}
