/// A real function of named variables that a user writes in a study file, such as `x^4 * sin(x)`.
///
/// | written | meaning |
/// |---|---|
/// | `1`, `.5`, `1e-3` | numbers, rounded to binary64 |
/// | `pi` | the number pi, rounded to binary64 |
/// | `a + b`, `a - b` | sum and difference, from left to right |
/// | `a * b`, `a / b` | product and quotient, from left to right; the `*` is always written |
/// | `-a` | binds like a factor: `-x * y` is `(-x) * y` |
/// | `a^b` | power, from right to left, before the minus on its left: `-x^2` is `-(x^2)`; `2^-1` is allowed |
/// | `sin(a)` `cos` `tan` `exp` `log` `sqrt` `abs` `tanh` `floor` | functions of one argument; `log` is natural |
/// | `min(a, b)` `max` | functions of two arguments |
///
/// Two expressions are equal if they have the same tree, so if they have the same ``text``: `2*x` equals `2 * (x)`
/// and differs from `x + x`.
public struct Expression: Sendable, Hashable {
  var root: Node

  init(root: Node) { self.root = root }

  /// The expression that is `value` everywhere. The value is finite.
  public init(constant value: Double) {
    precondition(value.isFinite, "the constant of an expression is finite")
    root = .literal(value)
  }

  /// This expression with the number `value`, which is finite, in place of the variable `name`.
  public func substituting(_ name: String, _ value: Double) -> Expression {
    precondition(value.isFinite, "a variable is replaced by a finite number")
    return Expression(root: root.replacing(name, by: .literal(value)))
  }

  /// This expression with the variable `other` in place of the variable `name`.
  public func renaming(_ name: String, to other: String) -> Expression {
    Expression(root: root.replacing(name, by: .variable(other)))
  }

  /// The numbers, names and operations of the expression.
  public var size: Int { root.size }

  /// The names of the variables that occur in it.
  public var variables: Set<String> { root.variables }

  /// Whether the variable `name` occurs in the expression (even where it cancels, as in `x - x`).
  public func uses(_ name: String) -> Bool { root.uses(name) }
}
