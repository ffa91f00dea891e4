/// Where the dense kernel with lanes over neurons keeps what, and how many samples it takes at a time.
struct DenseNeuronsLayout {
  let widths: UnsafePointer<Int32>
  /// Hidden layers plus 1.
  let layers: Int
  /// Samples of a tile, a multiple of 16. A function of widths and size, so that sums over tiles have the same order at
  /// every level.
  let rows: Int

  @inline(always)
  init(_ widths: UnsafePointer<Int32>, _ layers: Int, size: Int) {
    self.widths = widths
    self.layers = layers
    rows = rowsOfTile(widths, layers, size)
  }

  /// Neurons of layer 1, 2, ..., or coordinates of the input for 0.
  @inline(always)
  func width(_ layer: Int) -> Int { Int(widths[layer]) }

  @inline(always)
  func padded(_ layer: Int) -> Int { paddedWidth(width(layer)) }

  /// Distance of the rows of a hidden layer. One cache line more where rows are long, so that a column of vectors does
  /// not fall into few sets of the cache.
  @inline(always)
  func stride(_ layer: Int) -> Int { rowStride(width(layer)) }

  // MARK: Parameters and gradients

  /// Where the weights of a layer stand, 1 ... layers.
  @inline(never)
  func weights(_ layer: Int) -> Int {
    var offset = 0
    var before = 1
    while before < layer {
      offset &+= (width(before &- 1) &+ 1) &* padded(before)
      before &+= 1
    }
    return offset
  }

  /// Where the biases of a layer stand.
  @inline(never)
  func biases(_ layer: Int) -> Int {
    weights(layer) &+ (layer == layers ? padded(layer &- 1) : width(layer &- 1) &* padded(layer))
  }

  var parameterCount: Int { biases(layers) &+ 16 }

  // MARK: Scratch

  /// Values of the network at the samples of the tile, then their errors 2 w r.
  @inline(always)
  var errors: Int { 0 }

  /// Targets and sample weights of the last, incomplete vector of samples.
  @inline(always)
  var lastSamples: Int { rows }

  /// Inputs of the last, incomplete tile.
  @inline(always)
  var lastInputs: Int { rows &+ 32 }

  /// What a hidden layer puts out, [sample][neuron].
  @inline(never)
  func values(_ layer: Int) -> Int {
    var offset = lastInputs &+ rows &* width(0)
    var before = 1
    while before < layer {
      offset &+= 2 &* rows &* stride(before)
      before &+= 1
    }
    return offset
  }

  /// Pre-activations of a hidden layer, then derivatives of the activation, then derivatives of the risk.
  @inline(always)
  func derivatives(_ layer: Int) -> Int { values(layer) &+ rows &* stride(layer) }

  /// Transposed weights of hidden layer 2, 3, ...: [output][input rounded up to 16].
  @inline(never)
  func transposed(_ layer: Int) -> Int {
    var offset = values(layers)
    var before = 2
    while before < layer {
      offset &+= padded(before) &* padded(before &- 1)
      before &+= 1
    }
    return offset
  }

  /// Neurons of a hidden layer behind its last whole vector, if they are few. The gradient of their weights, for which
  /// a vector of neurons would be a waste, is computed with lanes over the inputs of the layer.
  @inline(always)
  func tail(_ layer: Int) -> Int {
    let tail = width(layer) % realLanes
    return layer > 1 && tail < width(layer) && tail <= realLanes / 4 ? tail : 0
  }

  /// The gradient of the weights of the tail of hidden layer 2, 3, ...: [neuron][input rounded up to 16].
  @inline(never)
  func tailGradient(_ layer: Int) -> Int {
    var offset = transposed(layers)
    var before = 2
    while before < layer {
      offset &+= tail(before) &* padded(before &- 1)
      before &+= 1
    }
    return offset
  }

  var scratchCount: Int { tailGradient(layers) }
}

@inline(always)
private func rowStride(_ width: Int) -> Int {
  let padded = paddedWidth(width)
  return padded < 128 ? padded : padded &+ 16
}

/// What the layers of a tile put out fills about half of a first-level cache; the other half is for weights. But every
/// tile reads all weights and adds to all gradients, so it has at least 48 samples where there are matrices of weights,
/// and 128 where these do not stay in a second-level cache.
@inline(never)
func rowsOfTile(_ widths: UnsafePointer<Int32>, _ layers: Int, _ size: Int) -> Int {
  var numbers = 0
  var weights = 0
  var layer = 1
  while layer < layers {
    let width = Int(widths[layer])
    numbers &+= rowStride(width)
    if layer > 1 { weights &+= paddedWidth(width) &* paddedWidth(Int(widths[layer &- 1])) }
    layer &+= 1
  }
  let least = weights == 0 ? 16 : weights &* MemoryLayout<Real>.size <= 1 &<< 18 ? 48 : 128
  let fitting = 24576 / (numbers &* MemoryLayout<Real>.size) & ~15
  let bounded = fitting < least ? least : smaller(fitting, 128)
  return smaller(bounded, (size &+ 15) & ~15)
}
