import Landscape
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
}

/// What of a cell tells why nothing is known of a limit: asked once, not for every trial.
struct UndecidedReasons {
  private let plan: LimitPlan?
  private let restingGradientNorm: Double?
  private let hasClosedForm: Bool
  private let isFollowed: Bool

  /// - Parameter isFollowed: whether flows from the networks of the cell are followed.
  init(_ cell: Cell, isFollowed: Bool) {
    plan = cell.limit
    restingGradientNorm = cell.verdictRule.restingGradientNorm
    hasClosedForm = cell.hasClosedForm
    self.isFollowed = isFollowed
  }

  /// - Parameter analysis: of an undecided trial.
  func reason(_ analysis: TrialAnalysis?) -> UndecidedReason {
    guard let plan else { return restingGradientNorm == nil ? .off : .gradient }
    guard let analysis else { return .notStored }
    guard let limit = analysis.limit else {
      return isFollowed && analysis.certificate == nil ? .notStored : isFollowed ? .close : .unavailable
    }
    if limit.isAtRest { return .close }
    if hasClosedForm { return .student }
    // As limits of earlier versions are read.
    if limit.steps == 0 && limit.flowTime > 0 { return .notStored }
    return limit.flowTime < plan.flowTime && limit.steps < plan.steps ? .left : .budget
  }
}
