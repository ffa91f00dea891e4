import Foundation
import Landscape
import Problems
import Risk
import Studies
import Training

/// A study with everything its trials need worked out.
public struct PreparedStudy: Sendable {
  public let study: Study
  /// One for each cell of the study, in its order.
  public let runners: [CellRunner]

  /// - Parameter levels: what ``Study/levelRequests`` ask for. Without them nothing can be run that needs them.
  /// - Throws: when a problem of the study has no population risk, the risk of the network that is 0 over a data set is
  ///   not finite in the precision of the training, or a criterion asks for smaller risks than can be told from 0.
  public init(_ study: Study, levels: ReferenceLevels = ReferenceLevels()) throws(PreparationError) {
    self.study = study
    try study.checkSampledEvent()
    // Cells mostly share a problem, and rates that do not depend on the width.
    var risks: [Problem: PopulationRisk] = [:]
    var resolutions: [Problem: PopulationRisk.Resolution] = [:]
    var rates: [TrainingMethod: RateTable] = [:]
    var runners: [CellRunner] = []
    let cells = study.cells
    for cell in cells {
      if risks[cell.problem] == nil {
        let risk = try Self.risk(of: cell.problem, study, cells)
        risks[cell.problem] = risk
        resolutions[cell.problem] = risk.resolution(of: cell.architecture)
      }
      if let message = cell.refusal(of: resolutions[cell.problem]!, levels(cell)) {
        throw PreparationError(
          key: "verdict.good.\(cell.verdictRule.good.key)", family: cell.family,
          cell: cell.verdictRule.good.needsOptimum ? cell.label : nil, message: message)
      }
      if rates[cell.training] == nil, !cell.training.steps.learningRate.uses("h") {
        rates[cell.training] = cell.training.rates(width: cell.architecture.width)
      }
      runners.append(
        CellRunner(
          cell: cell, risk: risks[cell.problem]!, sharedRates: rates[cell.training], levels: levels(cell)))
    }
    self.runners = runners
  }

  private static func risk(
    of problem: Problem, _ study: Study, _ cells: [Cell]
  ) throws(PreparationError) -> PopulationRisk {
    let sharing = cells.indices.filter { cells[$0].problem == problem }
    /// - Parameter indices: the cells that have the error.
    func failure(_ message: String, _ indices: [Int]) -> PreparationError {
      PreparationError(
        key: problem.target == nil ? "problem.data" : "problem.target", family: cells[indices[0]].family,
        cell: indices.count == cells.count ? nil : cells[indices[0]].label, message: message)
    }
    let risk: PopulationRisk
    do throws(RiskError) {
      risk = try PopulationRisk(
        problem: problem, seed: study.sampling.seed,
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
