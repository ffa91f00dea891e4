import Risk

extension LineFitting {
  /// Where the target jumps, increasing: the points x nearest to a cut at which values just left of x and at x differ
  /// by about as much as values farther apart.
  var jumps: [Double] {
    let length = upper - lower
    let near = max(0x1p-46 * length, 8 * max(abs(lower), abs(upper)).ulp)
    let far = 256 * near
    let candidates = cuts.filter { $0 - lower > far && upper - $0 > far }
    let values = targets(at: candidates.flatMap { [$0 - far, $0 - near, $0 + near, $0 + far] })
    let size = values.reduce(0) { max($0, abs($1)) }
    var jumps: [Double] = []
    for (i, candidate) in candidates.enumerated() {
      let step = values[4 * i + 2] - values[4 * i + 1]
      // A function that is only steep takes 1/256 of the far step in the near one, a root |x|^(1/2) 1/16.
      guard abs(step) > 1e-9 * size, abs(step) > 0.75 * abs(values[4 * i + 3] - values[4 * i]) else { continue }
      var (left, right) = (candidate - near, candidate + near)
      let (low, high) = (values[4 * i + 1], values[4 * i + 2])
      while left.nextUp < right {
        let middle = left + 0.5 * (right - left)
        guard left < middle, middle < right else { break }
        let value = targets(at: [middle])[0]
        if abs(value - low) <= abs(value - high) { left = middle } else { right = middle }
      }
      if jumps.last != right { jumps.append(right) }
    }
    return jumps
  }

  /// The smallest and the largest second divided difference, twice that is, of the target on 4096 steps: bounds of
  /// the second derivative, up to the square of a step and what rounding adds.
  var curvature: ClosedRange<Double> {
    let steps = 4096
    let length = upper - lower
    let values = targets(at: (0...steps).map { lower + length * (Double($0) / Double(steps)) })
    let scale = (Double(steps) / length) * (Double(steps) / length)
    var (least, most) = (Double.infinity, -Double.infinity)
    for i in 1..<steps {
      let difference = scale * ((values[i + 1] - values[i]) - (values[i] - values[i - 1]))
      least = min(least, difference)
      most = max(most, difference)
    }
    return least...most
  }

  /// Whether second differences have one sign, up to 2^-48 of the largest value.
  var looksConvexOrConcave: Bool {
    let length = upper - lower
    let size = targets(at: (0...256).map { lower + length * (Double($0) / 256) }).reduce(0) { max($0, abs($1)) }
    let rounding = 0x1p-48 * size * (4096 / length) * (4096 / length)
    let curvature = self.curvature
    return curvature.lowerBound >= -rounding || curvature.upperBound <= rounding
  }
}
