import KernelInterface
import Randomness

/// Draws the samples of optimizer steps for the dense kernels.
///
/// The samples are a function of stream and step alone. Inputs of a law are rounded to single precision, as in
/// ``MiniBatch``, and their targets are evaluated in double precision there; points of a data set and all targets are
/// rounded to the precision of the batch.
///
/// The random words of a sample:
/// - scalar law: those of ``MiniBatch``; the samples are in increasing order.
/// - vector law: their places stand at `drawVectorSamples` in the kernel sources.
/// - data with replacement: sample i is point floor(m w / 2^64) of m, where w is made of the words 2 (i mod 2), its
///   high half, and 2 (i mod 2) + 1 of block i div 2.
/// - data without replacement: a pass has m div size steps, and the pass, not the step, is in the step word. Its order
///   is that of Fisher and Yates: for i = 0, 1, ... points i and i + floor((m - i) w / 2^64) change places, w as above.
///
/// A point of a data set has probability 1/m up to a relative error of m / 2^64. Where points have weights p_i with sum 1,
/// sample i with replacement is the first point whose sum p_1 + ... + p_k is above w / 2^64: up to rounding, 2^-53 of the
/// sum, points are drawn by their weights. The other samples have the weights p_i, of a batch without replacement times
/// m / size, so that the mean of a pass is the gradient of the risk.
///
/// One thread's working memory.
public final class SampleDrawer {
  public let source: SampleSource
  /// Samples of a step.
  public let size: Int
  private let kernels: KernelTable
  private let work: Work

  /// Memory and code that a kind of source needs.
  private enum Work {
    case scalar(MiniBatch)
    case vector(VectorLaw, ProgramMemory, registers: AlignedMemory<Double>)
    /// - Parameter sums: of the weights up to each point, in units of 2^-64; nil where points are drawn alike.
    case data(SampledData, words: AlignedMemory<UInt32>, sums: [UInt64]?)
  }

  /// The order of the points in a pass of a stream.
  private struct Pass {
    var stream: StreamAddress
    var number: UInt32
    var order: [UInt32]
  }

  /// By lane: the pass that was used last.
  private var passes: [Pass?] = []

  /// - Precondition: without replacement, a batch is at most as large as the data set; with `full`, as large.
  public init(source: SampleSource, size: Int, kernels: KernelTable) {
    precondition((1...MiniBatch.maximumSize).contains(size))
    self.source = source
    self.size = size
    self.kernels = kernels
    switch source {
    case .scalar(let law, let target):
      work = .scalar(MiniBatch(size: size, law: law, target: target, kernels: kernels))
    case .vector(let law, let target):
      precondition(target.variableCount == law.dimension)
      work = .vector(law, ProgramMemory(target), registers: ProgramMemory.registers(for: target))
    case .data(let data):
      precondition(data.count <= Int(UInt32.max))
      switch data.sampling {
      case .withReplacement: break
      case .withoutReplacement: precondition(size <= data.count)
      case .full: precondition(size == data.count)
      }
      let draws = data.sampling == .withReplacement ? size : data.count
      work = .data(
        data, words: AlignedMemory(count: (draws + 15) / 16 * 32),
        sums: data.sampling == .withReplacement ? data.weights.map(Self.sums) : nil)
    }
  }

  /// Draws the samples of an optimizer step of a stream into a lane of `batch`.
  ///
  /// Without replacement the order of a pass is kept for each lane: give the lanes streams of their own.
  public func draw(_ stream: StreamAddress, step: UInt32, into batch: SampleBatch, lane: Int = 0) {
    precondition(
      batch.size == size && batch.dimension == source.dimension && (0..<batch.lanes).contains(lane))
    switch work {
    case .scalar(let miniBatch):
      miniBatch.drawInputs(stream, step: step)
      miniBatch.samples(into: batch, lane: lane)
    case .vector(let law, let target, let registers):
      let offset = lane * batch.precision.byteCount
      kernels.functions.drawVectorSamples(
        batch.inputs + offset, batch.targets + offset, batch.precision == .float64, size, law.dimension, batch.lanes,
        law.shape == .normal, law.offsets, law.scales, step, stream.high, stream.key, target.code, registers.pointer)
    case .data(let data, let words, let sums):
      draw(stream, step: step, of: data, words, sums, into: batch, lane: lane)
    }
  }

  private func draw(
    _ stream: StreamAddress, step: UInt32, of data: SampledData, _ words: AlignedMemory<UInt32>, _ sums: [UInt64]?,
    into batch: SampleBatch, lane: Int
  ) {
    switch data.sampling {
    case .withReplacement:
      drawWords(size, stream, step: step, words)
      if let sums {
        copy(data, into: batch, lane: lane) { i in Self.point(at: word(i, of: words), sums) }
      } else {
        copy(data, into: batch, lane: lane) { i in number(i, of: words, below: data.count) }
      }
    case .withoutReplacement:
      let steps = UInt32(data.count / size)
      preparePass(stream, step / steps, of: data.count, words, lane: lane)
      let first = Int(step % steps) * size
      passes[lane]!.order.withUnsafeBufferPointer { order in
        copy(data, into: batch, lane: lane) { i in Int(order[first + i]) }
      }
    case .full:
      copy(data, into: batch, lane: lane) { i in i }
    }
  }

  /// Draws the words of numbers 0 ..< count.
  private func drawWords(_ count: Int, _ stream: StreamAddress, step: UInt32, _ words: AlignedMemory<UInt32>) {
    kernels.functions.philoxWords(words.pointer, (count + 15) / 16, 0, step, stream.high, stream.key)
  }

  /// Number i of a draw: uniform on 0 ..< bound.
  @inline(always)
  private func number(_ i: Int, of words: AlignedMemory<UInt32>, below bound: Int) -> Int {
    Int(truncatingIfNeeded: word(i, of: words).multipliedFullWidth(by: UInt64(bound)).high)
  }

  @inline(always)
  private func word(_ i: Int, of words: AlignedMemory<UInt32>) -> UInt64 {
    UInt64(words.pointer[2 * i]) << 32 | UInt64(words.pointer[2 * i + 1])
  }

  /// The sums of the weights up to each point, in units of 2^-64, as far as the last point that has a weight.
  private static func sums(_ weights: [Double]) -> [UInt64] {
    var sum = 0.0
    return weights[...weights.lastIndex { $0 > 0 }!].map { weight in
      sum += weight
      return sum < 1 ? UInt64(sum * 0x1p64) : .max
    }
  }

  /// The first point whose sum is above a word; the last one if none is.
  private static func point(at word: UInt64, _ sums: [UInt64]) -> Int {
    var (low, high) = (0, sums.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if sums[middle] > word { high = middle } else { low = middle + 1 }
    }
    return low
  }

  private func preparePass(
    _ stream: StreamAddress, _ pass: UInt32, of count: Int, _ words: AlignedMemory<UInt32>, lane: Int
  ) {
    while passes.count <= lane { passes.append(nil) }
    if let last = passes[lane], last.stream == stream, last.number == pass { return }
    drawWords(count, stream, step: pass, words)
    var order = passes[lane]?.order ?? []
    passes[lane] = nil
    order.removeAll(keepingCapacity: true)
    order.append(contentsOf: 0..<UInt32(count))
    for i in 0..<count { order.swapAt(i, i + number(i, of: words, below: count - i)) }
    passes[lane] = Pass(stream: stream, number: pass, order: order)
  }

  /// Copies point `index(i)` to sample i of a lane.
  @inline(always)
  private func copy(_ data: SampledData, into batch: SampleBatch, lane: Int, index: (Int) -> Int) {
    precondition((batch.weights != nil) == data.hasWeightedSamples)
    let weights = data.hasWeightedSamples ? data.weights : nil
    let scale = Double(data.count) / Double(size)
    switch batch.precision {
    case .float32:
      let x = batch.inputs.assumingMemoryBound(to: Float.self)
      let y = batch.targets.assumingMemoryBound(to: Float.self)
      let w = batch.weights?.assumingMemoryBound(to: Float.self)
      copy(data, lanes: batch.lanes, lane: lane, index: index) {
        x[$0] = Float($1)
      } target: {
        y[$0] = Float($1)
      }
      if let weights, let w { for i in 0..<size { w[i * batch.lanes + lane] = Float(scale * weights[index(i)]) } }
    case .float64:
      let x = batch.inputs.assumingMemoryBound(to: Double.self)
      let y = batch.targets.assumingMemoryBound(to: Double.self)
      let w = batch.weights?.assumingMemoryBound(to: Double.self)
      copy(data, lanes: batch.lanes, lane: lane, index: index) {
        x[$0] = $1
      } target: {
        y[$0] = $1
      }
      if let weights, let w { for i in 0..<size { w[i * batch.lanes + lane] = scale * weights[index(i)] } }
    }
  }

  @inline(always)
  private func copy(
    _ data: SampledData, lanes: Int, lane: Int, index: (Int) -> Int, input: (Int, Double) -> Void,
    target: (Int, Double) -> Void
  ) {
    let d = data.dimension
    data.inputs.withUnsafeBufferPointer { points in
      data.targets.withUnsafeBufferPointer { targets in
        for i in 0..<size {
          let point = index(i)
          for k in 0..<d { input((i * d + k) * lanes + lane, points[point * d + k]) }
          target(i * lanes + lane, targets[point])
        }
      }
    }
  }
}
