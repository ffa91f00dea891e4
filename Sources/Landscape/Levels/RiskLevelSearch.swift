import Problems
import Risk

/// The search for the reference risks of a target: deterministic, in plain arithmetic.
///
/// - D_k: Newton's method from the global minimum on a grid, found by dynamic programming, from evenly spread breaks,
///   and from those of D_(k-1) with one more.
/// - Local minima of continuous fits with K free knots: Newton's method from the breaks of D_(K+1), from the minima
///   with K - 1 knots and one more, from evenly spread and quasi-random knots, and from the best with one knot moved
///   to another cell, until that helps no more.
/// - m_h: Newton's method for each of the 2^h patterns of orientations from all of these knots, and from the best
///   networks with one neuron less and one more. What promises less than the best is left early.
///
/// Nothing but the bracket proves that the m_h are global. For targets such as sin 20 x or a narrow bell ten times as
/// many quasi-random starts found nothing lower; for those with many more oscillations than knots they may.
package struct RiskLevelSearch {
  let fitting: LineFitting
  /// Where the target jumps.
  let jumps: [Double]
  private let grid: PiecesOnGrid
  /// Breaks that spread the error evenly.
  private let spread: [Double]
  /// Risks up to this are those of rounding: 0.
  private let rounding: Double

  /// - Parameter pieces: the largest k of D_k that will be asked for.
  /// - Precondition: levels are available for the problem.
  package init(_ problem: Problem, pieces: Int) throws(RiskError) {
    fitting = try LineFitting(problem)
    jumps = fitting.jumps
    let fit = PiecesFit(fitting: fitting, jumps: jumps)
    grid = PiecesOnGrid(fit, pieces: max(pieces, 32))
    spread = [fitting.lower] + grid.breaks(pieces: 32) + [fitting.upper]
    let line = fit.lines(at: [])[0]
    let square = line.error + line.mass * (line.value * line.value) + line.spread * (line.slope * line.slope)
    rounding = 0x1p-96 * square
  }

  private func risk(_ value: Double) -> Double { value <= rounding ? 0 : value }

  // MARK: Starting points

  /// The point below which a share of the pieces of a fine fit with evenly spread errors lies: for smooth targets
  /// these have the density (p |f''|^2)^(1/5).
  private func spreadPoint(_ share: Double) -> Double {
    let place = min(max(share, 0), 1) * Double(spread.count - 1)
    let piece = min(Int(place), spread.count - 2)
    return spread[piece] + (place - Double(piece)) * (spread[piece + 1] - spread[piece])
  }

  /// Element `number` of a sequence of increasing knots: fractional parts of multiples of square roots of primes,
  /// every other time spread as the error, else over the interval.
  private func scattered(_ count: Int, number: Int) -> [Double] {
    let primes = [2.0, 3, 5, 7, 11, 13, 17, 19, 23, 29]
    return (0..<count).map { k in
      let multiple = Double(number + 1) * primes[k % primes.count].squareRoot()
      let part = multiple - multiple.rounded(.down)
      return number % 2 == 0 ? spreadPoint(part) : fitting.lower + part * (fitting.upper - fitting.lower)
    }.sorted()
  }

  /// Knots with one more in the middle of each cell.
  private func extended(_ knots: [Double]) -> [(place: Int, knots: [Double])] {
    let ends = [fitting.lower] + knots + [fitting.upper]
    return (0...knots.count).map { place in
      var next = knots
      next.insert(0.5 * (ends[place] + ends[place + 1]), at: place)
      return (place, next)
    }
  }

  // MARK: Pieces

  /// D_1 ... D_count.
  package func ladder(_ count: Int) -> [LadderFit] {
    var ladder: [LadderFit] = []
    var best: [Double] = []
    for pieces in 1...count {
      var starts: [[Double]] = []
      if pieces > 1, ladder[pieces - 2].risk == 0 {
        // One more break changes nothing.
        let ends = [fitting.lower] + best + [fitting.upper]
        let lengths = zip(ends, ends.dropFirst()).map { $1 - $0 }
        let wide = lengths.firstIndex(of: lengths.max()!)!
        starts.append(extended(best)[wide].knots)
      } else {
        starts.append(grid.breaks(pieces: pieces))
        starts.append((1..<pieces).map { spreadPoint(Double($0) / Double(pieces)) })
        if pieces > 1 { starts += extended(best).map(\.knots) }
      }
      let search = PiecesFit(fitting: fitting, jumps: jumps)
      var leader: NewtonDescent<PiecesFit>?
      for start in starts {
        var descent = NewtonDescent(search, from: start)
        for _ in 0..<8 {
          if descent.run(steps: 4) { break }
          if let leader, descent.expansion.value - 3 * descent.promised > leader.expansion.value { break }
        }
        if leader.map({ descent.expansion.value < $0.expansion.value }) ?? true { leader = descent }
      }
      var last = NewtonDescent(PiecesFit(fitting: fitting, jumps: jumps, passes: 2), from: leader!.point)
      last.run(steps: 200)
      last.sharpen()
      best = last.point
      ladder.append(
        LadderFit(pieces: pieces, risk: risk(last.expansion.value), knots: best, gap: gap(best)))
    }
    return ladder
  }

  /// The largest jump of the fit at a break, relative to the root of its risk.
  private func gap(_ breaks: [Double]) -> Double {
    let lines = PiecesFit(fitting: fitting, jumps: jumps, passes: 2).lines(at: breaks)
    var square = 0.0
    for line in lines { square += line.error }
    var gap = 0.0
    for (t, (a, b)) in zip(breaks, zip(lines, lines.dropFirst())) {
      gap = max(gap, abs(a.value(at: t) - b.value(at: t)))
    }
    // Values are rounded, so a fit without risk has gaps too.
    return gap == 0 ? 0 : gap / max(square, 0x1p36 * rounding, Double.leastNormalMagnitude).squareRoot()
  }

  // MARK: Free knots

  /// More local minima of one number of knots than these are not kept.
  private static let largestMinimumCount = 64

  /// The strict local minima of continuous piecewise linear fits with so many free knots, lowest first; none where
  /// fewer knots represent the target.
  ///
  /// - Parameters:
  ///   - previous: those with one knot less.
  ///   - known: knots that may lead to one.
  func freeKnotMinima(
    knots count: Int, ladder: [LadderFit], previous: [FreeKnotFit], known: [[Double]] = []
  ) -> [FreeKnotFit] {
    guard count == 0 || ladder[count - 1].risk > 0 else { return [] }
    var starts = known + [ladder[count].knots, (0..<count).map { spreadPoint(Double($0 + 1) / Double(count + 1)) }]
    for fit in previous.prefix(32) { starts += extended(fit.knots).map(\.knots) }
    if count > 0 { starts += (0..<128).map { scattered(count, number: $0) } }
    var minima: [FreeKnotFit] = []
    for start in starts { addMinimum(from: start, to: &minima) }
    // From the best, one knot moved to another cell, until that no longer helps.
    var explored: [[Double]] = []
    for _ in 0..<8 {
      let leaders = minima.sorted { $0.risk < $1.risk }.prefix(4).map(\.knots).filter { !explored.contains($0) }
      guard !leaders.isEmpty else { break }
      for leader in leaders {
        for place in leader.indices {
          var rest = leader
          rest.remove(at: place)
          for start in extended(rest) { addMinimum(from: start.knots, to: &minima) }
        }
      }
      explored += leaders
    }
    return Array(minima.sorted { $0.risk < $1.risk }.prefix(Self.largestMinimumCount))
  }

  /// Descends to a minimum and adds it if it is strict and new.
  private func addMinimum(from start: [Double], to minima: inout [FreeKnotFit]) {
    let shares = [Double](repeating: 0, count: start.count)
    var descent = NewtonDescent(KinkedFit(fitting: fitting, shares: shares, hasFreeSlope: true), from: start)
    guard descent.run(steps: 100), isStrict(descent) else { return }
    let knots = descent.point.sorted()
    guard !minima.contains(where: { isSame($0.knots, knots) }) else { return }
    var last = NewtonDescent(
      KinkedFit(fitting: fitting, shares: shares, hasFreeSlope: true, passes: 2), from: knots)
    last.run(steps: 50)
    last.sharpen()
    let solution = last.problem.solution(at: last.point)
    minima.append(
      FreeKnotFit(
        risk: risk(solution.expansion.value), knots: last.point, start: solution.coefficients[0],
        slope: solution.coefficients[1], jumps: Array(solution.coefficients[2...])))
  }

  private func isSame(_ left: [Double], _ right: [Double]) -> Bool {
    zip(left, right).allSatisfy { abs($0 - $1) <= 1e-5 * (fitting.upper - fitting.lower) }
  }

  private func isStrict(_ descent: NewtonDescent<KinkedFit>) -> Bool {
    let knots = [fitting.lower] + descent.point.sorted() + [fitting.upper]
    let apart = 1e-6 * (fitting.upper - fitting.lower)
    return zip(knots, knots.dropFirst()).allSatisfy { $1 - $0 > apart } && descent.isStrictMinimum(tolerance: 1e-9)
  }

  // MARK: Networks

  /// Knots, not always in order, with their orientations: bit j is set where the neuron of knot j is active on the
  /// left.
  private struct Candidate {
    var pattern: Int
    var knots: [Double]
    var value: Double
  }

  /// The best networks of a width that were found, lowest risk first: stationary points of several patterns.
  ///
  /// - Parameters:
  ///   - slope: of the activation on z < 0.
  ///   - ladder: D_1 ... at least D_(width+1).
  ///   - freeKnots: the local minima with `width` knots.
  ///   - previous: the best networks with one neuron less.
  func optima(
    width: Int, slope: Double, ladder: [LadderFit], freeKnots: [FreeKnotFit], previous: [OptimalFit]
  ) -> [OptimalFit] {
    let padded = previous[0].padded(to: fitting.upper)
    if padded.risk == 0 { return [padded] }
    var candidates: [Candidate] = []
    var best = padded.risk
    func consider(_ start: [Double], _ pattern: Int) {
      let fit = KinkedFit(fitting: fitting, shares: shares(pattern, width, slope), hasFreeSlope: false)
      var descent = NewtonDescent(fit, from: start)
      for _ in 0..<4 {
        if descent.run(steps: 2) { break }
        if descent.expansion.value - 4 * descent.promised > 1.05 * best { return }
      }
      let value = descent.expansion.value
      best = min(best, value)
      guard value <= 1.25 * best else { return }
      candidates.append(Candidate(pattern: pattern, knots: descent.point, value: value))
    }
    func considerAllPatterns(_ start: [Double]) {
      for pattern in 0..<1 << width { consider(start, pattern) }
    }

    for fit in previous { for start in extended(fit.knots, fit.patternBits) { consider(start.knots, start.pattern) } }
    considerAllPatterns(ladder[width].knots)
    for fit in freeKnots.prefix(8) { considerAllPatterns(fit.knots) }
    considerAllPatterns((0..<width).map { spreadPoint(Double($0 + 1) / Double(width + 1)) })
    considerAllPatterns((0..<width).map { spreadPoint((Double($0) + 0.5) / Double(width)) })
    // A neuron that is active everywhere, beside the best fit with one knot less.
    let fewer = ladder[width - 1].knots
    let first = (fewer.first ?? fitting.upper) - fitting.lower
    let last = fitting.upper - (fewer.last ?? fitting.lower)
    considerAllPatterns([fitting.lower + 0.02 * first] + fewer)
    considerAllPatterns(fewer + [fitting.upper - 0.02 * last])
    // More quasi-random starts where there are few patterns.
    for number in 0..<max(8, 2048 >> width) { considerAllPatterns(scattered(width, number: number)) }
    // From the best, one knot moved to another cell, until that no longer helps; their knots with the other patterns.
    var explored: [Candidate] = []
    for _ in 0..<8 {
      let leaders = finalists(candidates, count: 4).filter { leader in !explored.contains { isSame($0, leader) } }
      guard !leaders.isEmpty else { break }
      for leader in leaders {
        for start in relocated(leader) { consider(start.knots, start.pattern) }
        considerAllPatterns(leader.knots.sorted())
      }
      explored += leaders
    }

    let fits = finalists(candidates, count: 24).map {
      stationaryFit(from: $0.knots, pattern: $0.pattern, slope: slope)
    }
    // Of fits that differ by rounding the first goes first.
    var sorted: [OptimalFit] = []
    for fit in fits + [padded] {
      let place = sorted.firstIndex { fit.risk < $0.risk * (1 - 1e-13) } ?? sorted.count
      sorted.insert(fit, at: place)
    }
    return sorted
  }

  /// The best candidates, without those that stand where a better one does.
  private func finalists(_ candidates: [Candidate], count: Int) -> [Candidate] {
    var finalists: [Candidate] = []
    let sorted = candidates.enumerated().sorted { ($0.element.value, $0.offset) < ($1.element.value, $1.offset) }
    for (_, candidate) in sorted where !finalists.contains(where: { isSame($0, candidate) }) {
      finalists.append(candidate)
      if finalists.count == count { break }
    }
    return finalists
  }

  private func isSame(_ left: Candidate, _ right: Candidate) -> Bool {
    left.pattern == right.pattern && isSame(left.knots, right.knots)
  }

  /// Knots with one more in the middle of each cell, of either orientation.
  private func extended(_ knots: [Double], _ pattern: Int) -> [(knots: [Double], pattern: Int)] {
    extended(knots).flatMap { place, knots in
      let low = pattern & (1 << place - 1)
      let rest = low | (pattern >> place) << (place + 1)
      return [(knots, rest), (knots, rest | 1 << place)]
    }
  }

  /// Each of the knots taken away and put into the middle of each cell that is left.
  private func relocated(_ candidate: Candidate) -> [(knots: [Double], pattern: Int)] {
    let order = candidate.knots.indices.sorted { candidate.knots[$0] < candidate.knots[$1] }
    return order.indices.flatMap { place in
      var rest = order
      rest.remove(at: place)
      let bits = rest.enumerated().reduce(0) { $0 | (candidate.pattern >> $1.element & 1) << $1.offset }
      return extended(rest.map { candidate.knots[$0] }, bits)
    }
  }

  /// The stationary point that Newton's method reaches from knots.
  ///
  /// - Parameter pattern: bit j is set where the neuron of knot j is active on the left.
  package func stationaryFit(from start: [Double], pattern: Int, slope: Double) -> OptimalFit {
    let fit = KinkedFit(
      fitting: fitting, shares: shares(pattern, start.count, slope), hasFreeSlope: false, passes: 2)
    let knots = settled(fit, start)
    let solution = fit.solution(at: knots)
    let order = knots.indices.sorted { (knots[$0], $0) < (knots[$1], $1) }
    return OptimalFit(
      risk: risk(solution.expansion.value),
      pattern: String(order.map { pattern >> $0 & 1 == 1 ? "L" : "R" }), knots: order.map { knots[$0] },
      coefficients: [solution.coefficients[0]] + order.map { solution.coefficients[$0 + 1] / (1 - slope) })
  }

  /// Descends to a stationary point; a neuron at an end of the interval that would gain from a kink inside gets one.
  private func settled(_ fit: KinkedFit, _ start: [Double]) -> [Double] {
    var descent = NewtonDescent(fit, from: start)
    descent.run(steps: 100)
    for _ in 0..<4 {
      let solution = fit.solution(at: descent.point)
      var nudged = descent.point
      for (j, q) in descent.point.enumerated() where descent.expansion.isFixed[j] && solution.turns[j] < 0 {
        let inside = descent.point.filter { $0 > fitting.lower && $0 < fitting.upper }
        nudged[j] =
          q <= fitting.lower
          ? q + 1e-3 * ((inside.min() ?? fitting.upper) - q) : q - 1e-3 * (q - (inside.max() ?? fitting.lower))
      }
      guard nudged != descent.point else { break }
      var next = NewtonDescent(fit, from: nudged)
      next.run(steps: 100)
      guard next.expansion.value < descent.expansion.value else { break }
      descent = next
    }
    descent.sharpen()
    return descent.point
  }

  /// What a neuron has of its jump of the slope left of its kink.
  private func shares(_ pattern: Int, _ width: Int, _ slope: Double) -> [Double] {
    (0..<width).map { pattern >> $0 & 1 == 1 ? -1 / (1 - slope) : slope / (1 - slope) }
  }

  /// The best constant.
  func constant() -> OptimalFit {
    let solution = KinkedFit(fitting: fitting, shares: [], hasFreeSlope: false, passes: 2).solution(at: [])
    return OptimalFit(risk: risk(solution.expansion.value), pattern: "", knots: [], coefficients: solution.coefficients)
  }
}
