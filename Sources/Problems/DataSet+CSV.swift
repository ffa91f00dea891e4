extension DataSet {
  /// Reads a CSV file: a line for each point with its coordinates and, if the points are labelled, the label last,
  /// separated by commas. The column of the weights, if there is one, stands anywhere between them.
  ///
  /// The first line is a header if all of its columns are names; then it has as many as the other lines. White space
  /// around numbers, empty lines, a byte order mark and line ends of any system are allowed. Numbers are decimal and
  /// finite in single precision, and read as the nearest binary64.
  ///
  /// - Parameters:
  ///   - path: the name of the file, for messages and the origin.
  ///   - digest: the SHA-256 of its bytes.
  ///   - weights: the column of the weights; nil if there is none.
  public init(
    csv text: String, path: String, digest: String, isLabelled: Bool, weights: DataFile.Column? = nil
  ) throws(DataError) {
    var reader = CSVReader(path: path, isLabelled: isLabelled, weightColumn: weights)
    // Line ends "\r\n" are one character.
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
    for (index, line) in lines.enumerated() { try reader.read(line, number: index + 1) }
    let points = try reader.points()
    self.init(
      origin: .file(DataFile(path: path, digest: digest, header: reader.header, weightColumn: weights)),
      dimension: points.dimension, inputs: points.inputs, labels: isLabelled ? points.labels : nil,
      weights: weights == nil ? nil : points.weights)
  }
}

// MARK: - Errors

/// Why the text of a CSV file is no data set.
public struct DataError: Error, Sendable, Hashable {
  public let path: String
  /// From 1; nil for an error of the whole file.
  public let line: Int?
  /// The number of the field in its line, from 1; nil for an error of the whole line.
  public let column: Int?
  /// What is wrong, and what would be right.
  public let message: String
  /// Whether it is about which column has the weights, not about the file.
  public let isOfWeightColumn: Bool

  init(path: String, line: Int?, column: Int?, message: String, isOfWeightColumn: Bool = false) {
    self.path = path
    self.line = line
    self.column = column
    self.message = message
    self.isOfWeightColumn = isOfWeightColumn
  }
}

extension DataError: CustomStringConvertible {
  /// `points.csv:3: column 2 is no number ("abc"); write ...`
  public var description: String { "\(path)\(line.map { ":\($0)" } ?? ""): \(message)" }
}
