// Networks of any depth and activation, one in each lane, a tile of samples at a time.
//
// Functions here that are not inlined are not private: the compiler emits private ones as weak symbols.
//
// Hidden layer l keeps values A_l and derivatives D_l = A'(Z_l) as [neuron][sample of the tile]. On the way back D_l
// becomes G_l, the derivative of the risk in Z_l: G_l = D_l (W_(l+1)^T G_(l+1)). The gradient is G_l A_(l-1)^T in W_l, and
// the sums of the rows of G_l in the biases.

/// The gradients, in the lane layout. Returns the mean squares.
func layeredGradient(
  _ parameters: UnsafePointer<Reals>, _ gradient: UnsafeMutablePointer<Reals>, _ layout: DenseNetworksLayout,
  _ activation: Int32, _ activationParameter: Double, _ samples: LaneSamples, _ scratch: UnsafeMutablePointer<Reals>
) -> Reals {
  let parameterCount = layout.parameterCount
  let isGrouped = samples.size > layout.groupSize
  let partial = isGrouped ? scratch + layout.tileCount : gradient
  for i in 0..<parameterCount { gradient[i] = Reals(repeating: 0) }
  // Twice the mean square.
  var squares = Reals(repeating: 0)
  var first = 0
  while first < samples.size {
    if isGrouped {
      for i in 0..<parameterCount { partial[i] = Reals(repeating: 0) }
    }
    let end = smaller(first &+ layout.groupSize, samples.size)
    while first < end {
      let count = smaller(layout.tile, end &- first)
      squares =
        squares
        + addTileOfLanes(
          parameters, partial, layout, activation, activationParameter, samples, first: first, count: count, scratch)
      first &+= count
    }
    if isGrouped {
      for i in 0..<parameterCount { gradient[i] = gradient[i] + partial[i] }
    }
  }
  return 0.5 * squares
}

/// Adds the part of `count` samples to the gradient; returns twice their part of the mean squares.
func addTileOfLanes(
  _ parameters: UnsafePointer<Reals>, _ gradient: UnsafeMutablePointer<Reals>, _ layout: DenseNetworksLayout,
  _ activation: Int32, _ activationParameter: Double, _ samples: LaneSamples, first: Int, count: Int,
  _ scratch: UnsafeMutablePointer<Reals>
) -> Reals {
  let tile = layout.tile
  let dimension = layout.width(0)
  // The last tile is filled up with copies of its last sample, whose residual is set to 0.
  let padded = (count &+ 3) & ~3
  let inputs = scratch
  let values = inputs + dimension &* tile
  let derivatives = values + layout.neurons &* tile
  let residuals = derivatives + layout.neurons &* tile
  for s in 0..<padded {
    let sample = first &+ smaller(s, count &- 1)
    for k in 0..<dimension { inputs[k &* tile &+ s] = samples.input(sample, k) }
  }

  var weights = parameters
  var below = UnsafePointer(inputs)
  var neuron = 0
  for layer in 1..<layout.layers {
    let width = layout.width(layer)
    let inner = layout.width(layer &- 1)
    let here = values + neuron &* tile
    passLanesForward(weights, weights + width &* inner, below, here, width, inner, tile: tile, samples: padded)
    let preactivations = numbers(here)
    applyActivation(
      activation, Real(activationParameter), preactivations, values: preactivations,
      derivatives: numbers(derivatives + neuron &* tile), rows: width, count: padded &* realLanes,
      stride: tile &* realLanes)
    below = UnsafePointer(here)
    neuron &+= width
    weights += width &* (inner &+ 1)
  }
  let last = layout.width(layout.layers &- 1)
  passLanesForward(weights, weights + last, below, residuals, 1, last, tile: tile, samples: padded)
  let factor = samples.factor
  var squares = Reals(repeating: 0)
  for s in 0..<count {
    let difference = residuals[s] - samples.target(first &+ s)
    let residual = difference * samples.factor(first &+ s, factor)
    squares = multiplyAdd(squares, difference, residual)
    residuals[s] = residual
  }
  for s in count..<padded { residuals[s] = Reals(repeating: 0) }

  var slopes = UnsafePointer(residuals)
  var layer = layout.layers
  var into = gradient + (weights - parameters)
  while true {
    let width = layout.width(layer)
    let inner = layout.width(layer &- 1)
    neuron &-= inner
    below = layer == 1 ? UnsafePointer(inputs) : UnsafePointer(values + neuron &* tile)
    addLaneProducts(slopes, below, into, width, inner, tile: tile, samples: padded)
    addRowSums(slopes, into + width &* inner, width, tile: tile, samples: padded)
    if layer == 1 { break }
    let inside = derivatives + neuron &* tile
    passLanesBack(weights, slopes, inside, width, inner, tile: tile, samples: padded)
    slopes = UnsafePointer(inside)
    layer &-= 1
    let step = inner &* (layout.width(layer &- 1) &+ 1)
    weights -= step
    into -= step
  }
  return squares
}

/// Z = W A + b.
func passLanesForward(
  _ weights: UnsafePointer<Reals>, _ biases: UnsafePointer<Reals>, _ below: UnsafePointer<Reals>,
  _ out: UnsafeMutablePointer<Reals>, _ width: Int, _ inner: Int, tile: Int, samples: Int
) {
  multiplyBlocks(
    weights, rowStep: inner, sumStep: 1, rows: width, below, columnStep: 1, sumStep: tile, columns: samples,
    count: inner, out, outStep: tile, finish: 0, biases)
}

/// D = D (W^T G), which is G of the layer below.
func passLanesBack(
  _ weights: UnsafePointer<Reals>, _ slopes: UnsafePointer<Reals>, _ out: UnsafeMutablePointer<Reals>, _ width: Int,
  _ inner: Int, tile: Int, samples: Int
) {
  multiplyBlocks(
    weights, rowStep: 1, sumStep: inner, rows: inner, slopes, columnStep: 1, sumStep: tile, columns: samples,
    count: width, out, outStep: tile, finish: 1, weights)
}

/// Adds G A^T to the gradient in the weights.
func addLaneProducts(
  _ slopes: UnsafePointer<Reals>, _ below: UnsafePointer<Reals>, _ out: UnsafeMutablePointer<Reals>, _ width: Int,
  _ inner: Int, tile: Int, samples: Int
) {
  multiplyBlocks(
    slopes, rowStep: tile, sumStep: 1, rows: width, below, columnStep: tile, sumStep: 1, columns: inner,
    count: samples, out, outStep: inner, finish: 2, slopes)
}

/// Adds the sums of the rows of G to the gradient in the biases.
@inline(always)
private func addRowSums(
  _ slopes: UnsafePointer<Reals>, _ out: UnsafeMutablePointer<Reals>, _ width: Int, tile: Int, samples: Int
) {
  for row in 0..<width {
    let slopes = slopes + row &* tile
    var s0 = Reals(repeating: 0)
    var s1 = s0
    var s2 = s0
    var s3 = s0
    var s = 0
    while s < samples {
      s0 = s0 + slopes[s]
      s1 = s1 + slopes[s &+ 1]
      s2 = s2 + slopes[s &+ 2]
      s3 = s3 + slopes[s &+ 3]
      s &+= 4
    }
    out[row] = out[row] + ((s0 + s1) + (s2 + s3))
  }
}

/// The numbers of vectors.
@inline(always)
private func numbers(_ vectors: UnsafeMutablePointer<Reals>) -> UnsafeMutablePointer<Real> {
  UnsafeMutableRawPointer(vectors).assumingMemoryBound(to: Real.self)
}
