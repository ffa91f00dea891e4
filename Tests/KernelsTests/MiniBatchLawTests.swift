import Foundation
import Kernels
import Randomness
import TestSupport
import Testing

/// Mini-batches of laws that are not uniform, and batches as plain samples.
@Suite("mini-batches of scalar laws")
struct MiniBatchLawTests {
  private static let normal = ScalarLaw.normal(mean: -1, standardDeviation: 2)

  /// The square root: the law with density 2 x on [0, 1].
  private static let triangle = ScalarLaw(lower: 0, upper: 1, quantile: .unary(.squareRoot))

  private static func batch(
    _ size: Int, _ law: ScalarLaw, _ level: KernelLevel = .widest, target: Target = .quarticSine
  ) -> MiniBatch {
    MiniBatch(size: size, law: law, target: target.program, kernels: KernelTable(level))
  }

  private static func normalDistribution(_ x: Double) -> Double { 0.5 * erfc(-(x + 1) / 8.0.squareRoot()) }

  /// The quantile of partial sums of exponential variables over their total, in double precision.
  @Test("are quantiles of normalized sums of exponential spacings", arguments: KernelLevel.supported)
  func definition(_ level: KernelLevel) {
    for size in [1, 2, 15, 16, 31, 100, 1000, 1024, 5000] {
      let batch = Self.batch(size, Self.triangle, level)
      for step in [0, 4_000_000_000] as [UInt32] {
        batch.draw(stream(size), step: step)
        let rows = (size + 32) / 32 * 2
        var sum = 0.0
        let partial = (0...size).map { p in
          let (lane, row) = (p / rows, p % rows)
          let block = stream(size).block(UInt32(8 * (row / 2) + lane / 2), step: step)
          sum -= Foundation.log((Double(block[2 * (row % 2) + lane % 2] >> 9) + 0.5) * 0x1p-23)
          return sum
        }
        // The logarithms are in single precision, with a relative error below 2e-7.
        // The root halves the errors of s and of the sum: 2e-7 together. Sums are in double precision; rounding x
        // adds 2^-25 and a search for the quantile, which ends within 2^-27, no more than that.
        for (x, s) in zip(batch.inputs, partial) { #expect(abs(Double(x) - (s / sum).squareRoot()) <= 3e-7) }
      }
    }
  }

  /// They are part of the definition of a trial.
  @Test("literal values", arguments: KernelLevel.supported)
  func literals(_ level: KernelLevel) {
    let address = StreamAddress(
      studySeed: 5, cellKey: 0x0123_4567_89ab_cdef, trial: 3 << 32 | 7, purpose: .batch)
    let batch = Self.batch(17, Self.normal, level)
    batch.draw(address, step: 9)
    #expect(batch.inputs[..<3] == [-4.1875987, -3.0472312, -2.9477289])
    #expect(batch.inputs[14...] == [0.6157458, 1.3034134, 1.86723])
  }

  @Test("are sorted and inside the bounds, even if the quantile is not monotone", arguments: KernelLevel.supported)
  func sorted(_ level: KernelLevel) {
    let wild = Program(
      instructions: [
        instruction(.constant, to: 1, 0, 0), instruction(.multiply, to: 1, 1, 0), instruction(.sin, to: 1, 1),
      ], constants: [300], registerCount: 2, result: 1)
    let laws = [Self.normal, Self.triangle, ScalarLaw(lower: -0.5, upper: 0.75, quantile: wild)]
    for law in laws {
      for size in [1, 2, 15, 16, 17, 100, 1024, 3000] {
        let batch = Self.batch(size, law, level)
        for step in 0..<10 as Range<UInt32> {
          batch.draw(stream(1), step: step)
          let inputs = batch.inputs
          #expect(inputs[0] >= law.lower && inputs[size - 1] <= law.upper)
          #expect(zip(inputs, inputs.dropFirst()).allSatisfy { $0 <= $1 })
        }
      }
    }
  }

  /// False-alarm rate: 1e-6 a size and law.
  @Test("pooled inputs have the law", arguments: [(1, 20_000), (2, 10_000), (17, 5000), (100, 2000), (1024, 200)])
  func pooled(_ size: Int, _ batches: Int) {
    let laws: [(ScalarLaw, (Double) -> Double)] = [
      (Self.normal, Self.normalDistribution), (Self.triangle, { $0 * $0 }),
    ]
    for (law, distribution) in laws {
      let batch = Self.batch(size, law)
      let inputs = (0..<UInt32(batches)).flatMap { step in
        batch.draw(stream(size), step: step)
        return batch.inputs.map(Double.init)
      }
      #expect(kolmogorovSmirnov(inputs, distribution) < Critical.kolmogorovSmirnov)
    }
  }

  /// The largest of n samples has the distribution function F^n, the smallest 1 - (1 - F)^n: sums in single precision
  /// would spoil the upper tail. False-alarm rate: 1e-6 each.
  @Test("the extreme samples of large batches have their laws")
  func extremes() {
    let batch = Self.batch(4096, Self.normal)
    var extremes: [[Double]] = [[], []]
    for step in 0..<4000 as Range<UInt32> {
      batch.draw(stream(7), step: step)
      let inputs = batch.inputs
      extremes[0].append(Double(inputs[0]))
      extremes[1].append(-2 - Double(inputs[4095]))
    }
    for sample in extremes {
      let distance = kolmogorovSmirnov(sample) { 1 - pow(1 - Self.normalDistribution($0), 4096) }
      #expect(distance < Critical.kolmogorovSmirnov)
      // Beyond 6.5 standard deviations: probability 7e-4.
      #expect(sample.min()! > -1 - 13)
    }
  }

  @Test("all levels draw the same batches", arguments: KernelLevel.supported)
  func levels(_ level: KernelLevel) {
    for law in [Self.normal, Self.triangle] {
      for size in [1, 16, 100, 1024] {
        let inputs = [level, .baseline].map { level in
          let batch = Self.batch(size, law, level)
          batch.draw(stream(size), step: 3)
          return bits(batch.inputs)
        }
        #expect(inputs[0] == inputs[1])
      }
    }
  }

  @Test(
    "as samples: the inputs in order, their targets, in both precisions and any lane", arguments: KernelLevel.supported)
  func samples(_ level: KernelLevel) {
    for law in [Self.triangle, ScalarLaw(lower: -2, upper: 3)] {
      for size in [1, 15, 16, 17, 100, 1024] {
        let batch = Self.batch(size, law, level)
        batch.draw(stream(size), step: 1)
        let inputs = batch.inputs.map(Double.init)
        let targets = Target.quarticSine.program.evaluate(at: inputs, kernels: KernelTable(level))
        for (lanes, lane) in [(1, 0), (8, 3), (16, 15)] {
          let double = SampleBatch(size: size, dimension: 1, lanes: lanes, precision: .float64)
          batch.samples(into: double, lane: lane)
          #expect(double.points(lane: lane) == inputs && double.values(lane: lane) == targets)
          let single = SampleBatch(size: size, dimension: 1, lanes: lanes, precision: .float32)
          batch.samples(into: single, lane: lane)
          #expect(single.points(lane: lane) == inputs)
          #expect(single.values(lane: lane) == targets.map { Double(Float($0)) })
        }
      }
    }
  }
}

extension SampleBatch {
  /// The inputs of a lane, [sample][coordinate].
  func points(lane: Int = 0) -> [Double] { read(inputs, count: size * dimension, lane) }

  /// The targets of a lane.
  func values(lane: Int = 0) -> [Double] { read(targets, count: size, lane) }

  private func read(_ memory: UnsafeMutableRawPointer, count: Int, _ lane: Int) -> [Double] {
    (0..<count).map { i in
      switch precision {
      case .float32: Double(memory.assumingMemoryBound(to: Float.self)[i * lanes + lane])
      case .float64: memory.assumingMemoryBound(to: Double.self)[i * lanes + lane]
      }
    }
  }
}
