/// The samples of one optimizer step for the dense kernels: inputs and targets in the precision of the parameters.
///
/// One thread's working memory. With several lanes every network of a group has samples of its own: input coordinate k
/// of sample i of lane l is at (i * dimension + k) * lanes + l, its target at i * lanes + l, its weight too.
public final class SampleBatch {
  public let size: Int
  public let dimension: Int
  public let lanes: Int
  public let precision: Precision
  private let inputMemory: AlignedMemory<UInt8>
  private let targetMemory: AlignedMemory<UInt8>
  private let weightMemory: AlignedMemory<UInt8>?

  public var inputs: UnsafeMutableRawPointer { UnsafeMutableRawPointer(inputMemory.pointer) }
  public var targets: UnsafeMutableRawPointer { UnsafeMutableRawPointer(targetMemory.pointer) }
  /// Nil: all samples have the same weight.
  public var weights: UnsafeMutableRawPointer? { weightMemory.map { UnsafeMutableRawPointer($0.pointer) } }

  public init(size: Int, dimension: Int, lanes: Int = 1, precision: Precision, isWeighted: Bool = false) {
    precondition(size >= 1 && dimension >= 1 && lanes >= 1)
    self.size = size
    self.dimension = dimension
    self.lanes = lanes
    self.precision = precision
    inputMemory = AlignedMemory(count: size * dimension * lanes * precision.byteCount)
    targetMemory = AlignedMemory(count: size * lanes * precision.byteCount)
    weightMemory = isWeighted ? AlignedMemory(count: size * lanes * precision.byteCount) : nil
  }

  /// Sets the samples of a lane: inputs as [size][dimension], targets and weights [size], rounded to the precision.
  ///
  /// - Parameter weights: nil for a batch without weights.
  public func set(lane: Int = 0, inputs points: [Double], targets values: [Double], weights ofSamples: [Double]? = nil)
  {
    precondition(points.count == size * dimension && values.count == size && lane < lanes)
    precondition((ofSamples == nil) == (weights == nil) && ofSamples?.count ?? size == size)
    if let ofSamples, let weights {
      switch precision {
      case .float32:
        let w = weights.assumingMemoryBound(to: Float.self)
        for i in ofSamples.indices { w[i * lanes + lane] = Float(ofSamples[i]) }
      case .float64:
        let w = weights.assumingMemoryBound(to: Double.self)
        for i in ofSamples.indices { w[i * lanes + lane] = ofSamples[i] }
      }
    }
    switch precision {
    case .float32:
      let x = inputs.assumingMemoryBound(to: Float.self)
      let y = targets.assumingMemoryBound(to: Float.self)
      for i in points.indices { x[i * lanes + lane] = Float(points[i]) }
      for i in values.indices { y[i * lanes + lane] = Float(values[i]) }
    case .float64:
      let x = inputs.assumingMemoryBound(to: Double.self)
      let y = targets.assumingMemoryBound(to: Double.self)
      for i in points.indices { x[i * lanes + lane] = points[i] }
      for i in values.indices { y[i * lanes + lane] = values[i] }
    }
  }
}
