import Kernels
import Landscape
import Networks
import Outcomes
import Problems
import Risk
import TestSupport
import Testing

/// Optima, ladder and free knots against values that were computed otherwise.
/// Bounds: fits end when a step of Newton's method promises less than 2^-50 = 9e-16 of the risk, which knots change
/// by their square: 3e-8 for knots, or 1e-10 where a whole step follows, and 1e-8 for coefficients, the slopes
/// between them. Residuals of 1e-3, of numbers of size 1, round the risk of a network by 2 * 2^-53 / 1e-3 = 2e-13:
/// 1e-12 for risks. References have 17 digits.
@Suite struct RiskLevelsTests {
  /// The search to width 6; the widths beyond are in `patternsOfLargerWidths`.
  @Test(arguments: [0, 1])
  func referenceTable(_ index: Int) throws {
    let reference = LevelReference.all[index]
    let problem = try Problem(reference.target)
    let levels = try RiskLevels(problem: problem, activation: .relu, largestWidth: 6)
    #expect(levels.optima.count == 7 && levels.ladder.count == 41 && levels.freeKnotFits.count == 7)
    let risk = try PopulationRisk(problem: problem)
    for (h, fit) in levels.optima.enumerated() {
      #expect(agree(fit.risk, reference.optima[h], 1e-12), "m_\(h)")
      #expect(levels.optimum(width: h) == fit.risk && levels.lowerBound(width: h) == fit.risk)
      guard h > 0 else { continue }
      expectFit(fit, reference, width: h)
      // The network that it stands for, by the exact risk of networks.
      let evaluation = risk.evaluate(fit.network(activation: .relu), kernels: widest)
      #expect(agree(evaluation.risk, fit.risk, 1e-12))
      // Residuals rounded by a few 2^-53, times weights of a few units.
      #expect(evaluation.norm(over: [0..<evaluation.gradient.count]) <= 1e-13)
    }
    for (k, exact) in reference.ladder.enumerated() {
      #expect(agree(levels.ladder[k].risk, exact, 1e-13), "D_\(k + 1)")
      #expect(levels.ladder[k].isContinuous)
    }
    // D_(K+1) is the only local minimum with K free knots here.
    for (knots, fits) in levels.freeKnotFits.enumerated() {
      #expect(fits.count == 1 && agree(fits[0].risk, levels.ladder[knots].risk, 1e-12))
    }
    #expect(levels.isConvexOrConcave && levels.inconsistentWidths.isEmpty)
    #expect(levels.optimum(width: 7) == nil && levels.lowerBound(width: 7) == levels.ladder[7].risk)
    #expect(levels.bracket(width: 40) == (levels.ladder[40].risk, levels.ladder[39].risk))
    // Beyond the ladder nothing but what holds for all.
    #expect(levels.lowerBound(width: 41) == 0 && levels.bracket(width: 42).upper == levels.optima[6].risk)
  }

  private func expectFit(_ fit: OptimalFit, _ reference: LevelReference, width: Int) {
    #expect(fit.pattern == reference.patterns[width - 1] && fit.width == width)
    for (q, exact) in zip(fit.knots, reference.knots[width] ?? []) { #expect(abs(q - exact) <= 1e-10) }
    for (a, exact) in zip(fit.coefficients, reference.coefficients[width] ?? []) { #expect(abs(a - exact) <= 1e-8) }
  }

  /// Newton's method from the knots of D_(h+1) with the pattern of the table.
  @Test(arguments: [0, 1])
  func patternsOfLargerWidths(_ index: Int) throws {
    let reference = LevelReference.all[index]
    let search = try RiskLevelSearch(Problem(reference.target), pieces: 11)
    let ladder = search.ladder(11)
    for h in 7...10 {
      let fit = search.stationaryFit(
        from: ladder[h].knots, pattern: reference.patterns[h - 1].patternBits, slope: 0)
      #expect(agree(fit.risk, reference.optima[h], 1e-12), "m_\(h)")
      expectFit(fit, reference, width: h)
    }
  }

  /// x^2 + 2 x: with q = (sqrt((3 h^2 + 1)^2 + 4 h^2 - 1) - 3 h^2 - 1) / (4 h^2 - 1), the first knot,
  /// m_h = 4 q^5 / 45 + q^4 / 3 + q^3 / 3 + (1 - q)^5 / (180 h^4); and D_k = 1 / (180 k^4).
  @Test func closedFormOfAParabola() throws {
    let levels = try RiskLevels(problem: Problem("x^2 + 2*x"), activation: .relu, largestWidth: 5)
    for h in 1...5 {
      let (n, m) = (Double(h * h), Double(4 * h * h - 1))
      let s = 3 * n + 1
      // The difference of the root and s, without cancellation.
      let q = 1 / ((s * s + m).squareRoot() + s)
      let (q2, rest) = (q * q, 1 - q)
      let exact =
        q2 * q * (4 * q2 / 45 + q / 3 + 1.0 / 3) + rest * rest * rest * rest * rest / (180 * n * n)
      #expect(agree(levels.optima[h].risk, exact, 1e-12), "m_\(h)")
      #expect(abs(levels.optima[h].knots[0] - q) <= 1e-10)
    }
    for fit in levels.ladder {
      let k = Double(fit.pieces)
      #expect(agree(fit.risk, 1 / (180 * k * k * k * k), 2e-12), "D_\(fit.pieces)")
      // Three times the root of 2^-50; risks of up to 40 pieces, each rounded: twice the common bound.
      for (i, t) in fit.knots.enumerated() { #expect(abs(t - Double(i + 1) / k) <= 1e-7) }
    }
  }

  /// D_k k^4 / C, and values in 50 digits from antiderivatives (mpmath) at the knots found here, whose errors enter
  /// squared.
  @Test func asymptotics() throws {
    let cases: [(target: String, constant: Double, ratios: [Int: Double], values: [Int: Double])] = [
      (
        "sin(3*x)", LevelReference.sine.constant, [5: 1.1069, 20: 1.0207],
        [20: 2.6583059404991891e-07, 40: 1.6432528799340477e-08]
      ),
      (
        "x^4 * sin(x)", 0.00731988503664244, [5: 1.1408, 20: 1.0332],
        [11: 5.3062859567229155e-07, 20: 4.7268489644341812e-08, 40: 2.906339827582723e-09]
      ),
    ]
    for (target, constant, ratios, values) in cases {
      let ladder = try RiskLevels(problem: Problem(target), activation: .relu, largestWidth: 0).ladder
      func ratio(_ k: Int) -> Double { ladder[k - 1].risk * Double(k * k * k * k) / constant }
      // Ratios are printed with four decimals.
      for (k, exact) in ratios { #expect(abs(ratio(k) - exact) <= 5.1e-5, "\(target), k = \(k)") }
      for k in 2...40 { #expect(ratio(k) > 1 && ratio(k) < ratio(k - 1)) }
      // Towards 1 like 1 / k: 1/2, and room for the next term.
      #expect(abs(ratio(40) - 1) < 0.52 * abs(ratio(20) - 1))
      for (k, exact) in values { #expect(agree(ladder[k - 1].risk, exact, 1e-12), "\(target), D_\(k)") }
    }
  }

  /// Values in 50 digits at the knots found here.
  @Test func productTarget() throws {
    let exact = [
      0.046545194693396526, 0.0010450257581378001, 0.00015388128823810995, 4.2344753899610206e-05,
      1.5985431410550259e-05, 7.3072775002963544e-06,
    ]
    let levels = try RiskLevels(problem: Problem("x^4 * sin(x)"), activation: .relu, largestWidth: 5)
    for (h, value) in exact.enumerated() { #expect(agree(levels.optima[h].risk, value, 1e-12), "m_\(h)") }
  }

  /// Against brute force: least squares on Gauss nodes (numpy.linalg.lstsq) for all knots on a grid and all patterns,
  /// refined by Nelder and Mead (scipy.optimize).
  @Test func density() throws {
    let law = InputLaw.density(PiecewisePolynomial(breaks: [0, 1], pieces: [[0, 2]]))
    let levels = try RiskLevels(problem: Problem("sin(3*x)", law), activation: .relu, largestWidth: 3)
    let optima = [0.01535873075841224, 0.000494311063512434, 0.0002042842280268781]
    // A simplex that ends at a distance d is off by d^2: brute force is trusted to 1e-11, here and below.
    for (fit, exact) in zip(levels.optima.dropFirst(), optima) { #expect(agree(fit.risk, exact, 1e-11)) }
    #expect(levels.optima.map(\.pattern) == ["", "R", "RL", "LRR"])
    let ladder = [0.05009947772176316, 0.002640490598707945, 0.0004942991176898267, 0.0001525225663211908]
    for (fit, exact) in zip(levels.ladder, ladder) { #expect(agree(fit.risk, exact, 1e-11)) }
    #expect(levels.isConvexOrConcave && levels.inconsistentWidths.isEmpty)
  }

  /// Brute force as for `density`; gradients are as small as the errors of knots.
  @Test func leakyNetworks() throws {
    let cases: [(target: String, slope: Double, optima: [Double])] = [
      ("sin(3*x)", 0.1, [0.05462017338718869, 0.0006200297496993911, 0.0003064950939341812]),
      ("sin(3*x)", 0.01, [0.04371156885581679, 0.0006211608817522808]),
      ("x^2 + 2*x", 0.3, [0.00279005786561711, 0.0002706810628184562]),
    ]
    for (target, slope, optima) in cases {
      let problem = try Problem(target)
      let activation = Activation(.leakyReLU, parameter: slope)
      let levels = try RiskLevels(problem: problem, activation: activation, largestWidth: optima.count, ladder: 5)
      let risk = try PopulationRisk(problem: problem)
      for (fit, exact) in zip(levels.optima.dropFirst(), optima) {
        #expect(agree(fit.risk, exact, 1e-11), "\(target), slope \(slope), m_\(fit.width)")
        let evaluation = risk.evaluate(fit.network(activation: activation), kernels: widest)
        #expect(agree(evaluation.risk, fit.risk, 1e-12))
        #expect(evaluation.norm(over: [0..<evaluation.gradient.count]) <= 1e-11)
      }
    }
  }

  /// An interval of another place and length changes nothing in the mean risk.
  @Test func otherInterval() throws {
    let law = InputLaw.uniform(lower: -5, upper: 7)
    let levels = try RiskLevels(
      problem: Problem("sin((x + 5) / 4)", law), activation: .relu, largestWidth: 3, ladder: 12)
    for h in 0...3 { #expect(agree(levels.optima[h].risk, LevelReference.sine.optima[h], 1e-12)) }
    // x is rounded by 2^-53 of the length, here, too: ten times the bounds on [0, 1], for knots times 12.
    for k in 1...11 { #expect(agree(levels.ladder[k - 1].risk, LevelReference.sine.ladder[k - 1], 1e-11)) }
    for (q, exact) in zip(levels.optima[3].knots, LevelReference.sine.knots[3]!) {
      #expect(abs(q - (12 * exact - 5)) <= 1e-8)
    }
  }
}

/// Targets that are not convex, not smooth, or easy.
@Suite struct RiskLevelsOfOtherTargetsTests {
  /// sin 10 x, by brute force as for densities. The best fits by 2 and 3 lines do not join; beside the best
  /// continuous fits there are other local minima, and with a neuron that is active everywhere they are critical
  /// points of networks.
  @Test func notConvex() throws {
    let problem = try Problem("sin(10*x)")
    let levels = try RiskLevels(problem: problem, activation: .relu, largestWidth: 4, ladder: 12)
    let optima = [0.370588421177552, 0.1541718111857076, 0.01415286049033292]
    for (fit, exact) in zip(levels.optima.dropFirst(), optima) { #expect(agree(fit.risk, exact, 1e-11)) }
    let ladder = [0.4411718560693805, 0.1777603323800984, 0.08397037685114016, 0.006437790723179216]
    for (fit, exact) in zip(levels.ladder, ladder) { #expect(agree(fit.risk, exact, 1e-11)) }
    #expect(levels.ladder.prefix(4).map(\.isContinuous) == [true, false, false, true])
    #expect(!levels.isConvexOrConcave && levels.inconsistentWidths.isEmpty)
    #expect(levels.bracket(width: 3) == (levels.ladder[3].risk, levels.optima[2].risk))
    #expect(levels.bracket(width: 9) == (levels.ladder[9].risk, levels.ladder[8].risk))

    let risk = try PopulationRisk(problem: problem)
    for (knots, fits) in levels.freeKnotFits.enumerated() {
      #expect(fits.count > (knots == 0 ? 0 : 1))
      #expect(fits[0].risk >= levels.ladder[knots].risk * (1 - 1e-12))
      #expect(zip(fits, fits.dropFirst()).allSatisfy { $0.risk <= $1.risk })
      for fit in fits {
        // slope x + start by a neuron that is active on the right of -1.
        let network = Network(
          innerWeights: [1] + fit.jumps.map { _ in 1 }, innerBiases: [1] + fit.knots.map { -$0 },
          outerWeights: [fit.slope] + fit.jumps, outerBias: fit.start - fit.slope)
        let evaluation = risk.evaluate(network, kernels: widest)
        #expect(agree(evaluation.risk, fit.risk, 1e-12))
        // As for brute force, with second derivatives of up to 100.
        #expect(evaluation.norm(over: [0..<evaluation.gradient.count]) <= 1e-10)
        // No knot moved a little and no coefficient changed a little makes it better.
        for parameter in network.parameters.indices where parameter != 0 && parameter != knots + 1 {
          for step in [-1e-4, 1e-4] {
            var other = network
            other.parameters[parameter] += step
            #expect(risk.evaluate(other, kernels: widest).risk > fit.risk)
          }
        }
      }
    }
    // The nearest level knows them all.
    let other = levels.freeKnotFits[3][1]
    #expect(levels.nearest(to: other.risk * 1.0005, upToWidth: 3) == RiskLevel(.localFit, 4))
    #expect(levels.nearest(to: other.risk * 1.0005, upToWidth: 2) == nil)
  }

  /// One neuron represents a line, whatever its slope.
  @Test func affine() throws {
    let targets: [Target] = [
      .affine(weights: [-1.5], constant: 0.25),
      .piecewisePolynomial(PiecewisePolynomial(breaks: [0, 1], pieces: [[0.1, 3]])),
    ]
    for target in targets {
      let problem = Problem(inputs: .law(.uniform(lower: 0, upper: 1)), target: target)
      let levels = try RiskLevels(problem: problem, activation: .relu, largestWidth: 4, ladder: 6)
      #expect(levels.optima[0].risk > 0.1 && levels.optima.dropFirst().allSatisfy { $0.risk == 0 })
      #expect(levels.ladder.allSatisfy { $0.risk == 0 && $0.isContinuous })
      #expect(levels.isConvexOrConcave && levels.inconsistentWidths.isEmpty)
      #expect(levels.nearest(to: 1e-20, upToWidth: 2) == RiskLevel(.optimum, 1))
      #expect(levels.nearest(to: 1e-6, upToWidth: 2) == nil)
      #expect(RiskLevels(bytes: levels.bytes) == levels)
    }
    let constant = Problem(inputs: .law(.uniform(lower: 0, upper: 1)), target: .affine(weights: [0], constant: 2))
    let levels = try RiskLevels(problem: constant, activation: .relu, largestWidth: 2)
    #expect(levels.optima.allSatisfy { $0.risk == 0 } && levels.ladder.allSatisfy { $0.risk == 0 })
    // More pieces than the grid has cells.
    let long = try RiskLevels(problem: constant, activation: Activation(.clipping), ladder: 300)
    #expect(long.ladder.count == 300 && long.ladder.allSatisfy { $0.risk == 0 })
  }

  /// |x - 1/3|: m_0 = 1/9 - (5/18)^2 = 11/324, and two neurons represent it.
  @Test func kinkedTarget() throws {
    let third = 1.0 / 3
    let target = PiecewisePolynomial(breaks: [0, third, 1], pieces: [[third, -1], [-third, 1]])
    let problem = Problem(inputs: .law(.uniform(lower: 0, upper: 1)), target: .piecewisePolynomial(target))
    let levels = try RiskLevels(problem: problem, activation: .relu, largestWidth: 5, ladder: 8)
    // Without iteration, rounding of a few terms. A residual of 1e-14, squared, is 1e-28.
    #expect(agree(levels.optima[0].risk, 11.0 / 324, 1e-14))
    #expect(levels.optima[1].risk > 0.004 && levels.optima.dropFirst(2).allSatisfy { $0.risk == 0 })
    #expect(levels.ladder[0].risk > 0.01 && levels.ladder.dropFirst().allSatisfy { $0.risk == 0 })
    #expect(levels.ladder[1].knots == [third])
    #expect(levels.optima.allSatisfy { fit in (fit.knots + fit.coefficients).allSatisfy(\.isFinite) })
    #expect(levels.freeKnotFits[1].count == 1 && abs(levels.freeKnotFits[1][0].knots[0] - third) <= 1e-12)
    #expect(levels.isConvexOrConcave && levels.inconsistentWidths.isEmpty)
    let risk = try PopulationRisk(problem: problem)
    #expect(risk.evaluate(levels.optima[3].network(activation: .relu), kernels: widest).risk <= 1e-28)
  }

  /// A teacher is met by a network of its width, and approximated by narrower ones. Its kinks are found to rounding.
  @Test func teacher() throws {
    let architecture = Architecture(hidden: [2], activation: .relu)
    let teacher = Teacher(architecture: architecture, parameters: .given([1, -1, -0.3, 0.7, 1, -2, 0.5]))
    let problem = Problem(inputs: .law(.uniform(lower: 0, upper: 1)), target: .teacher(teacher))
    let levels = try RiskLevels(problem: problem, activation: .relu, largestWidth: 3, ladder: 5)
    #expect(levels.optima.map { $0.risk == 0 } == [false, false, true, true])
    #expect(levels.ladder.map { $0.risk == 0 } == [false, false, true, true, true])
    for (t, exact) in zip(levels.ladder[2].knots, [0.3, 0.7]) { #expect(abs(t - exact) <= 1e-12) }
    // Of those with two kinks only the teacher itself; with three they are not determined.
    #expect(levels.freeKnotFits[2].first?.risk == 0 && levels.freeKnotFits[3].isEmpty)
  }

  /// floor(3 x) and a piecewise polynomial with jumps: lines rest on the jumps, and continuous fits with two knots
  /// can come as near to a jump as they like, so that there is no best one.
  @Test func jumps() throws {
    let floor = try RiskLevels(problem: Problem("floor(3*x)"), activation: .relu, largestWidth: 4, ladder: 5)
    #expect(floor.optima.map(\.width) == [0, 1] && floor.lowerBound(width: 2) == 0)
    #expect(floor.ladder.map { $0.risk == 0 } == [false, false, true, true, true])
    // Without iteration: jumps by bisection, lines by formulas.
    #expect(agree(floor.ladder[0].risk, 2.0 / 27, 1e-14) && agree(floor.ladder[1].risk, 1.0 / 24, 1e-14))
    for (t, exact) in zip(floor.ladder[2].knots, [1.0 / 3, 2.0 / 3]) { #expect(abs(t - exact) <= 1e-15) }

    // Lines on the first two pieces, x^2 on the last: with k pieces its risk is 0.3^5 / (180 (k - 2)^4).
    let target = PiecewisePolynomial(breaks: [0, 0.3, 0.7, 1], pieces: [[0, 1], [1, -1], [0.5, 0, 1]])
    let problem = Problem(inputs: .law(.uniform(lower: 0, upper: 1)), target: .piecewisePolynomial(target))
    let levels = try RiskLevels(problem: problem, activation: .relu, largestWidth: 0, ladder: 10)
    for k in 3...10 {
      let n = Double((k - 2) * (k - 2))
      // Ten times the common bound, for residuals ten times smaller.
      #expect(agree(levels.ladder[k - 1].risk, 0.3 * 0.3 * 0.3 * 0.3 * 0.3 / (180 * n * n), 1e-11), "D_\(k)")
      #expect(Array(levels.ladder[k - 1].knots.prefix(2)) == [0.3, 0.7])
    }
    #expect(!levels.isConvexOrConcave)
  }

  /// A density that is 0 in the middle: x^2 + 2 x on both sides of it is fitted by lines of their own.
  @Test func densityWithAGap() throws {
    let density = PiecewisePolynomial(breaks: [0, 0.25, 0.75, 1], pieces: [[2], [0], [2]])
    let levels = try RiskLevels(
      problem: Problem("x^2 + 2*x", .density(density)), activation: .relu, largestWidth: 2, ladder: 4)
    // A length of 1/4 and mass 1/2: (1/4)^4 / 180 in the mean; a tenth of the common bound without iteration.
    #expect(agree(levels.ladder[1].risk, 1.0 / (256 * 180), 1e-13))
    #expect(agree(levels.ladder[3].risk, 1.0 / (16 * 256 * 180), 1e-12))
    #expect(levels.inconsistentWidths.isEmpty && levels.optima.allSatisfy(\.risk.isFinite))
  }

  /// Two kinks for each neuron, and no optima.
  @Test func clipping() throws {
    let problem = try Problem("x^(1/4)")
    let levels = try RiskLevels(problem: problem, activation: Activation(.clipping), ladder: 21)
    #expect(levels.optima.isEmpty && levels.freeKnotFits.isEmpty && levels.optimum(width: 1) == nil)
    #expect(levels.lowerBound(width: 3) == levels.ladder[6].risk && levels.lowerBound(width: 11) == 0)
    #expect(levels.bracket(width: 3) == (levels.ladder[6].risk, nil))
    // The best line of x^(1/4) on [0, 1]: 2/3 - (4/5)^2 - 12 (4/9 - 2/5)^2 = 2/3 - 16/25 - 16/675 = 2/675.
    // 2/675 is what 2/3, 16/25 and 16/675 leave: 225 times their rounding, 2.5e-14.
    #expect(agree(levels.ladder[0].risk, 2.0 / 675, 1e-13))
    #expect(levels.nearest(to: levels.ladder[6].risk, upToWidth: 3) == RiskLevel(.ladder, 7))
    #expect(levels.nearest(to: levels.ladder[6].risk, upToWidth: 2) == nil)
    #expect(RiskLevels(bytes: levels.bytes) == levels)
  }
}

/// What goes with the values: names, bytes, errors.
@Suite struct RiskLevelsInterfaceTests {
  @Test func nearestLevel() throws {
    let levels = try RiskLevels(problem: Problem("sin(3*x)"), activation: .relu, largestWidth: 3, ladder: 12)
    #expect(levels.nearest(to: 0.0832768, upToWidth: 10)?.name == "m_0")
    #expect(levels.nearest(to: 0.0809207, upToWidth: 10)?.name == "D_1")
    #expect(levels.nearest(to: 0.000294, upToWidth: 10) == nil)
    #expect(levels.nearest(to: 0.000294, upToWidth: 10, tolerance: 2e-3) == RiskLevel(.optimum, 3))
    #expect(levels.nearest(to: 0.000294, upToWidth: 2, tolerance: 2e-3) == nil)
    #expect(levels.nearest(to: 7.38e-5, upToWidth: 4) == RiskLevel(.ladder, 5))
    #expect(levels.nearest(to: .infinity, upToWidth: 4) == nil)
  }

  @Test func bytes() throws {
    let levels = try RiskLevels(problem: Problem("sin(10*x)"), activation: .relu, largestWidth: 2, ladder: 5)
    let bytes = levels.bytes
    #expect(RiskLevels(bytes: bytes) == levels && RiskLevels(bytes: bytes)?.bytes == bytes)
    #expect(RiskLevels(bytes: []) == nil && RiskLevels(bytes: Array(bytes.dropLast())) == nil)
    // A pattern that is too short.
    let text = String(decoding: bytes, as: UTF8.self)
    let short = text.replacing("\"pattern\":\"LL\"", with: "\"pattern\":\"L\"")
    #expect(short != text && RiskLevels(bytes: Array(short.utf8)) == nil)
    let again = try RiskLevels(problem: Problem("sin(10*x)"), activation: .relu, largestWidth: 2, ladder: 5)
    #expect(again == levels)
  }

  @Test func availability() throws {
    let problem = try Problem("sin(3*x)")
    func shallow(_ kind: Activation.Kind, _ parameter: Double? = nil) -> Architecture {
      Architecture(hidden: [7], activation: Activation(kind, parameter: parameter))
    }
    #expect(RiskLevels.availability(problem: problem, architecture: shallow(.relu)) == .optima)
    #expect(RiskLevels.availability(problem: problem, architecture: shallow(.leakyReLU)) == .optima)
    #expect(RiskLevels.availability(problem: problem, architecture: shallow(.clipping)) == .lowerBounds)

    let scope = """
      , and levels are defined for shallow ReLU, leaky ReLU and (lower bounds only) clipping networks with a scalar \
      input on an interval, uniform or with a piecewise polynomial density; 
      """
    func expect(_ problem: Problem, _ architecture: Architecture, _ fact: String, _ advice: String) {
      guard case .unavailable(let error) = RiskLevels.availability(problem: problem, architecture: architecture) else {
        Issue.record("levels are available: \(fact)")
        return
      }
      #expect(error.description == fact + scope + advice + "")
    }
    let activations = "choose the activation relu, leaky-relu or clipping"
    expect(problem, shallow(.tanh), "this study has the activation tanh", activations)
    expect(
      problem, shallow(.leakyReLU, 1), "this study has leaky ReLU networks with slope 1.0, which are lines", activations
    )
    let box = InputLaw.box([.init(lower: 0, upper: 1), .init(lower: 0, upper: 1)])
    expect(
      Problem(inputs: .law(box), target: .affine(weights: [1, 1], constant: 0)), shallow(.relu),
      "this study has inputs with 2 coordinates", "choose a scalar input")
    expect(
      try Problem("x", .normal(mean: 0, standardDeviation: 1, dimension: 1)), shallow(.relu),
      "this study has normal inputs", "choose a uniform input or a density on an interval")
    expect(
      Problem(inputs: .data(DataSet(origin: .inline, dimension: 1, inputs: [0, 1], labels: [0, 1])), target: nil),
      shallow(.relu),
      "this study learns from a data set", "write the input as a law")

    #expect(throws: LevelError.activation(Activation(.tanh))) {
      try RiskLevels(problem: problem, activation: Activation(.tanh))
    }
    #expect(throws: LevelError.self) { try RiskLevels(problem: Problem("1/x"), activation: .relu) }
  }
}
