/// A sum of terms c x^p with real exponents p >= 0, such as `x^2 + 2*x` or `2*sqrt(x) - x/3`.
public struct PowerSum: Sendable, Hashable {
  public struct Term: Sendable, Hashable {
    public var coefficient: Double
    public var exponent: Double

    public init(coefficient: Double, exponent: Double) {
      self.coefficient = coefficient
      self.exponent = exponent
    }
  }

  /// The numbers x at which the sum equals the expression that it came from.
  public enum Domain: Sendable, Hashable {
    /// All real numbers.
    case allReals
    /// x >= 0 only. So it is for every sum with an exponent that is no integer, and for sums with integer exponents
    /// that come from such powers: `sqrt(x) * sqrt(x)` and `(x^2)^0.5` are both x here.
    case nonnegative
  }

  /// Sorted by exponent; exponents differ and are finite and not negative; coefficients are finite and not 0.
  /// Empty for the function 0.
  public let terms: [Term]
  public let domain: Domain

  /// The sum of `terms` in any order: equal exponents are added up, zero coefficients left out.
  ///
  /// The domain becomes ``Domain/nonnegative`` where an exponent is no integer. Exponents are finite and not negative.
  public init(terms: [Term], domain: Domain = .allReals) {
    precondition(
      terms.allSatisfy { $0.exponent >= 0 && $0.exponent.isFinite }, "the exponents of a power sum are >= 0")
    var merged: [Term] = []
    // Coefficients of one exponent are added in the order given: the sort by (exponent, place) keeps it.
    let sorted = terms.enumerated().sorted {
      ($0.element.exponent, $0.offset) < ($1.element.exponent, $1.offset)
    }
    for (_, term) in sorted {
      if merged.last?.exponent == term.exponent {
        merged[merged.count - 1].coefficient += term.coefficient
      } else {
        merged.append(term)
      }
    }
    self.terms = merged.filter { $0.coefficient != 0 }
    let hasRoots = merged.contains { $0.exponent != $0.exponent.rounded() }
    self.domain = hasRoots ? .nonnegative : domain
  }

  /// Whether the sum is a polynomial that equals its expression on all real numbers.
  public var isPolynomial: Bool { domain == .allReals }

  /// The largest exponent; 0 for a constant, 0 itself included.
  public var degree: Double { terms.last?.exponent ?? 0 }
}
