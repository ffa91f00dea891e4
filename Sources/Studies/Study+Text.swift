import Crypto
import Expressions
import Landscape
import Networks
import Problems
import Training

extension Study {
  /// The study as YAML with every default, in canonical order and form: parsing it gives an equal study, whose text is
  /// the same.
  public var text: String {
    """
    \(heading)
    \(Self.sections(problem: problem, network: network(hidden), training: training))
    \(verdict)
    sampling: {trials: \(sampling.trials), seed: \(sampling.seed), confidence: \(shortestText(sampling.confidence))}

    """
  }

  /// What must not change when a study is continued: ``text`` without `network.hidden` and `sampling.trials`.
  public var definition: String {
    """
    \(heading)
    \(Self.sections(problem: problem, network: network([]), training: training))
    \(verdict)
    sampling: {seed: \(sampling.seed), confidence: \(shortestText(sampling.confidence))}

    """
  }

  /// SHA-256 of ``definition``, 64 hexadecimal digits.
  public var hash: String {
    SHA256.hash(data: Array(definition.utf8)).map { hexadecimal(UInt32($0), digits: 2) }.joined().lowercased()
  }

  /// What determines the trained networks of one cell: problem, network with the widths of this cell, and training.
  ///
  /// The keys of cells are hashes of it. A key that studies get later stays out of it while it has its default, or
  /// every stored trial would lose its name.
  func cellDefinition(_ widths: [Int]) -> String {
    Self.sections(problem: problem, network: network([widths]), training: training) + "\n"
  }

  private var heading: String {
    """
    study: \(Self.nameText(name))
    source: \(quoted(source))
    """
  }

  /// The lines below `network:`; without the cells if there are none.
  private func network(_ cells: [[Int]]) -> String {
    var lines = ["activation: \(activation.rawValue)"]
    if !cells.isEmpty { lines.append("hidden: \(Self.list(cells.map { Self.list($0.map(String.init)) }))") }
    lines.append("initial:")
    for block in ParameterBlock.allCases {
      if let law = initialization.laws[block] { lines.append("  \(block.rawValue): \(Self.text(law))") }
    }
    lines.append("trainable: \(Self.list(trainable.map(\.rawValue)))")
    return lines.map { "  \($0)" }.joined(separator: "\n")
  }

  private static func sections(problem: Problem, network: String, training: TrainingPlan) -> String {
    """
    problem:
      input: \(text(problem.input))
      target: \(text(problem.target))
    network:
    \(network)
    training:
      optimizer: \(training.optimizer.rawValue)
      learning-rate: \(text(training.learningRate))
      steps: \(training.steps)
      batch: {size: \(training.batchSize), stream: \(training.batchStream.rawValue)}
    """
  }

  private var verdict: String {
    let good =
      switch verdictRule.good {
      case .risk(let bound): "risk-at-most: \(shortestText(bound))"
      }
    let stationary =
      switch verdictRule.stationary {
      case .relativeDecrease(let ratio): "relative-decrease-at-most: \(shortestText(ratio))"
      case .gradientNorm(let bound): "gradient-norm-at-most: \(shortestText(bound))"
      }
    return """
      verdict:
        good: {\(good)}
        stationary: {\(stationary)}
      """
  }

  /// An expression in quotes, a number without.
  private static func text(_ expression: Expression) -> String {
    let text = expression.text
    return DecimalNumber(text) == nil ? quoted(text) : text
  }

  private static func text(_ law: InputLaw) -> String {
    switch law {
    case .uniform(let lower, let upper): "{uniform: [\(shortestText(lower)), \(shortestText(upper))]}"
    }
  }

  private static func text(_ law: InitialLaw) -> String {
    switch law {
    case .normal(let scale): "{normal: \(text(scale))}"
    case .halfNormal(let scale): "{half-normal: \(text(scale))}"
    case .uniform(let lower, let upper): "{uniform: [\(text(lower)), \(text(upper))]}"
    case .constant(let value): "{constant: \(text(value))}"
    }
  }

  private static func list(_ items: [String]) -> String { "[\(items.joined(separator: ", "))]" }

  /// A name in quotes where YAML could take it for something else.
  private static func nameText(_ name: String) -> String {
    let startsWithLetter = name.first?.isLetter == true
    let isKeyword = StudyScalar(text: name, isPlain: true).isTruthValue || name.lowercased() == "null"
    return startsWithLetter && !isKeyword ? name : quoted(name)
  }
}
