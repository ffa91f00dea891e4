import KernelInterface
import KernelsBaseline

/// Networks of one shape that one thread trains: their parameters, optimizer states and the gradient of one group.
///
/// A *group* is what one call of the kernel handles: as many networks as a vector has lanes with `denseNetworks`, one
/// network otherwise. Nothing that happens to a network depends on the others of its group.
public final class Ensemble {
  public let shape: NetworkShape
  public let kernel: GradientKernel
  public let precision: Precision
  public let count: Int
  public let kernels: KernelTable
  public let batchSize: Int
  /// Parameter blocks that updates move, layer by layer.
  public let trained: [(weights: Bool, biases: Bool)]

  private let layout: ParameterLayout
  private let places: [Int]
  private let functions: NetworkKernels
  private let widths: [Int32]
  /// Kept because looking it up searches all kinds, which small networks notice.
  private let activationCode: Int32
  /// Entries of the order of kinks that `shallow` keeps from step to step: two kinks a neuron for clipping.
  private let orderCount: Int
  private let stateSlots: Int
  /// Memory that updates move, as few ranges as possible.
  private let trainedRanges: [Range<Int>]
  private let parameterMemory: AlignedMemory<UInt8>
  private let stateMemory: AlignedMemory<UInt8>
  private let gradientMemory: AlignedMemory<UInt8>
  private let orderMemory: AlignedMemory<UInt32>
  private let scratchMemory: AlignedMemory<UInt8>

  /// Bytes that a network takes.
  public static func bytesPerNetwork(
    shape: NetworkShape, kernel: GradientKernel, precision: Precision, stateSlots: Int
  ) -> Int {
    let layout = ParameterLayout(shape: shape, kernel: kernel, precision: precision)
    return layout.count / layout.networks * precision.byteCount * (1 + stateSlots)
  }

  /// - Parameters:
  ///   - stateSlots: numbers that the optimizer keeps for each parameter.
  ///   - trained: nil for all blocks.
  /// - Precondition: the kernel can train the shape.
  public init(
    shape: NetworkShape, kernel: GradientKernel, precision: Precision, count: Int, batchSize: Int,
    kernels: KernelTable, stateSlots: Int = 0, trained: [(weights: Bool, biases: Bool)]? = nil
  ) {
    precondition(count >= 1 && kernel.canTrain(shape))
    self.shape = shape
    self.kernel = kernel
    self.precision = precision
    self.count = count
    self.batchSize = batchSize
    self.kernels = kernels
    self.stateSlots = stateSlots
    let trained = trained ?? Array(repeating: (true, true), count: shape.layers)
    precondition(trained.count == shape.layers)
    self.trained = trained
    layout = ParameterLayout(shape: shape, kernel: kernel, precision: precision)
    places = layout.places()
    functions = kernels.networks(precision)
    widths = shape.widths.map(Int32.init)
    activationCode = shape.activation.kind.code

    var ranges: [Range<Int>] = []
    for (block, moves) in zip(layout.blocks, trained) {
      for (range, isTrained) in [(block.weights, moves.weights), (block.biases, moves.biases)] where isTrained {
        if let last = ranges.last, last.upperBound == range.lowerBound {
          ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
        } else {
          ranges.append(range)
        }
      }
    }
    trainedRanges = ranges

    let groups = (count + layout.networks - 1) / layout.networks
    let bytes = layout.count * precision.byteCount
    parameterMemory = AlignedMemory(count: groups * bytes)
    stateMemory = AlignedMemory(count: groups * bytes * stateSlots)
    gradientMemory = AlignedMemory(count: bytes)
    parameterMemory.fill(0)
    stateMemory.fill(0)
    gradientMemory.fill(0)
    let isShallow = kernel == .shallow
    orderCount =
      isShallow ? ParameterLayout.padded(shape.hidden[0]) * (shape.activation.kind == .clipping ? 2 : 1) : 0
    orderMemory = AlignedMemory(count: count * orderCount)
    let size =
      switch kernel {
      case .shallow: functions.shallowScratchByteCount(widths, shape.layers, 0)
      case .piecewiseLinear:
        max(
          functions.piecewiseLinearScratchByteCount(
            widths, shape.layers, Self.breakpointCapacity(batchSize: batchSize)),
          functions.denseNeuronsScratchByteCount(widths, shape.layers, batchSize))
      case .denseNeurons: functions.denseNeuronsScratchByteCount(widths, shape.layers, batchSize)
      case .denseNetworks: functions.denseNetworksScratchByteCount(widths, shape.layers, batchSize)
      }
    scratchMemory = AlignedMemory(count: size)
    for i in 0..<count * orderCount { orderMemory.pointer[i] = UInt32(i % orderCount) }
  }

  /// Most breakpoints with which `piecewiseLinear` does less work than a dense kernel.
  private static func breakpointCapacity(batchSize: Int) -> Int { max(32, batchSize / 3) }

  // MARK: Groups

  public var groups: Int { (count + layout.networks - 1) / layout.networks }

  /// Networks of a group.
  public var networksPerGroup: Int { layout.networks }

  private func place(_ index: Int) -> (group: Int, lane: Int) {
    precondition((0..<count).contains(index))
    return (index / layout.networks, index % layout.networks)
  }

  private func parameters(ofGroup group: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(parameterMemory.pointer) + group * layout.count * precision.byteCount
  }

  private func state(ofGroup group: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(stateMemory.pointer) + group * layout.count * precision.byteCount * stateSlots
  }

  private var gradientPointer: UnsafeMutableRawPointer { UnsafeMutableRawPointer(gradientMemory.pointer) }

  private func read(_ memory: UnsafeRawPointer, lane: Int) -> [Double] {
    switch precision {
    case .float32:
      let numbers = memory.assumingMemoryBound(to: Float.self)
      return places.map { Double(numbers[$0 + lane]) }
    case .float64:
      let numbers = memory.assumingMemoryBound(to: Double.self)
      return places.map { numbers[$0 + lane] }
    }
  }

  private func write(_ values: [Double], to memory: UnsafeMutableRawPointer, lane: Int) {
    switch precision {
    case .float32:
      let numbers = memory.assumingMemoryBound(to: Float.self)
      for (place, value) in zip(places, values) { numbers[place + lane] = Float(value) }
    case .float64:
      let numbers = memory.assumingMemoryBound(to: Double.self)
      for (place, value) in zip(places, values) { numbers[place + lane] = value }
    }
  }

  // MARK: Parameters

  /// Starts the training of a network afresh.
  ///
  /// - Parameters:
  ///   - values: the parameters, layer by layer the weights as [output][input], then the biases; rounded to the
  ///     precision.
  ///   - copies: state slots that start as copies of the parameters; the others start at 0.
  public func start(_ index: Int, at values: [Double], copies: [Int] = []) {
    precondition(values.count == shape.parameterCount)
    let (group, lane) = place(index)
    let parameters = parameters(ofGroup: group)
    if layout.networks == 1 { writePadding(parameters) }
    write(values, to: parameters, lane: lane)
    let slotBytes = layout.count * precision.byteCount
    for slot in 0..<stateSlots {
      let memory = state(ofGroup: group) + slot * slotBytes
      if layout.networks == 1 {
        // A copy is a copy of the padding too: some rules write it back.
        if copies.contains(slot) {
          writePadding(memory)
        } else {
          memory.initializeMemory(as: UInt8.self, repeating: 0, count: slotBytes)
        }
      }
      write(
        copies.contains(slot) ? values : Array(repeating: 0, count: values.count), to: memory, lane: lane)
    }
  }

  /// The parameters of a network.
  public func parameters(_ index: Int) -> [Double] {
    let (group, lane) = place(index)
    return read(parameters(ofGroup: group), lane: lane)
  }

  /// What the optimizer keeps of a network in one of its slots, in the order of the parameters.
  public func state(_ index: Int, slot: Int) -> [Double] {
    precondition((0..<stateSlots).contains(slot))
    let (group, lane) = place(index)
    return read(state(ofGroup: group) + slot * layout.count * precision.byteCount, lane: lane)
  }

  /// Weights 0, biases -1 in hidden layers: in a piecewise linear network such neurons are never active.
  private func writePadding(_ memory: UnsafeMutableRawPointer) {
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: layout.count * precision.byteCount)
    for block in layout.blocks.dropLast() {
      for place in block.biases {
        switch precision {
        case .float32: memory.assumingMemoryBound(to: Float.self)[place] = -1
        case .float64: memory.assumingMemoryBound(to: Double.self)[place] = -1
        }
      }
    }
  }

  // MARK: Gradients

  /// Computes the gradient of a network's mean squared residual on a batch of sorted inputs.
  ///
  /// - Parameter isIndexed: whether `batch.index()` was called since the batch was drawn; the gradient is the same.
  /// - Returns: false, and no gradient, when a deep network has too many breakpoints.
  @inline(__always)
  public func computeGradient(_ index: Int, batch: MiniBatch, isIndexed: Bool) -> Bool {
    let parameters = parameters(ofGroup: index)
    if kernel == .shallow {
      let gradient = isIndexed ? functions.shallowGradientOnIndexedBatch : functions.shallowGradient
      gradient(
        parameters, orderMemory.pointer + index * orderCount, gradientPointer, Int(widths[1]), activationCode,
        shape.activation.parameter, batch.memory, batch.size, batch.lower, batch.upper,
        UnsafeMutableRawPointer(scratchMemory.pointer))
      return true
    }
    precondition(kernel == .piecewiseLinear)
    return functions.piecewiseLinearGradient(
      parameters, gradientPointer, widths, shape.layers, activationCode, shape.activation.parameter, batch.memory,
      batch.size, batch.lower, batch.upper, isIndexed, Self.breakpointCapacity(batchSize: batch.size),
      UnsafeMutableRawPointer(scratchMemory.pointer))
  }

  /// Computes the gradients of a group's mean squared residuals on plain samples, with a dense kernel.
  public func computeGradient(group: Int, samples: SampleBatch) {
    precondition(samples.precision == precision && samples.dimension == shape.inputDimension)
    precondition(samples.size <= batchSize)
    if kernel == .denseNetworks {
      precondition(samples.lanes == 1 || samples.lanes == layout.networks)
      functions.denseNetworksGradient(
        parameters(ofGroup: group), gradientPointer, widths, shape.layers, activationCode,
        shape.activation.parameter, samples.inputs, samples.targets, samples.lanes == 1, samples.size,
        UnsafeMutableRawPointer(scratchMemory.pointer))
    } else {
      precondition(kernel != .shallow && samples.lanes == 1)
      _ = functions.denseNeuronsGradient(
        parameters(ofGroup: group), gradientPointer, widths, shape.layers, activationCode,
        shape.activation.parameter, samples.inputs, samples.targets, nil, samples.size,
        UnsafeMutableRawPointer(scratchMemory.pointer))
    }
  }

  /// Computes the exact population gradients of a group of students of a teacher.
  ///
  /// - Returns: the risks of the networks of the group, at least 0 (or NaN where numbers overflow).
  /// - Precondition: shallow ReLU networks in double precision with the kernel `denseNetworks`; their biases are 0 and
  /// not
  ///   trained.
  public func computeGradient(group: Int, teacher: TeacherMemory) -> [Double] {
    precondition(kernel == .denseNetworks && precision == .float64 && teacher.fits(shape))
    precondition(trained.allSatisfy { !$0.biases })
    return [Double](unsafeUninitializedCapacity: layout.networks) { risks, count in
      teacher.computeGradient(
        parameters: parameters(ofGroup: group), gradient: gradientPointer, risks: risks.baseAddress!)
      count = layout.networks
    }
  }

  /// For each network of the group, the largest Euclidean norm over its hidden neurons of the gradient that was
  /// computed last, in the trained weights and biases of a neuron.
  ///
  /// - Precondition: the kernel is `denseNetworks`.
  public func largestNeuronGradientNorms() -> [Double] {
    precondition(kernel == .denseNetworks)
    var largest = [Double](repeating: 0, count: layout.networks)
    var sums = largest
    for layer in 0..<shape.hidden.count {
      let numbers = shape.widths[layer] * layout.networks
      for neuron in 0..<shape.hidden[layer] {
        for lane in sums.indices { sums[lane] = 0 }
        for (isTrained, range, count) in [
          (trained[layer].weights, layout.blocks[layer].weights, numbers),
          (trained[layer].biases, layout.blocks[layer].biases, layout.networks),
        ] where isTrained {
          functions.addSquares(
            gradientPointer + (range.lowerBound + neuron * count) * precision.byteCount, count, &sums)
        }
        // Not max: a NaN must come out.
        for lane in sums.indices where !(sums[lane] <= largest[lane]) { largest[lane] = sums[lane] }
      }
    }
    return largest.map { $0.squareRoot() }
  }

  /// The gradient that was computed last, of the network in a lane of its group.
  public func gradient(lane: Int = 0) -> [Double] { read(gradientPointer, lane: lane) }

  /// Replaces the gradient that was computed last by one from elsewhere.
  public func setGradient(_ values: [Double], lane: Int = 0) { write(values, to: gradientPointer, lane: lane) }

  /// The Euclidean norm over the trained blocks of the gradient that was computed last, for each network of its group.
  public func gradientNorms() -> [Double] {
    norms(of: gradientPointer)
  }

  private func norms(of vector: UnsafeRawPointer) -> [Double] {
    var sums = [Double](repeating: 0, count: precision.lanes)
    sums.withUnsafeMutableBufferPointer { sums in
      for range in trainedRanges {
        functions.addSquares(vector + range.lowerBound * precision.byteCount, range.count, sums.baseAddress!)
      }
    }
    if layout.networks == 1 {
      // In a fixed order: lane l with lane l + n / 2, and so on.
      var width = sums.count
      while width > 1 {
        width /= 2
        for l in 0..<width { sums[l] += sums[l + width] }
      }
      return [sums[0].squareRoot()]
    }
    return sums.map { $0.squareRoot() }
  }

  /// Multiplies the gradient of each network of the group by its factor.
  public func scaleGradients(_ factors: [Double]) {
    let factors = layout.networks == 1 ? Array(repeating: factors[0], count: precision.lanes) : factors
    for range in trainedRanges {
      functions.scale(gradientPointer + range.lowerBound * precision.byteCount, range.count, factors)
    }
  }

  // MARK: Updates

  /// Moves the trained parameters of a group by the gradient that was computed last.
  ///
  /// - Returns: a bit for each lane whose parameters became infinite or NaN; 0 if none did. A group of one network has
  ///   many lanes for it.
  @inline(__always)
  public func update(group: Int, _ method: UpdateMethod, coefficients: UnsafePointer<Double>) -> UInt32 {
    var failed: UInt32 = 0
    let bytes = precision.byteCount
    for range in trainedRanges {
      let offset = range.lowerBound * bytes
      failed |= functions.update(
        method.rawValue, parameters(ofGroup: group) + offset, gradientPointer + offset,
        state(ofGroup: group) + offset, layout.count, range.count, coefficients)
    }
    return failed
  }
}

extension GradientKernel {
  /// Whether the kernel can train networks of this shape.
  public func canTrain(_ shape: NetworkShape) -> Bool {
    let kind = shape.activation.kind
    switch self {
    case .shallow:
      return shape.inputDimension == 1 && shape.hidden.count == 1
        && [.relu, .leakyReLU, .clipping].contains(kind)
    case .piecewiseLinear:
      return shape.inputDimension == 1 && [.relu, .leakyReLU, .clipping].contains(kind)
    case .denseNeurons, .denseNetworks: return true
    }
  }
}
