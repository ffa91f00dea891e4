import Kernels
import Randomness

/// Where the gradients of a wave of trials come from: mini-batches of their own, or one batch for all. One thread's
/// working memory.
protocol GradientSource {
  /// Whether every step sees all points of a data set.
  var isWhole: Bool { get }

  /// Draws the batch that all networks share at a step; nothing where each has its own.
  func prepare(step: Int, stream: StreamAddress)

  /// Leaves in the ensemble the gradients of a group at a step.
  ///
  /// - Parameters:
  ///   - streams: the batch stream of each network of the wave.
  ///   - places: the networks of the group.
  func computeGradient(group: Int, step: Int, streams: [StreamAddress], places: Range<Int>)
}

/// Exact gradients of piecewise linear networks on sorted batches of scalar inputs.
struct SortedBatchGradients: GradientSource {
  private let ensemble: Ensemble
  private let batch: MiniBatch
  private let isShared: Bool
  let isWhole = false
  /// For steps on which a deep network has too many breakpoints.
  private let samples: SampleBatch?

  init(ensemble: Ensemble, law: ScalarLaw, target: Program, size: Int, isShared: Bool) {
    self.ensemble = ensemble
    self.isShared = isShared
    batch = MiniBatch(size: size, law: law, target: target, kernels: ensemble.kernels)
    samples =
      ensemble.kernel == .piecewiseLinear
      ? SampleBatch(size: size, dimension: 1, precision: ensemble.precision) : nil
  }

  func prepare(step: Int, stream: StreamAddress) {
    guard isShared else { return }
    batch.draw(stream, step: UInt32(step))
    batch.index()
  }

  func computeGradient(group: Int, step: Int, streams: [StreamAddress], places: Range<Int>) {
    if !isShared { batch.draw(streams[places.lowerBound], step: UInt32(step)) }
    if !ensemble.computeGradient(group, batch: batch, isIndexed: isShared) {
      batch.samples(into: samples!, lane: 0)
      ensemble.computeGradient(group: group, samples: samples!)
    }
  }
}

/// Gradients of a dense kernel.
struct SampleGradients: GradientSource {
  private let ensemble: Ensemble
  private let drawer: SampleDrawer
  private let batch: SampleBatch
  private let isShared: Bool
  let isWhole: Bool

  init(ensemble: Ensemble, source: SampleSource, size: Int, isShared: Bool) {
    self.ensemble = ensemble
    isWhole = if case .data(let data) = source { data.sampling == .full } else { false }
    self.isShared = isShared || isWhole
    drawer = SampleDrawer(source: source, size: size, kernels: ensemble.kernels)
    batch = SampleBatch(
      size: size, dimension: ensemble.architecture.inputDimension,
      lanes: self.isShared ? 1 : ensemble.networksPerGroup, precision: ensemble.precision,
      isWeighted: source.hasWeightedSamples)
    if isWhole { drawer.draw(StreamAddress(studySeed: 0, cellKey: 0, trial: 0, purpose: .batch), step: 0, into: batch) }
  }

  func prepare(step: Int, stream: StreamAddress) {
    if isShared && !isWhole { drawer.draw(stream, step: UInt32(step), into: batch, lane: 0) }
  }

  func computeGradient(group: Int, step: Int, streams: [StreamAddress], places: Range<Int>) {
    if !isShared {
      for (lane, place) in places.enumerated() {
        drawer.draw(streams[place], step: UInt32(step), into: batch, lane: lane)
      }
    }
    ensemble.computeGradient(group: group, samples: batch)
  }
}
