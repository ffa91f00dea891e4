import Numerics

/// The angle between two unit vectors (or 0, with some angle), in pure arithmetic and accurate for small angles and
/// near pi too.
struct VectorAngle {
  let cosine: Double
  let sine: Double
  /// pi minus the angle, from 0 to pi.
  let supplement: Double

  /// The first vector stands at `first` in `vectors`, the other at `second` in `others`.
  ///
  /// The sine is the distance of the second vector from the line of the first: for nearly parallel vectors it has the
  /// digits that 1 - cos^2 has lost.
  init(_ vectors: [Double], at first: Int, _ others: [Double], at second: Int, dimension: Int) {
    var product = 0.0
    for k in 0..<dimension { product += vectors[first + k] * others[second + k] }
    cosine = product
    sine = (0..<dimension).lazy.map { others[second + $0] - product * vectors[first + $0] }.euclideanNorm
    let acute = Self.angle(sine: sine, cosine: product.magnitude)
    supplement = product < 0 ? acute : .pi - acute
  }

  /// The angle from 0 to pi/2 with sine and cosine in this ratio, within 3 ulp.
  private static func angle(sine: Double, cosine: Double) -> Double {
    // A vector that is 0 has no angle.
    guard sine + cosine > 0 else { return .pi / 2 }
    // The tangents of half and of a quarter of the angle, the latter at most tan(pi/8).
    let half = sine / (cosine + (cosine * cosine + sine * sine).squareRoot())
    let quarter = half / (1 + (1 + half * half).squareRoot())
    // atan(y) = y + y z p(z), z = y^2: a polynomial that interpolates in Chebyshev points, relative error 2^-57.
    let z = quarter * quarter
    var p = Self.arctangent[Self.arctangent.count - 1]
    for coefficient in Self.arctangent.dropLast().reversed() { p = coefficient + p * z }
    return 4 * (quarter + quarter * z * p)
  }

  private static let arctangent = [
    -0.3333333333333333, 0.1999999999999552, -0.14285714284666542, 0.11111111015256361, -0.09090904578123903,
    0.07692183190826087, -0.06664511447381948, 0.0585814891280221, -0.0508544973794026, 0.03923165829558719,
    -0.01917688711906226,
  ]
}
