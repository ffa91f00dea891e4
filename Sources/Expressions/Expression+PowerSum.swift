import Kernels

extension Expression {
  /// The expression expanded into a sum of powers of `variable`; nil if it is not of that form.
  ///
  /// Recognized are sums, differences and products of power sums, quotients by constants, powers of sums with integer
  /// exponents up to 8, all powers >= 0 of a single term whose coefficient is positive (with integer exponents: any
  /// coefficient), `sqrt` and `abs` of single terms. A subexpression without the variable is evaluated by its program.
  /// Not recognized is what only cancels to a power sum, such as `x^2 / x`, which is not defined at 0.
  ///
  /// Exponents that are not integers are meant on x >= 0, where x^a x^b = x^(a+b) and (x^a)^b = x^(a b) hold; the
  /// ``PowerSum/domain`` of the result says whether it holds for all real x. The coefficients are those of exact
  /// expansion up to rounding in every operation; a high power of a difference, such as `(x - 1)^8` with coefficients
  /// up to 70, is less accurate when evaluated near its zero than the expression is.
  ///
  /// No other variable is left in the expression, as for ``program(of:)``. Nil also if a coefficient overflows or
  /// more than 256 terms arise.
  public func powerSum(in variable: String) -> PowerSum? {
    let others = root.variables.subtracting([variable]).sorted().joined(separator: ", ")
    precondition(others.isEmpty, "a power sum in \(variable) has no values for \(others)")
    return root.powerSum(in: variable)
  }
}

extension Node {
  fileprivate func powerSum(in variable: String) -> PowerSum? {
    guard uses(variable) else { return PowerSum(constant: value) }
    switch self {
    case .number, .pi: return PowerSum(constant: value)
    case .variable: return PowerSum(terms: [PowerSum.Term(coefficient: 1, exponent: 1)])
    case .negation(let operand): return operand.powerSum(in: variable)?.scaled(by: -1)
    case .binary(let symbol, let left, let right):
      guard let first = left.powerSum(in: variable) else { return nil }
      switch symbol {
      case .add: return right.powerSum(in: variable).flatMap { first.adding($0) }
      case .subtract: return right.powerSum(in: variable)?.scaled(by: -1).flatMap { first.adding($0) }
      case .multiply: return right.powerSum(in: variable).flatMap { first.multiplied(by: $0) }
      case .divide: return right.uses(variable) ? nil : first.divided(by: right.value)
      case .power: return right.uses(variable) ? nil : first.raised(to: right.value)
      }
    case .call(.sqrt, let arguments): return arguments[0].powerSum(in: variable)?.raised(to: 0.5)
    case .call(.abs, let arguments): return arguments[0].powerSum(in: variable)?.magnitude
    case .call: return nil
    }
  }

  /// The value of a tree without variables, computed as programs compute it.
  fileprivate var value: Double {
    Expression(root: self).program(of: "").evaluate(at: [0])[0]
  }
}

extension PowerSum {
  private static let termLimit = 256
  /// The largest exponent of a sum of several terms: more would expand into coefficients that cancel badly.
  private static let expandedExponentLimit = 8.0

  fileprivate init?(constant: Double) {
    self.init(finite: [Term(coefficient: constant, exponent: 0)], domain: .allReals)
  }

  /// Nil if a sum of coefficients or an exponent is not finite.
  private init?(finite terms: [Term], domain: Domain) {
    guard terms.allSatisfy({ $0.exponent.isFinite }) else { return nil }
    self.init(terms: terms, domain: domain)
    guard self.terms.count <= Self.termLimit, self.terms.allSatisfy({ $0.coefficient.isFinite }) else { return nil }
  }

  private func common(_ other: PowerSum) -> Domain {
    domain == .allReals && other.domain == .allReals ? .allReals : .nonnegative
  }

  fileprivate func adding(_ other: PowerSum) -> PowerSum? {
    PowerSum(finite: terms + other.terms, domain: common(other))
  }

  fileprivate func scaled(by factor: Double) -> PowerSum? {
    PowerSum(
      finite: terms.map { Term(coefficient: $0.coefficient * factor, exponent: $0.exponent) }, domain: domain)
  }

  fileprivate func divided(by divisor: Double) -> PowerSum? {
    guard divisor.isFinite, divisor != 0 else { return nil }
    return PowerSum(
      finite: terms.map { Term(coefficient: $0.coefficient / divisor, exponent: $0.exponent) }, domain: domain)
  }

  fileprivate func multiplied(by other: PowerSum) -> PowerSum? {
    let products = terms.flatMap { left in
      other.terms.map { right in
        Term(coefficient: left.coefficient * right.coefficient, exponent: left.exponent + right.exponent)
      }
    }
    return PowerSum(finite: products, domain: common(other))
  }

  fileprivate func raised(to power: Double) -> PowerSum? {
    guard power.isFinite, power >= 0 else { return nil }
    let isInteger = power == power.rounded()
    guard let term = terms.first else { return PowerSum(finite: power == 0 ? [.one] : [], domain: domain) }
    if terms.count > 1 {
      guard isInteger, power <= Self.expandedExponentLimit else { return nil }
      var result: PowerSum? = PowerSum(terms: [.one], domain: domain)
      for _ in 0..<Int(power) { result = result?.multiplied(by: self) }
      return result
    }
    guard isInteger || term.coefficient > 0 else { return nil }
    let exponent = term.exponent * power
    // (c x^p)^q with q not an integer is c^q |x|^(p q) for even p, and not real at x < 0 for odd p.
    let holdsEverywhere = isInteger || term.exponent.isEvenInteger && exponent.isEvenInteger
    return PowerSum(
      finite: [Term(coefficient: Self.power(of: term.coefficient, power), exponent: exponent)],
      domain: holdsEverywhere ? domain : .nonnegative)
  }

  /// |c x^p| = |c| x^p on x >= 0, and everywhere for even p.
  fileprivate var magnitude: PowerSum? {
    guard let term = terms.first else { return self }
    guard terms.count == 1 else { return nil }
    return PowerSum(
      terms: [Term(coefficient: term.coefficient.magnitude, exponent: term.exponent)],
      domain: term.exponent.isEvenInteger ? domain : .nonnegative)
  }

  private static func power(of base: Double, _ exponent: Double) -> Double {
    base == 1 ? 1 : Node.binary(.power, .literal(base), .literal(exponent)).value
  }
}

extension PowerSum.Term {
  fileprivate static let one = Self(coefficient: 1, exponent: 0)
}

extension Double {
  fileprivate var isEvenInteger: Bool { truncatingRemainder(dividingBy: 2) == 0 }
}
