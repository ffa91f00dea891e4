import Problems

extension Problem {
  /// About the most points at which the target is computed before the first trial.
  var targetPoints: Int {
    switch inputs {
    case .data(let data): data.count
    case .law(let law):
      switch law.dimension {
      // Adaptive quadrature, and product quadrature until it gives up.
      case 1: 1 << 17
      case 2: 1 << 16
      case 3: 1 << 18
      default: evaluationPoints
      }
    }
  }
}

extension Target {
  /// What a point costs besides its target.
  private static let costOfPoint = 40

  /// About the time that it takes at a point, in operations of an expression.
  var cost: Int {
    switch self {
    case .expression(let expression): return Self.costOfPoint + expression.size
    // Sums of products run through them many at a time.
    case .piecewisePolynomial(let polynomial):
      return Self.costOfPoint + polynomial.pieces.reduce(0) { $0 + $1.count } / 16
    case .affine(let weights, _): return Self.costOfPoint + weights.count
    case .teacher(let teacher):
      let architecture = teacher.architecture
      let functions = architecture.activation.facts.isPiecewiseAffine ? 0 : 4 * architecture.hidden.reduce(0, +)
      return Self.costOfPoint + architecture.parameterCount / 4 + functions
    }
  }
}
