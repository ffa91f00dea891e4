import Studies
import Testing

/// Every key of full study files is removed, misspelled and given values of other types.
@Suite struct KeyTests {
  /// Keys without which the rest is still a study.
  private static let optionalKeys: Set<String> = [
    "source", "problem.evaluation-points", "problem.data.sha256", "problem.data.weights", "network.activation",
    "network.trainable", "training.optimizer", "training.clipping", "training.clipping.delta", "training.batch",
    "training.batch.size", "training.batch.stream", "training.batch.sampling", "training.precision", "training.kernel",
    "verdict.stationary", "trajectory", "trajectory.checkpoints", "trajectory.trials", "sampling", "sampling.trials",
    "sampling.seed", "sampling.confidence", "sampling.until", "sampling.until.of", "sampling.look", "sampling.stages",
    "problem.target.affine.constant", "problem.target.teacher.activation",
    "problem.target.teacher.seed", "problem.data.gaussian.seed", "problem.data.nearly-orthogonal.seed",
    "problem.input.normal.mean", "problem.input.normal.standard-deviation", "training.until", "training.until.every",
    "limit",
    "limit.flow-time",
    "limit.steps", "limit.work", "limit.classes", "vary",
    "network.initial.distance", "network.initial.first-kink",
  ]

  private func isOptional(_ name: String) -> Bool {
    let words = name.split(separator: ".")
    let isHyperparameter = name.hasPrefix("training.optimizer.") && words.count == 4
    let isPartOfSchedule =
      name.hasPrefix("training.learning-rate.") && ["final", "power", "first"].contains(words[words.count - 1])
      || ["polynomial-decay.steps", "cosine.steps", "geometric.steps"].contains { name.hasSuffix($0) }
    return Self.optionalKeys.contains(name) || isHyperparameter || isPartOfSchedule
  }

  @Test func completeness() throws {
    for sketch in Sketch.all { _ = try parse(sketch.yaml) }
    let paths = Set(Sketch.all.flatMap(\.paths).map { $0.joined(separator: ".") })
    #expect(paths.symmetricDifference(Study.keys).sorted() == [])
  }

  @Test func removed() {
    var seen: Set<[String]> = []
    for sketch in Sketch.all {
      let hasData = sketch.paths.contains(["problem", "data"])
      for path in sketch.paths where seen.insert(path).inserted {
        let name = path.joined(separator: ".")
        // What remains is of another dimension, or labels are missing.
        let isAmbiguous =
          ["problem.data", "problem.input", "problem.input.normal.dimension"].contains(name)
          || name == "problem.target" && hasData
        guard !isAmbiguous else { continue }
        let error = failure(sketch.changing(path[...], nil).yaml)
        if isOptional(name) {
          #expect(error == nil, "\(name)")
        } else {
          // Of a choice without its only key, the choice is named.
          let parent = path.dropLast().joined(separator: ".")
          #expect([name, parent].contains(error?.key), "\(name): \(error?.description ?? "")")
        }
      }
    }
  }

  /// One letter more, less, other, or exchanged with its neighbour.
  @Test func misspelled() {
    let keys = Set(Study.keys)
    var seen: Set<[String]> = []
    for sketch in Sketch.all {
      for path in sketch.paths where seen.insert(path).inserted {
        let letters = Array(path[path.count - 1])
        for place in Set([0, letters.count / 2, letters.count - 1]) {
          var words = [letters, letters, letters, letters]
          words[0][place] = "q"
          words[1].remove(at: place)
          words[2].insert("j", at: place)
          words[3].swapAt(place, (place + 1) % letters.count)
          for word in words where word != letters {
            let name = (path.dropLast() + [String(word)]).joined(separator: ".")
            // adamw without its last letter is another optimizer.
            guard !keys.contains(name) else { continue }
            let error = failure(sketch.changing(path[...], (String(word), sketch.value(path[...]))).yaml)
            #expect(error?.key == name)
            // Exchanging first and last letter is not one slip.
            guard word != words[3] || place + 1 < letters.count else { continue }
            // Of two letters a slip leaves one.
            guard letters.count > 2 else { continue }
            let message = "\(name) is not a key here; did you mean \"\(String(letters))\"?"
            // beta1 and beta2 are as near to betaq.
            let hasNearSiblings =
              name.hasPrefix("training.optimizer.") || name.hasPrefix("problem.target.teacher")
            #expect(error?.message == message || hasNearSiblings && error?.message.contains("did you mean") == true)
          }
        }
      }
    }
  }

  @Test func retyped() {
    var seen: Set<[String]> = []
    for sketch in Sketch.all {
      for path in sketch.paths where seen.insert(path).inserted {
        let name = path.joined(separator: ".")
        let wrong: [Sketch] =
          switch sketch.value(path[...]) {
          case .number: [.text("many"), .list("[1]"), .mapping([("a", .number("1"))])]
          case .text: [.list("[1]"), .mapping([("a", .number("1"))]), .list("[]")]
          case .list: [.number("7"), .text("many"), .mapping([])]
          case .mapping: [.number("3"), .text("many"), .list("[1]"), .number("~")]
          }
        for value in wrong {
          // A target and a learning rate may be numbers; any text is a path.
          if case .number("3") = value, ["target", "learning-rate", "then"].contains(path.last) { continue }
          let error = failure(sketch.changing(path[...], (path[path.count - 1], value)).yaml)
          #expect(error?.key == name || error?.key == name + ".a", "\(name): \(value.yaml)")
        }
      }
    }
  }
}
