import Texts

/// Finitely many inputs, with their labels unless a target gives those.
public struct DataSet: Sendable, Hashable {
  public enum Origin: Sendable, Hashable {
    /// Written in the study.
    case inline
    /// Read from a CSV file.
    case file(DataFile)
    /// Independent standard normal points, drawn once for the study from a stream of this seed.
    case gaussian(points: Int, dimension: Int, seed: UInt64)
    /// Point i is the unit vector e_i plus noise / sqrt(dimension) times a standard normal vector: nearly orthogonal
    /// points of about unit norm (the regime of arXiv:2310.18935); at most as many points as dimensions.
    case nearlyOrthogonal(points: Int, dimension: Int, noise: Double, seed: UInt64)
  }

  public let origin: Origin
  public let dimension: Int
  /// [point][coordinate].
  public let inputs: [Double]
  /// One a point, or nil if the target gives them.
  public let labels: [Double]?
  /// One a point, as they are given: at least 0, and one of them more. Nil: all points have the same weight.
  public let weights: [Double]?

  /// - Precondition: `inputs` holds whole points, at least one, and there are as many labels and weights as points.
  public init(origin: Origin, dimension: Int, inputs: [Double], labels: [Double]?, weights: [Double]? = nil) {
    precondition(dimension >= 1 && !inputs.isEmpty && inputs.count % dimension == 0)
    precondition(labels == nil || labels!.count == inputs.count / dimension)
    precondition(weights == nil || weights!.count == inputs.count / dimension)
    self.origin = origin
    self.dimension = dimension
    self.inputs = inputs
    self.labels = labels
    self.weights = weights
  }

  /// Number of points.
  public var count: Int { inputs.count / dimension }

  /// The weights over their sum, one a point: those of the risk. Nil: all are 1 / count.
  public var normalizedWeights: [Double]? {
    guard let weights else { return nil }
    // Over the largest one first: the sum may overflow.
    let largest = weights.max()!
    let sum = weights.reduce(0) { $0 + $1 / largest }
    return weights.map { $0 / largest / sum }
  }

  /// What was read: `2 points, 1 coordinate and a label; line 1 is a header: x, y`. Names come from the file.
  public var summary: String {
    let parts =
      [counted(dimension, "coordinate")] + (labels == nil ? [] : ["a label"]) + (weights == nil ? [] : ["a weight"])
    let columns = parts.count == 1 ? parts[0] : "\(parts.dropLast().joined(separator: ", ")) and \(parts.last!)"
    let points = "\(counted(count, "point")), \(columns)"
    guard case .file(let file) = origin, let header = file.header else { return points }
    return "\(points); line \(header.line) is a header: \(header.columns)"
  }
}

/// A CSV file that points were read from.
public struct DataFile: Sendable, Hashable {
  public let path: String
  /// The SHA-256 of its bytes, 64 hexadecimal digits.
  public let digest: String
  /// Nil where there is none.
  public let header: Header?
  /// Nil: points have no weights.
  public let weightColumn: Column?

  public init(path: String, digest: String, header: Header? = nil, weightColumn: Column? = nil) {
    self.path = path
    self.digest = digest
    self.header = header
    self.weightColumn = weightColumn
  }

  /// The line that names the columns.
  public struct Header: Sendable, Hashable {
    /// From 1.
    public let line: Int
    /// The names, separated by commas; of many and of long ones a part.
    public let columns: String

    public init(line: Int, columns: String) {
      self.line = line
      self.columns = columns
    }

    init(line: Int, names: [String]) {
      let shown = names.map { name in
        let text = ForeignText.escapedInLine(name.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        return text.count > 40 ? "\(text.prefix(40))..." : text
      }
      self.init(
        line: line,
        columns: (shown.count <= 8 ? shown : shown.prefix(6) + ["...", shown.last!]).joined(separator: ", "))
    }
  }

  /// A column of the file, as a study says which.
  public enum Column: Sendable, Hashable {
    /// As the header has it.
    case name(String)
    /// From 1.
    case number(Int)
  }
}
