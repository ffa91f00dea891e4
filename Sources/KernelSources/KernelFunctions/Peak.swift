/// Runs `iterations` rounds of 32 independent multiply-adds on 16 lanes in single precision: 1024 floating-point
/// operations a round. A level with fused multiply-add uses it. The result only keeps the work alive.
public func multiplyAddRounds(_ iterations: Int) -> Float {
  #if WIDE_REGISTERS
    let sums = chains(iterations &* 4, 0.1)
    return sums[0] + sums[15]
  #else
    // All eight chains at once would not fit into 16 registers of half the width.
    let first = fourChains(iterations &* 4, 0.1)
    let second = fourChains(iterations &* 4, 0.5)
    return (first + second)[0] + (first + second)[15]
  #endif
}

#if WIDE_REGISTERS
  @inline(always)
  private func chains(_ iterations: Int, _ start: Float) -> Floats {
    let factor = Floats(repeating: 0.999_999)
    let term = Floats(repeating: 1e-6)
    var a = Floats(repeating: start)
    var b = Floats(repeating: start + 0.1)
    var c = Floats(repeating: start + 0.2)
    var d = Floats(repeating: start + 0.3)
    var e = Floats(repeating: start + 0.4)
    var f = Floats(repeating: start + 0.5)
    var g = Floats(repeating: start + 0.6)
    var h = Floats(repeating: start + 0.7)
    for _ in 0..<iterations {
      a = fused(a, factor, term)
      b = fused(b, factor, term)
      c = fused(c, factor, term)
      d = fused(d, factor, term)
      e = fused(e, factor, term)
      f = fused(f, factor, term)
      g = fused(g, factor, term)
      h = fused(h, factor, term)
    }
    return (a + b) + (c + d) + (e + f) + (g + h)
  }
#else
  @inline(always)
  private func fourChains(_ iterations: Int, _ start: Float) -> Floats {
    let factor = Floats(repeating: 0.999_999)
    let term = Floats(repeating: 1e-6)
    var a = Floats(repeating: start)
    var b = Floats(repeating: start + 0.1)
    var c = Floats(repeating: start + 0.2)
    var d = Floats(repeating: start + 0.3)
    for _ in 0..<iterations {
      a = fused(a, factor, term)
      b = fused(b, factor, term)
      c = fused(c, factor, term)
      d = fused(d, factor, term)
    }
    return (a + b) + (c + d)
  }
#endif

@inline(always)
private func fused(_ a: Floats, _ b: Floats, _ c: Floats) -> Floats {
  #if FUSED_MULTIPLY_ADD
    c.addingProduct(a, b)
  #else
    a * b + c
  #endif
}
