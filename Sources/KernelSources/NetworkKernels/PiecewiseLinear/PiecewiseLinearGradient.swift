// The exact mini-batch gradient of piecewise linear networks with scalar input and any number of hidden layers, from
// passes over the breakpoints of the network instead of the samples.
//
// The realization N is linear between neighbouring breakpoints, and so is the activation vector a_l of every layer l.
// For a segment from t to t' let theta = (x - t) / (t' - t), r = N - f, lambda = (2/B) sum of r (1 - theta) and
// mu = (2/B) sum of r theta over the samples in it. Then the gradient of the risk (1/B) sum r(x_i)^2 is
//
//   dW_l = sum over segments of (lambda a_(l-1)(t) + mu a_(l-1)(t')) g_l^T,   db_l = sum of (lambda + mu) g_l,
//
// where the backward signals g_l = m_l * (W_(l+1) g_(l+1)), g of the output = 1, are constant on a segment, m_l being
// the derivatives of the activations there; weights are [input][output]. lambda and mu follow from the batch's sums of
// 1, x, x^2, f and x f over the samples left of each breakpoint.
//
// What saves work beyond that: a_l is linear across the kinks of the layers above l, so forward passes run over
// the kinks of the layers below only; g_l does not change at the kinks of the layers below l, so backward passes run
// over groups of segments. Derivatives m_l change at a neuron's own kinks only and are carried from left to right.

/// `PiecewiseLinearGradient` of the kernel interface says what the arguments are. Not finite parameters give a gradient
/// that is not finite.
///
/// - Parameter memory: a batch prepared by `sumBatch`, and by `indexBatch` if `isIndexed`; either way the same bits.
public func piecewiseLinearGradient(
  _ parameters: UnsafeRawPointer, _ gradient: UnsafeMutableRawPointer, _ widths: UnsafePointer<Int32>, _ layers: Int,
  _ activation: Int32, _ activationParameter: Double, _ memory: UnsafeMutableRawPointer, _ batchSize: Int,
  _ lower: Float, _ upper: Float, _ isIndexed: Bool, _ capacity: Int, _ scratchMemory: UnsafeMutableRawPointer
) -> Bool {
  let scratch = PiecewiseLinearScratch(scratchMemory, widths, layers: layers, capacity: capacity)
  let activation = PiecewiseLinearActivation(activation, activationParameter)
  let batch = BatchLayout(memory, size: batchSize)
  var pass = PiecewiseLinearPass(
    parameters: parameters.assumingMemoryBound(to: Real.self), gradient: gradient.assumingMemoryBound(to: Real.self),
    widths: widths, layers: layers, scratch: scratch)
  guard pass.forward(activation, batch, capacity: capacity) else { return false }
  sumResiduals(
    scratch, boundaries: pass.boundaries, batch, isIndexed: isIndexed, lower: lower, upper: upper)
  pass.backward()
  return true
}

/// One forward and one backward pass of a network.
struct PiecewiseLinearPass {
  let parameters: UnsafePointer<Real>
  let gradient: UnsafeMutablePointer<Real>
  let widths: UnsafePointer<Int32>
  let layers: Int
  let scratch: PiecewiseLinearScratch
  /// Breakpoints and the two ends, so far.
  var boundaries = 0

  @inline(always)
  func width(_ layer: Int) -> Int { Int(widths[layer]) }

  // MARK: Forward

  /// Breakpoints, activations and values; false if there are too many breakpoints.
  mutating func forward(_ activation: PiecewiseLinearActivation, _ batch: BatchLayout, capacity: Int) -> Bool {
    let padded = paddedWidth(width(1))
    let inputs = batch.inputs
    guard
      let count = placeFirstBreakpoints(
        scratch, parameters, width: width(1), activation, first: Double(inputs[0]),
        last: Double(inputs[batch.index(of: batch.size &- 1)]), capacity: capacity)
    else { return false }
    boundaries = count
    evaluateFirstLayer(scratch, parameters, padded: padded, activation, boundaries: boundaries)

    var weights = parameters + 2 &* padded
    var firstSlopes = scratch.firstSlopes + padded
    var activations = scratch.activations
    var layer = 2
    while layer < layers {
      let inputs = width(layer &- 1)
      let inputStride = paddedWidth(inputs)
      let stride = paddedWidth(width(layer))
      let biases = weights + inputs &* stride
      let wide = widen(weights, count: (inputs &+ 1) &* stride)
      multiplyWide(
        scratch.preactivations, initial: wide + inputs &* stride, activations, stride: inputStride, wide,
        rows: boundaries, inner: inputs, columns: stride)
      guard
        let found = findBreakpoints(
          scratch, width: width(layer), activation, boundaries: boundaries, firstSlopes: firstSlopes,
          limit: capacity &+ 2 &- boundaries)
      else { return false }
      activations += scratch.rows &* inputStride
      mergeBreakpoints(
        scratch, width: width(layer), layer: layer, activation, boundaries: boundaries, found: found,
        activations: activations)
      boundaries &+= found
      weights = biases + stride
      firstSlopes += stride
      layer &+= 1
    }
    evaluateOutput(activations, weights)
    return true
  }

  /// Parameters of a layer in double precision.
  func widen(_ parameters: UnsafePointer<Real>, count: Int) -> UnsafePointer<Double> {
    #if DOUBLE_PRECISION
      return parameters
    #else
      var i = 0
      while i < count {
        store(widened(loadEight(parameters, i)), scratch.wideParameters, i)
        i &+= 8
      }
      return UnsafePointer(scratch.wideParameters)
    #endif
  }

  /// Values of the realization at the boundaries.
  func evaluateOutput(_ activations: UnsafePointer<Double>, _ weights: UnsafePointer<Real>) {
    let padded = paddedWidth(width(layers &- 1))
    let wide = widen(weights, count: padded)
    let bias = Double(weights[padded])
    for k in 0..<boundaries {
      let row = activations + k &* padded
      var low = Doubles(repeating: 0)
      var high = low
      var column = 0
      while column < padded {
        low = multiplyAddDoubles(low, load(wide, column), load(row, column))
        high = multiplyAddDoubles(high, load(wide, column &+ 8), load(row, column &+ 8))
        column &+= laneCount
      }
      scratch.value[k] = bias + fixedTreeSum(low, high)
    }
  }

  // MARK: Backward

  /// The gradient, from the output down.
  func backward() {
    // Where the last hidden layer's arrays and the output's parameters start.
    var activations = scratch.activations
    var firstSlopes = scratch.firstSlopes
    var offset = 2 &* paddedWidth(width(1))
    var layer = 2
    while layer < layers {
      let inputStride = paddedWidth(width(layer &- 1))
      activations += scratch.rows &* inputStride
      firstSlopes += inputStride
      offset &+= (width(layer &- 1) &+ 1) &* paddedWidth(width(layer))
      layer &+= 1
    }
    let outputWeights = parameters + offset
    differentiateOutput(activations, gradient + offset)

    // Derivatives by the activations of `layer`: one row for each group of the layer above.
    var derivatives = outputWeights
    layer = layers &- 1
    while layer > 1 {
      let stride = paddedWidth(width(layer))
      let inputs = width(layer &- 1)
      let inputStride = paddedWidth(inputs)
      offset &-= (inputs &+ 1) &* stride
      activations -= scratch.rows &* inputStride
      let groups = groupSegments(from: layer)
      makeSignals(
        derivatives, firstSlopes, padded: stride, groups: groups, biasGradient: gradient + (offset &+ inputs &* stride))
      weighPieces(of: layer &- 1)
      sumActivations(activations, padded: inputStride)
      let ofWeights = MatrixProduct(
        scalars: scratch.sums, scalarRow: 1, scalarStep: inputStride, vectors: scratch.signals, vectorStep: stride,
        steps: groups, result: gradient + offset, resultRow: stride)
      computeResult(ofWeights, rows: inputs, columns: stride)
      transpose(parameters + offset, inputs: inputs, outputs: width(layer), scratch.transposed)
      let ofActivations = MatrixProduct(
        scalars: scratch.signals, scalarRow: stride, scalarStep: 1, vectors: scratch.transposed,
        vectorStep: inputStride, steps: width(layer), result: scratch.derivatives, resultRow: inputStride)
      computeResult(ofActivations, rows: groups, columns: inputStride)
      derivatives = UnsafePointer(scratch.derivatives)
      firstSlopes -= inputStride
      layer &-= 1
    }
    differentiateFirstLayer(derivatives, groups: groupSegments(from: 1))
  }

  /// Gradient in the output's weights and bias. The last hidden layer's activations are linear on every segment.
  func differentiateOutput(_ activations: UnsafePointer<Double>, _ out: UnsafeMutablePointer<Real>) {
    let padded = paddedWidth(width(layers &- 1))
    weighPieces(of: layers &- 1)
    sumActivations(activations, padded: padded)
    var column = 0
    while column < padded {
      store(load(UnsafePointer(scratch.sums), column), out, column)
      column &+= realLanes
    }
    // With leaky ReLU neurons of the padding have values, too.
    for j in width(layers &- 1)..<padded { out[j] = 0 }
    var sum = 0.0
    for k in 0..<boundaries &- 1 { sum += scratch.residual[k] }
    for i in 0..<laneCount { out[padded &+ i] = 0 }
    out[padded] = Real(sum)
  }

  /// What the activations of a layer see of the segments: pieces between kinks of this layer and those below it, and
  /// groups of segments between kinks of the layers above it.
  func weighPieces(of layer: Int) {
    let layer = Int32(truncatingIfNeeded: layer)
    let last = boundaries &- 1
    var row: Int32 = 0
    var group: Int32 = 0
    var start = scratch.position[0]
    for k in 0..<last {
      let owner = scratch.layer[k]
      let isKink = k > 0 && owner <= layer
      let startsGroup = owner > layer
      row &+= isKink ? 1 : 0
      group &+= startsGroup ? 1 : 0
      start = isKink ? scratch.position[k] : start
      scratch.pieceRow[k] = row
      scratch.pieceStart[k] = start
      scratch.group[k] = group
      scratch.continues[k] = startsGroup ? 0 : 1
    }
    var end = scratch.position[last]
    var k = last &- 1
    while k >= 0 {
      scratch.pieceEnd[k] = end
      end = scratch.layer[k] <= layer ? scratch.position[k] : end
      k &-= 1
    }
    let shortest = shortestSegment(scratch, boundaries: boundaries)
    let zero = Doubles(repeating: 0)
    k = 0
    while k < last {
      let start = load(UnsafePointer(scratch.pieceStart), k)
      let length = load(UnsafePointer(scratch.pieceEnd), k) - start
      let residual = load(UnsafePointer(scratch.residual), k)
      let moment = load(UnsafePointer(scratch.moment), k)
      let ratio = (moment + (load(UnsafePointer(scratch.position), k) - start) * residual) / length
      let end = zero.replacing(with: ratio, where: length .> shortest)
      store(end, scratch.endWeight, k)
      store(residual - end, scratch.startWeight, k)
      k &+= 8
    }
  }

  /// Sums of lambda a(t) + mu a(t') over the segments of each group, a row of `scratch.sums` for each.
  func sumActivations(_ activations: UnsafePointer<Double>, padded: Int) {
    var column = 0
    while column < padded {
      var low = Doubles(repeating: 0)
      var high = low
      for k in 0..<boundaries &- 1 {
        let row = activations + (Int(scratch.pieceRow[k]) &* padded &+ column)
        let start = Doubles(repeating: scratch.startWeight[k])
        let end = Doubles(repeating: scratch.endWeight[k])
        let continues = Doubles(repeating: scratch.continues[k])
        let hereLow = multiplyAddDoubles(start * load(row, 0), end, load(row, padded))
        let hereHigh = multiplyAddDoubles(start * load(row, 8), end, load(row, padded &+ 8))
        low = multiplyAddDoubles(hereLow, continues, low)
        high = multiplyAddDoubles(hereHigh, continues, high)
        // The last segment of a group leaves its sum.
        storeSixteen(low, high, scratch.sums, Int(scratch.group[k]) &* padded &+ column)
      }
      column &+= laneCount
    }
  }

  /// Groups of segments between kinks of `layer` and those above it: there its backward signal is constant.
  func groupSegments(from layer: Int) -> Int {
    let layer = Int32(truncatingIfNeeded: layer)
    scratch.changedNeuron[0] = -1
    scratch.changedSlope[0] = 0
    scratch.upperGroup[0] = 0
    var group = 0
    var upper: Int32 = 0
    var residual = 0.0
    var moment = 0.0
    for k in 0..<boundaries &- 1 {
      let owner = scratch.layer[k]
      let starts = owner >= layer
      let isOwn = owner == layer
      group &+= starts ? 1 : 0
      upper &+= owner > layer ? 1 : 0
      // Without a start these places are written again.
      let at = group &+ (starts || k == 0 ? 0 : 1)
      scratch.changedNeuron[at] = isOwn ? Real(scratch.neuron[k]) : -1
      scratch.changedSlope[at] = scratch.slope[k]
      scratch.upperGroup[at] = upper
      let here = scratch.residual[k]
      residual = (starts ? 0 : residual) + here
      moment = (starts ? 0 : moment) + (scratch.moment[k] + scratch.position[k] * here)
      scratch.groupResidual[group] = Real(residual)
      scratch.groupMoment[group] = Real(moment)
    }
    return group &+ 1
  }

  /// Backward signals of a layer, and the gradient in its biases.
  func makeSignals(
    _ derivatives: UnsafePointer<Real>, _ firstSlopes: UnsafePointer<Real>, padded: Int, groups: Int,
    biasGradient: UnsafeMutablePointer<Real>
  ) {
    var column = 0
    while column < padded {
      let lanes = laneNumbers(from: column)
      var slopes = load(firstSlopes, column)
      var sum = Reals(repeating: 0)
      for group in 0..<groups {
        slopes = slopes.replacing(
          with: Reals(repeating: scratch.changedSlope[group]), where: lanes .== scratch.changedNeuron[group])
        let signal = slopes * load(derivatives, Int(scratch.upperGroup[group]) &* padded &+ column)
        store(signal, scratch.signals, group &* padded &+ column)
        sum = multiplyAdd(sum, Reals(repeating: scratch.groupResidual[group]), signal)
      }
      store(sum, biasGradient, column)
      column &+= realLanes
    }
  }

  /// Gradient in the weights and biases of the first layer.
  func differentiateFirstLayer(_ derivatives: UnsafePointer<Real>, groups: Int) {
    let padded = paddedWidth(width(1))
    var column = 0
    while column < padded {
      let lanes = laneNumbers(from: column)
      var slopes = load(UnsafePointer(scratch.firstSlopes), column)
      var weightSum = Reals(repeating: 0)
      var biasSum = Reals(repeating: 0)
      for group in 0..<groups {
        slopes = slopes.replacing(
          with: Reals(repeating: scratch.changedSlope[group]), where: lanes .== scratch.changedNeuron[group])
        let signal = slopes * load(derivatives, Int(scratch.upperGroup[group]) &* padded &+ column)
        weightSum = multiplyAdd(weightSum, Reals(repeating: scratch.groupMoment[group]), signal)
        biasSum = multiplyAdd(biasSum, Reals(repeating: scratch.groupResidual[group]), signal)
      }
      store(weightSum, gradient, column)
      store(biasSum, gradient, padded &+ column)
      column &+= realLanes
    }
  }
}

/// first, first + 1, ...
@inline(always)
private func laneNumbers(from first: Int) -> Reals {
  var lanes = Reals()
  for lane in 0..<realLanes { lanes[lane] = Real(lane) }
  return lanes + Real(first)
}

/// Sixteen numbers in the precision of the parameters.
@inline(always)
private func storeSixteen(_ low: Doubles, _ high: Doubles, _ out: UnsafeMutablePointer<Real>, _ offset: Int) {
  #if DOUBLE_PRECISION
    store(low, out, offset)
    store(high, out, offset &+ 8)
  #else
    store(floats(low, high), out, offset)
  #endif
}
