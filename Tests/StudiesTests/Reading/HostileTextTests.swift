import Networks
import Studies
import TestSupport
import Testing

/// Texts that are no studies in unusual ways: an error, never a crash, and soon.
@Suite struct HostileTextTests {
  @Test(arguments: [
    ("[", "]"), ("- ", ""), ("? ", ""), ("{a: ", "}"), ("[[5], ", "]"), ("a:\n ", ""), ("&a [", "]"), ("!!seq [", "]"),
  ])
  func deepNesting(opening: String, closing: String) {
    for count in [20, 900, 1100, (1 << 20) / (opening.utf8.count + closing.utf8.count)] {
      let value = String(repeating: opening, count: count) + "1" + String(repeating: closing, count: count)
      #expect(failure(value) != nil)
      #expect(failure("network:\n  hidden: \(value)") != nil)
      #expect(overrideFailure("network.hidden=\(value)") != nil)
    }
  }

  @Test func tooDeep() {
    let value = String(repeating: "[", count: 2000)
    #expect(
      failure("network:\n  hidden: \(value)")?.description
        == "inner.yaml:2: the YAML cannot be read: lists or mappings are nested too deep; no study needs that")
  }

  /// The stars of products are no aliases, with spaces around them or without.
  @Test func productsAreNoAliases() throws {
    let target = (1...12).map { "sin(\($0)*x)" }.joined(separator: "*")
    let study = try Study.load("inner-bias", overrides: [Override(key: "problem.target", value: target)])
    #expect(
      try Study.parse(text: study.text, origin: .file("again")).family.problem.target == study.family.problem.target)
  }

  /// Aliases of aliases: ten to the power 20 values in a few lines.
  @Test func aliases() {
    var lines = ["a0: &a0 [1, 1]"]
    for level in 1...20 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
      lines.append("a\(level): &a\(level) [\(aliases)]")
    }
    lines.append("? *a20\n: 1")
    #expect(
      failure(lines.joined(separator: "\n"))?.description
        == "inner.yaml: more than 8 YAML aliases (*name) are used; write the values instead")
  }

  /// Few aliases of many values.
  @Test func largeAliases() {
    let values = Array(repeating: "1", count: 100_000).joined(separator: ",")
    #expect(
      failure("a: &a [\(values)]\nb: &b [*a, *a, *a]\nc: [*b, *b, *b]\n")?.description
        == "inner.yaml:1: the text has more than 600000 values, those of an alias (*name) counted wherever it stands; no study "
        + "needs so many")
  }

  /// A few aliases are fine; products in expressions are none.
  @Test func fewAliases() throws {
    let study = try parse(
      sample(line: 10, "    inner-weights: &law {half-normal: \"h^(-4/15)\"}")
        .replacing("{uniform: [-1, \"h\"]}", with: "*law"))
    #expect(
      study.family.initialization.laws[BlockName("outer-weights")]
        == study.family.initialization.laws[BlockName("inner-weights")])
    let product = Array(repeating: "x", count: 40).joined(separator: " *")
    #expect(failure(sample(line: 5, "  target: \(product)"))?.key == nil)
    let sum = Array(repeating: "2*x", count: 40).joined(separator: " + ")
    #expect(try parse(sample(line: 5, "  target: \(sum)")).family.problem.target != nil)
  }

  @Test func longTexts() {
    let limit = 1 << 20
    #expect(failure(String(repeating: "a", count: limit))?.line == 1)
    #expect(
      failure(String(repeating: "a", count: limit + 1))?.description
        == "inner.yaml: the text has 1048577 bytes; a study has at most 1048576")
    #expect(failure("\"\(String(repeating: "a\\n", count: limit / 4))\": 1") != nil)
    let key = String(repeating: "k", count: 200)
    #expect(failure("\(key): 1")?.message.count ?? 0 < 300)
    #expect(failure(sample(line: 8, "  hidden: [\(String(repeating: "5, ", count: limit / 4))5]"))?.line == 8)
    let cells = (1...10_000).map { "[\($0)]" }.joined(separator: ", ")
    #expect(failure(sample(line: 8, "  hidden: [\(cells)]")) == nil)
  }

  /// Random damage: whatever is still a study survives being printed and read.
  @Test func damage() throws {
    let digits = String(repeating: "0123456789", count: 4)
    let characters = Array(digits + "[]{}:,-?*&!|>'\"%@`#\\ \n\t.eExhn~^()\u{0}\u{85}\u{2028}\u{E9}\u{1F600}")
    var studies = 0
    for seed in 0..<1700 as Range<UInt64> {
      var generator = SplitMix64(state: seed)
      var text = Array(sampleText)
      for _ in 0...generator.below(3) / 2 {
        let place = generator.below(text.count)
        switch generator.below(5) {
        case 0: text[place] = generator.element(characters)
        case 1: text.insert(generator.element(characters), at: place)
        case 2: text.remove(at: place)
        case 3: text.removeSubrange(place..<min(text.count, place + 1 + generator.below(30)))
        default: text.insert(contentsOf: text[place..<min(text.count, place + 1 + generator.below(30))], at: place)
        }
      }
      guard let study = try? parse(String(text)) else {
        #expect(failure(String(text))?.source == "inner.yaml", "seed \(seed)")
        continue
      }
      let again = try parse(study.text)
      #expect(again == study, "seed \(seed)")
      #expect(again.text == study.text, "seed \(seed)")
      studies += 1
    }
    #expect(studies > 60 && studies < 1650, "\(studies)")
  }
}
