import Kernels

/// A gradient in double precision, to measure others against.
package struct ReferenceGradient {
  package let architecture: Architecture
  package var risk = 0.0
  package var gradient: [Double]
  /// For each parameter the sum over the samples of the moduli of their terms in the gradient: what rounding errors are
  /// measured against where the terms cancel.
  package var absoluteTerms: [Double]

  /// The error of another gradient in a parameter block, and the norms of the block and of its sums of moduli. Euclidean
  /// norms; a NaN in the gradient makes the error one.
  package struct BlockError {
    package let error: Double
    package let norm: Double
    package let moduli: Double
  }

  /// For each parameter block, layer by layer the weights, then the biases.
  package func errors(of other: [Double]) -> [BlockError] {
    func norm(_ numbers: some Sequence<Double>) -> Double { numbers.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    return architecture.parameterRanges.flatMap { [$0.weights, $0.biases] }.map { range in
      BlockError(
        error: norm(range.map { other[$0] - gradient[$0] }), norm: norm(gradient[range]),
        moduli: norm(absoluteTerms[range]))
    }
  }

  /// The blocks of another gradient that are wrong by more than `bound` of their norm.
  package func blocks(of other: [Double], wrongByMoreThan bound: Double) -> [Int] {
    errors(of: other).enumerated().filter { !($0.element.error <= bound * $0.element.norm) }.map(\.offset)
  }
}
