import Expressions
import Foundation
import Kernels
import TestSupport

/// Foundation has a class of the same name.
typealias Expression = Expressions.Expression

func expression(_ text: String, _ variables: [String] = ["x"]) throws -> Expression {
  try Expression(parsing: text, variables: variables)
}

/// The samples of some steps of a problem: [sample][coordinate] and targets.
func samples(_ source: SampleSource, size: Int, steps: UInt32, precision: Precision = .float32) -> (
  points: [Double], targets: [Double]
) {
  let batch = SampleBatch(size: size, dimension: source.dimension, precision: precision)
  let drawer = SampleDrawer(source: source, size: size, kernels: widest)
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
