import Expressions
import Foundation
import Kernels
import Problems
import TestSupport
import Testing

@Suite("sources of samples")
struct SampleSourceTests {
  /// The very samples of today's mini-batches.
  @Test("uniform scalar inputs")
  func uniform() throws {
    let problem = Problem(input: .uniform(lower: -0.1, upper: 0.3), target: try expression("x^4 * sin(x)"))
    let batch = MiniBatch(size: 100, lower: -0.1, upper: 0.3, target: problem.targetProgram!, kernels: widest)
    batch.draw(stream(1), step: 0)
    #expect(problem.scalarLaw == ScalarLaw(lower: -0.1, upper: 0.3))
    #expect(samples(problem.sampleSource(), size: 100, steps: 1).points == batch.inputs.map(Double.init))
    let box = Problem(
      input: .box([InputLaw.Bounds(lower: -0.1, upper: 0.3)]), target: try expression("x^4 * sin(x)"))
    #expect(box.sampleSource() == problem.sampleSource())
  }

  /// False-alarm rate: 1e-6 each.
  @Test("normal inputs, scalar and vector")
  func normal() throws {
    let target = Target.affine(weights: [3], constant: -1)
    let law = InputLaw.normal(mean: 2, standardDeviation: 0.5, dimension: 1)
    let scalar = Problem(inputs: .law(law), target: target)
    #expect(scalar.scalarLaw!.lower == -2 && scalar.scalarLaw!.upper == 6)
    let vector = Problem(
      inputs: .law(.normal(mean: 2, standardDeviation: 0.5, dimension: 5)),
      target: .affine(weights: [0, 0, 3, 0, 0], constant: -1))
    #expect(vector.scalarLaw == nil)
    for problem in [scalar, vector] {
      let (points, targets) = samples(problem.sampleSource(), size: 1000, steps: 20, precision: .float64)
      #expect(kolmogorovSmirnov(points) { 0.5 * erfc(-(($0 - 2) / 0.5) / 2.squareRoot()) } < Critical.kolmogorovSmirnov)
      let d = problem.dimension
      for i in targets.indices { #expect(targets[i] == -1 + 3 * points[d * i + d / 2]) }
    }
  }

  /// False-alarm rate: 1e-6 a coordinate. The bounds are no single precision numbers.
  @Test("boxes")
  func box() throws {
    let bounds = [
      InputLaw.Bounds(lower: 0.1, upper: 0.7), InputLaw.Bounds(lower: -0.3, upper: -0.1),
      InputLaw.Bounds(lower: 1, upper: 1.001),
    ]
    let problem = Problem(
      input: .box(bounds), target: try expression("x1 * x2 + x3", ["x1", "x2", "x3"]))
    let (points, targets) = samples(problem.sampleSource(), size: 1000, steps: 20)
    for (k, bounds) in bounds.enumerated() {
      let column = stride(from: k, to: points.count, by: 3).map { points[$0] }
      let (lower, upper) = (Double(Float(bounds.lower)), Double(Float(bounds.upper)))
      #expect(column.allSatisfy { lower <= $0 && $0 <= upper })
      #expect(kolmogorovSmirnov(column) { ($0 - lower) / (upper - lower) } < Critical.kolmogorovSmirnov)
    }
    for i in targets.indices {
      let expected = points[3 * i] * points[3 * i + 1] + points[3 * i + 2]
      #expect(targets[i] == Double(Float(expected)))
    }
  }

  @Test("data sets: labels, or values of a target")
  func data() throws {
    let points = DataSet(origin: .inline, dimension: 2, inputs: [0.1, 2, 3, 4, 5, 6], labels: [7, 8, 9])
    let labelled = Problem(inputs: .data(points), target: nil)
    #expect(labelled.targetProgram == nil && labelled.scalarLaw == nil && labelled.dimension == 2)
    let all = samples(labelled.sampleSource(.full), size: 3, steps: 1, precision: .float64)
    #expect(all.points == [0.1, 2, 3, 4, 5, 6] && all.targets == [7, 8, 9])
    let problem = Problem(inputs: .data(points), target: .expression(try expression("x1 * x2", ["x1", "x2"])))
    let single = samples(problem.sampleSource(.full), size: 3, steps: 1)
    #expect(single.points == [Double(Float(0.1)), 2, 3, 4, 5, 6])
    #expect(single.targets == [Double(Float(0.2)), 12, 30])
    for sampling in SampleSource.Sampling.allCases {
      let source = SampledData(dimension: 2, inputs: points.inputs, targets: [7, 8, 9], sampling: sampling)
      #expect(labelled.sampleSource(sampling) == .data(source))
    }
  }
}
