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
  /// - Throws: when a problem of the study has no population risk.
  public init(_ study: Study, levels: ReferenceLevels = ReferenceLevels()) throws(RiskError) {
    self.study = study
    // Cells mostly share a problem, and rates that do not depend on the width.
    var risks: [Problem: PopulationRisk] = [:]
    var rates: [TrainingPlan: RateTable] = [:]
    var runners: [CellRunner] = []
    let cells = study.cells
    for cell in cells {
      if risks[cell.problem] == nil {
        risks[cell.problem] = try PopulationRisk(
          problem: cell.problem, seed: study.sampling.seed,
          scope: cells.allSatisfy { $0.problem != cell.problem || $0.hasClosedForm } ? .closedFormOnly : .everyNetwork)
      }
      if rates[cell.training] == nil, !cell.training.learningRate.uses("h") {
        rates[cell.training] = RateTable(plan: cell.training, width: cell.architecture.width)
      }
      runners.append(
        CellRunner(
          cell: cell, risk: risks[cell.problem]!, sharedRates: rates[cell.training], levels: levels(cell)))
    }
    self.runners = runners
  }
}
