// Mini-batch gradients with one network in each lane of a vector: every operation on numbers of one network is done for
// all lanes at once, and no lane sees another one. Any depth, input dimension and activation.
//
// The samples are taken in tiles; what a tile needs of the hidden layers stays in the caches. A tile goes forward through
// the layers and back. Its part of the gradient is summed by itself, and so are groups of tiles, so that long sums in
// single precision are sums of short ones.

/// The shape of the networks and what a tile of samples needs in scratch memory. Every number stands for a vector: one
/// number of each lane.
struct DenseNetworksLayout {
  let widths: UnsafePointer<Int32>
  /// Affine maps: hidden layers plus 1.
  let layers: Int
  /// Samples of a tile, a multiple of 4.
  let tile: Int

  @inline(always)
  init(widths: UnsafePointer<Int32>, layers: Int, size: Int) {
    self.widths = widths
    self.layers = layers
    tile = smaller(largestTile, (size &+ 3) & ~3)
  }

  /// Whether there is one hidden layer and inputs are scalar.
  @inline(always)
  var isShallowScalar: Bool { layers == 2 && widths[0] == 1 }

  @inline(always)
  func width(_ layer: Int) -> Int { Int(widths[layer]) }

  /// Vectors of parameters.
  @inline(always)
  var parameterCount: Int {
    var count = 0
    for layer in 1...layers { count &+= width(layer) &* (width(layer &- 1) &+ 1) }
    return count
  }

  /// Neurons of the hidden layers.
  @inline(always)
  var neurons: Int {
    var count = 0
    for layer in 1..<layers { count &+= width(layer) }
    return count
  }

  /// Samples of a group of tiles.
  @inline(always)
  var groupSize: Int { 16 &* tile }

  /// Vectors of scratch memory of a tile: inputs, values and derivatives of the hidden neurons, two numbers a sample.
  @inline(always)
  var tileCount: Int { tile &* (width(0) &+ 2 &* neurons &+ 2) }
}

private let largestTile = 16

/// Bytes of scratch memory, aligned to 64, that a gradient on `size` samples needs.
public func denseNetworksScratchByteCount(_ widths: UnsafePointer<Int32>, _ layers: Int, _ size: Int) -> Int {
  let layout = DenseNetworksLayout(widths: widths, layers: layers, size: size)
  // The gradient of a group stands behind the tile.
  let count = layout.tileCount &+ (size > layout.groupSize ? layout.parameterCount : 0)
  return 64 &* (layout.isShallowScalar && count < shallowReLUScratchCount ? shallowReLUScratchCount : count)
}

/// The gradients of the mean squared residuals, by the weights of the samples, of as many networks as a vector has lanes. What the arguments are stands
/// at `NetworkKernels`.
public func denseNetworksGradient(
  _ parameters: UnsafeRawPointer, _ gradient: UnsafeMutableRawPointer, _ widths: UnsafePointer<Int32>, _ layers: Int,
  _ activation: Int32, _ activationParameter: Double, _ inputs: UnsafeRawPointer, _ targets: UnsafeRawPointer,
  _ weights: UnsafeRawPointer?, _ isShared: Bool, _ size: Int, _ risks: UnsafeMutableRawPointer,
  _ scratch: UnsafeMutableRawPointer
) {
  let layout = DenseNetworksLayout(widths: widths, layers: layers, size: size)
  let parameters = parameters.assumingMemoryBound(to: Reals.self)
  let gradient = gradient.assumingMemoryBound(to: Reals.self)
  let scratch = scratch.assumingMemoryBound(to: Reals.self)
  let samples = LaneSamples(
    inputs: inputs.assumingMemoryBound(to: Real.self), targets: targets.assumingMemoryBound(to: Real.self),
    weights: weights?.assumingMemoryBound(to: Real.self), dimension: layout.width(0), isShared: isShared, size: size)
  let risks = risks.assumingMemoryBound(to: Reals.self)
  if activation == reluCode, layout.isShallowScalar {
    risks.pointee = shallowReLUGradient(parameters, gradient, width: layout.width(1), samples, scratch)
  } else {
    risks.pointee = layeredGradient(parameters, gradient, layout, activation, activationParameter, samples, scratch)
  }
}

/// The samples of a step, shared by the lanes or not.
struct LaneSamples {
  let inputs: UnsafePointer<Real>
  let targets: UnsafePointer<Real>
  /// Nil: 1 / size each.
  let weights: UnsafePointer<Real>?
  let dimension: Int
  let isShared: Bool
  let size: Int

  /// A coordinate of the input of a sample.
  @inline(always)
  func input(_ sample: Int, _ coordinate: Int) -> Reals { vector(inputs, sample &* dimension &+ coordinate) }

  /// The target of a sample.
  @inline(always)
  func target(_ sample: Int) -> Reals { vector(targets, sample) }

  /// What multiplies residuals in the gradient where samples have no weights: 2 / size.
  @inline(always)
  var factor: Reals { Reals(repeating: 2 / Real(Int32(truncatingIfNeeded: size))) }

  /// What multiplies the residual of a sample in the gradient.
  ///
  /// - Parameter common: ``factor``.
  @inline(always)
  func factor(_ sample: Int, _ common: Reals) -> Reals {
    if let weights { 2 * vector(weights, sample) } else { common }
  }

  @inline(always)
  private func vector(_ numbers: UnsafePointer<Real>, _ index: Int) -> Reals {
    isShared ? Reals(repeating: numbers[index]) : load(numbers, index &* realLanes)
  }
}
