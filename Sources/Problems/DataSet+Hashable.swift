// Data sets are compared and looked up for every cell of a study, and may have millions of numbers.
extension DataSet {
  /// What is drawn is known by how it is drawn, the rest by its numbers.
  public static func == (a: DataSet, b: DataSet) -> Bool {
    guard a.origin == b.origin, a.dimension == b.dimension, a.inputs.count == b.inputs.count else { return false }
    switch a.origin {
    case .gaussian, .nearlyOrthogonal: return a.labels == b.labels && a.weights == b.weights
    case .inline, .file: return a.inputs == b.inputs && a.labels == b.labels && a.weights == b.weights
    }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(origin)
    hasher.combine(dimension)
    hasher.combine(inputs.count)
    // The first numbers tell most data sets apart.
    hasher.combine(inputs.prefix(16))
    hasher.combine(labels?.prefix(16))
    hasher.combine(weights?.prefix(16))
  }
}
