import Numerics
import Risk

/// A best fit by lines on each of several neighbouring intervals, not joined, as a function of the breaks between them.
///
/// A break at t moves with the gradient p (r_-^2 - r_+^2), r_- and r_+ the residuals at t of the lines on its left
/// and right, so at a minimum the squared residuals are equal; only neighbouring breaks meet in the Hessian. Where
/// the target jumps, the gradient does too, and a break may rest on the jump.
struct PiecesFit: NewtonProblem {
  let fitting: LineFitting
  /// Where the target jumps, increasing.
  let jumps: [Double]
  /// Passes of the best lines: 1 while searching, 2 for full accuracy.
  var passes = 1

  func lines(at breaks: [Double]) -> [BestLine] {
    let ends = [fitting.lower] + breaks + [fitting.upper]
    return fitting.bestLines(between: ends, targets: fitting.targets(at: ends), passes: passes)
  }

  func expansion(at breaks: [Double]) -> Expansion {
    let n = breaks.count
    let lines = self.lines(at: breaks)
    // The target on both sides of each break and its slope there, by differences: the slope only steers the steps.
    let step = 0x1p-20 * (fitting.upper - fitting.lower)
    let left = fitting.targets(at: breaks.map(\.nextDown))
    let right = fitting.targets(at: breaks)
    let before = fitting.targets(at: breaks.map { max($0 - step, fitting.lower) })
    let after = fitting.targets(at: breaks.map { min($0 + step, fitting.upper) })
    let densities = fitting.densities(at: breaks)

    var gradient: [Double] = []
    var hessian = SymmetricMatrix(order: n)
    var isFixed = [Bool](repeating: false, count: n)
    for (i, t) in breaks.enumerated() {
      let (a, b, p) = (lines[i], lines[i + 1], densities[i])
      func derivative(_ target: Double) -> Double {
        let (r, s) = (a.value(at: t) - target, b.value(at: t) - target)
        return p * ((r - s) * (r + s))
      }
      var (leftward, rightward) = (derivative(left[i]), derivative(right[i]))
      var target = right[i]
      if jumps.contains(t) {
        isFixed[i] = leftward <= 0 && rightward >= 0
        // Off a jump that does not hold the break, to the side where the risk falls more.
        if leftward > -rightward { (rightward, target) = (leftward, left[i]) }
      } else {
        leftward = rightward
      }
      gradient.append(rightward)
      let slope = (after[i] - before[i]) / (min(t + step, fitting.upper) - max(t - step, fitting.lower))
      let (r, s) = (a.value(at: t) - target, b.value(at: t) - target)
      let turning = r * (a.slope - slope) - s * (b.slope - slope)
      let giving = r * r * a.influence(of: t, on: t) + s * s * b.influence(of: t, on: t)
      hessian.set(i, i, 2 * p * (turning - p * giving))
      if i > 0 {
        let previous = breaks[i - 1]
        let other = a.value(at: previous) - right[i - 1]
        hessian.set(i, i - 1, 2 * p * densities[i - 1] * r * other * a.influence(of: previous, on: t))
      }
    }
    return Expansion(
      value: lines.reduce(0) { $0 + $1.error }, gradient: gradient, hessian: hessian, isFixed: isFixed)
  }

  /// Keeps the breaks in order, an eighth of each piece at least, and stops them at jumps.
  func admissible(_ target: [Double], from point: [Double]) -> [Double] {
    let ends = [fitting.lower] + point + [fitting.upper]
    let moves = [0] + zip(target, point).map { $0 - $1 } + [0]
    var share = 1.0
    for i in 1..<ends.count {
      let shrinking = moves[i - 1] - moves[i]
      let room = 0.875 * (ends[i] - ends[i - 1])
      if shrinking > room { share = min(share, room / shrinking) }
    }
    return zip(point, moves.dropFirst()).map { from, move in
      let to = from + share * move
      if move > 0, let jump = jumps.first(where: { $0 > from && $0 < to }) { return jump }
      if move < 0, let jump = jumps.last(where: { $0 < from && $0 > to }) { return jump }
      return to
    }
  }
}

/// The best fits with 1, 2, ... pieces whose breaks lie on a grid, by dynamic programming (Bellman and Roth, J. Amer.
/// Statist. Assoc. 64, 1969): global minima on the grid.
struct PiecesOnGrid {
  private static let firstCells = 256
  private static let cellCount = 1024

  /// The inner points of the grid are where a piece may end.
  private let grid: [Double]
  /// For each number of pieces, less 1, and each number of cells, less 1, where the last piece begins.
  private var starts: [[Int]] = []

  /// Cells are cut where their errors are largest, so that they are fine where the target bends most.
  init(_ fit: PiecesFit, pieces: Int) {
    let fitting = fit.fitting
    let length = fitting.upper - fitting.lower
    var ends = (0...Self.firstCells).map { fitting.lower + length * (Double($0) / Double(Self.firstCells)) }
    ends[Self.firstCells] = fitting.upper
    ends = (ends + fit.jumps).sorted()
    ends = zip([-.infinity] + ends, ends).filter { $0 < $1 }.map { $1 }
    var cells = Self.cells(fitting, ends)
    let count = max(Self.cellCount, 4 * pieces)
    // A share of the worst cells at a time.
    while cells.count < count, let worst = cells.map(\.error).max(), worst > 0 {
      let most = count - cells.count
      let bound = cells.map(\.error).sorted(by: >).prefix(min(most, max(cells.count / 8, 1))).last!
      var next: [Double] = [ends[0]]
      for (i, cell) in cells.enumerated() {
        let middle = ends[i] + 0.5 * (ends[i + 1] - ends[i])
        if cell.error >= bound, cell.error > 0, ends[i + 1] - ends[i] > 0x1p-40 * length { next.append(middle) }
        next.append(ends[i + 1])
      }
      guard next.count > ends.count else { break }
      ends = next
      cells = Self.cells(fitting, ends)
    }
    grid = ends

    // errors[j][i - j]: of the best line on the cells j ... i.
    let errors = cells.indices.map { j in
      var line = cells[j]
      return [line.error]
        + cells[(j + 1)...].map { cell in
          line = line.merged(with: cell)
          return line.error
        }
    }
    var best = errors[0]
    starts = [Array(repeating: 0, count: cells.count)]
    for _ in 1..<max(pieces, 1) {
      var next = [Double](repeating: .infinity, count: cells.count)
      var start = [Int](repeating: 0, count: cells.count)
      for j in 1..<cells.count where best[j - 1] < .infinity {
        let before = best[j - 1]
        let row = errors[j]
        for k in row.indices where before + row[k] < next[j + k] {
          next[j + k] = before + row[k]
          start[j + k] = j
        }
      }
      best = next
      starts.append(start)
    }
  }

  private static func cells(_ fitting: LineFitting, _ ends: [Double]) -> [BestLine] {
    fitting.bestLines(between: ends, targets: fitting.targets(at: ends), passes: 2)
  }

  /// The breaks of the best fit with so many pieces.
  func breaks(pieces: Int) -> [Double] {
    var breaks: [Double] = []
    var cells = grid.count - 1
    for k in stride(from: pieces - 1, to: 0, by: -1) {
      cells = starts[k][cells - 1]
      breaks.append(grid[cells])
    }
    return breaks.reversed()
  }
}
