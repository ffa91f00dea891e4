/// Nodes and weights on [-1, 1].
public struct QuadratureRule: Sendable {
  public let nodes: [Double]
  public let weights: [Double]
  /// Weights, at the same nodes, of a rule of lower order; the difference of the two estimates the error of the lower
  /// one. Nil where the rule is exact for the integrands it is used with.
  public let lowerOrderWeights: [Double]?

  /// The Gauss-Legendre rule with n nodes: exact for polynomials of degree 2 n - 1. The nodes are the zeros of P_n by
  /// Newton's method from the estimate cos(pi (i - 1/4) / (n + 1/2)) (Abramowitz and Stegun 22.16.6).
  public static func gaussLegendre(_ n: Int) -> QuadratureRule {
    precondition(n >= 1)
    var nodes: [Double] = []
    var weights: [Double] = []
    for i in 1...n {
      var x = cosine(Double.pi * (Double(i) - 0.25) / (Double(n) + 0.5))
      var derivative = 1.0
      for _ in 0..<8 {
        var previous = 1.0
        var current = x
        for k in 1..<max(n, 1) where n > 1 {
          let next = (Double(2 * k + 1) * x * current - Double(k) * previous) / Double(k + 1)
          previous = current
          current = next
        }
        derivative = Double(n) * (x * current - previous) / (x * x - 1)
        x -= current / derivative
      }
      nodes.append(x)
      weights.append(2 / ((1 - x * x) * derivative * derivative))
    }
    return QuadratureRule(nodes: nodes.reversed(), weights: weights.reversed(), lowerOrderWeights: nil)
  }

  /// The cosine of an angle from 0 to pi within 1.07 ulp: reduction and coefficients of fdlibm (Sun Microsystems, 1993)
  /// in multiplications and additions, so that the nodes have the same bits on every machine.
  private static func cosine(_ x: Double) -> Double {
    // pi/2 in three parts, the first two of 33 bits: their products with small integers are exact.
    let quadrant = (x * 6.36619772367581382433e-01).rounded(.toNearestOrEven)
    let t = x - quadrant * 1.57079632673412561417e+00
    let w0 = quadrant * 6.07710050630396597660e-11
    let r = t - w0
    let w = quadrant * 2.02226624879595063154e-21 - ((t - r) - w0)
    let y = r - w
    let tail = (r - y) - w

    let z = y * y
    if quadrant == 1 {
      let v = z * y
      var p = z * 1.58969099521155010221e-10 - 2.50507602534068634195e-08
      p = p * z + 2.75573137070700676789e-06
      p = p * z - 1.98412698298579493134e-04
      p = p * z + 8.33333333332248946124e-03
      return -(y - ((z * (0.5 * tail - v * p) - tail) - v * -1.66666666666666324348e-01))
    }
    var q = z * -1.13596475577881948265e-11 + 2.08757232129817482790e-09
    q = q * z - 2.75573143513906633035e-07
    q = q * z + 2.48015872894767294178e-05
    q = q * z - 1.38888888888741095749e-03
    q = q * z + 4.16666666666666019037e-02
    let halfSquare = 0.5 * z
    let one = 1 - halfSquare
    let value = one + (((1 - one) - halfSquare) + (z * (z * q) - y * tail))
    return quadrant == 0 ? value : -value
  }

  /// The Kronrod rule with 21 nodes and the Gauss rule with 10 of them (QUADPACK, routine QK21).
  public static let gaussKronrod21: QuadratureRule = {
    let positive = [
      0.995657163025808080735527280689003, 0.973906528517171720077964012084452, 0.930157491355708226001207180059508,
      0.865063366688984510732096688423493, 0.780817726586416897063717578345042, 0.679409568299024406234327365114874,
      0.562757134668604683339000099272694, 0.433395394129247190799265943165784, 0.294392862701460198131126603103866,
      0.148874338981631210884826001129720,
    ]
    let kronrod = [
      0.011694638867371874278064396062192, 0.032558162307964727478818972459390, 0.054755896574351996031381300244580,
      0.075039674810919952767043140916190, 0.093125454583697605535065465083366, 0.109387158802297641899210590325805,
      0.123491976262065851077958109831074, 0.134709217311473325928054001771707, 0.142775938577060080797094273138717,
      0.147739104901338491374841515972068,
    ]
    let gauss = [
      0, 0.066671344308688137593568809893332, 0, 0.149451349150580593145776339657697, 0,
      0.219086362515982043995534934228163, 0, 0.269266719309996355091226921569469, 0,
      0.295524224714752870173892994651338,
    ]
    return QuadratureRule(
      nodes: positive.map { -$0 } + [0] + positive.reversed(),
      weights: kronrod + [0.149445554002916905664936468389821] + kronrod.reversed(),
      lowerOrderWeights: gauss + [0] + gauss.reversed())
  }()
}
