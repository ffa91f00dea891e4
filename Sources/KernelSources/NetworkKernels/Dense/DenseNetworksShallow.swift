// Shallow ReLU networks with scalar input, one in each lane. Neuron j has S0 = sum of r and S1 = sum of x r over the
// samples where it is active; its gradient is (v S1, v S0, w S1 + b S0) in (w, b, v), as in ShallowGradient.swift. Two
// masked sums a neuron and sample are all that the way back takes.

/// Samples of a tile: their inputs, residuals and products stay in the first-level cache.
private let tile = 128

/// Vectors of scratch memory.
let shallowReLUScratchCount = 3 &* tile

/// The gradients, in the lane layout: w, b, v of the neurons, then c. Returns the mean squares.
@inline(always)
func shallowReLUGradient(
  _ parameters: UnsafePointer<Reals>, _ gradient: UnsafeMutablePointer<Reals>, width: Int, _ samples: LaneSamples,
  _ scratch: UnsafeMutablePointer<Reals>
) -> Reals {
  let x = scratch
  let r = x + tile
  let rx = r + tile
  let w = parameters
  let b = w + width
  let v = b + width
  let c = v + width
  // Sums of x r and of r, until the last tile is done.
  let sum1 = gradient
  let sum0 = sum1 + width
  let outer = sum0 + width
  let constant = outer + width
  let zero = Reals(repeating: 0)
  for i in 0..<2 &* width { gradient[i] = zero }
  constant.pointee = zero
  let factor = samples.factor
  // Twice the mean square.
  var squares = zero

  var first = 0
  while first < samples.size {
    let count = smaller(tile, samples.size &- first)
    for s in 0..<count {
      x[s] = samples.input(first &+ s, 0)
      r[s] = c.pointee
    }
    var j = 0
    while j &+ 4 <= width {
      addFourNeurons(x, r, count, w + j, b + j, v + j)
      j &+= 4
    }
    while j < width {
      addNeuron(x, r, count, w[j], b[j], v[j])
      j &+= 1
    }

    // A sum of short sums, because positive and negative residuals cancel in it.
    var s = 0
    while s < count {
      let end = smaller(s &+ 16, count)
      var part = zero
      while s < end {
        let difference = r[s] - samples.target(first &+ s)
        let residual = difference * samples.factor(first &+ s, factor)
        squares = multiplyAdd(squares, difference, residual)
        r[s] = residual
        rx[s] = residual * x[s]
        part = part + residual
        s &+= 1
      }
      constant.pointee = constant.pointee + part
    }

    j = 0
    while j &+ 4 <= width {
      sumOverActiveOfFour(x, r, rx, count, w + j, b + j, sum0 + j, sum1 + j)
      j &+= 4
    }
    while j < width {
      sumOverActive(x, r, rx, count, w[j], b[j], sum0 + j, sum1 + j)
      j &+= 1
    }
    first &+= count
  }
  for j in 0..<width {
    let s0 = sum0[j]
    let s1 = sum1[j]
    outer[j] = multiplyAdd(b[j] * s0, w[j], s1)
    sum0[j] = v[j] * s0
    sum1[j] = v[j] * s1
  }
  return 0.5 * squares
}

/// y + v max(w x + b, 0).
@inline(always)
private func withNeuron(_ y: Reals, _ x: Reals, _ w: Reals, _ b: Reals, _ v: Reals) -> Reals {
  let z = multiplyAdd(b, w, x)
  return multiplyAdd(y, v, z.replacing(with: 0, where: z .< 0))
}

@inline(always)
private func addNeuron(
  _ x: UnsafePointer<Reals>, _ y: UnsafeMutablePointer<Reals>, _ count: Int, _ w: Reals, _ b: Reals, _ v: Reals
) {
  for s in 0..<count { y[s] = withNeuron(y[s], x[s], w, b, v) }
}

@inline(always)
private func addFourNeurons(
  _ x: UnsafePointer<Reals>, _ y: UnsafeMutablePointer<Reals>, _ count: Int, _ w: UnsafePointer<Reals>,
  _ b: UnsafePointer<Reals>, _ v: UnsafePointer<Reals>
) {
  let w0 = w[0]
  let w1 = w[1]
  let w2 = w[2]
  let w3 = w[3]
  let b0 = b[0]
  let b1 = b[1]
  let b2 = b[2]
  let b3 = b[3]
  let v0 = v[0]
  let v1 = v[1]
  let v2 = v[2]
  let v3 = v[3]
  for s in 0..<count {
    let point = x[s]
    var sum = y[s]
    sum = withNeuron(sum, point, w0, b0, v0)
    sum = withNeuron(sum, point, w1, b1, v1)
    sum = withNeuron(sum, point, w2, b2, v2)
    sum = withNeuron(sum, point, w3, b3, v3)
    y[s] = sum
  }
}

/// Adds r and x r where the neuron is active: w x + b > 0.
@inline(always)
private func addWhereActive(
  _ x: Reals, _ r: Reals, _ rx: Reals, _ w: Reals, _ b: Reals, _ s0: inout Reals, _ s1: inout Reals
) {
  let isActive = multiplyAdd(b, w, x) .> Reals(repeating: 0)
  s0 = s0.replacing(with: s0 + r, where: isActive)
  s1 = s1.replacing(with: s1 + rx, where: isActive)
}

@inline(always)
private func sumOverActive(
  _ x: UnsafePointer<Reals>, _ r: UnsafePointer<Reals>, _ rx: UnsafePointer<Reals>, _ count: Int, _ w: Reals,
  _ b: Reals, _ sum0: UnsafeMutablePointer<Reals>, _ sum1: UnsafeMutablePointer<Reals>
) {
  var s0 = Reals(repeating: 0)
  var s1 = s0
  for s in 0..<count { addWhereActive(x[s], r[s], rx[s], w, b, &s0, &s1) }
  sum0.pointee = sum0.pointee + s0
  sum1.pointee = sum1.pointee + s1
}

@inline(always)
private func sumOverActiveOfFour(
  _ x: UnsafePointer<Reals>, _ r: UnsafePointer<Reals>, _ rx: UnsafePointer<Reals>, _ count: Int,
  _ w: UnsafePointer<Reals>, _ b: UnsafePointer<Reals>, _ sum0: UnsafeMutablePointer<Reals>,
  _ sum1: UnsafeMutablePointer<Reals>
) {
  let w0 = w[0]
  let w1 = w[1]
  let w2 = w[2]
  let w3 = w[3]
  let b0 = b[0]
  let b1 = b[1]
  let b2 = b[2]
  let b3 = b[3]
  let zero = Reals(repeating: 0)
  var s00 = zero
  var s01 = zero
  var s02 = zero
  var s03 = zero
  var s10 = zero
  var s11 = zero
  var s12 = zero
  var s13 = zero
  for s in 0..<count {
    let point = x[s]
    let residual = r[s]
    let product = rx[s]
    addWhereActive(point, residual, product, w0, b0, &s00, &s10)
    addWhereActive(point, residual, product, w1, b1, &s01, &s11)
    addWhereActive(point, residual, product, w2, b2, &s02, &s12)
    addWhereActive(point, residual, product, w3, b3, &s03, &s13)
  }
  sum0[0] = sum0[0] + s00
  sum0[1] = sum0[1] + s01
  sum0[2] = sum0[2] + s02
  sum0[3] = sum0[3] + s03
  sum1[0] = sum1[0] + s10
  sum1[1] = sum1[1] + s11
  sum1[2] = sum1[2] + s12
  sum1[3] = sum1[3] + s13
}
