import Foundation
import Kernels
import Randomness
import TestSupport
import Testing

@Suite("samples of optimizer steps")
struct SampleDrawerTests {
  /// x1 - 2 x2 + 4 x3.
  private static let target: Program = {
    var builder = ProgramBuilder(variableCount: 3)
    let value = builder.variable(startingAt: 0)
    for (k, weight) in [1.0, -2, 4].enumerated() { builder.add(weight, times: k, to: value) }
    return builder.program(result: value)
  }()
  private static let box = VectorLaw(.uniform, offsets: [0, -1, 10], scales: [1, 3, 0.5])
  private static let normal = VectorLaw(.normal, offsets: [0, -1, 10], scales: [1, 3, 0.5])
  private static let laws = [box, normal]

  private static func drawn(
    _ source: SampleSource, size: Int, _ address: StreamAddress, step: UInt32, lanes: Int = 1, lane: Int = 0,
    precision: Precision = .float32, level: KernelLevel = .widest
  ) -> (points: [Double], targets: [Double]) {
    let batch = SampleBatch(size: size, dimension: source.dimension, lanes: lanes, precision: precision)
    SampleDrawer(source: source, size: size, kernels: KernelTable(level)).draw(
      address, step: step, into: batch, lane: lane)
    return (batch.points(lane: lane), batch.values(lane: lane))
  }

  // MARK: Laws

  /// Coordinate k of sample i = 32 g + j belongs to word j / 8 of block 8 (3 g + k) + j % 8.
  @Test("coordinates are functions of the words of the stream", arguments: KernelLevel.supported)
  func definition(_ level: KernelLevel) {
    for law in Self.laws {
      for (size, step) in [(1, 0), (31, 1), (32, 2), (33, 3), (256, 4), (257, 5), (1000, 4_000_000_000)] {
        let address = stream(size)
        let (points, targets) = Self.drawn(
          .vector(law, target: Self.target), size: size, address, step: UInt32(step), level: level)
        for i in 0..<size {
          let (g, j) = (i / 32, i % 32)
          for k in 0..<3 {
            let block = address.block(UInt32(8 * (3 * g + k) + j % 8), step: UInt32(step))
            func uniform(_ word: Int) -> Double { (Double(block[word]) + 0.5) * 0x1p-32 }
            let pair = j / 16 * 2
            let radius = (-2 * Foundation.log(uniform(pair))).squareRoot()
            let angle = 2 * Double.pi * uniform(pair + 1)
            let normal = radius * (j % 16 < 8 ? Foundation.cos(angle) : Foundation.sin(angle))
            let number = law.shape == .uniform ? uniform(j / 8) : normal
            let x = Float(law.offsets[k] + law.scales[k] * number)
            // A normal number may differ in its last bits and be rounded the other way.
            #expect(abs(points[3 * i + k] - Double(x)) <= (law.shape == .uniform ? 0 : Double(x.ulp)))
          }
          let expected = points[3 * i] - 2 * points[3 * i + 1] + 4 * points[3 * i + 2]
          #expect(targets[i] == Double(Float(expected)))
        }
      }
    }
  }

  /// They are part of the definition of a trial.
  @Test("literal values", arguments: KernelLevel.supported)
  func literals(_ level: KernelLevel) {
    let address = StreamAddress(studySeed: 5, cellKey: 0x0123_4567_89ab_cdef, trial: 3 << 32 | 7, purpose: .batch)
    let expected: [[Double]] = [
      [
        0.4684307873249054, 0.30057016015052795, 10.274374961853027, 0.27223071455955505, 0.7724425792694092,
        10.413996696472168,
      ],
      [
        0.7120863199234009, 1.559317946434021, 9.465474128723145, 0.39451920986175537, -0.29578903317451477,
        9.692863464355469,
      ],
    ]
    for (law, expected) in zip(Self.laws, expected) {
      let points = Self.drawn(.vector(law, target: Self.target), size: 40, address, step: 9, level: level).points
      #expect(Array(points[..<3]) + Array(points[(3 * 39)...]) == expected)
    }
  }

  @Test("all levels, both precisions and all lanes draw the same samples", arguments: KernelLevel.supported)
  func layout(_ level: KernelLevel) {
    let sources =
      Self.laws.map { SampleSource.vector($0, target: Self.target) }
      + [
        .scalar(.normal(mean: 0, standardDeviation: 1), target: Target.quarticSine.program),
        .scalar(ScalarLaw(lower: -1, upper: 1), target: Target.quarticSine.program),
      ] + SampleSource.Sampling.allCases.map { .data(Self.data(100, $0)) }
    for source in sources {
      let expected = Self.drawn(source, size: 100, stream(1), step: 7, level: .baseline)
      let double = Self.drawn(source, size: 100, stream(1), step: 7, precision: .float64, level: level)
      #expect(double.points.map { Double(Float($0)) } == expected.points)
      #expect(double.targets.map { Double(Float($0)) } == expected.targets)
      for lane in [0, 5, 15] {
        let other = Self.drawn(source, size: 100, stream(1), step: 7, lanes: 16, lane: lane, level: level)
        #expect(other == expected)
      }
    }
  }

  @Test("scalar samples are those of the mini-batch")
  func scalar() {
    let law = ScalarLaw.normal(mean: 0, standardDeviation: 1)
    let batch = MiniBatch(size: 300, law: law, target: Target.quadratic.program, kernels: KernelTable(.widest))
    batch.draw(stream(2), step: 5)
    let drawn = Self.drawn(.scalar(law, target: Target.quadratic.program), size: 300, stream(2), step: 5)
    #expect(drawn.points == batch.inputs.map(Double.init))
  }

  @Test("more samples begin with fewer")
  func prefix() {
    for law in Self.laws {
      let source = SampleSource.vector(law, target: Self.target)
      let all = Self.drawn(source, size: 1000, stream(3), step: 0).points
      for size in [1, 100, 256, 999] {
        #expect(Self.drawn(source, size: size, stream(3), step: 0).points == Array(all[..<(3 * size)]))
      }
    }
  }

  /// False-alarm rate: 1e-6 for each of 2 laws, 3 coordinates and 5 statistics.
  @Test("coordinates have their laws and are uncorrelated")
  func distribution() {
    for law in Self.laws {
      let source = SampleSource.vector(law, target: Self.target)
      let points = (0..<100).flatMap { Self.drawn(source, size: 1024, stream(4), step: $0, precision: .float64).points }
      let columns = (0..<3).map { k in
        stride(from: k, to: points.count, by: 3).map { (points[$0] - law.offsets[k]) / law.scales[k] }
      }
      for (k, column) in columns.enumerated() {
        let distance = kolmogorovSmirnov(column) { law.shape == .uniform ? $0 : 0.5 * erfc(-$0 / 2.squareRoot()) }
        #expect(distance < Critical.kolmogorovSmirnov)
        let next = columns[(k + 1) % 3]
        #expect(abs(correlationScore(column, next)) < Critical.normal)
        #expect(abs(correlationScore(column.map { $0 * $0 }, next.map { $0 * $0 })) < Critical.normal)
        #expect(abs(correlationScore(Array(column.dropLast()), Array(column.dropFirst()))) < Critical.normal)
        // The two numbers of a normal pair are eight samples apart.
        #expect(abs(correlationScore(Array(column.dropLast(8)), Array(column.dropFirst(8)))) < Critical.normal)
      }
    }
  }

  // MARK: Data

  /// Point i is (i, -i / 7), its target i + 1/3.
  private static func data(_ count: Int, _ sampling: SampleSource.Sampling) -> SampledData {
    SampledData(
      dimension: 2, inputs: (0..<count).flatMap { [Double($0), -Double($0) / 7] },
      targets: (0..<count).map { Double($0) + 1.0 / 3 }, sampling: sampling)
  }

  /// The numbers of the drawn points, after checking that samples are whole points with their targets.
  private static func indices(
    _ drawer: SampleDrawer, _ batch: SampleBatch, _ address: StreamAddress, step: UInt32, lane: Int = 0
  ) -> [Int] {
    drawer.draw(address, step: step, into: batch, lane: lane)
    let points = batch.points(lane: lane)
    let targets = batch.values(lane: lane)
    return targets.indices.map { i in
      let index = Int(points[2 * i])
      #expect(points[2 * i + 1] == -Double(index) / 7 && targets[i] == Double(index) + 1.0 / 3)
      return index
    }
  }

  /// floor(m w / 2^64) for number i of a draw.
  private static func number(_ i: Int, _ address: StreamAddress, step: UInt32, below bound: Int) -> Int {
    let block = address.block(UInt32(i / 2), step: step)
    let word = UInt64(block[2 * (i % 2)]) << 32 | UInt64(block[2 * (i % 2) + 1])
    return Int(word.multipliedFullWidth(by: UInt64(bound)).high)
  }

  private static func drawer(_ count: Int, _ sampling: SampleSource.Sampling, size: Int, lanes: Int = 1) -> (
    SampleDrawer, SampleBatch
  ) {
    let drawer = SampleDrawer(source: .data(data(count, sampling)), size: size, kernels: KernelTable(.widest))
    return (drawer, SampleBatch(size: size, dimension: 2, lanes: lanes, precision: .float64))
  }

  @Test("with replacement: the points that the words name")
  func withReplacement() {
    for (count, size) in [(1, 1), (7, 40), (1000, 100)] {
      let (drawer, batch) = Self.drawer(count, .withReplacement, size: size)
      for step in [0, 1, .max] as [UInt32] {
        let expected = (0..<size).map { Self.number($0, stream(5), step: step, below: count) }
        #expect(Self.indices(drawer, batch, stream(5), step: step) == expected)
      }
    }
  }

  /// The order of a pass is that of Fisher and Yates, from the words of the pass.
  @Test("without replacement: the orders of the passes, cut into batches")
  func withoutReplacement() {
    for (count, size) in [(1, 1), (10, 10), (10, 3), (100, 7), (1000, 100)] {
      let (drawer, batch) = Self.drawer(count, .withoutReplacement, size: size)
      let steps = count / size
      for pass in 0..<4 {
        var order = Array(0..<count)
        for i in 0..<count { order.swapAt(i, i + Self.number(i, stream(6), step: UInt32(pass), below: count - i)) }
        var seen: [Int] = []
        for step in 0..<steps {
          seen += Self.indices(drawer, batch, stream(6), step: UInt32(pass * steps + step))
        }
        #expect(seen == Array(order[..<(steps * size)]) && Set(seen).count == seen.count)
      }
    }
  }

  @Test("without replacement: a step does not depend on those before, nor on other lanes")
  func memory() {
    let (drawer, batch) = Self.drawer(100, .withoutReplacement, size: 30, lanes: 8)
    func fresh(_ trial: Int, _ step: UInt32) -> [Int] {
      let (drawer, batch) = Self.drawer(100, .withoutReplacement, size: 30)
      return Self.indices(drawer, batch, stream(trial), step: step)
    }
    for step in [5, 0, 7, 6, 5] as [UInt32] {
      for lane in [0, 3, 7] {
        #expect(Self.indices(drawer, batch, stream(lane), step: step, lane: lane) == fresh(lane, step))
      }
    }
    #expect(Self.indices(drawer, batch, stream(1), step: 5, lane: 0) == fresh(1, 5))
  }

  @Test("full: all points in their order")
  func full() {
    let (drawer, batch) = Self.drawer(20, .full, size: 20)
    for step in [0, 9] as [UInt32] { #expect(Self.indices(drawer, batch, stream(8), step: step) == Array(0..<20)) }
  }

  /// Counts of 20 points in 40,000 draws: chi^2 with 19 degrees of freedom exceeds 65.4 with probability 5e-7. Of the
  /// orders of 4 points in 24,000 passes: 23 degrees of freedom, 72.
  @Test("points and orders are uniform")
  func uniform() {
    let (drawer, batch) = Self.drawer(20, .withReplacement, size: 100)
    var counts = [Double](repeating: 0, count: 20)
    for step in 0..<400 as Range<UInt32> {
      for index in Self.indices(drawer, batch, stream(9), step: step) { counts[index] += 1 }
    }
    #expect(counts.reduce(0) { $0 + ($1 - 2000) * ($1 - 2000) / 2000 } < 65.4)

    let (shuffler, orders) = Self.drawer(4, .withoutReplacement, size: 4)
    var permutations: [[Int]: Double] = [:]
    for step in 0..<24_000 as Range<UInt32> {
      permutations[Self.indices(shuffler, orders, stream(10), step: step), default: 0] += 1
    }
    #expect(permutations.count == 24)
    #expect(permutations.values.reduce(0) { $0 + ($1 - 1000) * ($1 - 1000) / 1000 } < 72)
  }
}
