import Numerics

/// Whether a point is critical, judged by its Hessian: q = G^T |H|^+ G / 2 estimates how far the risk is from that of
/// the critical point nearby. Moduli of eigenvalues count as at least `cutoff` times the largest, so that the part of
/// the gradient in the near-null space enters q as if its curvature were the smallest that is told from zero; this is
/// free of the scales of parameters and risk.
struct Stationarity {
  private let eigen: SymmetricEigen
  private let components: [Double]
  private let modulus: Double
  private let negativeTolerance: Double
  /// q.
  let decrease: Double

  static let cutoff = 1e-10
  /// Eigenvalues above minus this times the largest modulus count as not negative.
  static let negativeTolerance = 1e-8

  /// - Parameters: gradient and Hessian over the parameters that are free to move, and the share of the largest modulus
  ///   down to which eigenvalues count as not negative.
  init(gradient: [Double], hessian: SymmetricMatrix, negativeTolerance: Double = Self.negativeTolerance) {
    self.negativeTolerance = negativeTolerance
    eigen = SymmetricEigen(hessian)
    components = eigen.components(gradient)
    modulus = max(eigen.values.first?.magnitude ?? 0, eigen.values.last?.magnitude ?? 0)
    let floor = Self.cutoff * modulus
    var sum = 0.0
    for (g, value) in zip(components, eigen.values) where g != 0 { sum += g * g / max(value.magnitude, floor) }
    decrease = 0.5 * sum
  }

  /// 0 where nothing is free to move.
  var smallestEigenvalue: Double { eigen.values.first ?? 0 }

  var negativeEigenvalues: Int { eigen.values.count { $0 < -negativeTolerance * modulus } }

  /// Eigenvalues that are told from 0.
  var positiveEigenvalues: Int { eigen.values.count { $0 > Self.cutoff * modulus } }
}
