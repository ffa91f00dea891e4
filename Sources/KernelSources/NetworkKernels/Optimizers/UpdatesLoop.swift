// What the update rules share; one file a rule. No rule uses a fused multiply-add: the same bits at every level.

#if DOUBLE_PRECISION
  private typealias RealBits = SIMD8<UInt64>
  private let magnitudeBits: UInt64 = 0x7fff_ffff_ffff_ffff
  private let smallestNormal: Real = 0x1p-1022
#else
  private typealias RealBits = SIMD16<UInt32>
  private let magnitudeBits: UInt32 = 0x7fff_ffff
  private let smallestNormal: Real = 0x1p-126
#endif

/// What a rule reads and writes.
struct UpdateArguments {
  let parameters: UnsafeMutablePointer<Real>
  let gradient: UnsafePointer<Real>
  let state: UnsafeMutablePointer<Real>
  let stateStride: Int
  let count: Int
  let coefficients: UnsafePointer<Double>

  /// Numbers that the optimizer keeps, one for each parameter; slot 0, 1, ...
  @inline(always)
  func slot(_ index: Int) -> UnsafeMutablePointer<Real> { state + index &* stateStride }

  /// A coefficient, rounded to the precision.
  @inline(always)
  func coefficient(_ index: Int) -> Reals { Reals(repeating: roundedCoefficient(coefficients, index)) }

  /// A coefficient that keeps a denominator from being 0: at least the smallest normal number of the precision.
  @inline(always)
  func positiveCoefficient(_ index: Int) -> Reals {
    let value = roundedCoefficient(coefficients, index)
    return Reals(repeating: value > smallestNormal ? value : smallestNormal)
  }
}

/// Not inlined: LLVM would convert neighbouring coefficients as a pair, and then split the vectors of the loops that
/// use them.
@inline(never)
func roundedCoefficient(_ coefficients: UnsafePointer<Double>, _ index: Int) -> Real { Real(coefficients[index]) }

/// What a rule adds to its check for each vector `x`: 0 in the lanes where `x` is finite, NaN in the others.
@inline(always)
func notFinite(_ x: Reals) -> Reals { x - x }

/// A bit for each lane in which a check, 0 or NaN, is NaN.
@inline(always)
func failedLanes(_ check: Reals) -> UInt32 {
  #if DOUBLE_PRECISION
    let four = firstHalf(check) + secondHalf(check)
  #else
    let eight = firstHalf(check) + secondHalf(check)
    let four = firstHalf(eight) + secondHalf(eight)
  #endif
  let two = firstHalf(four) + secondHalf(four)
  if two[0] + two[1] == 0 { return 0 }
  var failed: UInt32 = 0
  for lane in 0..<realLanes where !(check[lane] == 0) {
    failed |= 1 &<< UInt32(truncatingIfNeeded: lane)
  }
  return failed
}

@inline(always)
func magnitude(_ x: Reals) -> Reals {
  unsafeBitCast(unsafeBitCast(x, to: RealBits.self) & RealBits(repeating: magnitudeBits), to: Reals.self)
}

/// `x`, with 0 in place of subnormal numbers.
///
/// Averages that decay, as those of a neuron that died, would stay subnormal for ever (the smallest numbers times 0.9
/// round to themselves), and many processors take a hundred cycles for a product with a subnormal number.
@inline(always)
func flushed(_ x: Reals) -> Reals {
  x.replacing(with: 0, where: magnitude(x) .< Reals(repeating: smallestNormal))
}

/// The larger number of each lane.
@inline(always)
func larger(_ a: Reals, _ b: Reals) -> Reals { a.replacing(with: b, where: b .> a) }
