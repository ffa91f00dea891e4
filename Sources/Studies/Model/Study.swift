import Kernels
import Landscape
import Networks
import Problems
import Training

/// What a study file says, with every default filled in: families of networks, how each is trained, when a trained
/// network is good, and how many are trained.
public struct Study: Sendable, Hashable {
  /// Letters, digits, `-`, `_` and `.`.
  public let name: String
  /// Where the study comes from, in one line; may be empty.
  public let source: String
  public let sampling: SamplingSettings
  /// What the user should know about the reading of the study: one line for each key of the file that an override made
  /// meaningless and that was dropped, or whose values it replaced by one.
  public let notes: [String]
  /// What varies from cell to cell besides the widths; empty where nothing does.
  public internal(set) var factors: [VariedFactor]
  /// One for each combination of entries of ``factors``, those of the last one changing fastest; one alone where nothing
  /// varies but the widths.
  public let families: [Family]
  /// Of each family in the order of its ``Family/hidden``.
  public let cells: [Cell]

  /// A study in which nothing but the widths varies.
  init(name: String, source: String, sampling: SamplingSettings, notes: [String], family: Family) {
    self.init(
      name: name, source: source, sampling: sampling, notes: notes, factors: [], families: [family],
      cells: family.cells(seed: sampling.seed))
  }

  /// The cells of several studies that differ in their families only.
  ///
  /// - Parameters:
  ///   - studies: in each of them nothing but the widths varies; at least one.
  ///   - labels: what the cells of each have after the widths.
  init(_ studies: [Study], labels: [String], factors: [VariedFactor], notes: [String]) {
    var families: [Family] = []
    var cells: [Cell] = []
    for (index, (study, label)) in zip(studies, labels).enumerated() {
      families += study.families.map { $0.labelled(label) }
      cells += study.cells.map { $0.inFamily(index, label: label) }
    }
    self.init(
      name: studies[0].name, source: studies[0].source, sampling: studies[0].sampling, notes: notes, factors: factors,
      families: families, cells: cells)
  }

  private init(
    name: String, source: String, sampling: SamplingSettings, notes: [String], factors: [VariedFactor],
    families: [Family], cells: [Cell]
  ) {
    self.name = name
    self.source = source
    self.sampling = sampling
    self.notes = notes
    self.factors = factors
    self.families = families
    self.cells = cells
  }

  /// The most trials that `cell` is to have.
  public func trials(of cell: Cell) -> Int {
    switch sampling.plan {
    case .trials(let counts) where counts.count > 1:
      counts[families[cell.family].hidden.firstIndex(of: cell.architecture.hidden)!]
    case .trials(let counts): counts[0]
    case .until(let rule): rule.mostTrials
    }
  }

  /// The same trials, judged by another criterion.
  func judged(by good: GoodCriterion) -> Study {
    Study(
      name: name, source: source, sampling: sampling, notes: notes, factors: factors,
      families: families.map { $0.judged(by: good) }, cells: cells.map { $0.judged(by: good) })
  }

  /// The study that has this family alone.
  func only(_ family: Int) -> Study {
    Study(
      name: name, source: source, sampling: sampling, notes: [], factors: [],
      families: [families[family].labelled("")],
      cells: cells.filter { $0.family == family }.map { $0.inFamily(0, label: "") })
  }
}

/// Networks that differ in their widths only: what they learn, where they begin, how they are trained and judged.
public struct Family: Sendable, Hashable {
  /// What the labels of its cells have after the widths: the labels of the entries of the factors, separated by spaces.
  public private(set) var label = ""
  public let problem: Problem
  public let activation: Activation
  /// The hidden widths of each cell, in the order of the file; no two are equal.
  public let hidden: [[Int]]
  public let initialization: Initialization
  /// The blocks that training moves, at least one, in the order of `BlockName.names(depth:)`.
  public let trainable: [BlockName]
  public let training: TrainingMethod
  /// How far the gradient flow from the trained networks is followed, where it can be; nil: not at all.
  public let limit: LimitPlan?
  /// Nil: only the end of training is kept.
  public let trajectory: TrajectoryPlan?
  public private(set) var verdictRule: VerdictRule

  init(
    problem: Problem, activation: Activation, hidden: [[Int]], initialization: Initialization, trainable: [BlockName],
    training: TrainingMethod, limit: LimitPlan?, trajectory: TrajectoryPlan?, verdictRule: VerdictRule
  ) {
    self.problem = problem
    self.activation = activation
    self.hidden = hidden
    self.initialization = initialization
    self.trainable = trainable
    self.training = training
    self.limit = limit
    self.trajectory = trajectory
    self.verdictRule = verdictRule
  }

  fileprivate func judged(by good: GoodCriterion) -> Family {
    var family = self
    family.verdictRule.good = good
    return family
  }

  fileprivate func labelled(_ label: String) -> Family {
    var family = self
    family.label = label
    return family
  }

  /// The shape of the networks of the cell with these hidden widths.
  func architecture(_ widths: [Int]) -> Architecture {
    Architecture(inputDimension: problem.dimension, hidden: widths, activation: activation)
  }
}
