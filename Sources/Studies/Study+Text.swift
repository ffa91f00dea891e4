import Crypto
import Kernels
import Landscape
import Networks
import Problems
import Training

extension Study {
  /// The study as YAML with every default, in canonical order and form: parsing it gives an equal study, whose text is
  /// the same.
  ///
  /// Points of an evaluation set that no cell needs are left out, unless the study asks for another number of them than
  /// it would get by default.
  public var text: String {
    let namesPoints = problem.evaluationPoints != Problem.defaultEvaluationPoints || usesEvaluationSet
    return sections(
      problem: problem.text(as: .study, namesPoints: namesPoints), hidden: hidden,
      vary: variedLines,
      sampling:
        "{trials: \(sampling.trials), seed: \(sampling.seed), confidence: \(shortestText(sampling.confidence))}")
  }

  /// What a ledger keeps of the study: ``text`` without `network.hidden`, all but the first value of keys that vary, what
  /// follows from them, `sampling.trials` and the path of a data set.
  public var definition: String {
    sections(
      problem: problem.text(as: .definition), hidden: [], vary: variedKeysLines,
      sampling: "{seed: \(sampling.seed), confidence: \(shortestText(sampling.confidence))}")
  }

  /// What must not change when a study is continued: ``definition`` without what does not identify its trials: source,
  /// verdict, how far limits are followed, and confidence.
  public var identity: String {
    sections(
      problem: problem.text(as: .definition), hidden: [], vary: variedKeysLines, sampling: "{seed: \(sampling.seed)}",
      onlyIdentity: true)
  }

  private var variedKeysLines: [String] {
    let names = factors.flatMap { $0.keys.filter { !$0.isDerived }.map(\.name) }
    return names.isEmpty ? [] : ["vary: \(listText(names))"]
  }

  /// What ``definition`` leaves out of the cells, as YAML: one line a key.
  public var cellsText: String {
    let isVaried = factors.contains { $0.keys.contains { $0.name == Self.hiddenKey } }
    let hidden = isVaried ? [] : ["\(Self.hiddenKey): \(Self.widthsText(self.hidden))"]
    let vary = factors.isEmpty ? [] : ["\(StudyVariation.key): \(listText(factors.map(\.storedText)))"]
    return (hidden + vary).map { $0 + "\n" }.joined()
  }

  /// The study of a ledger, from ``definition`` and ``cellsText``.
  ///
  /// - Parameter path: of the ledger.
  public static func restored(definition: String, cells: String, path: String) throws(StudyError) -> Study {
    let overrides = cells.split(separator: "\n").map { line in
      let parts = line.split(separator: ":", maxSplits: 1)
      return Override(key: String(parts[0]), value: parts.count == 2 ? String(parts[1]) : "")
    }
    return try parse(text: definition, origin: .ledger(path), overrides: overrides)
  }

  /// ``cellsText`` of a study in which nothing but the widths varies, from the labels of its cells.
  public static func cellsText(labels: [String]) -> String {
    "\(hiddenKey): \(listText(labels.map { listText($0.split(separator: "-").map(String.init)) }))\n"
  }

  static let hiddenKey = "network.hidden"

  private static func widthsText(_ hidden: [[Int]]) -> String {
    listText(hidden.map { listText($0.map(String.init)) })
  }

  private var variedLines: [String] {
    factors.isEmpty ? [] : ["\(StudyVariation.key):"] + factors.map { "  - \($0.text)" }
  }

  /// SHA-256 of ``identity``, 64 hexadecimal digits.
  public var hash: String { hexadecimal(SHA256.hash(data: Array(identity.utf8))) }

  /// By what trials are judged, in a text that is compared when a ledger is continued with another verdict.
  public var verdictText: String {
    var texts: [String] = []
    for study in homogeneousStudies where !texts.contains(study.verdictRule.text) {
      texts.append(study.verdictRule.text)
    }
    return texts.joined(separator: "\n")
  }

  /// What determines the trained networks of one cell: problem, network with the widths of this cell, and training.
  ///
  /// The keys of cells are hashes of it. A key that studies get later stays out of it while it has its default, or
  /// every stored trial would lose its name; so does the kernel `shallow`, once the only one. Parameter blocks have
  /// their own names, however the study names them.
  func cellDefinition(_ architecture: Architecture, trained: [ParameterBlock], kernel: GradientKernel) -> String {
    let depth = architecture.depth
    let laws = architecture.blocks.compactMap { block in
      initialization.law(block, depth: depth).map { (name: block.name(depth: depth), law: $0) }
    }
    let network = Self.network(
      activation, hidden: [architecture.hidden], laws: laws, start: initialization.start,
      trainable: trained.map { $0.name(depth: depth) })
    let isNamed = kernel != .shallow && training.optimizer.method != .population
    return """
      \(problem.text(as: .cell))
      \(network)
      \(training.text(problem, kernel: isNamed ? kernel : nil))

      """
  }

  private func sections(
    problem text: String, hidden: [[Int]], vary: [String], sampling: String, onlyIdentity: Bool = false
  ) -> String {
    let depths = Set(self.hidden.map(\.count))
    let laws = BlockName.names(depth: depths.count == 1 ? depths.first : nil).compactMap { name in
      initialization.laws[name].map { (name: name.text, law: $0) }
    }
    var lines = ["study: \(Self.nameText(name))"]
    if !onlyIdentity { lines.append("source: \(quoted(source))") }
    lines += [
      text,
      Self.network(
        activation, hidden: hidden, laws: laws, start: initialization.start, trainable: trainable.map(\.text)),
      training.text(problem, kernel: training.kernel),
    ]
    if !onlyIdentity { lines += [verdictRule.text, "limit: \(limit?.text ?? StudyKey.limitOff)"] }
    let isLogarithmic = homogeneousStudies.allSatisfy { study in
      study.trajectory?.checkpoints == TrajectoryPlan.logarithmic(steps: study.training.steps)
    }
    let trajectory = trajectory.map { [$0.text(isLogarithmic: isLogarithmic)] } ?? []
    return (lines + trajectory + vary + ["sampling: \(sampling)"]).map { $0 + "\n" }.joined()
  }

  /// Without the cells if there are none.
  private static func network(
    _ activation: Activation, hidden: [[Int]], laws: [(name: String, law: InitialLaw)], start: StartingPoint?,
    trainable: [String]
  ) -> String {
    var lines = ["network:", "  activation: \(activation.text)"]
    if !hidden.isEmpty { lines.append("  hidden: \(widthsText(hidden))") }
    lines.append("  initial:")
    if let start {
      switch start.name {
      case .numbers: lines.append("    point: \(listText(start.point))")
      case .saddle(let kinks, let isFirstActiveOnRight):
        lines.append("    saddle: \(kinks)")
        lines.append("    first-kink: \(isFirstActiveOnRight ? "right" : "left")")
      }
      lines.append("    distance: \(shortestText(start.distance))")
    }
    lines += laws.map { "    \($0.name): \($0.law.text)" }
    lines.append("  trainable: \(listText(trainable))")
    return lines.joined(separator: "\n")
  }

  /// A name in quotes where YAML could take it for something else.
  private static func nameText(_ name: String) -> String {
    let startsWithLetter = name.first?.isLetter == true
    let isKeyword = StudyScalar(text: name, isPlain: true).isTruthValue || name.lowercased() == "null"
    return startsWithLetter && !isKeyword ? name : quoted(name)
  }
}

// MARK: - Training and after

extension TrainingPlan {
  /// - Parameter kernel: nil for a text that does not name it.
  fileprivate func text(_ problem: Problem, kernel: GradientKernel?) -> String {
    var lines = ["training:", "  optimizer: \(optimizer.text)"]
    if let clipping {
      lines.append("  clipping: {norm: \(shortestText(clipping.norm)), delta: \(shortestText(clipping.delta))}")
    }
    lines.append("  learning-rate: \(learningRate.yaml)")
    lines.append("  steps: \(steps)")
    if optimizer.method != .population { lines.append("  batch: {\(batchText(problem))}") }
    switch until {
    case .risk(let bound): lines.append("  until: {risk-at-most: \(shortestText(bound))}")
    case .neuronGradient(let bound): lines.append("  until: {neuron-gradient-at-most: \(shortestText(bound))}")
    case nil: break
    }
    if precision != .float32 { lines.append("  precision: \(precision.rawValue)") }
    if let kernel { lines.append("  kernel: \(kernel.rawValue)") }
    return lines.joined(separator: "\n")
  }

  private func batchText(_ problem: Problem) -> String {
    let text = "size: \(batchSize), stream: \(batchStream.rawValue)"
    guard case .data = problem.inputs else { return text }
    return (dataSampling == .full ? "" : "\(text), ") + "sampling: \(dataSampling.rawValue)"
  }
}

extension Optimizer {
  fileprivate var text: String {
    let settings = zip(method.hyperparameters, values).map { "\($0.name): \(shortestText($1))" }
    return settings.isEmpty ? method.rawValue : "{\(method.rawValue): {\(settings.joined(separator: ", "))}}"
  }
}

extension TrajectoryPlan {
  /// - Parameter isLogarithmic: whether the checkpoints are those by default at the steps of every cell.
  fileprivate func text(isLogarithmic: Bool) -> String {
    let checkpoints = isLogarithmic ? StudyKey.logarithmic : listText(checkpoints.map(String.init))
    return "trajectory: {checkpoints: \(checkpoints), trials: \(listText(trials.map(String.init)))}"
  }
}

extension VerdictRule {
  fileprivate var text: String {
    let bound =
      switch good {
      case .risk(let bound), .excess(let bound), .ratio(let bound): bound
      }
    let stationary = restingGradientNorm.map { ["  stationary: {gradient-norm-at-most: \(shortestText($0))}"] } ?? []
    return (["verdict:", "  good: {\(good.key): \(shortestText(bound))}"] + stationary).joined(separator: "\n")
  }
}

extension Cell {
  /// ``limit`` as study files have it.
  public var limitText: String { limit?.text ?? StudyKey.limitOff }
}

extension LimitPlan {
  /// As study files have it.
  var text: String { "{flow-time: \(Self.text(flowTime)), steps: \(steps), classes: \(classes)}" }

  /// Powers of ten from 1e6 on as such.
  private static func text(_ time: Double) -> String {
    let text = shortestText(time)
    let isPower = text.count > 6 && text.first == "1" && text.dropFirst().allSatisfy { $0 == "0" }
    return isPower ? "1e\(text.count - 1)" : text
  }
}
