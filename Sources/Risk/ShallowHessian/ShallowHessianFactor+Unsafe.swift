import Numerics

/// The Cholesky factorization of s I + H over the trained parameters.
public struct ShallowHessianFactor: LinearSolver {
  private let hessian: ShallowHessian
  private let shift: Double
  private let pivots: [Pivot]

  /// Of S = L L^T: 1 over the diagonal of L, what is below it, and the columns of Z L^-T.
  struct Pivot {
    var inverse = SIMD3<Double>.zero
    var l10 = 0.0
    var l20 = 0.0
    var l21 = 0.0
    var w0 = ShallowHessian.Features.zero
    var w1 = ShallowHessian.Features.zero
    var w2 = ShallowHessian.Features.zero
  }

  /// Nil where s I + H is not positive definite (or not finite).
  public init?(_ hessian: ShallowHessian, shift: Double) {
    guard let pivots = Self.factor(hessian, shift: shift) else { return nil }
    self.hessian = hessian
    self.shift = shift
    self.pivots = pivots
  }

  private static func factor(_ hessian: ShallowHessian, shift: Double) -> [Pivot]? {
    let (steps, kinkCount) = (hessian.steps, hessian.kinkCount)
    var pivots: [Pivot] = []
    pivots.reserveCapacity(steps.count)
    var root = FeatureRoot()
    for i in steps.indices {
      if i <= kinkCount { root.move(hessian.transitions[i]) }
      let step = steps[i]
      guard step.isTrained else {
        pivots.append(Pivot())
        continue
      }
      let (a0, a1, a2) = (root.features(step.q0), root.features(step.q1), root.features(step.q2))
      let s00 = shift * step.mask[0] + step.d00 - dot(a0, a0)
      let s10 = step.d10 - dot(a1, a0)
      let s11 = shift * step.mask[1] + step.d11 - dot(a1, a1)
      let s20 = step.d20 - dot(a2, a0)
      let s21 = step.d21 - dot(a2, a1)
      let s22 = shift * step.mask[2] + step.d22 - dot(a2, a2)

      let i0 = 1 / s00.squareRoot()
      let (l10, l20) = (s10 * i0, s20 * i0)
      let r11 = s11 - l10 * l10
      let i1 = 1 / r11.squareRoot()
      let l21 = (s21 - l20 * l10) * i1
      let r22 = s22 - l20 * l20 - l21 * l21
      let i2 = 1 / r22.squareRoot()
      guard s00 > 0, r11 > 0, r22 > 0, s00 + s11 + s22 < .infinity else { return nil }
      let w0 = i0 * (step.q0 - root.combine(a0))
      let w1 = i1 * (step.q1 - root.combine(a1) - l10 * w0)
      let w2 = i2 * (step.q2 - root.combine(a2) - l20 * w0 - l21 * w1)
      pivots.append(Pivot(inverse: SIMD3(i0, i1, i2), l10: l10, l20: l20, l21: l21, w0: w0, w1: w1, w2: w2))
      // Right of all cells the last two features are zero.
      root.add(w0, w1, w2, isLeft: i >= kinkCount)
    }
    return pivots
  }

  /// The solution over all parameters; 0 at those that are not trained.
  public func solve(_ rightSide: [Double]) -> [Double] {
    precondition(rightSide.count == hessian.parameterCount)
    let (steps, transitions, kinkCount) = (hessian.steps, hessian.transitions, hessian.kinkCount)
    var x = [Double](repeating: 0, count: hessian.parameterCount)
    x.withUnsafeMutableBufferPointer { x in
      rightSide.withUnsafeBufferPointer { rightSide in
        var before = ShallowHessian.Features.zero
        for i in steps.indices {
          if i <= kinkCount { before = transitions[i].apply(before) }
          let (step, pivot) = (steps[i], pivots[i])
          let r = step.gather(rightSide) - step.features(before)
          let y0 = r[0] * pivot.inverse[0]
          let y1 = (r[1] - pivot.l10 * y0) * pivot.inverse[1]
          let y2 = (r[2] - pivot.l20 * y0 - pivot.l21 * y1) * pivot.inverse[2]
          before += pivot.w0 * y0 + pivot.w1 * y1 + pivot.w2 * y2
          step.scatter(SIMD3(y0, y1, y2), to: x)
        }
      }
      Self.substituteBackwards(hessian, pivots, from: steps.count, .zero, x)
    }
    return x
  }

  /// Solves with the transposed factor up to a step.
  ///
  /// - Parameter features: What the ones from there on contribute.
  private static func substituteBackwards(
    _ hessian: ShallowHessian, _ pivots: [Pivot], from end: Int, _ features: ShallowHessian.Features,
    _ x: UnsafeMutableBufferPointer<Double>
  ) {
    let (steps, transitions, kinkCount) = (hessian.steps, hessian.transitions, hessian.kinkCount)
    var after = features
    for i in (0..<end).reversed() {
      let (step, pivot) = (steps[i], pivots[i])
      let y = step.gather(UnsafeBufferPointer(x))
      let x2 = (y[2] - dot(pivot.w2, after)) * pivot.inverse[2]
      let x1 = (y[1] - dot(pivot.w1, after) - pivot.l21 * x2) * pivot.inverse[1]
      let x0 = (y[0] - dot(pivot.w0, after) - pivot.l10 * x1 - pivot.l20 * x2) * pivot.inverse[0]
      let solved = SIMD3(x0, x1, x2)
      step.scatter(solved, to: x)
      after += step.combine(solved)
      if i <= kinkCount { after = transitions[i].applyTransposed(after) }
    }
  }
}

/// The upper triangular root V of the covariance P = V V^T of features, as columns.
private struct FeatureRoot {
  typealias Features = ShallowHessian.Features
  private var column0 = Features.zero
  private var column1 = Features.zero
  private var column2 = Features.zero
  private var column3 = Features.zero

  /// V^T q.
  @inline(always)
  func features(_ q: Features) -> Features {
    Features(column0[0] * q[0], dot(column1, q), dot(column2, q), dot(column3, q))
  }

  /// V a.
  @inline(always)
  func combine(_ a: Features) -> Features {
    column0 * a[0] + column1 * a[1] + (column2 * a[2] + column3 * a[3])
  }

  /// V becomes T V.
  @inline(always)
  mutating func move(_ t: ShallowHessian.Transition) {
    column3 = t.apply(column3)
    column2 = t.column0 * column2[0] + t.column1 * column2[1] + t.column2 * column2[2]
    column1 = t.column0 * column1[0] + t.column1 * column1[1]
    column0 = t.column0 * column0[0]
  }

  /// P becomes P + w0 w0^T + w1 w1^T + w2 w2^T: reflections of the columns of (V, w0, w1, w2) move the entries of the
  /// w into V, from the last row on.
  @inline(always)
  mutating func add(_ w0: Features, _ w1: Features, _ w2: Features, isLeft: Bool) {
    var (w0, w1, w2) = (w0, w1, w2)
    if !isLeft {
      Self.reflect(&column3, &w0, &w1, &w2, row: 3)
      Self.reflect(&column2, &w0, &w1, &w2, row: 2)
    }
    Self.reflect(&column1, &w0, &w1, &w2, row: 1)
    Self.reflect(&column0, &w0, &w1, &w2, row: 0)
  }

  @inline(always)
  private static func reflect(
    _ column: inout Features, _ w0: inout Features, _ w1: inout Features, _ w2: inout Features, row: Int
  ) {
    let (a, x0, x1, x2) = (column[row], w0[row], w1[row], w2[row])
    let rest = x0 * x0 + x1 * x1 + x2 * x2
    if rest == 0 { return }
    let norm = (a * a + rest).squareRoot()
    let head = a < 0 ? a - norm : a + norm
    let scaled = (column * head + w0 * x0 + (w1 * x1 + w2 * x2)) / (norm * head.magnitude)
    column -= head * scaled
    w0 -= x0 * scaled
    w1 -= x1 * scaled
    w2 -= x2 * scaled
    // Exactly zero where the row is now.
    w0[row] = 0
    w1[row] = 0
    w2[row] = 0
  }
}
