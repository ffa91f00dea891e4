/// The observables of a trial at every checkpoint.
public struct TrialTrajectory: Sendable, Hashable {
  public let trial: Int
  /// `values[c][k]`: at checkpoint c, the observable at place k in the list of the cell. Infinite from the checkpoint on at
  /// which the trial had diverged.
  public let values: [[Double]]

  /// NaN, which an overflow may leave, is kept as infinity.
  ///
  /// - Precondition: as many values at all checkpoints.
  public init(trial: Int, values: [[Double]]) {
    precondition(Set(values.map(\.count)).count <= 1, "every observable has a value at every checkpoint")
    self.trial = trial
    self.values = values.map { $0.map { $0.isNaN ? .infinity : $0 } }
  }
}

/// The stored form: the values as IEEE 754 binary64, little-endian, checkpoint by checkpoint, at each the observables in
/// the order of the cell.
extension TrialTrajectory {
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    for value in values.joined() { writer.write(value) }
    return writer.bytes
  }

  /// Nil if the bytes are not those of `checkpoints` checkpoints with `observables` values each.
  public init?(trial: Int, checkpoints: Int, observables: Int, bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let values = reader.reals(checkpoints: checkpoints, observables: observables), reader.isAtEnd else {
      return nil
    }
    self.init(trial: trial, values: values)
  }
}

extension ByteReader {
  /// The values of a whole trajectory; nil if bytes are missing or one of them is no number.
  mutating func reals(checkpoints: Int, observables: Int) -> [[Double]]? {
    guard observables > 0, checkpoints <= remaining / (8 * observables) else { return nil }
    var values: [[Double]] = []
    values.reserveCapacity(checkpoints)
    for _ in 0..<checkpoints {
      var row: [Double] = []
      for _ in 0..<observables {
        guard let value = real(), !value.isNaN else { return nil }
        row.append(value)
      }
      values.append(row)
    }
    return values
  }
}
