/// Runs `iterations` rounds of 32 independent multiply-adds on 16 lanes in single precision: 1024 floating-point
/// operations a round. A level with fused multiply-add uses it. The result only keeps the work alive.
public func multiplyAddRounds(_ iterations: Int) -> Float {
  let factor = Floats(repeating: 0.999_999)
  let term = Floats(repeating: 1e-6)
  var a = Floats(repeating: 0.1)
  var b = Floats(repeating: 0.2)
  var c = Floats(repeating: 0.3)
  var d = Floats(repeating: 0.4)
  var e = Floats(repeating: 0.5)
  var f = Floats(repeating: 0.6)
  var g = Floats(repeating: 0.7)
  var h = Floats(repeating: 0.8)
  for _ in 0..<iterations &* 4 {
    a = fused(a, factor, term)
    b = fused(b, factor, term)
    c = fused(c, factor, term)
    d = fused(d, factor, term)
    e = fused(e, factor, term)
    f = fused(f, factor, term)
    g = fused(g, factor, term)
    h = fused(h, factor, term)
  }
  let sum = (a + b) + (c + d) + (e + f) + (g + h)
  return sum[0] + sum[15]
}

@inline(always)
private func fused(_ a: Floats, _ b: Floats, _ c: Floats) -> Floats {
  #if FUSED_MULTIPLY_ADD
    c.addingProduct(a, b)
  #else
    a * b + c
  #endif
}
