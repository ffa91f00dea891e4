// The passes of the dense kernel with lanes over neurons that are no matrix products.

/// Sixteen partial sums in double precision.
struct PartialSums {
  private var low = Doubles()
  private var high = Doubles()

  @inline(always)
  init() {}

  @inline(always)
  mutating func add(_ x: Reals) {
    #if DOUBLE_PRECISION
      low = low + x
    #else
      low = low + lowDoubles(x)
      high = high + highDoubles(x)
    #endif
  }

  /// Adds w r^2.
  @inline(always)
  mutating func addSquares(weights w: Reals, _ r: Reals) {
    #if DOUBLE_PRECISION
      low = low + w * r * r
    #else
      low = low + lowDoubles(w) * lowDoubles(r) * lowDoubles(r)
      high = high + highDoubles(w) * highDoubles(r) * highDoubles(r)
    #endif
  }

  @inline(always)
  var total: Double { fixedTreeSum(low, high) }
}

// MARK: Output layer

/// Values of the network: output[s] = bias + sum_j values[s][j] weights[j]. Computes whole vectors of samples; `rows`
/// samples count, and the last one stands in for those beyond.
@inline(never)
func computeOutputs(
  _ output: UnsafeMutablePointer<Real>, _ values: UnsafePointer<Real>, stride: Int, neurons: Int,
  weights: UnsafePointer<Real>, bias: Real, rows: Int
) {
  var first = 0
  while first < rows {
    let sums = RowSums(
      values: values, stride: stride, neurons: neurons, weights: weights, first: first, last: rows &- 1)
    store(sums.all + bias, output, first)
    first &+= realLanes
  }
}

/// Sums over the neurons for as many rows as a vector has lanes. The partial sums of a row, one a lane, are added in a
/// fixed tree: lane l with lane l + n/2, then + n/4, and so on; the sums of different rows move together meanwhile.
private struct RowSums {
  let values: UnsafePointer<Real>
  let stride: Int
  let neurons: Int
  let weights: UnsafePointer<Real>
  let first: Int
  let last: Int

  @inline(always)
  private func row(_ index: Int) -> Reals {
    let start = smaller(first &+ index, last) &* stride
    var sum = Reals()
    var j = 0
    while j < neurons {
      sum = multiplyAdd(sum, load(values, start &+ j), load(weights, j))
      j &+= realLanes
    }
    return sum
  }

  @inline(always)
  private func pair(_ a: Reals, _ b: Reals) -> Reals {
    var low = a
    low.evenHalf = firstHalf(a)
    low.oddHalf = firstHalf(b)
    var high = a
    high.evenHalf = secondHalf(a)
    high.oddHalf = secondHalf(b)
    return low + high
  }

  @inline(always)
  private func two(_ index: Int) -> Reals { pair(row(index), row(index &+ realLanes / 2)) }

  @inline(always)
  private func four(_ index: Int) -> Reals { pair(two(index), two(index &+ realLanes / 4)) }

  @inline(always)
  private func eight(_ index: Int) -> Reals { pair(four(index), four(index &+ realLanes / 8)) }

  @inline(always)
  var all: Reals {
    #if DOUBLE_PRECISION
      eight(0)
    #else
      pair(eight(0), eight(1))
    #endif
  }
}

/// Replaces the values of the network by the errors 2 w r with r = value - target; adds w r^2 to `risk` and the errors to
/// `bias`. Samples beyond `rows` get the error 0.
@inline(never)
func computeErrors(
  _ output: UnsafeMutablePointer<Real>, _ targets: UnsafePointer<Real>, _ weights: UnsafePointer<Real>?,
  uniformWeight: Real, lastSamples: UnsafeMutablePointer<Real>, rows: Int, risk: inout PartialSums,
  bias: inout PartialSums
) {
  var first = 0
  while first < rows {
    let y = load(output, first)
    let t: Reals
    let w: Reals
    if first &+ realLanes <= rows {
      t = load(targets, first)
      if let weights { w = load(weights, first) } else { w = Reals(repeating: uniformWeight) }
    } else {
      store(Reals(), lastSamples, 0)
      store(Reals(), lastSamples, realLanes)
      for i in 0..<rows &- first {
        lastSamples[i] = targets[first &+ i]
        lastSamples[realLanes &+ i] = weights?[first &+ i] ?? uniformWeight
      }
      t = load(lastSamples, 0)
      w = load(lastSamples, realLanes)
    }
    let r = y - t
    let error = 2 * w * r
    risk.addSquares(weights: w, r)
    bias.add(error)
    store(error, output, first)
    first &+= realLanes
  }
}

// MARK: Sums over samples

/// Adds to result[j] the sum over the samples of scalars[s] * vectors[s][j].
///
/// A single row has too few sums to fill the pipelines, so four partial sums each, over samples s modulo 4.
@inline(never)
func addWeightedSum(
  _ scalars: UnsafePointer<Real>, _ vectors: UnsafePointer<Real>, stride: Int, rows: Int, neurons: Int,
  _ result: UnsafeMutablePointer<Real>
) {
  var j = 0
  while j < neurons {
    var sum0 = Reals()
    var sum1 = Reals()
    var sum2 = Reals()
    var sum3 = Reals()
    var column = vectors + j
    var s = 0
    while s &+ 4 <= rows {
      sum0 = multiplyAdd(sum0, Reals(repeating: scalars[s]), load(column, 0))
      sum1 = multiplyAdd(sum1, Reals(repeating: scalars[s &+ 1]), load(column, stride))
      sum2 = multiplyAdd(sum2, Reals(repeating: scalars[s &+ 2]), load(column, 2 &* stride))
      sum3 = multiplyAdd(sum3, Reals(repeating: scalars[s &+ 3]), load(column, 3 &* stride))
      column += 4 &* stride
      s &+= 4
    }
    while s < rows {
      sum0 = multiplyAdd(sum0, Reals(repeating: scalars[s]), load(column, 0))
      column += stride
      s &+= 1
    }
    store(load(result, j) + ((sum0 + sum1) + (sum2 + sum3)), result, j)
    j &+= realLanes
  }
}

/// Adds to result[j] the sum over the samples of vectors[s][j].
@inline(never)
func addSum(
  _ vectors: UnsafePointer<Real>, stride: Int, rows: Int, neurons: Int, _ result: UnsafeMutablePointer<Real>
) {
  var j = 0
  while j < neurons {
    var sum0 = Reals()
    var sum1 = Reals()
    var sum2 = Reals()
    var sum3 = Reals()
    var column = vectors + j
    var s = 0
    while s &+ 4 <= rows {
      sum0 = sum0 + load(column, 0)
      sum1 = sum1 + load(column, stride)
      sum2 = sum2 + load(column, 2 &* stride)
      sum3 = sum3 + load(column, 3 &* stride)
      column += 4 &* stride
      s &+= 4
    }
    while s < rows {
      sum0 = sum0 + load(column, 0)
      column += stride
      s &+= 1
    }
    store(load(result, j) + ((sum0 + sum1) + (sum2 + sum3)), result, j)
    j &+= realLanes
  }
}
