import Kernels
import Problems
import Training

/// How much a study may ask for. Each number of a study has a range of its own; these bound what several of them come to
/// together, so that reading and checking a text of 1 MiB takes seconds and some hundred megabytes at most.
enum StudyLimits {
  /// Cells of a study.
  static let cells = 10_000
  /// Hidden layers of all entries of `network.hidden`.
  static let layers = 100_000
  /// Combinations of entries of the factors of `vary`.
  static let combinations = 2500
  /// Bytes of names and values in all combinations.
  static let combinedText = 1 << 21
  /// Bytes of names and values that each cell has from problem, network and training, in all cells.
  static let cellText = 1 << 24
  /// Numbers (points times coordinates) in all data sets that are drawn.
  static let drawnNumbers = 1 << 22
  /// Numbers in an evaluation set.
  static let evaluationNumbers = 1 << 23
  /// Numbers in the evaluation sets of all problems of a study.
  static let allEvaluationNumbers = 1 << 26
  /// Points at which targets are computed times their operations, in all problems.
  static let targetWork = 1 << 31
  /// Steps times the size of the expression of the learning rate, in all cells in which that differs.
  static let rateWork = 1 << 29
  /// Pieces of a piecewise polynomial.
  static let pieces = 1000
  /// Coefficients of a piece.
  static let coefficients = 100
  /// Coefficients of all pieces, the shorter ones filled up with 0.
  static let allCoefficients = 10_000
  /// Bytes that the networks which a thread trains side by side take with their gradients and optimizer states.
  static let ensembleMemory = 8 << 30
}

/// What the reading of a study has used up of ``StudyLimits``, and what its combinations share.
final class StudyReadingState {
  /// Data sets that were drawn or read, by their text; nil for those that could not be.
  var dataSets: [String: DataSet?] = [:]
  var drawnNumbers = 0
  var cellText = 0
  /// Problems whose evaluation set and target are counted.
  var problems: Set<Problem> = []
  var evaluationNumbers = 0
  var targetWork = 0
  /// Learning rates that are valid.
  var rates: Set<Rate> = []
  var rateWork = 0

  struct Rate: Hashable {
    var plan: StepPlan
    var width: Int?
  }
}
