import Kernels
import TestSupport
import Testing

/// Samples with weights: in gradients and risks of the dense kernels, and where they are drawn.
@Suite struct WeightedSampleTests {
  private static let shapes: [(Int, [Int], Activation.Kind)] = [
    (1, [4], .relu), (1, [7], .relu), (1, [5], .tanh), (2, [6], .relu), (2, [7, 5], .softplus), (1, [20, 20], .relu),
  ]

  private func ensemble(
    _ architecture: Architecture, _ kernel: GradientKernel, _ precision: Precision, size: Int, level: KernelLevel
  ) -> Ensemble {
    let kernels = KernelTable(level)
    let ensemble = Ensemble(
      architecture: architecture, kernel: kernel, precision: precision, count: 1, batchSize: size, kernels: kernels)
    ensemble.start(0, at: normalParameters(architecture, trial: 3, kernels: kernels))
    return ensemble
  }

  /// Whole weights count how often a sample stands in a batch without weights. The risk is that of the residuals.
  @Test(arguments: [GradientKernel.denseNetworks, .denseNeurons], Precision.allCases)
  func weightsCountSamples(_ kernel: GradientKernel, _ precision: Precision) {
    // Sums of some hundred rounded terms of about the same size.
    let bound = precision == .float64 ? 1e-13 : 1e-4
    for level in KernelLevel.supported {
      for (dimension, hidden, activation) in Self.shapes {
        for size in [1, 6, 64, 300] {
          let architecture = Architecture(
            inputDimension: dimension, hidden: hidden, activation: Activation(activation))
          var random = SplitMix64(state: UInt64(size))
          let inputs = (0..<size * dimension).map { _ in random.uniform(-1, 1) }
          let targets = (0..<size).map { _ in random.uniform(-1, 1) }
          let counts = (0..<size).map { $0 % 4 == 1 ? 0 : 1 + $0 % 3 }
          let total = counts.reduce(0, +)

          let weighted = SampleBatch(size: size, dimension: dimension, precision: precision, isWeighted: true)
          weighted.set(inputs: inputs, targets: targets, weights: counts.map { Double($0) / Double(total) })
          let one = ensemble(architecture, kernel, precision, size: size, level: level)
          one.computeGradient(group: 0, samples: weighted)

          let rows = counts.indices.flatMap { Array(repeating: $0, count: counts[$0]) }
          let repeated = SampleBatch(size: total, dimension: dimension, precision: precision)
          repeated.set(
            inputs: rows.flatMap { inputs[$0 * dimension..<($0 + 1) * dimension] }, targets: rows.map { targets[$0] })
          let other = ensemble(architecture, kernel, precision, size: total, level: level)
          other.computeGradient(group: 0, samples: repeated)

          let largest = max(other.gradient().map(abs).max()!, 1e-3)
          let apart = zip(one.gradient(), other.gradient()).map { abs($0 - $1) }.max()!
          #expect(apart <= bound * largest, "\(level) \(hidden) \(size)")
          #expect(abs(one.risk() - other.risk()) <= bound * other.risk())

          let network = PointRisk(architecture, one.parameters(0), kernels: KernelTable(level))
          let values = network.values(at: precision.rounded(inputs))
          let rounded = precision.rounded(targets)
          let risk = rows.reduce(0) { $0 + (values[$1] - rounded[$1]) * (values[$1] - rounded[$1]) } / Double(total)
          #expect(abs(one.risk() - risk) <= bound * risk)
        }
      }
    }
  }

  /// Every lane has the risk of its network, and lanes that share samples have what those with their own have.
  @Test(arguments: Precision.allCases)
  func risksOfLanes(_ precision: Precision) {
    let architecture = Architecture(inputDimension: 1, hidden: [4], activation: Activation(.relu))
    let inputs = [-1, -0.4, 0, 0.2, 0.7, 1]
    let targets = inputs.map { $0 * $0 }
    let weights = [0.1, 0.2, 0.3, 0.1, 0.1, 0.2]
    let together = Ensemble(
      architecture: architecture, kernel: .denseNetworks, precision: precision, count: precision.lanes, batchSize: 6,
      kernels: widest)
    let shared = SampleBatch(size: 6, dimension: 1, precision: precision, isWeighted: true)
    shared.set(inputs: inputs, targets: targets, weights: weights)
    let own = SampleBatch(size: 6, dimension: 1, lanes: precision.lanes, precision: precision, isWeighted: true)
    for lane in 0..<precision.lanes {
      together.start(lane, at: normalParameters(architecture, trial: lane, kernels: widest))
      own.set(lane: lane, inputs: inputs, targets: targets, weights: weights)
    }
    together.computeGradient(group: 0, samples: shared)
    let gradients = (0..<precision.lanes).map { together.gradient(lane: $0) }
    let risks = (0..<precision.lanes).map { together.risk(lane: $0) }
    together.computeGradient(group: 0, samples: own)
    #expect(Set(risks).count == precision.lanes)
    for lane in 0..<precision.lanes {
      #expect(together.gradient(lane: lane) == gradients[lane] && together.risk(lane: lane) == risks[lane])
    }
  }

  // MARK: Draws

  private func data(_ weights: [Double], _ sampling: SampleSource.Sampling) -> SampledData {
    SampledData(
      dimension: 1, inputs: weights.indices.map(Double.init), targets: weights.indices.map { -Double($0) },
      weights: weights, sampling: sampling)
  }

  /// With replacement points come as often as their weights say, and those of weight 0 never: a chi-square statistic with
  /// 3 degrees of freedom is above 24.3 with probability 2e-5, over the choice of the seed, which is fixed.
  @Test func drawsFollowTheWeights() {
    let weights = [0, 0.5, 0.125, 0, 0.25, 0.125, 0]
    let data = data(weights, .withReplacement)
    #expect(!data.hasWeightedSamples)
    let drawer = SampleDrawer(source: .data(data), size: 4096, kernels: widest)
    let batch = SampleBatch(size: 4096, dimension: 1, precision: .float64)
    var counts = [Int](repeating: 0, count: weights.count)
    for step in 0..<16 {
      drawer.draw(stream(5), step: UInt32(step), into: batch)
      for value in batch.points() { counts[Int(value)] += 1 }
      #expect(batch.values() == batch.points().map { -$0 })
    }
    let n = Double(4096 * 16)
    let statistic = weights.indices.filter { weights[$0] > 0 }.reduce(0) { sum, i in
      let expected = n * weights[i]
      return sum + (Double(counts[i]) - expected) * (Double(counts[i]) - expected) / expected
    }
    #expect(statistic < 24.3)
    #expect(counts[0] == 0 && counts[3] == 0 && counts[6] == 0)
  }

  /// The first point whose sum of weights is above the number of the sample.
  @Test func drawsAreFunctionsOfTheWords() {
    let weights = [0.5, 0.125, 0.375]
    let drawer = SampleDrawer(source: .data(data(weights, .withReplacement)), size: 100, kernels: widest)
    let batch = SampleBatch(size: 100, dimension: 1, precision: .float64)
    drawer.draw(stream(9), step: 3, into: batch)
    for (i, point) in batch.points().enumerated() {
      let words = stream(9).block(UInt32(i / 2), step: 3)
      let share = Double(words[2 * (i % 2)]) * 0x1p-32
      // The low half decides on no boundary here.
      #expect(Int(point) == (share < 0.5 ? 0 : share < 0.625 ? 1 : 2))
    }
  }

  /// Without replacement a pass has all points once, with their weights: its mean is the weighted mean.
  @Test(arguments: [SampleSource.Sampling.withoutReplacement, .full], [1, 16])
  func otherSamplesHaveTheWeights(_ sampling: SampleSource.Sampling, _ lanes: Int) {
    let weights = [0, 0.5, 0.125, 0.0625, 0.25, 0.0625]
    let data = data(weights, sampling)
    let size = sampling == .full ? 6 : 2
    let drawer = SampleDrawer(source: .data(data), size: size, kernels: widest)
    let batch = SampleBatch(size: size, dimension: 1, lanes: lanes, precision: .float64, isWeighted: true)
    var seen: [Double] = []
    for step in 0..<6 / size {
      drawer.draw(stream(2), step: UInt32(step), into: batch, lane: lanes - 1)
      let points = batch.points(lane: lanes - 1)
      let w = batch.weights!.assumingMemoryBound(to: Double.self)
      for (i, point) in points.enumerated() {
        #expect(w[i * lanes + lanes - 1] == weights[Int(point)] * 6 / Double(size))
      }
      seen += points
    }
    #expect(seen.sorted() == [0, 1, 2, 3, 4, 5])
  }
}
