import Kernels
import Landscape
import Networks
import Problems
import Training

/// What a study file says, with every default filled in: a problem, a family of networks, how they are trained, when
/// a trained network is good, and how many are trained.
public struct Study: Sendable, Hashable {
  /// Letters, digits, `-`, `_` and `.`.
  public let name: String
  /// Where the study comes from, in one line; may be empty.
  public let source: String
  public let problem: Problem
  public let activation: Activation
  /// The hidden widths of each cell, in the order of the file; no two are equal.
  public let hidden: [[Int]]
  public let initialization: Initialization
  /// The blocks that training moves, at least one, in the order of `BlockName.names(depth:)`.
  public let trainable: [BlockName]
  public let training: TrainingPlan
  /// How far the gradient flow from the trained networks is followed, where it can be; nil: not at all.
  public let limit: LimitPlan?
  /// Nil: only the end of training is kept.
  public let trajectory: TrajectoryPlan?
  public let verdictRule: VerdictRule
  public let sampling: SamplingSettings
  /// What the user should know about the reading of the study: one line for each key of the file that an override made
  /// meaningless and that was dropped, or whose values it replaced by one.
  public internal(set) var notes: [String]
  /// What varies from cell to cell besides the widths; empty where nothing does.
  public internal(set) var factors: [VariedFactor] = []
  /// One for each combination of entries of ``factors``, with its study; empty where nothing varies. The other
  /// properties of the study are those of the first variant.
  public internal(set) var variants: [Variant] = []

  /// The studies in which nothing but the widths varies that this one consists of.
  public var homogeneousStudies: [Study] { variants.isEmpty ? [self] : variants.map(\.study) }

  /// The shape of the networks of the cell with these hidden widths.
  func architecture(_ widths: [Int]) -> Architecture {
    Architecture(inputDimension: problem.dimension, hidden: widths, activation: activation)
  }
}

/// How many trials a study has, from which seed, and how sure its bounds are.
public struct SamplingSettings: Sendable, Hashable {
  /// Trials a cell: 1 ... 2^40.
  public let trials: Int
  /// The key of all random numbers.
  public let seed: UInt64
  /// The probability with which each interval is to hold, strictly between 0 and 1.
  public let confidence: Double

  public init(trials: Int, seed: UInt64, confidence: Double) {
    self.trials = trials
    self.seed = seed
    self.confidence = confidence
  }
}
