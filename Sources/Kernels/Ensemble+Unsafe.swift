import KernelInterface
import KernelsBaseline

/// Networks of one architecture that one thread trains: their parameters, optimizer states and the gradient of one group.
///
/// A *group* is what one call of the kernel handles: as many networks as a vector has lanes with `denseNetworks`, one
/// network otherwise. Nothing that happens to a network depends on the others of its group.
public final class Ensemble {
  public let architecture: Architecture
  public let kernel: GradientKernel
  public let precision: Precision
  public let count: Int
  /// Groups of networks.
  public let groups: Int
  public let kernels: KernelTable
  public let batchSize: Int
  /// Parameter blocks that updates move, layer by layer.
  public let trained: [(weights: Bool, biases: Bool)]

  let layout: ParameterLayout
  private let places: [Int]
  let functions: NetworkKernels
  let widths: [Int32]
  /// Kept because looking it up searches all kinds, which small networks notice.
  let activationCode: Int32
  /// Entries of the order of kinks that `shallow` keeps from step to step: two kinks a neuron for clipping.
  let orderCount: Int
  private let stateSlots: Int
  /// Memory that updates move, as few ranges as possible.
  let trainedRanges: [Range<Int>]
  private let parameterMemory: AlignedMemory<UInt8>
  private let stateMemory: AlignedMemory<UInt8>
  private let gradientMemory: AlignedMemory<UInt8>
  /// Of these, what belongs to hidden neurons: it stands before the output layer.
  let hiddenRanges: [Range<Int>]
  /// One sum a lane, at most 16.
  let sumMemory = AlignedMemory<Double>(count: 16)
  /// One number a lane.
  let riskMemory = AlignedMemory<UInt8>(count: 64)
  let orderMemory: AlignedMemory<UInt32>
  /// Breakpoints that there is memory for.
  let breakpointLimit: Int
  let scratchMemory: AlignedMemory<UInt8>

  /// Bytes that a network takes.
  public static func bytesPerNetwork(
    architecture: Architecture, kernel: GradientKernel, precision: Precision, stateSlots: Int
  ) -> Int {
    let layout = ParameterLayout(architecture: architecture, kernel: kernel, precision: precision)
    return layout.count / layout.networks * precision.byteCount * (1 + stateSlots)
  }

  /// - Parameters:
  ///   - stateSlots: numbers that the optimizer keeps for each parameter.
  ///   - trained: nil for all blocks.
  /// - Precondition: the kernel can train networks of this architecture.
  public init(
    architecture: Architecture, kernel: GradientKernel, precision: Precision, count: Int, batchSize: Int,
    kernels: KernelTable, stateSlots: Int = 0, trained: [(weights: Bool, biases: Bool)]? = nil
  ) {
    precondition(count >= 1 && kernel.canTrain(architecture))
    self.architecture = architecture
    self.kernel = kernel
    self.precision = precision
    self.count = count
    self.batchSize = batchSize
    self.kernels = kernels
    self.stateSlots = stateSlots
    let trained = trained ?? Array(repeating: (true, true), count: architecture.layers)
    precondition(trained.count == architecture.layers)
    self.trained = trained
    layout = ParameterLayout(architecture: architecture, kernel: kernel, precision: precision)
    places = layout.places()
    functions = kernels.networks(precision)
    widths = architecture.widths.map(Int32.init)
    activationCode = architecture.activation.kind.code

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
    let output = layout.blocks[layout.blocks.count - 1].weights.lowerBound
    hiddenRanges = ranges.filter { $0.lowerBound < output }.map { $0.clamped(to: 0..<output) }

    groups = (count + layout.networks - 1) / layout.networks
    let bytes = layout.count * precision.byteCount
    parameterMemory = AlignedMemory(count: groups * bytes)
    stateMemory = AlignedMemory(count: groups * bytes * stateSlots)
    gradientMemory = AlignedMemory(count: bytes)
    parameterMemory.fill(0)
    stateMemory.fill(0)
    gradientMemory.fill(0)
    let isShallow = kernel == .shallow
    orderCount =
      isShallow ? ParameterLayout.padded(architecture.width) * architecture.activation.facts.kinks.count : 0
    orderMemory = AlignedMemory(count: count * orderCount)
    let breakpointBytes = { [functions, widths] in
      functions.piecewiseLinearScratchByteCount(widths, architecture.layers, $0)
    }
    var breakpoints = Self.breakpointCapacity(batchSize: batchSize)
    if kernel == .piecewiseLinear {
      while breakpointBytes(breakpoints) > Self.breakpointMemory, breakpoints > 32 { breakpoints /= 2 }
    }
    breakpointLimit = breakpoints
    let size =
      switch kernel {
      case .shallow: functions.shallowScratchByteCount(widths, architecture.layers, 0)
      case .piecewiseLinear:
        max(
          breakpointBytes(breakpoints), functions.denseNeuronsScratchByteCount(widths, architecture.layers, batchSize))
      case .denseNeurons: functions.denseNeuronsScratchByteCount(widths, architecture.layers, batchSize)
      case .denseNetworks: functions.denseNetworksScratchByteCount(widths, architecture.layers, batchSize)
      }
    scratchMemory = AlignedMemory(count: size)
    for i in 0..<count * orderCount { orderMemory.pointer[i] = UInt32(i % orderCount) }
  }

  /// Most breakpoints with which `piecewiseLinear` does less work than a dense kernel.
  static func breakpointCapacity(batchSize: Int) -> Int { max(32, batchSize / 3) }

  /// Bytes that may be set aside for breakpoints; most of them are never touched. The largest batches of wide networks
  /// have room for fewer than ``breakpointCapacity(batchSize:)``.
  private static let breakpointMemory = 1 << 31

  // MARK: Groups

  /// Networks of a group.
  public var networksPerGroup: Int { layout.networks }

  private func place(_ index: Int) -> (group: Int, lane: Int) {
    precondition((0..<count).contains(index))
    return (index / layout.networks, index % layout.networks)
  }

  func parameters(ofGroup group: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(parameterMemory.pointer) + group * layout.count * precision.byteCount
  }

  func state(ofGroup group: Int) -> UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(stateMemory.pointer) + group * layout.count * precision.byteCount * stateSlots
  }

  var gradientPointer: UnsafeMutableRawPointer { UnsafeMutableRawPointer(gradientMemory.pointer) }

  func read(_ memory: UnsafeRawPointer, lane: Int) -> [Double] {
    switch precision {
    case .float32:
      let numbers = memory.assumingMemoryBound(to: Float.self)
      return places.map { Double(numbers[$0 + lane]) }
    case .float64:
      let numbers = memory.assumingMemoryBound(to: Double.self)
      return places.map { numbers[$0 + lane] }
    }
  }

  func write(_ values: [Double], to memory: UnsafeMutableRawPointer, lane: Int) {
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
    precondition(values.count == architecture.parameterCount)
    let (group, lane) = place(index)
    let parameters = parameters(ofGroup: group)
    let slotBytes = layout.count * precision.byteCount
    // Padding is 0.
    if layout.networks == 1 { parameters.initializeMemory(as: UInt8.self, repeating: 0, count: slotBytes) }
    write(values, to: parameters, lane: lane)
    for slot in 0..<stateSlots {
      let memory = state(ofGroup: group) + slot * slotBytes
      if layout.networks == 1 { memory.initializeMemory(as: UInt8.self, repeating: 0, count: slotBytes) }
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
}
