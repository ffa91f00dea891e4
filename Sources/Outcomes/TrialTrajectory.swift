/// The five quantities of a trial at every checkpoint.
public struct TrialTrajectory: Sendable, Hashable {
  public let trial: Int
  /// `values[c][q]`: at checkpoint c, the quantity whose raw value is q. Infinite from the checkpoint on at which the
  /// trial had diverged.
  public let values: [[Double]]

  /// NaN, which an overflow may leave, is kept as infinity.
  ///
  /// - Precondition: five values a checkpoint.
  public init(trial: Int, values: [[Double]]) {
    precondition(values.allSatisfy { $0.count == TrajectoryQuantity.allCases.count })
    self.trial = trial
    self.values = values.map { $0.map { $0.isNaN ? .infinity : $0 } }
  }

  /// A quantity at a checkpoint.
  public subscript(checkpoint: Int, quantity: TrajectoryQuantity) -> Double {
    values[checkpoint][Int(quantity.rawValue)]
  }
}

/// The stored form: the values as IEEE 754 binary64, little-endian, checkpoint by checkpoint, at each the quantities in
/// the order of their raw values.
extension TrialTrajectory {
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    for value in values.joined() { writer.write(value) }
    return writer.bytes
  }

  /// Nil if the bytes are not those of `checkpoints` checkpoints.
  public init?(trial: Int, checkpoints: Int, bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let values = reader.reals(checkpoints: checkpoints), reader.isAtEnd else { return nil }
    self.init(trial: trial, values: values)
  }
}

extension ByteReader {
  /// The values of a whole trajectory; nil if bytes are missing or one of them is no number.
  mutating func reals(checkpoints: Int) -> [[Double]]? {
    let quantities = TrajectoryQuantity.allCases.count
    guard checkpoints <= remaining / (8 * quantities) else { return nil }
    var values: [[Double]] = []
    values.reserveCapacity(checkpoints)
    for _ in 0..<checkpoints {
      var row: [Double] = []
      for _ in 0..<quantities {
        guard let value = real(), !value.isNaN else { return nil }
        row.append(value)
      }
      values.append(row)
    }
    return values
  }
}
