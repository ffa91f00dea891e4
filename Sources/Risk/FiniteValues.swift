import Kernels

extension [Double] {
  /// The place of the first value of a target that no risk can be computed with: the value or its square is not finite.
  var firstNonFinite: Int? { firstIndex { !($0 * $0).isFinite } }
}

extension Program {
  /// The values at points [count][dimension].
  ///
  /// - Throws: ``RiskError/targetNotFiniteAt(point:value:)`` where a value or its square is not finite.
  func finiteValues(at points: [Double], dimension: Int) throws(RiskError) -> [Double] {
    let values = evaluate(at: points, dimension: dimension)
    if let bad = values.firstNonFinite {
      throw .targetNotFiniteAt(
        point: Array(points[bad * dimension..<(bad + 1) * dimension]), value: values[bad])
    }
    return values
  }
}
