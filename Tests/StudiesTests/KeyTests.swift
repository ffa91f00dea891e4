import Studies
import Testing

/// Every key of a full study file is removed, misspelled and given values of other types.
@Suite struct KeyTests {
  /// A study file that can be taken apart.
  indirect enum Sketch {
    case number(String)
    case text(String)
    case list(String)
    case mapping([(key: String, value: Sketch)])

    var yaml: String {
      switch self {
      case .number(let text), .list(let text): text
      case .text(let text): "\"\(text)\""
      case .mapping(let entries): "{\(entries.map { "\"\($0.key)\": \($0.value.yaml)" }.joined(separator: ", "))}"
      }
    }

    var paths: [[String]] {
      guard case .mapping(let entries) = self else { return [] }
      return entries.flatMap { entry in [[entry.key]] + entry.value.paths.map { [entry.key] + $0 } }
    }

    func value(_ path: ArraySlice<String>) -> Sketch {
      guard let key = path.first, case .mapping(let entries) = self else { return self }
      return entries.first { $0.key == key }!.value.value(path.dropFirst())
    }

    /// With `change` in place of the entry at `path`; without the entry if it is nil.
    func changing(
      _ path: ArraySlice<String>, _ change: (key: String, value: Sketch)?
    ) -> Sketch {
      guard let key = path.first, case .mapping(let entries) = self else { return self }
      return .mapping(
        entries.compactMap { entry in
          if entry.key != key { return entry }
          if path.count == 1 { return change }
          return (key, entry.value.changing(path.dropFirst(), change))
        })
    }
  }

  /// Full study files, which together have all keys.
  private static let sketches: [Sketch] = (0..<4).map { turn in
    let laws: [(key: String, value: Sketch)] = [
      ("normal", .text("1/h")), ("half-normal", .number("2")), ("uniform", .list("[-1, \"h\"]")),
      ("constant", .number("0")),
    ]
    let blocks = ["inner-weights", "inner-biases", "outer-weights", "outer-bias"]
    let criteria = ["relative-decrease-at-most", "gradient-norm-at-most"]
    return .mapping([
      ("study", .text("full")), ("source", .text("nowhere")),
      ("problem", .mapping([("input", .mapping([("uniform", .list("[0, 1]"))])), ("target", .text("x^2"))])),
      (
        "network",
        .mapping([
          ("activation", .text("relu")), ("hidden", .list("[[5], [20]]")),
          ("initial", .mapping((0..<4).map { (blocks[$0], .mapping([laws[($0 + turn) % 4]])) })),
          ("trainable", .list("[inner-biases]")),
        ])
      ),
      (
        "training",
        .mapping([
          ("optimizer", .text("sgd")), ("learning-rate", .number("0.1")), ("steps", .number("100")),
          ("batch", .mapping([("size", .number("16")), ("stream", .text("shared"))])),
        ])
      ),
      (
        "verdict",
        .mapping([
          ("good", .mapping([("risk-at-most", .number("1e-3"))])),
          ("stationary", .mapping([(criteria[turn % 2], .number("0.1"))])),
        ])
      ),
      (
        "sampling",
        .mapping([("trials", .number("10")), ("seed", .number("1")), ("confidence", .number("0.9"))])
      ),
    ])
  }

  private static let optionalKeys: Set<String> = [
    "source", "problem.input", "network.activation", "network.trainable", "training.optimizer", "training.batch",
    "training.batch.size", "training.batch.stream", "verdict.stationary", "sampling", "sampling.trials",
    "sampling.seed",
    "sampling.confidence",
  ]

  @Test func completeness() throws {
    for sketch in Self.sketches { _ = try parse(sketch.yaml) }
    let paths = Set(Self.sketches.flatMap(\.paths).map { $0.joined(separator: ".") })
    #expect(paths == Set(Study.keys))
  }

  @Test func removed() {
    for sketch in Self.sketches {
      for path in sketch.paths {
        let name = path.joined(separator: ".")
        let error = failure(sketch.changing(path[...], nil).yaml)
        if Self.optionalKeys.contains(name) {
          #expect(error == nil, "\(name)")
        } else {
          // Of a choice without its only key, the choice is named.
          #expect(error?.key == name || error?.key == path.dropLast().joined(separator: "."), "\(name)")
        }
      }
    }
  }

  /// One letter more, less, other, or exchanged with its neighbour.
  @Test func misspelled() {
    for sketch in Self.sketches {
      for path in sketch.paths {
        let letters = Array(path[path.count - 1])
        for place in letters.indices {
          var words = [letters, letters, letters, letters]
          words[0][place] = "q"
          words[1].remove(at: place)
          words[2].insert("j", at: place)
          words[3].swapAt(place, (place + 1) % letters.count)
          for word in words where word != letters {
            let name = (path.dropLast() + [String(word)]).joined(separator: ".")
            let error = failure(sketch.changing(path[...], (String(word), sketch.value(path[...]))).yaml)
            #expect(error?.key == name)
            // Exchanging first and last letter is not one slip.
            if word != words[3] || place + 1 < letters.count {
              #expect(error?.message == "\(name) is not a key here; did you mean \"\(String(letters))\"?")
            }
          }
        }
      }
    }
  }

  @Test func retyped() {
    for sketch in Self.sketches {
      for path in sketch.paths {
        let name = path.joined(separator: ".")
        let wrong: [Sketch] =
          switch sketch.value(path[...]) {
          case .number: [.text("many"), .list("[1]"), .mapping([("a", .number("1"))])]
          case .text: [.list("[1]"), .mapping([("a", .number("1"))]), .list("[]")]
          case .list: [.number("7"), .text("many"), .mapping([])]
          case .mapping: [.number("3"), .text("many"), .list("[1]"), .number("~")]
          }
        for value in wrong {
          let error = failure(sketch.changing(path[...], (path[path.count - 1], value)).yaml)
          #expect(error?.key == name, "\(name): \(value.yaml)")
        }
      }
    }
  }
}
