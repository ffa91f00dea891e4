// The dense gradient with lanes over neurons: all samples of a batch go through one network, tile by tile, and within a
// tile layer by layer, as products of matrices in register blocks.
//
// Network: z_1 = W_1 x + b_1, z_l = W_l A(z_{l-1}) + b_l, N = v A(z_L) + c; risk = sum_i w_i r_i^2, r_i = N(x_i) - y_i.
// Backward: e = 2 w r, g_L = e v A'(z_L), g_{l-1} = (W_l^T g_l) A'(z_{l-1}); dW_l = sum_i g_l A(z_{l-1})^T, db_l = sum_i g_l,
// dv = sum_i e A(z_L), dc = sum_i e. Sums over samples are partial sums over a tile, added up over the tiles.

/// A call of the kernel: network, scratch memory and where they stand.
struct DenseNeurons {
  let layout: DenseNeuronsLayout
  let parameters: UnsafePointer<Real>
  let activation: Int32
  let activationParameter: Real
  let scratch: UnsafeMutablePointer<Real>

  @inline(always)
  init(
    _ parameters: UnsafeRawPointer, _ widths: UnsafePointer<Int32>, _ layers: Int, _ activation: Int32,
    _ activationParameter: Double, _ size: Int, _ scratch: UnsafeMutableRawPointer
  ) {
    layout = DenseNeuronsLayout(widths, layers, size: size)
    self.parameters = parameters.assumingMemoryBound(to: Real.self)
    self.activation = activation
    self.activationParameter = Real(activationParameter)
    self.scratch = scratch.assumingMemoryBound(to: Real.self)
  }

  /// Hidden layers.
  @inline(always)
  var depth: Int { layout.layers &- 1 }

  /// Where the derivatives of the risk by the pre-activations of a layer stand. Those of ReLU take the place of its
  /// values, whose sign tells the derivative and which nothing else needs by then.
  @inline(always)
  func derivatives(_ layer: Int) -> UnsafeMutablePointer<Real> {
    scratch + (activation == reluCode ? layout.values(layer) : layout.derivatives(layer))
  }

  /// Values of the network at the samples of a tile, into the errors; values and derivatives of every hidden layer.
  @inline(never)
  func forward(_ inputs: UnsafePointer<Real>, rows: Int) {
    var layer = 1
    while layer <= depth {
      let isFirst = layer == 1
      let product = MatrixProduct(
        scalars: isFirst ? inputs : UnsafePointer(scratch + layout.values(layer &- 1)),
        scalarRow: isFirst ? layout.width(0) : layout.stride(layer &- 1), scalarStep: 1,
        vectors: parameters + layout.weights(layer), vectorStep: layout.padded(layer), steps: layout.width(layer &- 1),
        result: derivatives(layer), resultRow: layout.stride(layer), biases: parameters + layout.biases(layer))
      if activation == reluCode {
        computeForwardPositive(product, rows: rows, columns: layout.padded(layer))
      } else {
        computeForward(product, rows: rows, columns: layout.padded(layer))
        let preactivations = scratch + layout.derivatives(layer)
        applyActivation(
          activation, activationParameter, preactivations, values: scratch + layout.values(layer),
          derivatives: preactivations, rows: rows, count: layout.padded(layer), stride: layout.stride(layer))
      }
      layer &+= 1
    }
    computeOutputs(
      scratch + layout.errors, scratch + layout.values(depth), stride: layout.stride(depth),
      neurons: layout.padded(depth), weights: parameters + layout.weights(layout.layers),
      bias: parameters[layout.biases(layout.layers)], rows: rows)
  }

  /// The inputs of a tile from sample `first` on, with zeros behind them up to a whole number of vectors: products are
  /// computed for whole blocks of samples.
  @inline(never)
  func tile(_ inputs: UnsafePointer<Real>, first: Int, rows: Int) -> UnsafePointer<Real> {
    let dimension = layout.width(0)
    let tile = inputs + first &* dimension
    let padded = paddedWidth(rows)
    if rows == padded { return tile }
    let copy = scratch + layout.lastInputs
    var place = 0
    while place < padded &* dimension {
      copy[place] = place < rows &* dimension ? tile[place] : 0
      place &+= 1
    }
    return UnsafePointer(copy)
  }

  /// The transposed weights that the backward passes need.
  @inline(never)
  func transposeWeights() {
    var layer = 2
    while layer <= depth {
      transpose(
        parameters + layout.weights(layer), inputs: layout.width(layer &- 1), outputs: layout.width(layer),
        scratch + layout.transposed(layer))
      layer &+= 1
    }
  }

  /// Turns derivatives of the activation into those of the risk by the pre-activations.
  @inline(never)
  func propagate(
    to layer: Int, scalars: UnsafePointer<Real>, scalarRow: Int, vectors: UnsafePointer<Real>, steps: Int, rows: Int
  ) {
    let product = MatrixProduct(
      scalars: scalars, scalarRow: scalarRow, scalarStep: 1, vectors: vectors, vectorStep: layout.padded(layer),
      steps: steps, result: derivatives(layer), resultRow: layout.stride(layer))
    if activation == reluCode {
      computeBackwardPositive(product, rows: rows, columns: layout.padded(layer))
    } else {
      computeBackward(product, rows: rows, columns: layout.padded(layer))
    }
  }

  /// Adds the terms of a tile to the gradient of the weights of a layer's tail: the same sums as those of the other
  /// neurons, with inputs and neurons in exchanged places.
  @inline(always)
  private func addToTail(_ layer: Int, _ errors: UnsafePointer<Real>, rows: Int) {
    let tail = layout.tail(layer)
    let product = MatrixProduct(
      scalars: errors + (layout.width(layer) &- tail), scalarRow: 1, scalarStep: layout.stride(layer),
      vectors: scratch + layout.values(layer &- 1), vectorStep: layout.stride(layer &- 1), steps: rows,
      result: scratch + layout.tailGradient(layer), resultRow: layout.padded(layer &- 1))
    addToResult(product, rows: tail, columns: layout.padded(layer &- 1))
  }

  /// Starts the sums over the tiles.
  @inline(never)
  func clear(_ gradient: UnsafeMutablePointer<Real>) {
    var place = 0
    while place < layout.parameterCount {
      store(Reals(), gradient, place)
      place &+= realLanes
    }
    place = layout.tailGradient(2)
    while place < layout.tailGradient(layout.layers) {
      store(Reals(), scratch, place)
      place &+= realLanes
    }
  }

  /// Brings the gradients of the tails' weights to their places.
  @inline(never)
  func copyTails(_ gradient: UnsafeMutablePointer<Real>) {
    var layer = 2
    while layer <= depth {
      let tail = layout.tail(layer)
      let sums = scratch + layout.tailGradient(layer)
      let weights = gradient + (layout.weights(layer) &+ layout.width(layer) &- tail)
      for input in 0..<layout.width(layer &- 1) {
        for neuron in 0..<tail {
          weights[input &* layout.padded(layer) &+ neuron] = sums[neuron &* layout.padded(layer &- 1) &+ input]
        }
      }
      layer &+= 1
    }
  }

  /// Adds the terms of a tile to the gradient, except to that of the output bias and to those of the tails' weights.
  @inline(never)
  func backward(_ inputs: UnsafePointer<Real>, rows: Int, _ gradient: UnsafeMutablePointer<Real>) {
    let errors = UnsafePointer(scratch + layout.errors)
    addWeightedSum(
      errors, scratch + layout.values(depth), stride: layout.stride(depth), rows: rows, neurons: layout.padded(depth),
      gradient + layout.weights(layout.layers))
    propagate(
      to: depth, scalars: errors, scalarRow: 1, vectors: parameters + layout.weights(layout.layers), steps: 1,
      rows: rows)
    var layer = depth
    while layer >= 1 {
      let isFirst = layer == 1
      let errors = derivatives(layer)
      let fanIn = layout.width(layer &- 1)
      let weights = gradient + layout.weights(layer)
      if fanIn == 1 && isFirst {
        addWeightedSum(
          inputs, errors, stride: layout.stride(layer), rows: rows, neurons: layout.padded(layer), weights)
      } else {
        let product = MatrixProduct(
          scalars: isFirst ? inputs : UnsafePointer(scratch + layout.values(layer &- 1)), scalarRow: 1,
          scalarStep: isFirst ? fanIn : layout.stride(layer &- 1), vectors: errors, vectorStep: layout.stride(layer),
          steps: rows, result: weights, resultRow: layout.padded(layer))
        let tail = layout.tail(layer)
        addToResult(
          product, rows: fanIn, columns: tail == 0 ? layout.padded(layer) : layout.width(layer) &- tail)
        if tail > 0 { addToTail(layer, errors, rows: rows) }
      }
      addSum(
        errors, stride: layout.stride(layer), rows: rows, neurons: layout.padded(layer),
        gradient + layout.biases(layer))
      if !isFirst {
        propagate(
          to: layer &- 1, scalars: errors, scalarRow: layout.stride(layer),
          vectors: scratch + layout.transposed(layer), steps: layout.width(layer), rows: rows)
      }
      layer &-= 1
    }
  }
}

/// See `NetworkKernels.DenseNeuronsGradient`.
public func denseNeuronsGradient(
  _ parameters: UnsafeRawPointer, _ gradient: UnsafeMutableRawPointer, _ widths: UnsafePointer<Int32>, _ layers: Int,
  _ activation: Int32, _ activationParameter: Double, _ inputs: UnsafeRawPointer, _ targets: UnsafeRawPointer,
  _ weights: UnsafeRawPointer?, _ size: Int, _ scratch: UnsafeMutableRawPointer
) -> Double {
  let network = DenseNeurons(parameters, widths, layers, activation, activationParameter, size, scratch)
  let layout = network.layout
  let gradient = gradient.assumingMemoryBound(to: Real.self)
  let inputs = inputs.assumingMemoryBound(to: Real.self)
  let targets = targets.assumingMemoryBound(to: Real.self)
  let weights = weights?.assumingMemoryBound(to: Real.self)
  network.clear(gradient)
  network.transposeWeights()
  var risk = PartialSums()
  var bias = PartialSums()
  var first = 0
  while first < size {
    let rows = smaller(layout.rows, size &- first)
    let tile = network.tile(inputs, first: first, rows: rows)
    network.forward(tile, rows: rows)
    computeErrors(
      network.scratch + layout.errors, targets + first, weights.map { $0 + first },
      uniformWeight: 1 / Real(size), lastSamples: network.scratch + layout.lastSamples, rows: rows, risk: &risk,
      bias: &bias)
    network.backward(tile, rows: rows, gradient)
    first &+= rows
  }
  network.copyTails(gradient)
  // Neurons of the padding need not be 0, so what they add to the outer weights' gradient is taken away.
  let outerWeights = gradient + layout.weights(layers)
  for place in layout.width(network.depth)..<layout.padded(network.depth) { outerWeights[place] = 0 }
  gradient[layout.biases(layers)] = Real(bias.total)
  return risk.total
}

/// See `NetworkKernels.DenseNeuronsValues`.
public func denseNeuronsValues(
  _ parameters: UnsafeRawPointer, _ widths: UnsafePointer<Int32>, _ layers: Int, _ activation: Int32,
  _ activationParameter: Double, _ inputs: UnsafeRawPointer, _ values: UnsafeMutableRawPointer, _ size: Int,
  _ scratch: UnsafeMutableRawPointer
) {
  let network = DenseNeurons(parameters, widths, layers, activation, activationParameter, size, scratch)
  let layout = network.layout
  let inputs = inputs.assumingMemoryBound(to: Real.self)
  let values = values.assumingMemoryBound(to: Real.self)
  var first = 0
  while first < size {
    let rows = smaller(layout.rows, size &- first)
    network.forward(network.tile(inputs, first: first, rows: rows), rows: rows)
    let outputs = network.scratch + layout.errors
    for i in 0..<rows { values[first &+ i] = outputs[i] }
    first &+= rows
  }
}

/// Bytes of scratch memory of a gradient or of values at `size` samples.
public func denseNeuronsScratchByteCount(_ widths: UnsafePointer<Int32>, _ layers: Int, _ size: Int) -> Int {
  DenseNeuronsLayout(widths, layers, size: size).scratchCount &* MemoryLayout<Real>.size
}
