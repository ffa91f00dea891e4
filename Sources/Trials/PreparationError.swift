/// Why the trials of a study that can be read cannot be run.
public struct PreparationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The dotted key of study files that it is about.
  public let key: String
  /// Which of ``Study/homogeneousStudies`` has it.
  public let variant: Int
  /// The label of the first cell that has it; nil if all cells do.
  public let cell: String?
  /// What is wrong, and what would be right.
  public let message: String

  /// `problem.target (cell 5 log(x)): the target is not finite ...`
  public var description: String { "\(key)\(cell.map { " (cell \($0))" } ?? ""): \(message)" }
}
