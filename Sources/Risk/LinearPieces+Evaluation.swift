import Networks
import Numerics

extension LinearPieces {
  /// Exact risk and gradient, by passes on the pieces in place of samples.
  func evaluate(_ quadrature: ScalarQuadrature) -> RiskEvaluation {
    evaluation(integratedCells(quadrature), density: quadrature.density.constant)
  }

  /// The pieces of the network with their integrals.
  func integratedCells(_ quadrature: ScalarQuadrature) -> [AffineCell] {
    let last = last
    let outer = network.architecture.layers
    let v = Array(network[ParameterBlock(layer: outer, kind: .weights)])
    let c = network.parameters[network.parameters.count - 1]
    var cells = (0..<last.count).map { piece in
      var value = c
      var slope = 0.0
      var error = abs(c)
      for j in 0..<last.width {
        value += v[j] * last.values[piece * last.width + j]
        slope += v[j] * last.slopes[piece * last.width + j]
        error += abs(v[j]) * (abs(last.values[piece * last.width + j]) + last.errors[piece * last.width + j])
      }
      let middle = last.middle(piece)
      var atZero = TwofoldSum(value)
      atZero.addProduct(-slope, middle)
      var cell = AffineCell(
        lower: last.ends[piece], upper: last.ends[piece + 1], middle: middle, value: value, slope: slope,
        atZero: atZero)
      cell.valueError = error
      return cell
    }
    quadrature.integrate(&cells)
    return cells
  }

  /// - Parameters:
  ///   - cells: ``integratedCells(_:)``.
  ///   - density: the constant of the density.
  func evaluation(_ cells: [AffineCell], density: Double) -> RiskEvaluation {
    var risk = 0.0
    var error = 0.0
    for cell in cells {
      risk += density * cell.square
      error += density * cell.squareError
    }
    return RiskEvaluation(
      risk: risk, error: error,
      gradient: gradient(
        residuals: cells.map { 2 * density * $0.residual }, moments: cells.map { 2 * density * $0.centredMoment }))
  }
}
