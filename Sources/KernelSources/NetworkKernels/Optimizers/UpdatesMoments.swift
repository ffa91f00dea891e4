/// The decaying averages of Adam and its kin: m of the gradients in slot 0, s of their squares in slot 1. Coefficients
/// 1 to 4: beta1, 1 - beta1, beta2, 1 - beta2.
struct DecayingMoments {
  let averages: UnsafeMutablePointer<Real>
  let squares: UnsafeMutablePointer<Real>
  let beta1: Reals
  let weight1: Reals
  let beta2: Reals
  let weight2: Reals

  @inline(always)
  init(_ update: UpdateArguments) {
    averages = update.slot(0)
    squares = update.slot(1)
    beta1 = update.coefficient(1)
    weight1 = update.coefficient(2)
    beta2 = update.coefficient(3)
    weight2 = update.coefficient(4)
  }

  /// m = beta1 * m + (1 - beta1) * g at `i`.
  @inline(always)
  func average(_ g: Reals, _ i: Int) -> Reals {
    let m = flushed(load(UnsafePointer(averages), i) * beta1 + g * weight1)
    store(m, averages, i)
    return m
  }

  /// s = beta2 * s + (1 - beta2) * g^2 at `i`.
  @inline(always)
  func square(_ g: Reals, _ i: Int) -> Reals {
    let s = flushed(load(UnsafePointer(squares), i) * beta2 + g * weight2 * g)
    store(s, squares, i)
    return s
  }
}
