import Expressions

/// Learning rates by name: functions of the step n = 0, 1, ... that stand for expressions.
///
/// Formulas are those of the schedulers of PyTorch that are named with them, where the step of PyTorch's is n.
public enum Schedule: Sendable, Hashable {
  /// `rate` at every step.
  case constant(rate: Double)
  /// initial * factor^floor(n / every): PyTorch's `StepLR`.
  case stepDecay(initial: Double, factor: Double, every: Int)
  /// final + (initial - final) * (1 - min(n, steps) / steps)^power: PyTorch's `PolynomialLR` for final = 0. It stays at
  /// `final` from step `steps` on.
  case polynomialDecay(initial: Double, final: Double, power: Double, steps: Int)
  /// final + (initial - final) * (1 + cos(pi * min(n, steps) / steps)) / 2: PyTorch's `CosineAnnealingLR` up to step
  /// `steps` (Loshchilov and Hutter, arXiv:1608.03983, equation 5, without restarts). It stays at `final` from there
  /// on, where PyTorch's rises again.
  case cosine(initial: Double, final: Double, steps: Int)
  /// first * (r^((m + 1) / steps) - r^(m / steps)), m = min(n, steps - 1), r = 1 + total / first: rates that grow
  /// geometrically, with the sum `total` after `steps` steps, and stay there. As flow times: the first steps end at about
  /// first * ln(r) / steps and its multiples, those behind `first` are equally far from each other on a logarithmic axis.
  case geometric(total: Double, first: Double, steps: Int)
  /// min((n + 1) / steps, 1) times another schedule: linear warm-up, the same as PyTorch's `LinearLR` with
  /// start_factor = 1 / steps and total_iters = steps - 1 (for steps > 1) times the other. The other does not wait: it
  /// starts at n = 0 too.
  indirect case warmUp(steps: Int, then: Schedule)
  /// Any other expression in n.
  case expression(Expression)

  /// The `first` of a geometric schedule that names none.
  public static let defaultFirstTime = 1e-3

  /// The schedule as an expression in n.
  ///
  /// - Precondition: rates are finite and not negative; factors and powers are finite and positive; `every` and
  ///   `steps` are positive.
  public var expression: Expression {
    if case .expression(let expression) = self { return expression }
    // The text is built from numbers and the words below only; its other variables come from `expression`.
    return try! Expression(parsing: text, variables: ["n", "h"])
  }

  private var text: String {
    switch self {
    case .constant(let rate): return Self.text(rate)
    case .stepDecay(let initial, let factor, let every):
      precondition(factor > 0 && every > 0)
      return "\(Self.text(initial)) * \(Self.text(factor))^floor(n / \(every))"
    case .polynomialDecay(let initial, let final, let power, let steps):
      precondition(power > 0 && steps > 0)
      return Self.text(from: initial, to: final, by: "(1 - min(n, \(steps)) / \(steps))^\(Self.text(power))")
    case .cosine(let initial, let final, let steps):
      precondition(steps > 0)
      return Self.text(from: initial, to: final, by: "(1 + cos(pi * min(n, \(steps)) / \(steps))) / 2")
    case .geometric(let total, let first, let steps):
      precondition(steps > 0 && total > 0 && first > 0)
      let ratio = Self.text(min(1 + total / first, .greatestFiniteMagnitude))
      return
        "\(Self.text(first)) * (\(ratio)^(min(n + 1, \(steps)) / \(steps)) - \(ratio)^(min(n, \(steps - 1)) / \(steps)))"
    case .warmUp(let steps, let then):
      precondition(steps > 0)
      return "min((n + 1) / \(steps), 1) * (\(then.text))"
    case .expression(let expression): return expression.text
    }
  }

  /// A number in the shortest form that reads back as the same number.
  private static func text(_ number: Double) -> String {
    precondition(number >= 0 && number.isFinite)
    return Expression(constant: number).text
  }

  private static func text(from initial: Double, to final: Double, by decay: String) -> String {
    final == 0
      ? "\(text(initial)) * \(decay)" : "\(text(final)) + (\(text(initial)) - \(text(final))) * \(decay)"
  }
}
