/// Why the text of a CSV file is no data set.
public struct DataError: Error, Sendable, Hashable {
  public let path: String
  /// From 1; nil for an error of the whole file.
  public let line: Int?
  /// The number of the field in its line, from 1; nil for an error of the whole line.
  public let column: Int?
  /// What is wrong, and what would be right.
  public let message: String
}

extension DataError: CustomStringConvertible {
  /// `points.csv:3: column 2 is no number ("abc"); write ...`
  public var description: String { "\(path)\(line.map { ":\($0)" } ?? ""): \(message)" }
}
