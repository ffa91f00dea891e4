extension RiskLevels {
  /// Risks up to this one are 0 but for rounding: 1e-12 of that of the best constant, or of the best line.
  public var negligibleRisk: Double { 1e-12 * (optimum(width: 0) ?? ladder[0].risk) }

  /// The local minima of continuous fits with so many pieces other than the best fit by lines, lowest first.
  public func otherFreeKnotMinima(pieces: Int) -> [FreeKnotFit] {
    guard freeKnotFits.indices.contains(pieces - 1) else { return [] }
    return freeKnotFits[pieces - 1].filter { $0.risk > ladder[pieces - 1].risk * (1 + 1e-9) + negligibleRisk }
  }
}
