// The precision of parameters and gradients. Files that use `Real` are compiled twice for each kernel level: into the
// modules of single precision, and into those of double precision, which define DOUBLE_PRECISION.

#if DOUBLE_PRECISION
  typealias Real = Double
  /// One cache line of numbers: the lanes of a dense kernel.
  typealias Reals = SIMD8<Double>
#else
  typealias Real = Float
  /// One cache line of numbers: the lanes of a dense kernel.
  typealias Reals = SIMD16<Float>
#endif

/// Lanes of a vector of `Real`: 16 in single and 8 in double precision, at every kernel level.
let realLanes = 64 / MemoryLayout<Real>.size

/// sum + a * b: fused where the level has the instruction. The baseline level rounds twice.
@inline(always)
func multiplyAdd(_ sum: Reals, _ a: Reals, _ b: Reals) -> Reals {
  #if FUSED_MULTIPLY_ADD
    sum.addingProduct(a, b)
  #else
    sum + a * b
  #endif
}

/// Layers are padded to multiples of 16 neurons in both precisions, with weights and biases 0: neurons of the padding
/// have no gradient, and whatever a rule multiplies parameters by, they stay 0.
@inline(always)
public func paddedWidth(_ width: Int) -> Int { (width &+ 15) & ~15 }
