import Kernels
import Landscape
import Networks
import Outcomes
import Problems
import Risk
import Training

/// One fully determined setting of a study: what a trial needs to know, and what names it.
public struct Cell: Sendable, Hashable {
  public let architecture: Architecture
  /// The first 64 bits, big-endian, of SHA-256 over ``definition``.
  public let key: CellKey
  /// Which of ``Study/families`` it belongs to.
  public private(set) var family: Int
  /// The hidden widths joined by hyphens, and what varies besides them: what tables call the cell.
  public private(set) var label: String
  /// Problem, network and training of the cell in the form of ``Study/text``: everything that determines the trained
  /// network of a trial but seed and trial index. Verdict, trajectory, sampling, name and source are no part of it.
  public let definition: String

  public let problem: Problem
  public let initialization: Initialization
  /// The blocks that training moves, in the order of the parameter vector.
  public let trained: [ParameterBlock]
  public let training: TrainingMethod
  /// The kernel that computes the gradients: the one that the study asks for, or the automatic one.
  public let kernel: GradientKernel
  public private(set) var verdictRule: VerdictRule
  /// How far the gradient flow from the trained networks is followed, where it can be; nil: not at all.
  public let limit: LimitPlan?
  /// Nil where no trajectories are kept.
  public let trajectory: TrajectoryPlan?
  public let seed: UInt64
}

extension Cell {
  /// The same trials, judged by another criterion.
  func judged(by good: GoodCriterion) -> Cell {
    var cell = self
    cell.verdictRule.good = good
    return cell
  }

  /// The same cell as a part of a varied study.
  func inFamily(_ family: Int, label: String) -> Cell {
    var cell = self
    cell.family = family
    cell.label = [architecture.label, label].filter { !$0.isEmpty }.joined(separator: " ")
    return cell
  }
}

extension Family {
  /// The cells in the order of ``hidden``, as those of the only family of a study.
  func cells(seed: UInt64) -> [Cell] {
    hidden.map { widths in
      let architecture = architecture(widths)
      let trained = architecture.blocks.filter { block in
        trainable.contains { $0.covers(block, depth: architecture.depth) }
      }
      let kernel = training.kernel(for: architecture, on: problem)
      let definition = cellDefinition(architecture, trained: trained, kernel: kernel)
      let digest = SHA256.digest(of: definition)
      return Cell(
        architecture: architecture, key: CellKey(digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }), family: 0,
        label: architecture.label, definition: definition, problem: problem, initialization: initialization,
        trained: trained, training: training, kernel: kernel, verdictRule: verdictRule, limit: limit,
        trajectory: trajectory, seed: seed)
    }
  }
}

extension Cell {
  /// Whether the risk of every network of the cell is a closed form, although the input has several dimensions.
  public var hasClosedForm: Bool {
    PopulationRisk.hasClosedForm(
      problem, architecture: architecture, initialization: initialization, trained: trained)
  }

  /// Whether risks are estimated on one fixed evaluation set.
  public var usesEvaluationSet: Bool { problem.usesEvaluationSet && !hasClosedForm }

  /// How many stored error estimates around a risk are left undecided by it.
  public var errorMargin: Double {
    PopulationRisk.marginInErrors(of: problem, architecture, hasClosedForm: hasClosedForm)
  }

  /// What judges the trials of the cell; nil where its criterion needs reference risks that are not given.
  public func judge(_ levels: RiskLevels?) -> Judge? {
    guard !verdictRule.good.needsOptimum || levels != nil else { return nil }
    let optimum = levels?.optimumRange(width: architecture.width) ?? 0...0
    var rule = verdictRule
    // The gradient of a threshold is none of the risk's.
    if architecture.activation.facts.isStraightThrough { rule.restingGradientNorm = nil }
    return Judge(rule, bounds: rule.good.bounds(optimum: optimum), errorMargin: errorMargin)
  }
}
