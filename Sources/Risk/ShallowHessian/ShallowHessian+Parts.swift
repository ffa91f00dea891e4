extension ShallowHessian {
  /// Some neighbouring cells, with the density doubled: its mass, mean, and central second moment.
  struct Part {
    var mass = 0.0
    var mean = 0.0
    var moment = 0.0

    init() {}

    init(middle: Double, moments: SIMD3<Double>) {
      mean = middle
      guard moments[0] > 0 else { return }
      let offset = moments[1] / moments[0]
      mass = 2 * moments[0]
      mean += offset
      moment = max(2 * (moments[2] - offset * moments[1]), 0)
    }

    var weight: Double { mass.squareRoot() }
    var spread: Double { moment.squareRoot() }

    func merged(with other: Part) -> (Part, Merge) {
      var (sum, merge) = (Part(), Merge())
      sum.mass = mass + other.mass
      guard sum.mass > 0 else { return (sum, merge) }
      merge.cosine = (mass / sum.mass).squareRoot()
      merge.sine = (other.mass / sum.mass).squareRoot()
      let between = mass == 0 || other.mass == 0 ? 0 : mass.squareRoot() * merge.sine * (other.mean - mean)
      sum.mean = mass == 0 ? other.mean : mean + (other.mass / sum.mass) * (other.mean - mean)
      sum.moment = moment + other.moment + between * between
      if sum.moment > 0 {
        let scale = 1 / sum.moment.squareRoot()
        merge.between = scale * between
        merge.first = scale * spread
        merge.second = scale * other.spread
      }
      return (sum, merge)
    }
  }

  /// The projection of functions that are lines on two parts to lines on their union. With (value, slope) features:
  ///
  ///     value = cosine value_1 + sine value_2
  ///     slope = between (cosine value_2 - sine value_1) + first slope_1 + second slope_2
  ///
  /// The rows are orthonormal. The transposed map restricts a line on the union to the parts.
  struct Merge {
    var cosine = 0.0
    var sine = 0.0
    var between = 0.0
    var first = 0.0
    var second = 0.0
  }
}

extension ShallowHessian.Transition {
  /// From the split left of a cell to that right of it.
  ///
  /// - Parameters:
  ///   - cut: Merges the cell with what is right of it.
  ///   - merge: Merges what is left of the cell with it.
  init(cut: ShallowHessian.Merge, merge: ShallowHessian.Merge) {
    column0 = ShallowHessian.Features(merge.first, 0, 0, 0)
    column1 = ShallowHessian.Features(-merge.between * merge.sine, merge.cosine, 0, 0)
    // The value on the right part gives the cell the value `cut.cosine`, the slope this value and slope.
    let (value, slope) = (-cut.between * cut.sine, cut.first)
    let (fromValue, fromSlope) = (merge.between * merge.cosine, merge.second)
    column2 = ShallowHessian.Features(fromValue * cut.cosine, merge.sine * cut.cosine, cut.sine, 0)
    column3 = ShallowHessian.Features(
      fromValue * value + fromSlope * slope, merge.sine * value, cut.between * cut.cosine, cut.second)
  }
}
