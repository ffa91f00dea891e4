import Expressions
import Landscape
import Networks
import Problems
import Training

extension StudyDecoder {
  /// The study, or the first error.
  mutating func study() throws(StudyError) -> Study {
    let name = name("study")
    let source = text("source") ?? ""
    let input = inputLaw("problem.input") ?? .uniform(lower: 0, upper: 1)
    let target = expression("problem.target")
    let activation = word("network.activation", Activation.self) ?? .relu
    let hidden = cells("network.hidden")
    var laws: [ParameterBlock: InitialLaw] = [:]
    for block in ParameterBlock.allCases { laws[block] = initialLaw(Self.lawPath(block)) }
    let trainable = words("network.trainable", ParameterBlock.self) ?? Set(ParameterBlock.allCases)
    let optimizer = word("training.optimizer", Optimizer.self) ?? .sgd
    let learningRate = expression("training.learning-rate")
    let steps = integer("training.steps")
    let batchSize = integer("training.batch.size") ?? 1024
    let batchStream = word("training.batch.stream", BatchStream.self) ?? .independent
    let good = real("verdict.good.risk-at-most")
    let relativeDecrease = real("verdict.stationary.relative-decrease-at-most")
    let gradientNorm = real("verdict.stationary.gradient-norm-at-most")
    let trials = integer("sampling.trials") ?? 300
    let seed = integer("sampling.seed") ?? 0
    let confidence = real("sampling.confidence") ?? 0.95

    if let firstFailure { throw firstFailure }
    guard let name, let target, let hidden, let learningRate, let steps, let good,
      laws.count == ParameterBlock.allCases.count
    else { preconditionFailure("a required value is missing, and no error tells") }

    let study = Study(
      name: name, source: source, problem: Problem(input: input, target: target), activation: activation,
      hidden: hidden, initialization: Initialization(laws: laws),
      trainable: ParameterBlock.allCases.filter(trainable.contains),
      training: TrainingPlan(
        optimizer: optimizer, learningRate: learningRate, steps: Int(steps), batchSize: Int(batchSize),
        batchStream: batchStream),
      verdictRule: VerdictRule(
        good: .risk(atMost: good),
        stationary: gradientNorm.map { .gradientNorm(atMost: $0) }
          ?? .relativeDecrease(atMost: relativeDecrease ?? 0.1)),
      sampling: SamplingSettings(trials: Int(trials), seed: seed, confidence: confidence))
    checkCells(of: study)
    if let firstFailure { throw firstFailure }
    return study
  }

  private static func lawPath(_ block: ParameterBlock) -> String { "network.initial.\(block.rawValue)" }

  /// Checks the expressions that have a value for every cell.
  private mutating func checkCells(of study: Study) {
    let widths = study.hidden.map { $0[0] }
    for block in ParameterBlock.allCases {
      guard let law = study.initialization.laws[block] else { continue }
      check(law, Self.lawPath(block), widths: widths)
    }
    let path = "training.learning-rate"
    guard let place = entry(path)?.place else { return }
    for width in study.training.learningRate.uses("h") ? widths : Array(widths.prefix(1)) {
      let table = RateTable(plan: study.training, width: width)
      if let invalid = table.firstInvalid {
        return fail(
          path, place,
          "\(path) must be from 0 to 3.4e38 at every step (it is \(shortestText(invalid.rate)) at step \(invalid.step) "
            + "of cell \(width))")
      }
      // Without flow time nothing is trained, and every starting point would count as stationary.
      guard table.flowTime > 0 else {
        return fail(path, place, "\(path) must not be 0 at every step (it is in cell \(width))")
      }
    }
  }
}
