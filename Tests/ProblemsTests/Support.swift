import Expressions
import Foundation
import Kernels
import Randomness

/// Foundation has a class of the same name.
typealias Expression = Expressions.Expression

let kernels = KernelTable(.widest)

func expression(_ text: String, _ variables: [String] = ["x"]) throws -> Expression {
  try Expression(parsing: text, variables: variables)
}

func stream(_ trial: Int, _ purpose: Purpose = .batch) -> StreamAddress {
  StreamAddress(studySeed: 20_221_231, cellKey: 77, trial: trial, purpose: purpose)
}

/// For sqrt(n) times the Kolmogorov-Smirnov distance: 2 exp(-2 t^2) = 1e-6.
let criticalDistance = 2.6934

/// sqrt(n) times the largest distance between the empirical distribution of a sample and `distribution`, which is
/// continuous.
func kolmogorovSmirnov(_ sample: [Double], _ distribution: (Double) -> Double) -> Double {
  let n = Double(sample.count)
  var distance = 0.0
  for (i, x) in sample.sorted().enumerated() {
    distance = max(distance, distribution(x) - Double(i) / n, Double(i + 1) / n - distribution(x))
  }
  return distance * n.squareRoot()
}

/// The samples of some steps of a problem: [sample][coordinate] and targets.
func samples(_ source: SampleSource, size: Int, steps: UInt32, precision: Precision = .float32) -> (
  points: [Double], targets: [Double]
) {
  let batch = SampleBatch(size: size, dimension: source.dimension, precision: precision)
  let drawer = SampleDrawer(source: source, size: size, kernels: kernels)
  var points: [Double] = []
  var targets: [Double] = []
  func read(_ memory: UnsafeMutableRawPointer, _ count: Int) -> [Double] {
    switch precision {
    case .float32: (0..<count).map { Double(memory.assumingMemoryBound(to: Float.self)[$0]) }
    case .float64: (0..<count).map { memory.assumingMemoryBound(to: Double.self)[$0] }
    }
  }
  for step in 0..<steps {
    drawer.draw(stream(1), step: step, into: batch)
    points += read(batch.inputs, size * source.dimension)
    targets += read(batch.targets, size)
  }
  return (points, targets)
}
