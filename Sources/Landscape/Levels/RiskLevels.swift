import Foundation
import Kernels
import Networks
import Outcomes
import Problems
import Risk

/// Reference values of the risk of shallow networks with scalar input: the optima m_h over all networks of width h,
/// the ladder D_k of best fits by k lines that need not join, and the local minima of continuous fits with free
/// knots, on which gradient flows end whose networks have a neuron that is active everywhere.
///
/// A network of width h has at most h kinks, so D_(h+1) <= m_h for every target. Where the best fit by h lines joins by
/// itself, it is a network of width h, one neuron being active everywhere, so m_h <= D_h; for convex and concave
/// targets it always does. For smooth targets D_k k^4 tends to (int (p f''^2)^(1/5) dx)^5 / 720: a piece of length d
/// costs p f''^2 d^5 / 720.
///
/// The values are stationary to rounding; that the optima are global rests on the search (see `RiskLevelSearch`),
/// beside the bracket. Everything is plain arithmetic: the bits are the same on every machine. Where only a part of
/// the parameters is trained, the levels bound what can be reached from below.
public struct RiskLevels: Sendable, Hashable, Codable {
  /// m_0, m_1, ... up to the largest width searched; m_0 and m_1 alone where the target jumps, because then the
  /// infimum is not attained; empty for clipping networks.
  public let optima: [OptimalFit]
  /// D_1, D_2, ...
  public let ladder: [LadderFit]
  /// For K = 0, 1, ... the local minima of continuous piecewise linear fits with K free knots that were found, lowest
  /// first.
  public let freeKnotFits: [[FreeKnotFit]]
  /// Whether second differences of the target on 4096 steps have one sign and all fits of the ladder join.
  public let isConvexOrConcave: Bool
  /// Pieces of the realization for each neuron, beside the first: 1, or 2 for clipping networks.
  private let kinksPerNeuron: Int

  /// Searches the levels: seconds for widths up to 10.
  ///
  /// - Parameters:
  ///   - activation: ReLU, leaky ReLU (of any slope but 1) or clipping.
  ///   - largestWidth: of the optima, at most 10: there are 2^h patterns of orientations.
  ///   - count: of the ladder; raised to largestWidth + 1 where it is less.
  ///   - progress: is called with each width whose search is at its end.
  /// - Throws: where levels are not defined, or the risk of the target cannot be computed.
  public init(
    problem: Problem, activation: Activation, largestWidth: Int = 10, ladder count: Int = Self.ladderLength,
    progress: (Int) -> Void = { _ in }
  ) throws(LevelError) {
    precondition((0...Self.largestSearchedWidth).contains(largestWidth) && count >= 1)
    let architecture = Architecture(hidden: [1], activation: activation)
    let availability = Self.availability(problem: problem, architecture: architecture)
    if case .unavailable(let error) = availability { throw error }
    kinksPerNeuron = activation.facts.kinks.count
    let search: RiskLevelSearch
    do { search = try RiskLevelSearch(problem, pieces: max(count, largestWidth + 1)) } catch { throw .risk(error) }
    let ladder = search.ladder(max(count, largestWidth + 1))
    self.ladder = ladder
    isConvexOrConcave = search.fitting.looksConvexOrConcave && ladder.allSatisfy(\.isContinuous)

    let width = search.jumps.isEmpty ? largestWidth : min(largestWidth, 1)
    var freeKnotFits: [[FreeKnotFit]] = []
    var optima: [OptimalFit] = []
    var fits: [OptimalFit] = []
    if availability == .optima, let slope = activation.facts.rectifiedSlope {
      for h in 0...width {
        let previous = freeKnotFits.last ?? []
        var minima = search.freeKnotMinima(knots: h, ladder: ladder, previous: previous)
        if h == 0 {
          fits = [search.constant()]
        } else {
          let fewer = fits
          fits = search.optima(width: h, slope: slope, ladder: ladder, freeKnots: minima, previous: fewer)
          // Free knots fit at least as well as those of a network.
          if let best = minima.first, fits[0].risk < best.risk {
            minima = search.freeKnotMinima(knots: h, ladder: ladder, previous: previous, known: fits.map(\.knots))
            fits = search.optima(width: h, slope: slope, ladder: ladder, freeKnots: minima, previous: fewer)
          }
        }
        freeKnotFits.append(minima)
        optima.append(fits[0])
        progress(h)
      }
    }
    self.freeKnotFits = freeKnotFits
    self.optima = optima
  }

  /// The lines of the best fits that are searched.
  public static let ladderLength = 41
  /// The largest width whose optimum can be searched.
  public static let largestSearchedWidth = 10

  /// Which levels a problem has with networks of this kind.
  public static func availability(problem: Problem, architecture: Architecture) -> LevelAvailability {
    guard case .law(let law) = problem.inputs else { return .unavailable(.dataSet) }
    guard law.dimension == 1 else { return .unavailable(.vectorInput(dimension: law.dimension)) }
    if case .normal = law { return .unavailable(.normalLaw) }
    let facts = architecture.activation.facts
    if let slope = facts.rectifiedSlope, slope != 1 { return architecture.depth == 1 ? .optima : .names }
    guard architecture.depth == 1 else { return .unavailable(.deepNetwork(layers: architecture.depth)) }
    // Neurons with two kinks; those with none are lines.
    if facts.isPiecewiseLinear, facts.kinks.count == 2 { return .lowerBounds }
    return .unavailable(.activation(architecture.activation))
  }

  /// m_h; nil for widths that were not searched.
  public func optimum(width: Int) -> Double? { optima.indices.contains(width) ? optima[width].risk : nil }

  /// A lower bound of the risk of all networks of a width: m_h where it was searched, otherwise D_(h+1) (D_(2h+1) for
  /// clipping networks); 0 where the ladder does not reach so far.
  public func lowerBound(width: Int) -> Double { optimum(width: width) ?? bracket(width: width).lower }

  /// m_h where it was searched; otherwise the bracket in which it lies, infinite above where nothing is known.
  public func optimumRange(width: Int) -> ClosedRange<Double> {
    if let optimum = optimum(width: width) { return optimum...optimum }
    let (lower, upper) = bracket(width: width)
    return lower...max(lower, upper ?? .infinity)
  }

  /// Bounds of the smallest risk of a width that do not rest on the search for it.
  ///
  /// - Returns: D_(h+1), for clipping networks D_(2h+1), or 0 where the ladder does not reach so far; and the least
  ///   of D_h, if its lines join, and the optima of smaller widths; nil where there is none.
  public func bracket(width: Int) -> (lower: Double, upper: Double?) {
    let pieces = kinksPerNeuron * width + 1
    let lower = pieces <= ladder.count ? ladder[pieces - 1].risk : 0
    var upper = optima.prefix(width).last?.risk
    if kinksPerNeuron == 1, (1...ladder.count).contains(width), ladder[width - 1].isContinuous {
      upper = min(upper ?? .infinity, ladder[width - 1].risk)
    }
    return (lower, upper)
  }

  /// The most pieces that the realization of a network can have: the product of the kinks of all layers, plus 1 for each.
  private func mostPieces(_ architecture: Architecture) -> Int {
    architecture.hidden.reduce(1) { product, width in
      let (pieces, overflows) = product.multipliedReportingOverflow(by: kinksPerNeuron * width + 1)
      return overflows ? .max : pieces
    }
  }

  /// The level that bounds the risk of all networks of an architecture from below without a search, D_(h+1), D_(2h+1) for
  /// clipping networks and D_p, p the product of the widths plus 1, for deep ones; nil where the ladder does not reach so
  /// far.
  public func ladderBound(_ architecture: Architecture) -> LadderFit? {
    let pieces = mostPieces(architecture)
    return pieces <= ladder.count ? ladder[pieces - 1] : nil
  }

  /// Widths whose optimum lies outside of its bracket by more than 1e-10 of it: the search has failed there. There
  /// are none unless a target is so irregular that the fits miss part of it.
  public var inconsistentWidths: [Int] {
    optima.indices.filter { width in
      let (lower, upper) = bracket(width: width)
      let risk = optima[width].risk
      return risk < lower * (1 - 1e-10) || upper.map { risk > $0 * (1 + 1e-10) } ?? false
    }
  }

  /// The level nearest to a risk, in proportion, among those that networks up to a width can have: m_0 ... m_h, D_1
  /// ... D_(h+1) and the local minima of fits with up to h free knots (`localFit`, its index the number of pieces,
  /// one more than knots); nil if all differ from it by more than `tolerance` times the level. Of equally near levels
  /// the first named.
  ///
  /// A level that is 0 is met by risks up to 1e-12 of m_0 or, without it, D_1.
  public func nearest(to risk: Double, upToWidth width: Int, tolerance: Double = 1e-3) -> RiskLevel? {
    nearest(to: risk, upToWidth: width, pieces: kinksPerNeuron * width + 1, tolerance: tolerance)
  }

  /// The level of the limit of a deep network: D_K, K its pieces, if the risk is within `tolerance` of it; otherwise the
  /// nearest of all.
  public func nearest(to risk: Double, pieces: Int, tolerance: Double = 1e-3) -> RiskLevel? {
    if ladder.indices.contains(pieces - 1), abs(risk - ladder[pieces - 1].risk) <= tolerance * ladder[pieces - 1].risk {
      return RiskLevel(.ladder, pieces)
    }
    return nearest(to: risk, upToWidth: optima.count - 1, pieces: ladder.count, tolerance: tolerance)
  }

  private func nearest(to risk: Double, upToWidth width: Int, pieces: Int, tolerance: Double) -> RiskLevel? {
    var levels: [(level: RiskLevel, risk: Double)] = []
    for (h, fit) in optima.prefix(width + 1).enumerated() { levels.append((RiskLevel(.optimum, h), fit.risk)) }
    for fit in ladder.prefix(pieces) { levels.append((RiskLevel(.ladder, fit.pieces), fit.risk)) }
    for (knots, fits) in freeKnotFits.prefix(width + 1).enumerated() {
      // A minimum that is the best fit by lines is already there.
      for fit in fits where fit.risk > ladder[knots].risk * (1 + 1e-9) {
        levels.append((RiskLevel(.localFit, knots + 1), fit.risk))
      }
    }
    let negligible = negligibleRisk
    func distance(_ level: Double) -> Double {
      guard level > 0 else { return risk <= negligible ? 0 : .infinity }
      return abs(risk - level) / level
    }
    var best: (level: RiskLevel, distance: Double)?
    for candidate in levels {
      let distance = distance(candidate.risk)
      if distance <= tolerance, distance < best?.distance ?? .infinity { best = (candidate.level, distance) }
    }
    return best?.level
  }

  /// Risks up to this one are 0 but for rounding: 1e-12 of that of the best constant, or of the best line.
  public var negligibleRisk: Double { 1e-12 * (optimum(width: 0) ?? ladder[0].risk) }

  /// The local minima of continuous fits with so many pieces other than the best fit by lines, lowest first.
  public func otherFreeKnotMinima(pieces: Int) -> [FreeKnotFit] {
    guard freeKnotFits.indices.contains(pieces - 1) else { return [] }
    return freeKnotFits[pieces - 1].filter { $0.risk > ladder[pieces - 1].risk * (1 + 1e-9) + negligibleRisk }
  }
}

// MARK: Stored form

extension RiskLevels {
  /// The levels as JSON, exact to the bit; equal levels have equal bytes.
  public var bytes: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    guard let data = try? encoder.encode(self) else { preconditionFailure("levels are finite numbers") }
    return Array(data)
  }

  /// Nil for bytes that are not levels.
  public init?(bytes: [UInt8]) {
    guard let levels = try? JSONDecoder().decode(Self.self, from: Data(bytes)), levels.isWellFormed else { return nil }
    self = levels
  }

  /// Whether every list is as long as the others say.
  private var isWellFormed: Bool {
    func isOrdered(_ numbers: [Double]) -> Bool { zip(numbers, numbers.dropFirst()).allSatisfy { $0 <= $1 } }
    return [1, 2].contains(kinksPerNeuron) && !ladder.isEmpty && freeKnotFits.count == optima.count
      && ladder.count >= optima.count
      && optima.enumerated().allSatisfy { h, fit in
        fit.risk >= 0 && fit.width == h && fit.pattern.count == h && fit.coefficients.count == h + 1
          && fit.pattern.allSatisfy { $0 == "R" || $0 == "L" } && isOrdered(fit.knots)
      }
      && ladder.enumerated().allSatisfy { k, fit in
        fit.risk >= 0 && fit.pieces == k + 1 && fit.knots.count == k && isOrdered(fit.knots)
      }
      && freeKnotFits.enumerated().allSatisfy { knots, fits in
        fits.allSatisfy { $0.risk >= 0 && $0.knots.count == knots && $0.jumps.count == knots && isOrdered($0.knots) }
      }
  }
}
