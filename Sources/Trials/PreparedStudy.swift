import Foundation
import Kernels
import Landscape
import Outcomes
import Problems
import Risk
import Studies
import Training

/// A study with everything its trials need worked out.
public struct PreparedStudy: Sendable {
  public let study: Study
  /// One for each cell of the study, in its order.
  public let runners: [CellRunner]
  /// Trials that are known to trap, ascending: a job does not compute them, and they come out as crashed.
  public var crashedTrials: [CellKey: [Int]] = [:]

  /// - Parameter levels: what ``Study/levelRequests`` ask for. Without them nothing can be run that needs them.
  /// - Throws: when a problem of the study has no population risk, the risk of the network that is 0 over a data set is
  ///   not finite in the precision of the training, or a criterion asks for smaller risks than can be told from 0.
  public init(_ study: Study, levels: ReferenceLevels = ReferenceLevels()) throws(PreparationError) {
    self.study = study
    // Cells mostly share rates that do not depend on the width. Very many are worked out when they are needed.
    var rates: [TrainingMethod: RateTable] = [:]
    var steps = 0
    var runners: [CellRunner?] = study.cells.map { _ in nil }
    try Self.check(study, levels) { index, risk in
      let cell = study.cells[index]
      if rates[cell.training] == nil, !cell.training.steps.learningRate.uses("h"),
        steps + cell.training.steps.count <= Self.mostSharedSteps
      {
        rates[cell.training] = cell.training.rates(width: cell.architecture.width)
        steps += cell.training.steps.count
      }
      runners[index] = CellRunner(cell: cell, risk: risk, sharedRates: rates[cell.training], levels: levels(cell))
    }
    self.runners = runners.map { $0! }
  }

  /// Steps whose learning rates, numbers of 8 bytes, are kept for the cells that share them.
  private static let mostSharedSteps = 1 << 25

  /// Finds out what ``init(_:levels:)`` throws, problem by problem, without keeping anything.
  ///
  /// - Parameter found: is handed each cell that can be run, by its place in the study, with the risk of its problem.
  public static func check(
    _ study: Study, _ levels: ReferenceLevels = ReferenceLevels(), found: (Int, PopulationRisk) -> Void = { _, _ in }
  ) throws(PreparationError) {
    try study.checkSampledEvent()
    for sharing in cellsByProblem(study) {
      let problem = study.cells[sharing[0]].problem
      let risk = try risk(of: problem, study.cells, sharing)
      // Of the networks that are 0: it depends on how deep they are at most.
      var resolutions: [Architecture: PopulationRisk.Resolution] = [:]
      for index in sharing {
        let cell = study.cells[index]
        let narrow = Architecture(
          inputDimension: problem.dimension, hidden: cell.architecture.hidden.map { _ in 1 },
          activation: cell.architecture.activation)
        let resolution = resolutions[narrow] ?? risk.resolution(of: narrow)
        resolutions[narrow] = resolution
        if let message = cell.refusal(of: resolution, levels(cell)) {
          throw PreparationError(
            key: "verdict.good.\(cell.verdictRule.good.key)", family: cell.family,
            cell: cell.verdictRule.good.needsOptimum ? cell.label : nil, message: message)
        }
        found(index, risk)
      }
    }
  }

  /// The places of the cells, those together that have the same problem.
  private static func cellsByProblem(_ study: Study) -> [[Int]] {
    var places: [Problem: Int] = [:]
    let placesOfFamilies = study.families.map { family in
      let place = places[family.problem] ?? places.count
      places[family.problem] = place
      return place
    }
    var cells = [[Int]](repeating: [], count: places.count)
    for (index, cell) in study.cells.enumerated() { cells[placesOfFamilies[cell.family]].append(index) }
    return cells.filter { !$0.isEmpty }
  }

  private static func risk(
    of problem: Problem, _ cells: [Cell], _ sharing: [Int]
  ) throws(PreparationError) -> PopulationRisk {
    /// - Parameter indices: the cells that have the error.
    func failure(_ message: String, _ indices: [Int]) -> PreparationError {
      PreparationError(
        key: problem.target == nil ? "problem.data" : "problem.target", family: cells[indices[0]].family,
        cell: indices.count == cells.count ? nil : cells[indices[0]].label, message: message)
    }
    let risk: PopulationRisk
    do throws(RiskError) {
      risk = try PopulationRisk(
        problem: problem, seed: cells[sharing[0]].seed,
        scope: sharing.allSatisfy { cells[$0].hasClosedForm } ? .closedFormOnly : .everyNetwork)
    } catch {
      throw failure("\(error)", sharing)
    }
    guard let size = problem.targetSize else { return risk }
    let overflowing = sharing.filter { !size.isFinite(in: cells[$0].training.precision) }
    if let first = overflowing.first {
      let isSingle = cells[first].training.precision == .float32
      let otherPrecision = isSingle && size.isFinite(in: .float64) ? ", or set training.precision to float64" : ""
      throw failure(
        "the mean square of the \(problem.target == nil ? "labels" : "targets"), the risk of the network that is 0, "
          + "must be finite in \(isSingle ? "single" : "double") precision (point \(size.largestPoint) "
          + "has \(size.largest)); rescale them\(otherPrecision)",
        overflowing)
    }
    return risk
  }
}

extension Cell {
  /// Why trials cannot be judged by the cell's criterion, to follow its key; nil where they can, and where the levels that
  /// it needs are not given.
  fileprivate func refusal(of resolution: PopulationRisk.Resolution, _ levels: RiskLevels?) -> String? {
    guard let bounds = judge(levels)?.bounds else { return nil }
    if case .ratio = verdictRule.good,
      levels!.optimumRange(width: architecture.width).upperBound
        <= resolution.negligibleRisk
    {
      return GoodCriterion.noRatioOfZero
    }
    guard bounds.good < resolution.smallestBound else { return nil }
    let least = String(format: "%.2g", resolution.smallestBound)
    let isNegligible = resolution.smallestBound == resolution.negligibleRisk
    return "good risks must be possible from \(least) on, "
      + (isNegligible
        ? "1e-12 of the variance of the target: smaller ones cannot be told from 0"
        : "the error estimate of risks: smaller ones cannot be told apart")
      + String(format: " (here they are up to %.6g)", bounds.good)
  }
}

/// Why the trials of a study that can be read cannot be run.
public struct PreparationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The dotted key of study files that it is about.
  public let key: String
  /// Which of ``Study/families`` has it.
  public let family: Int
  /// The label of the first cell that has it; nil if all cells do.
  public let cell: String?
  /// What is wrong, and what would be right.
  public let message: String

  /// `problem.target (cell 5 log(x)): the target is not finite ...`
  public var description: String { "\(key)\(cell.map { " (cell \($0))" } ?? ""): \(message)" }
}
