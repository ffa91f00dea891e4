import TestSupport
import Testing

/// What Scripts/reference/training.py recorded: networks that PyTorch trained on full batches of data sets.
struct RecordedTraining: Decodable {
  struct Clipping: Decodable {
    let norm: Double
    let delta: Double
  }

  /// Settings in the words of study files, and what PyTorch came to.
  struct Case: Decodable, Sendable, CustomTestStringConvertible {
    let label: String
    /// The name of the data set.
    let data: String
    let activation: String
    let hidden: [Int]
    let optimizer: String
    let learningRate: String
    let clipping: Clipping?
    let trainable: [String]?
    let start: [Double]
    let end: [Double]
    let startRisk: Double
    let risk: Double
    /// Over the trained blocks.
    let gradientNorm: Double

    var testDescription: String { label }
  }

  let steps: Int
  /// Points with their labels.
  let data: [String: [[Double]]]
  let cases: [Case]

  static let all: RecordedTraining = recordedResults("trained-networks.json")
}
