import Outcomes
import Studies

/// Why nothing is known of the limit of a trial.
public enum UndecidedReason: Sendable, Hashable, CaseIterable {
  /// The study follows no flow.
  case off
  /// The study asks for a statement about the end of training, where the gradient is larger than it says.
  case gradient
  /// The networks have no flow that is followed.
  case unavailable
  /// No limit is stored, or one of an earlier version that does not count today.
  case notStored
  /// A student was not at rest when training ended.
  case student
  /// The flow was still moving when its budget was over.
  case budget
  /// The flow was left before: at the bound of an earlier criterion, or where steps became too short.
  case left
  /// At rest, but what a Newton step promises, the error of the risk, or the bracket of m_h reaches to the bound.
  case close

  /// - Parameter isFollowed: whether flows from the networks of the cell are followed.
  init(_ analysis: TrialAnalysis?, of cell: Cell, isFollowed: Bool) {
    guard let plan = cell.limit else {
      self = cell.verdictRule.restingGradientNorm == nil ? .off : .gradient
      return
    }
    guard let analysis else {
      self = .notStored
      return
    }
    guard let limit = analysis.limit else {
      self = isFollowed && analysis.certificate == nil ? .notStored : isFollowed ? .close : .unavailable
      return
    }
    if limit.isAtRest {
      self = .close
    } else if cell.hasClosedForm {
      self = .student
    } else if limit.steps == 0 && limit.flowTime > 0 {
      // As limits of earlier versions are read.
      self = .notStored
    } else {
      self = limit.flowTime < plan.flowTime && limit.steps < plan.steps ? .left : .budget
    }
  }
}
