import Kernels
import Numerics

/// The form B of ``LineCurvature``: 2 int y^2 p plus what moving breakpoints contribute, block tridiagonal.
struct LineForm: Sendable {
  private struct Kink {
    /// The piece left of the breakpoint.
    let piece: Int
    /// The breakpoint minus the middles of the pieces on either side.
    let offsetLeft: Double
    let offsetRight: Double
    /// c.
    let factor: Double
  }

  private let count: Int
  /// Twice the integrals of p, (x - m) p and (x - m)^2 p over the pieces.
  private let moments: [SIMD4<Double>]
  private let kinks: [Kink]

  /// Jumps of the slope below this share of the slopes are those of neurons that do not reach the output.
  private static let flatness = 1e-12

  init(_ cells: [AffineCell], _ quadrature: ScalarQuadrature) {
    count = cells.count
    let density = quadrature.density
    let points = cells.dropFirst().map(\.lower)
    moments = density.centredMoments(cells)
    let targets = quadrature.target.evaluate(at: points)
    let densities = density.values(at: points)
    var kinks: [Kink] = []
    for (m, x) in points.enumerated() {
      let (left, right) = (cells[m], cells[m + 1])
      let jump = right.slope - left.slope
      guard jump.magnitude > Self.flatness * (left.slope.magnitude + right.slope.magnitude) else { continue }
      let residual = left.value + left.slope * (x - left.middle) - targets[m]
      kinks.append(
        Kink(
          piece: m, offsetLeft: x - left.middle, offsetRight: x - right.middle,
          factor: 2 * residual * density.constant * densities[m] / jump))
    }
    self.kinks = kinks
  }

  func product(_ y: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: 2 * count)
    y.withUnsafeBufferPointer { y in
      result.withUnsafeMutableBufferPointer { product(y.baseAddress!, $0.baseAddress!) }
    }
    return result
  }

  func product(_ y: UnsafePointer<Double>, _ result: UnsafeMutablePointer<Double>, convex: Bool = false) {
    let (slopes, images) = (y + count, result + count)
    moments.withUnsafeBufferPointer { moments in
      for k in 0..<count {
        let m = moments[k]
        result[k] = m[0] * y[k] + m[1] * slopes[k]
        images[k] = m[1] * y[k] + m[2] * slopes[k]
      }
    }
    kinks.withUnsafeBufferPointer { kinks in
      for kink in kinks where !convex || kink.factor > 0 {
        let (k, l) = (kink.piece, kink.piece + 1)
        let jump = (y[l] + kink.offsetRight * slopes[l]) - (y[k] + kink.offsetLeft * slopes[k])
        let part = kink.factor * jump
        result[l] += part
        images[l] += part * kink.offsetRight
        result[k] -= part
        images[k] -= part * kink.offsetLeft
      }
    }
  }
}

extension ScalarDensity {
  /// Twice the integrals of p, (x - m) p and (x - m)^2 p over cells, m their middles.
  func centredMoments(_ cells: [AffineCell]) -> [SIMD4<Double>] {
    cells.map { cell in
      let length = cell.upper - cell.lower
      if isUniform { return 2 * constant * length * SIMD4(1, 0, length * length / 12, 0) }
      return 2 * moments(from: cell.lower, to: cell.upper, about: cell.middle)
    }
  }
}
