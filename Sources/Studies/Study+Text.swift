import Crypto
import Kernels
import Landscape
import Networks
import Problems
import Training

extension Study {
  /// The study as YAML with every default, in canonical order and form: parsing it gives an equal study, whose text is
  /// the same.
  public var text: String {
    sections(
      problem: problem.text(as: .study), hidden: hidden,
      sampling:
        "{trials: \(sampling.trials), seed: \(sampling.seed), confidence: \(shortestText(sampling.confidence))}")
  }

  /// What must not change when a study is continued: ``text`` without `network.hidden`, `sampling.trials` and the path
  /// of a data set.
  public var definition: String {
    sections(
      problem: problem.text(as: .definition), hidden: [],
      sampling: "{seed: \(sampling.seed), confidence: \(shortestText(sampling.confidence))}")
  }

  /// SHA-256 of ``definition``, 64 hexadecimal digits.
  public var hash: String { hexadecimal(SHA256.hash(data: Array(definition.utf8))) }

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
      activation, hidden: [architecture.hidden], laws: laws, trainable: trained.map { $0.name(depth: depth) })
    let isNamed = kernel != .shallow && training.optimizer.method != .population
    return """
      \(problem.text(as: .cell))
      \(network)
      \(training.text(problem, kernel: isNamed ? kernel : nil))

      """
  }

  private func sections(problem text: String, hidden: [[Int]], sampling: String) -> String {
    let depths = Set(self.hidden.map(\.count))
    let laws = BlockName.names(depth: depths.count == 1 ? depths.first : nil).compactMap { name in
      initialization.laws[name].map { (name: name.text, law: $0) }
    }
    let lines = [
      "study: \(Self.nameText(name))",
      "source: \(quoted(source))",
      text,
      Self.network(activation, hidden: hidden, laws: laws, trainable: trainable.map(\.text)),
      training.text(problem, kernel: training.kernel),
      verdictRule.text,
    ]
    let trajectory = trajectory.map { [$0.text(steps: training.steps)] } ?? []
    return (lines + trajectory + ["sampling: \(sampling)"]).map { $0 + "\n" }.joined()
  }

  /// Without the cells if there are none.
  private static func network(
    _ activation: Activation, hidden: [[Int]], laws: [(name: String, law: InitialLaw)], trainable: [String]
  ) -> String {
    var lines = ["network:", "  activation: \(activation.text)"]
    if !hidden.isEmpty { lines.append("  hidden: \(listText(hidden.map { listText($0.map(String.init)) }))") }
    lines.append("  initial:")
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
  fileprivate func text(steps: Int) -> String {
    let isLogarithmic = checkpoints == TrajectoryPlan.logarithmic(steps: steps)
    let checkpoints = isLogarithmic ? StudyKey.logarithmic : listText(checkpoints.map(String.init))
    return "trajectory: {checkpoints: \(checkpoints), trials: \(listText(trials.map(String.init)))}"
  }
}

extension VerdictRule {
  fileprivate var text: String {
    let good =
      switch good {
      case .risk(let bound): "risk-at-most: \(shortestText(bound))"
      }
    let stationary =
      switch stationary {
      case .relativeDecrease(let ratio): "relative-decrease-at-most: \(shortestText(ratio))"
      case .gradientNorm(let bound): "gradient-norm-at-most: \(shortestText(bound))"
      }
    return """
      verdict:
        good: {\(good)}
        stationary: {\(stationary)}
      """
  }
}
