import Numerics

/// A function of a few variables, by its expansion of second order.
protocol NewtonProblem {
  func expansion(at point: [Double]) -> Expansion
  /// Where a step from `point` to `target` may end.
  func admissible(_ target: [Double], from point: [Double]) -> [Double]
}

/// Value, gradient and Hessian of a function at a point.
struct Expansion {
  let value: Double
  let gradient: [Double]
  let hessian: SymmetricMatrix
  /// Variables that stay as they are in the next step.
  let isFixed: [Bool]
  /// Positive curvatures that are the units of damping: the diagonal of the Hessian, not less than a thousandth of its
  /// largest entry.
  let scale: [Double]

  init(value: Double, gradient: [Double], hessian: SymmetricMatrix, isFixed: [Bool]) {
    self.value = value
    self.gradient = gradient
    self.hessian = hessian
    self.isFixed = isFixed
    let diagonal = gradient.indices.map { abs(hessian[$0, $0]) }
    let largest = diagonal.reduce(0, max)
    scale = diagonal.map { max($0, 1e-3 * largest, .leastNormalMagnitude) }
  }

  /// The variables that move in the next step.
  var free: [Int] { isFixed.indices.filter { !isFixed[$0] } }

  /// Of the Hessian in the variables that move plus a multiple of `scale`; nil if it is not positive definite.
  func factor(damping: Double) -> CholeskyFactor? {
    let free = self.free
    return CholeskyFactor(
      hessian.restricted(to: free), plus: free.map { damping * scale[$0] }, margins: free.map { 1e-15 * scale[$0] })
  }
}

/// Descent by Newton's method, with the Hessian shifted by a multiple of a positive diagonal matrix where it is not
/// positive definite or its step does not descend (Marquardt, SIAM J. Appl. Math. 11, 1963). Plain arithmetic: the
/// same bits everywhere.
struct NewtonDescent<Problem: NewtonProblem> {
  let problem: Problem
  private(set) var point: [Double]
  private(set) var expansion: Expansion
  /// The decrease that the last step promised, from the value it started at.
  private(set) var promised = Double.infinity
  private var damping = 1e-3

  init(_ problem: Problem, from start: [Double]) {
    self.problem = problem
    point = problem.admissible(start, from: start)
    expansion = problem.expansion(at: point)
  }

  /// Makes up to `count` steps, also those that are refused because the value did not fall.
  ///
  /// - Returns: whether nothing is left to gain but rounding.
  @discardableResult
  mutating func run(steps count: Int) -> Bool {
    for _ in 0..<count {
      guard let step = step() else { return true }
      let target = end(of: step)
      guard target != point else { return true }
      let next = problem.expansion(at: target)
      if next.value < expansion.value {
        let decrease = expansion.value - next.value
        point = target
        expansion = next
        if decrease <= 0x1p-50 * next.value && damping <= 1e-6 { return true }
        damping = damping <= 1e-8 ? 0 : damping / 32
      } else {
        if promised <= 0x1p-50 * expansion.value { return true }
        damping = max(8 * damping, 1e-4)
        if damping > 1e9 { return true }
      }
    }
    return false
  }

  /// Newton steps that the values, rounded as they are, no longer justify: towards the zero of the gradient, as long
  /// as what they promise falls and the value does not rise by more than rounding.
  mutating func sharpen() {
    damping = 0
    guard let first = step() else { return }
    var next = first
    for _ in 0..<8 {
      let (before, promise) = (self, promised)
      point = end(of: next)
      expansion = problem.expansion(at: point)
      guard damping == 0, expansion.value <= before.expansion.value * (1 + 1e-12), let step = step(), damping == 0,
        promised < 0.25 * promise
      else {
        self = before
        return
      }
      next = step
    }
  }

  /// Whether the Hessian in the variables that are not fixed is positive definite, its smallest pivot relative to
  /// `scale` above `tolerance`.
  func isStrictMinimum(tolerance: Double) -> Bool {
    expansion.factor(damping: -tolerance) != nil
  }

  private func end(of step: [Double]) -> [Double] {
    problem.admissible(zip(point, step).map { $0 + $1 }, from: point)
  }

  /// The next step; nil where all variables are fixed or the gradient is 0. Raises the damping until there is one.
  private mutating func step() -> [Double]? {
    let free = expansion.free
    guard free.contains(where: { expansion.gradient[$0] != 0 }) else { return nil }
    while damping < 1e12 {
      if let factor = expansion.factor(damping: damping) {
        let solution = factor.solve(free.map { -expansion.gradient[$0] })
        var step = [Double](repeating: 0, count: point.count)
        promised = 0
        for (place, i) in free.enumerated() {
          step[i] = solution[place]
          promised -= 0.5 * solution[place] * expansion.gradient[i]
        }
        return step
      }
      damping = max(8 * damping, 1e-4)
    }
    return nil
  }
}
