import Foundation
import Kernels
import Randomness
import TestSupport
import Testing

/// The inputs of mini-batches: what they are in terms of the scalar generator, and how they are distributed. All levels
/// draw the same bits (another suite shows it), so the distributions are tested at the widest one.
@Suite("mini-batches")
struct MiniBatchTests {
  private static func batch(_ size: Int, _ lower: Float = 0, _ upper: Float = 1) -> MiniBatch {
    MiniBatch(
      size: size, lower: lower, upper: upper, target: Target.identity.program, kernels: KernelTable(.widest))
  }

  /// Partial sums of size + 1 exponential variables over their total. Spacing p belongs to lane p / rows and row
  /// p % rows, and its word is number 2 (row % 2) + lane % 2 of block 8 (row / 2) + lane / 2.
  private static func reference(size: Int, _ address: StreamAddress, step: UInt32) -> [Double] {
    let rows = (size + 32) / 32 * 2
    var sum = 0.0
    let partial = (0...size).map { p in
      let (lane, row) = (p / rows, p % rows)
      let block = address.block(UInt32(8 * (row / 2) + lane / 2), step: step)
      let word = block[2 * (row % 2) + lane % 2]
      sum -= Foundation.log((Double(word >> 9) + 0.5) * 0x1p-23)
      return sum
    }
    return partial.dropLast().map { $0 / sum }
  }

  @Test(
    "are normalized sums of exponential spacings", arguments: KernelLevel.supported,
    [(0, 1), (-2, 3)] as [(Float, Float)])
  func definition(_ level: KernelLevel, _ interval: (Float, Float)) {
    let (lower, upper) = interval
    for size in [1, 2, 14, 15, 16, 17, 31, 32, 33, 100, 255, 1000, 1024, 5000] {
      let batch = MiniBatch(
        size: size, lower: lower, upper: upper, target: Target.identity.program, kernels: KernelTable(level))
      for step in [0, 1, 4_000_000_000] as [UInt32] {
        batch.draw(stream(size), step: step)
        let inputs = batch.inputs
        #expect(inputs.count == size)
        // Float sums of at most rows + 16 terms, and the scaling.
        let bound = Double(upper - lower) * Double(size / 16 + 24) * 0x1p-24
        for (x, u) in zip(inputs, Self.reference(size: size, stream(size), step: step)) {
          #expect(abs(Double(x) - (Double(lower) + Double(upper - lower) * u)) <= bound)
        }
      }
    }
  }

  /// They are part of the definition of a trial.
  @Test("literal values", arguments: KernelLevel.supported)
  func literals(_ level: KernelLevel) {
    let batch = MiniBatch(
      size: 17, lower: 0, upper: 1, target: Target.identity.program, kernels: KernelTable(level))
    batch.draw(
      StreamAddress(studySeed: 5, cellKey: 0x0123_4567_89ab_cdef, trial: 3 << 32 | 7, purpose: .batch), step: 9)
    #expect(batch.inputs[..<3] == [0.05549049, 0.15300846, 0.16506197])
    #expect(batch.inputs[14...] == [0.79041815, 0.87527925, 0.924159])
  }

  @Test("are sorted and inside the interval", arguments: KernelLevel.supported)
  func sorted(_ level: KernelLevel) {
    for (lower, upper) in [(0, 1), (-2, 3), (-1, 1), (100, 100.001), (-1e6, 1e-6)] as [(Float, Float)] {
      for size in [1, 2, 15, 16, 17, 100, 1000, 1024] {
        let batch = MiniBatch(
          size: size, lower: lower, upper: upper, target: Target.identity.program, kernels: KernelTable(level))
        for step in 0..<20 as Range<UInt32> {
          batch.draw(stream(1), step: step)
          let inputs = batch.inputs
          #expect(inputs[0] >= lower && inputs[size - 1] <= upper)
          #expect(zip(inputs, inputs.dropFirst()).allSatisfy { $0 <= $1 })
        }
      }
    }
  }

  /// The length of this interval is rounded up, so samples right at the end would be rounded to a place beyond it, where
  /// the target need not be defined. Of these steps the second one has a sample that ends up at the end.
  @Test("rounding does not carry a sample beyond the interval", arguments: KernelLevel.supported)
  func rounding(_ level: KernelLevel) {
    let upper: Float = 0x1.8p-24
    let batch = MiniBatch(
      size: 1 << 20, lower: -1, upper: upper, target: Target.identity.program, kernels: KernelTable(level))
    for step in 2..<5 as Range<UInt32> {
      batch.draw(stream(1), step: step)
      let inputs = batch.inputs
      #expect(inputs[0] >= -1 && inputs[inputs.count - 1] <= upper)
    }
  }

  /// Forgetting the order, the inputs of all batches are independent uniform numbers. False-alarm rate: 1e-6 a size.
  @Test("pooled inputs are uniform", arguments: [(1, 20_000), (2, 10_000), (17, 5000), (100, 2000), (1024, 200)])
  func pooled(_ size: Int, _ batches: Int) {
    for (lower, upper) in [(0, 1), (-2, 3)] as [(Float, Float)] {
      let batch = Self.batch(size, lower, upper)
      let inputs = (0..<UInt32(batches)).flatMap { step in
        batch.draw(stream(size), step: step)
        return batch.inputs.map(Double.init)
      }
      let distance = kolmogorovSmirnov(inputs) { ($0 - Double(lower)) / Double(upper - lower) }
      #expect(distance < Critical.kolmogorovSmirnov)
    }
  }

  /// The k-th of n sorted uniform numbers has the beta distribution with parameters k and n + 1 - k. False-alarm rate:
  /// about 1e-6 for each mean and variance.
  @Test("order statistics have the mean and variance of their beta law", arguments: [1, 2, 17, 100])
  func orderStatistics(_ size: Int) {
    let batches = 10_000
    let batch = Self.batch(size)
    let rows = (0..<UInt32(batches)).map { step in
      batch.draw(stream(100 + size), step: step)
      return batch.inputs.map(Double.init)
    }
    let n = Double(size)
    for k in Set([1, (size + 3) / 4, (size + 1) / 2, size]) {
      let a = Double(k)
      let b = n + 1 - a
      let expectedMean = a / (n + 1)
      let variance = a * b / ((n + 1) * (n + 1) * (n + 2))
      let excess =
        6 * ((a - b) * (a - b) * (a + b + 1) - a * b * (a + b + 2)) / (a * b * (a + b + 2) * (a + b + 3))
      let sample = rows.map { $0[k - 1] }
      #expect(abs(score(sample, mean: expectedMean, variance: variance)) < Critical.normal)
      let squares = sample.map { ($0 - expectedMean) * ($0 - expectedMean) }
      #expect(abs(score(squares, mean: variance, variance: variance * variance * (excess + 2))) < Critical.normal)
    }
  }

  @Test("steps, trials, cells and purposes have different batches")
  func different() {
    let batch = Self.batch(100)
    let addresses =
      [
        (stream(0), 0), (stream(0), 1), (stream(1), 0), (stream(0, .sharedBatch), 0), (stream(0, .initialization), 0),
        (stream(0, cellKey: 78), 0), (stream(1 << 39), 0), (stream(0), 0x8000_0000),
      ] as [(StreamAddress, UInt32)]
    let batches = addresses.map { address, step in
      batch.draw(address, step: step)
      return batch.inputs
    }
    for i in batches.indices {
      // The same address gives the same batch whatever was drawn before.
      batch.draw(addresses[i].0, step: addresses[i].1)
      #expect(batch.inputs == batches[i])
      for j in 0..<i { #expect(batches[i] != batches[j]) }
    }
  }

  /// False-alarm rate: 1e-6 each.
  @Test("batches of neighbouring steps, trials and purposes are uncorrelated")
  func uncorrelated() {
    let batch = Self.batch(33)
    func median(_ address: StreamAddress, _ step: UInt32) -> Double {
      batch.draw(address, step: step)
      return Double(batch.inputs[16])
    }
    let steps = 0..<4000 as Range<UInt32>
    let medians = steps.map { median(stream(0), $0) }
    #expect(abs(correlationScore(Array(medians.dropLast()), Array(medians.dropFirst()))) < Critical.normal)
    #expect(abs(correlationScore(medians, steps.map { median(stream(1), $0) })) < Critical.normal)
    #expect(abs(correlationScore(medians, steps.map { median(stream(0, .sharedBatch), $0) })) < Critical.normal)
    #expect(abs(correlationScore(medians, steps.map { median(stream(Int($0), .batch), 0) })) < Critical.normal)
  }
}
