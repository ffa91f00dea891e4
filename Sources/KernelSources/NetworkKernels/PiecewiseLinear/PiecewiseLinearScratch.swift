/// Scratch memory of `piecewiseLinearGradient`. Matrices have one row for each boundary, segment or group of segments,
/// and a lane for each neuron of a padded layer.
struct PiecewiseLinearScratch {
  // The boundaries in increasing order: the first sample, the breakpoints, the last sample.

  let position: UnsafeMutablePointer<Double>
  /// The layer of the neuron that has its kink there; 0 at the two ends.
  let layer: UnsafeMutablePointer<Int32>
  let neuron: UnsafeMutablePointer<Int32>
  /// The derivative of that neuron's activation right of the kink.
  let slope: UnsafeMutablePointer<Real>

  // The breakpoints of a layer before they join the others.

  /// Kinks of the first layer, wherever they are.
  let candidate: UnsafeMutablePointer<Double>
  let newPosition: UnsafeMutablePointer<Double>
  let newNeuron: UnsafeMutablePointer<Int32>
  let newSlope: UnsafeMutablePointer<Real>
  /// The pre-activation at the kink: 0, or 1 at the upper kink of clipping.
  let newLevel: UnsafeMutablePointer<Double>
  /// The segment they were found in, and how far inside, as a fraction of it.
  let newSegment: UnsafeMutablePointer<Int32>
  let newFraction: UnsafeMutablePointer<Double>
  /// Their places among all boundaries.
  let newPlace: UnsafeMutablePointer<Int32>
  /// Where each new boundary comes from: the index among the new breakpoints.
  let source: UnsafeMutablePointer<Int32>
  /// For each segment, how many new breakpoints it has, and later where its next one goes.
  let next: UnsafeMutablePointer<Int32>
  /// Signs of pre-activations, see `findSignChanges`.
  let signChanges: UnsafeMutablePointer<UInt64>

  // The segments between neighbouring boundaries.

  /// Realization at the boundaries.
  let value: UnsafeMutablePointer<Double>
  /// Samples of a segment, and their sums of x, x^2, f, x f.
  let count: UnsafeMutablePointer<Double>
  let sumX: UnsafeMutablePointer<Double>
  let sumXX: UnsafeMutablePointer<Double>
  let sumF: UnsafeMutablePointer<Double>
  let sumXF: UnsafeMutablePointer<Double>
  /// (2/B) sum of r, and of r (x - left end).
  let residual: UnsafeMutablePointer<Double>
  let moment: UnsafeMutablePointer<Double>

  // What one layer sees of the segments.

  /// Ends of the piece of the layer's realization that the segment lies in, and the row of its left end.
  let pieceStart: UnsafeMutablePointer<Double>
  let pieceEnd: UnsafeMutablePointer<Double>
  let pieceRow: UnsafeMutablePointer<Int32>
  /// The group of segments that it belongs to; 1 if the segment before it is in the same one, otherwise 0.
  let group: UnsafeMutablePointer<Int32>
  let continues: UnsafeMutablePointer<Double>
  /// (2/B) sum of r (1 - theta), and of r theta, theta going from 0 to 1 on the piece.
  let startWeight: UnsafeMutablePointer<Double>
  let endWeight: UnsafeMutablePointer<Double>

  // The groups of segments on which a layer's backward signal is constant.

  /// The neuron whose derivative changes at the start of the group, as a number; -1 if none.
  let changedNeuron: UnsafeMutablePointer<Real>
  let changedSlope: UnsafeMutablePointer<Real>
  /// The group of the layer above that it lies in.
  let upperGroup: UnsafeMutablePointer<Int32>
  /// (2/B) sum of r over the group, and of r x.
  let groupResidual: UnsafeMutablePointer<Real>
  let groupMoment: UnsafeMutablePointer<Real>

  // Matrices.

  let rows: Int
  /// Weights and biases of a layer in double precision.
  let wideParameters: UnsafeMutablePointer<Double>
  let preactivations: UnsafeMutablePointer<Double>
  /// Layer by layer, the activations at the boundaries of the layer and those below it.
  let activations: UnsafeMutablePointer<Double>
  /// Layer by layer, for each neuron the derivative of its activation at the left end.
  let firstSlopes: UnsafeMutablePointer<Real>
  /// Weighted sums of the activations over groups.
  let sums: UnsafeMutablePointer<Real>
  /// Derivatives of the realization by the pre-activations of a layer, and by the activations of the layer below.
  let signals: UnsafeMutablePointer<Real>
  let derivatives: UnsafeMutablePointer<Real>
  let transposed: UnsafeMutablePointer<Real>

  let byteCount: Int

  @inline(always)
  init(_ memory: UnsafeMutableRawPointer, _ widths: UnsafePointer<Int32>, layers: Int, capacity: Int) {
    var widest = 0
    var neurons = 0
    for l in 1..<layers {
      let padded = paddedWidth(Int(widths[l]))
      widest = padded > widest ? padded : widest
      neurons &+= padded
    }
    // Vectors of eight doubles may reach behind the last boundary.
    rows = (capacity &+ 2 &+ 15) & ~15
    // A layer is searched until there are too many breakpoints, at the end of a word of sign changes.
    let found = (capacity > 2 &* widest ? capacity : 2 &* widest) &+ 2 &* UInt64.bitWidth
    var end = memory
    position = Self.take(&end, rows)
    layer = Self.take(&end, rows)
    neuron = Self.take(&end, rows)
    slope = Self.takeReals(&end, rows)
    candidate = Self.take(&end, 2 &* widest)
    newPosition = Self.take(&end, found)
    newNeuron = Self.take(&end, found)
    newSlope = Self.takeReals(&end, found)
    newLevel = Self.take(&end, found)
    newSegment = Self.take(&end, found)
    newFraction = Self.take(&end, found)
    newPlace = Self.take(&end, found)
    source = Self.take(&end, rows)
    next = Self.take(&end, rows)
    signChanges = Self.take(&end, widest)
    value = Self.take(&end, rows)
    count = Self.take(&end, rows)
    sumX = Self.take(&end, rows)
    sumXX = Self.take(&end, rows)
    sumF = Self.take(&end, rows)
    sumXF = Self.take(&end, rows)
    residual = Self.take(&end, rows)
    moment = Self.take(&end, rows)
    pieceStart = Self.take(&end, rows)
    pieceEnd = Self.take(&end, rows)
    pieceRow = Self.take(&end, rows)
    group = Self.take(&end, rows)
    continues = Self.take(&end, rows)
    startWeight = Self.take(&end, rows)
    endWeight = Self.take(&end, rows)
    changedNeuron = Self.takeReals(&end, rows)
    changedSlope = Self.takeReals(&end, rows)
    upperGroup = Self.take(&end, rows)
    groupResidual = Self.takeReals(&end, rows)
    groupMoment = Self.takeReals(&end, rows)
    wideParameters = Self.take(&end, (widest &+ 1) &* widest)
    preactivations = Self.take(&end, rows &* widest)
    activations = Self.take(&end, rows &* neurons)
    firstSlopes = Self.takeReals(&end, neurons)
    sums = Self.takeReals(&end, rows &* widest)
    signals = Self.takeReals(&end, rows &* widest)
    derivatives = Self.takeReals(&end, rows &* widest)
    transposed = Self.takeReals(&end, widest &* widest)
    byteCount = end - memory
  }

  @inline(always)
  private static func advance(_ end: inout UnsafeMutableRawPointer, _ bytes: Int) -> UnsafeMutableRawPointer {
    let start = end
    end = start + ((bytes &+ 63) & ~63)
    return start
  }

  @inline(always)
  private static func take(_ end: inout UnsafeMutableRawPointer, _ count: Int) -> UnsafeMutablePointer<Double> {
    advance(&end, count &* 8).assumingMemoryBound(to: Double.self)
  }

  @inline(always)
  private static func take(_ end: inout UnsafeMutableRawPointer, _ count: Int) -> UnsafeMutablePointer<Int32> {
    advance(&end, count &* 4).assumingMemoryBound(to: Int32.self)
  }

  @inline(always)
  private static func take(_ end: inout UnsafeMutableRawPointer, _ count: Int) -> UnsafeMutablePointer<UInt64> {
    advance(&end, count &* 8).assumingMemoryBound(to: UInt64.self)
  }

  @inline(always)
  private static func takeReals(_ end: inout UnsafeMutableRawPointer, _ count: Int) -> UnsafeMutablePointer<Real> {
    advance(&end, count &* MemoryLayout<Real>.size).assumingMemoryBound(to: Real.self)
  }
}

/// Bytes of scratch memory, aligned to 64, for up to `capacity` breakpoints.
public func piecewiseLinearScratchByteCount(_ widths: UnsafePointer<Int32>, _ layers: Int, _ capacity: Int) -> Int {
  PiecewiseLinearScratch(UnsafeMutableRawPointer(bitPattern: 64)!, widths, layers: layers, capacity: capacity).byteCount
}
