import Expressions
import Foundation
import Kernels
import Networks
import Problems
import Studies
import TestSupport
import Testing
import Training

/// What the keys of problem and network say.
@Suite struct SchemaTests {
  // MARK: Problem

  @Test func inputLaws() throws {
    func inputs(_ value: String, target: String) throws -> Problem.Inputs {
      try study(("problem.input", value), ("problem.target", target)).family.problem.inputs
    }
    #expect(
      try inputs("{box: [[0, 1], [-1, \"pi\"]]}", target: "x1 + x2")
        == .law(.box([.init(lower: 0, upper: 1), .init(lower: -1, upper: .pi)])))
    // A box of one coordinate is an interval.
    #expect(try inputs("{box: [[2, 3]]}", target: "x") == .law(.uniform(lower: 2, upper: 3)))
    #expect(
      try inputs("{normal: {}}", target: "x") == .law(.normal(mean: 0, standardDeviation: 1, dimension: 1)))
    #expect(
      try inputs("{normal: {mean: -1, standard-deviation: 2, dimension: 3}}", target: "x3")
        == .law(.normal(mean: -1, standardDeviation: 2, dimension: 3)))
    let triangle = PiecewisePolynomial(breaks: [0, 0.5, 1], pieces: [[0, 4], [4, -4]])
    #expect(
      try inputs("{density: {breaks: [0, \"1/2\", 1], pieces: [[0, 4], [4, -4]]}}", target: "x")
        == .law(.density(triangle)))
  }

  @Test func targets() throws {
    func target(_ value: String, input: String = "{uniform: [0, 1]}") throws -> Target? {
      try study(("problem.input", input), ("problem.target", value)).family.problem.target
    }
    let plane = "{normal: {dimension: 2}}"
    #expect(try target("{affine: {weights: [1, -2]}}", input: plane) == .affine(weights: [1, -2], constant: 0))
    #expect(
      try target("{piecewise-polynomial: {breaks: [0, 1], pieces: [[1, 2]]}}")
        == .piecewisePolynomial(PiecewisePolynomial(breaks: [0, 1], pieces: [[1, 2]])))
    #expect(
      try target("x1 * x2", input: plane) == .expression(try Expression(parsing: "x1*x2", variables: ["x1", "x2"])))
    #expect(
      try target("{teacher: {activation: tanh, hidden: [1], parameters: [1, 2, 3, 4, 5]}}", input: plane)
        == .teacher(
          Teacher(
            architecture: Architecture(inputDimension: 2, hidden: [1], activation: Activation(.tanh)),
            parameters: .given([1, 2, 3, 4, 5]))))
    // Laws by kind and block by block are the same teacher.
    let byKind = try target(
      "{teacher: {hidden: [3, 2], initial: {weights: he-normal, biases: {constant: 0}}, seed: 9}}")
    let blocks = (1...3).map { "layer-\($0)-weights: he-normal, layer-\($0)-biases: {constant: 0}" }
    let byBlock = try target("{teacher: {hidden: [3, 2], initial: {\(blocks.joined(separator: ", "))}, seed: 9}}")
    #expect(byKind == byBlock)
    guard case .teacher(let teacher)? = byKind, case .random(let initialization, 9) = teacher.parameters else {
      Issue.record("no teacher with random parameters")
      return
    }
    #expect(initialization.law(ParameterBlock(layer: 3, kind: .weights), depth: 2) == heNormal)
  }

  private var heNormal: InitialLaw { .scaled(.he, .normal, gain: Expression(constant: 1)) }

  @Test func evaluationPoints() throws {
    let five = ("problem.input", "{normal: {dimension: 5}}")
    let target = ("problem.target", "x5")
    let byDefault = try study(five, target)
    #expect(byDefault.family.problem.evaluationPoints == 65536)
    #expect(byDefault.text.contains("\n  target: \"x5\"\n  evaluation-points: 65536\n"))
    let few = try study(five, target, ("problem.evaluation-points", "100"))
    // They are for the risk; trained networks do not see them.
    #expect(few.cells.map(\.key) == byDefault.cells.map(\.key))
    #expect(few.hash != byDefault.hash)
  }

  /// Where all risks have a closed form, the text shows points only to keep the number that the study asks for. What
  /// identifies the study has them as it always had.
  @Test func evaluationPointsWithoutEvaluationSet() throws {
    let byDefault = try Study.load("teacher-student")
    #expect(!byDefault.text.contains("evaluation-points"))
    #expect(byDefault.definition.contains("parameters: orthonormal}}\n  evaluation-points: 65536\nnetwork:\n"))
    #expect(try parse(byDefault.text) == byDefault)
    let points = Override(key: "problem.evaluation-points", value: "100")
    let few = try Study.load("teacher-student", overrides: [points])
    #expect(few.text.contains("\n  evaluation-points: 100\n"))
    #expect(try parse(few.text) == few)
    // One family with trained biases is enough to need them.
    let input = ("problem.input", "{normal: {dimension: 5}}")
    let target = ("problem.target", "{teacher: {hidden: [5], parameters: orthonormal}}")
    let initial = ("network.initial", "{weights: he-normal, biases: {constant: 0}}")
    let trainable = ("network.trainable", "[inner-weights]")
    #expect(try !study(input, target, initial, trainable).text.contains("evaluation-points"))
    let mixed = try study(
      input, target, initial, ("vary", "[{network.trainable: [[inner-weights], [inner-biases]]}]"))
    #expect(mixed.text.contains("\n  evaluation-points: 65536\n"))
  }

  // MARK: Data

  @Test func inlineData() throws {
    let labelled = try parse(
      sampleText.replacing(
        "  input: {uniform: [0, 1]}\n  target: \"x^4 * sin(x)\"",
        with: "  data: {points: [[1, 2, -3], [4, 5, \"1/4\"]]}"))
    #expect(
      labelled.family.problem
        == Problem(
          inputs: .data(DataSet(origin: .inline, dimension: 2, inputs: [1, 2, 4, 5], labels: [-3, 0.25])), target: nil))
    #expect(labelled.cells[0].architecture.inputDimension == 2)
    #expect(labelled.cells.map(\.kernel) == [.denseNetworks, .denseNetworks])
    #expect(labelled.text.contains("  batch: {size: 64, stream: independent, sampling: with-replacement}\n"))
    let bare = try study(("problem.data", "{points: [[1], [2], [3]]}"), ("problem.target", "x"))
    #expect(
      bare.family.problem.inputs == .data(DataSet(origin: .inline, dimension: 1, inputs: [1, 2, 3], labels: nil)))
    #expect(bare.notes == ["problem.input is dropped: the inputs are the points of problem.data"])
  }

  @Test func generatedData() throws {
    let kernels = KernelTable(.baseline)
    let gaussian = try study(
      ("problem.data", "{gaussian: {points: 7, dimension: 3, seed: 4}}"), ("problem.target", "x3"))
    #expect(gaussian.family.problem.inputs == .data(.gaussian(points: 7, dimension: 3, seed: 4, kernels: kernels)))
    let orthogonal = try study(
      ("problem.data", "{nearly-orthogonal: {points: 3, dimension: 9, noise: 0.1}}"), ("problem.target", "x1"))
    #expect(
      orthogonal.family.problem.inputs
        == .data(.nearlyOrthogonal(points: 3, dimension: 9, noise: 0.1, seed: 0, kernels: kernels)))
  }

  /// Opening a pipe would wait for whoever writes into it.
  @Test func pipesAreNoData() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
    let text = sampleText.replacing(
      "  input: {uniform: [0, 1]}\n  target: \"x^4 * sin(x)\"", with: "  data: {csv: \(folder.file("pipe"))}")
    #expect(
      failure(text)?.description
        == "inner.yaml:4: problem.data.csv: \(folder.file("pipe")) is no regular file; write the points into a file")
  }

  /// 1. A path in a study begins at its folder, on the command line at the current one, and the text has it whole.
  /// 2. Study and cells are identified by the bytes, not by the path.
  /// 3. The definition is enough to read results.
  @Test func fileData() throws {
    let text = sampleText.replacing(
      "  input: {uniform: [0, 1]}\n  target: \"x^4 * sin(x)\"", with: "  data: {csv: points.csv}")
    try withTemporaryFolder { folder in
      let csv = "x, y\n0.5,1\n0.25,-2\n"
      let digest = "4a5db1074c08d66a512c982be085c893a2a2c4b720071199b8eab3b4fb173103"
      for name in ["points.csv", "copy.csv"] { try folder.write(csv, to: name) }
      try folder.write(text, to: "study.yaml")
      let file = folder.file("study.yaml")
      let study = try Study.load(file)
      guard case .data(let data) = study.family.problem.inputs, case .file(let source) = data.origin else {
        Issue.record("no data set from a file")
        return
      }
      #expect(data.inputs == [0.5, 0.25] && data.labels == [1, -2])
      #expect(source.path == folder.file("points.csv") && source.digest == digest, "1")
      #expect(try parse(study.text) == study, "1")
      #expect(study.text.contains("  data: {csv: \"\(source.path)\", sha256: \"\(digest)\"}\n"))

      let copy = try Study.parse(
        text: text, origin: .file(file),
        overrides: [Override(key: "problem.data.csv", value: folder.file("copy.csv"))])
      #expect(copy.hash == study.hash && copy.cells.map(\.key) == study.cells.map(\.key), "2")
      #expect(copy.text != study.text)

      let stored = try Study.parse(
        text: study.definition, origin: .ledger("results"),
        overrides: [Override(key: "network.hidden", value: "[[5], [20]]")])
      #expect(stored.definition == study.definition && stored.cells.map(\.key) == study.cells.map(\.key), "3")
      do throws(StudyError) {
        _ = try Study.parse(text: study.definition, origin: .file("results"))
        Issue.record("points are needed to train")
      } catch {
        #expect(error.key == "problem.data.csv")
      }
    }
  }

  @Test func fileErrors() throws {
    func message(_ csv: String, _ settings: String = "") throws -> (text: String, line: Int?, key: String?) {
      var found: StudyError?
      var path = ""
      try withTemporaryFolder { folder in
        path = folder.file("points.csv")
        try folder.write(csv, to: "points.csv")
        let text = sampleText.replacing(
          "  input: {uniform: [0, 1]}\n  target: \"x^4 * sin(x)\"", with: "  data: {csv: points.csv\(settings)}")
        do throws(StudyError) {
          _ = try Study.parse(text: text, origin: .file(folder.file("study.yaml")))
        } catch {
          found = error
        }
      }
      return (found?.message.replacing(path, with: "points.csv") ?? "none", found?.line, found?.key)
    }
    let wrong = try message("x,y\n1,2\n3,abc\n")
    #expect(
      wrong.text == """
        problem.data.csv: points.csv:3: column 2 is no number ("abc"); write a decimal number such as 0.5 or 1e-3
        """)
    #expect(wrong.line == 4 && wrong.key == "problem.data.csv")
    let zeros = String(repeating: "0", count: 64)
    let changed = try message("1,2\n", ", sha256: \(zeros)")
    #expect(
      changed.text == """
        problem.data.sha256 is not the digest of points.csv, which is \
        52186c933993da4082b3cdc7c40bb4bf735b391ff54a2ef78c037dda6c38a680; is it another file, or has it changed?
        """)
    #expect(changed.key == "problem.data.sha256")
    let wide = try message((0..<102).map { "\($0)" }.joined(separator: ","))
    #expect(
      wide.text == """
        problem.data.csv: points.csv has 1 point of 101 coordinates; at most 1048576 points of 100 coordinates are \
        possible
        """)
  }

  // MARK: Network

  @Test func activations() throws {
    func activation(_ value: String) throws -> Activation { try study(("network.activation", value)).family.activation }
    for kind in Activation.Kind.allCases { #expect(try activation(kind.rawValue) == Activation(kind)) }
    #expect(try activation("{leaky-relu: 0.2}") == Activation(.leakyReLU, parameter: 0.2))
    #expect(try activation("{elu: 2}") == Activation(.elu, parameter: 2))
    #expect(try study(("network.activation", "elu")).text.contains("  activation: {elu: 1}\n"))
  }

  @Test func laws() throws {
    func law(_ value: String) throws -> InitialLaw? {
      try study(("network.initial.inner-weights", value)).family.initialization.laws[BlockName("inner-weights")]
    }
    func expression(_ text: String) throws -> Expressions.Expression {
      try Expression(parsing: text, variables: ["h", "h1", "d"])
    }
    let one = Expression(constant: 1)
    for rule in VarianceRule.allCases {
      for shape in VarianceRule.Shape.allCases {
        let name = "\(rule.rawValue)-\(shape.rawValue)"
        #expect(try law(name) == .scaled(rule, shape, gain: one))
        #expect(try law("{\(name): \"sqrt(h1)\"}") == .scaled(rule, shape, gain: try expression("sqrt(h1)")))
      }
    }
    #expect(try law("pytorch") == .pytorch(gain: one))
    #expect(try law("{pytorch: 3}") == .pytorch(gain: Expression(constant: 3)))
    #expect(try law("{large-bias: \"sqrt(log(h)) * d\"}") == .largeBias(try expression("sqrt(log(h)) * d")))
    let all = try study(("network.initial", "pytorch")).family.initialization
    #expect(all.laws == [.weights: .pytorch(gain: one), .biases: .pytorch(gain: one)])
  }

  /// However a study names its blocks, the cells are the same.
  @Test func blockNames() throws {
    let byKind = try study(
      ("network.initial", "{weights: he-normal, biases: {constant: 0}}"), ("network.trainable", "[biases]"))
    let byBlock = try study(
      (
        "network.initial",
        "{outer-bias: {constant: 0}, inner-weights: he-normal, weights: he-normal, inner-biases: {constant: 0}}"
      ), ("network.trainable", "[outer-bias, inner-biases]"))
    #expect(byKind.cells.map(\.key) == byBlock.cells.map(\.key))
    #expect(byKind.cells[0].trained == [1, 2].map { ParameterBlock(layer: $0, kind: .biases) })
    #expect(byBlock.family.trainable.map(\.text) == ["inner-biases", "outer-bias"])
    #expect(
      byBlock.cells[0].definition.contains(
        """
          initial:
            inner-weights: {he-normal: 1}
            inner-biases: {constant: 0}
            outer-weights: {he-normal: 1}
            outer-bias: {constant: 0}
          trainable: [inner-biases, outer-bias]
        """))

    // Cells of other depths can be added where the study names kinds.
    let deeper = try study(
      ("network.initial", "{weights: he-normal, biases: {constant: 0}}"), ("network.trainable", "[biases]"),
      ("network.hidden", "[[20], [8, 9], [5]]"))
    #expect(deeper.hash == byKind.hash)
    #expect(deeper.cells.map(\.label) == ["20", "8-9", "5"])
    #expect([deeper.cells[2].key, deeper.cells[0].key] == byKind.cells.map(\.key))
    #expect(deeper.cells[1].trained == (1...3).map { ParameterBlock(layer: $0, kind: .biases) })
    let allBlocks = try parse(
      sampleText.replacing("  trainable: [inner-biases]\n", with: ""),
      overrides: [
        Override(key: "network.initial", value: "pytorch"), Override(key: "network.hidden", value: "[[2, 2]]"),
      ])
    #expect(allBlocks.family.trainable == [.weights, .biases])
  }

  @Test func deepBlocks() throws {
    let study = try study(
      (
        "network.initial",
        "{weights: {normal: \"h2/h1\"}, layer-3-weights: {constant: 1}, biases: {constant: \"h\"}}"
      ),
      ("network.hidden", "[[2, 3], [4, 5]]"), ("network.trainable", "[layer-2-biases]"))
    #expect(study.cells.map(\.trained) == Array(repeating: [ParameterBlock(layer: 2, kind: .biases)], count: 2))
    #expect(study.cells.map(\.kernel) == [.denseNetworks, .denseNetworks])
    #expect(
      study.cells[0].definition.contains(
        """
          initial:
            layer-1-weights: {normal: "h2 / h1"}
            layer-1-biases: {constant: "h"}
            layer-2-weights: {normal: "h2 / h1"}
            layer-2-biases: {constant: "h"}
            layer-3-weights: {constant: 1}
            layer-3-biases: {constant: "h"}
          trainable: [layer-2-biases]
        """))
  }
}
