import Kernels
import Networks
import Problems
import Risk
import TestSupport
import Testing

/// Vector inputs: product quadrature, evaluation sets, data.
@Suite struct VectorRiskTests {
  /// N = 0.3 + 0.7 A(1.2 x1 - 0.5 x2 + 0.1) - 1.1 A(-0.4 x1 + 0.9 x2 - 0.2).
  private func network(_ activation: Activation) -> Network {
    Network(
      architecture: Architecture(inputDimension: 2, hidden: [2], activation: activation),
      parameters: [1.2, -0.5, -0.4, 0.9, 0.1, -0.2, 0.7, -1.1, 0.3])
  }

  private let box = InputLaw.box([
    InputLaw.Bounds(lower: -1, upper: 2), InputLaw.Bounds(lower: 0, upper: 2),
  ])

  /// By SciPy's nested adaptive quadrature.
  @Test func smoothOnABox() throws {
    let risk = try PopulationRisk(problem: Problem("x1 * sin(2*x2)", box))
    let evaluation = risk.evaluate(network(Activation(.tanh)), kernels: widest)
    // Refinements agree to 1e-10 of the risk (`ProductQuadrature.tolerance`), which is stated; for a smooth integrand
    // the last of them is far better, and SciPy has 16 digits.
    #expect(abs(evaluation.risk - 0.5253444396117251) <= 1e-13)
    #expect(abs(evaluation.risk - 0.5253444396117251) <= evaluation.error && evaluation.error <= 1e-9)
    for (computed, difference) in zip(
      evaluation.gradient, differences(risk, network(Activation(.tanh)), step: 1e-5))
    {
      // step^2 = 1e-10 times a third derivative, some ten; rounding is 2^-51 / (2 step) = 2e-11.
      #expect(abs(computed - difference) <= 1e-8)
    }
  }

  @Test func smoothOnThePlane() throws {
    let law = InputLaw.normal(mean: 0.5, standardDeviation: 0.8, dimension: 2)
    let risk = try PopulationRisk(problem: Problem("x1 * x2", law))
    let evaluation = risk.evaluate(network(Activation(.tanh)), kernels: widest)
    // As on the box; the square of x1 x2 reaches far out, where densities below 1e-17 of the largest are left out.
    #expect(abs(evaluation.risk - 1.712740883517823) <= 1e-11)
    #expect(abs(evaluation.risk - 1.712740883517823) <= evaluation.error && evaluation.error <= 1e-8)
  }

  /// Kinks make quadrature slow to converge; the stated error covers the actual one.
  @Test func kinksOnABox() throws {
    let risk = try PopulationRisk(problem: Problem("x1 * sin(2*x2)", box))
    let evaluation = risk.evaluate(network(.relu), kernels: widest)
    #expect(abs(evaluation.risk - 0.5439740530790731) <= evaluation.error)
    // What refinement reaches across kinks: no theory but that the error falls with a low power of the nodes, and
    // that it has to be small against risks of 0.1 to be of use. So below.
    #expect(evaluation.error <= 3e-6)
    // E relu(x1 + x2 - 1)^2 on the unit square is 1/12.
    let unit = InputLaw.box(Array(repeating: InputLaw.Bounds(lower: 0, upper: 1), count: 2))
    let corner = Network(
      architecture: Architecture(inputDimension: 2, hidden: [1], activation: .relu), parameters: [1, 1, -1, 1, 0])
    let zero = try PopulationRisk(problem: Problem("0", unit)).evaluate(corner, kernels: widest)
    #expect(abs(zero.risk - 1.0 / 12) <= zero.error && zero.error <= 3e-6)
  }

  /// E relu(w . x)^2 = |w|^2 / 2 for x standard normal; the gradient in w is w.
  @Test(arguments: [2, 3])
  func normalInputs(_ dimension: Int) throws {
    let w = [0.6, -0.8, 1.1].prefix(dimension)
    let network = Network(
      architecture: Architecture(inputDimension: dimension, hidden: [1], activation: .relu),
      parameters: w + [0, 1, 0])
    let law = InputLaw.normal(mean: 0, standardDeviation: 1, dimension: dimension)
    let evaluation = try PopulationRisk(problem: Problem("0", law)).evaluate(network, kernels: widest)
    let exact = 0.5 * w.reduce(0) { $0 + $1 * $1 }
    #expect(abs(evaluation.risk - exact) <= evaluation.error)
    #expect(evaluation.error <= (dimension == 2 ? 1e-5 : 1e-3))
    for (computed, exact) in zip(evaluation.gradient, w) { #expect(abs(computed - exact) <= 1e-3) }
    // Constants and squares of coordinates are integrated to rounding.
    let affine = Network(
      architecture: Architecture(inputDimension: dimension, hidden: [1], activation: Activation(.identity)),
      parameters: w + [2, 1, 0])
    let line = try PopulationRisk(problem: Problem("0", law)).evaluate(affine, kernels: widest)
    // `ProductQuadrature.tolerance`, 1e-10, of a risk below 7.
    #expect(abs(line.risk - (2 * exact + 4)) <= 1e-9)
  }

  /// More than three dimensions: within four standard errors of |w|^2 / 2 (a false alarm in 16,000 seeds), and the
  /// standard error is that of the theory, sqrt((3/2 - 1/4) |w|^4 / n).
  @Test func evaluationSets() throws {
    let w = [0.5, -1, 0.25, 2, 0.75]
    let network = Network(
      architecture: Architecture(inputDimension: 5, hidden: [1], activation: .relu), parameters: w + [0, 1, 0])
    let size = w.reduce(0) { $0 + $1 * $1 }
    let law = InputLaw.normal(mean: 0, standardDeviation: 1, dimension: 5)
    let target = try Problem("0", law).target
    let problem = Problem(inputs: .law(law), target: target, evaluationPoints: 20_000)
    let risk = try PopulationRisk(problem: problem, seed: 11)
    let evaluation = risk.evaluate(network, kernels: widest)
    #expect(abs(evaluation.risk - size / 2) <= 4 * evaluation.error)
    let theory = size * (1.25 / 20_000).squareRoot()
    // The square of relu(x) has the kurtosis 25.3: the estimate of the standard error deviates by ((25.3 - 1) / (4
    // n))^(1/2) = 0.017 of itself, and 0.1 is 5.7 times that.
    #expect(abs(evaluation.error - theory) <= 0.1 * theory)
    // The same set for every network; another one for another seed.
    #expect(try PopulationRisk(problem: problem, seed: 11).evaluate(network, kernels: widest) == evaluation)
    #expect(try PopulationRisk(problem: problem, seed: 12).evaluate(network, kernels: widest) != evaluation)
    for (computed, difference) in zip(evaluation.gradient, differences(risk, network, step: 1e-6)) {
      // The step is 1e-6: points over which a kink moves make differences good to O(step).
      #expect(abs(computed - difference) <= 1e-5)
    }
  }

  /// A box in four dimensions: means and correlations of the set are those of the law.
  @Test func evaluationSetOnABox() throws {
    let law = InputLaw.box((0..<4).map { InputLaw.Bounds(lower: Double($0), upper: Double($0) + 2) })
    let network = Network(
      architecture: Architecture(inputDimension: 4, hidden: [1], activation: Activation(.identity)),
      parameters: [1, -1, 2, 0.5, 0.5, 1, 0])
    // N has mean 1 - 2 + 6 + 2 + 1/2 and variance (1 + 1 + 4 + 1/4) / 3.
    let exact = 7.5 * 7.5 + 6.25 / 3
    let evaluation = try PopulationRisk(problem: Problem("0", law), seed: 3).evaluate(network, kernels: widest)
    // A false alarm in 16,000 seeds, as above.
    #expect(abs(evaluation.risk - exact) <= 4 * evaluation.error && evaluation.error <= 0.1)
  }

  /// The risk over a data set is its mean, and so is the gradient.
  @Test func dataSets() throws {
    let data = DataSet(
      origin: .inline, dimension: 2, inputs: [1, 2, -1, 0.5, 3, -2], labels: [1, 0, -0.5])
    let network = Network(
      architecture: Architecture(inputDimension: 2, hidden: [2], activation: .relu),
      parameters: [1, 0.5, -1, 1, 0, 0.25, 2, -1, 0.1])
    // Hidden: (2, 1.25), (0, 1.75), (2, 0); values 2.85, -1.65, 4.1; residuals 1.85, -1.65, 4.6.
    let risk = try PopulationRisk(problem: Problem(inputs: .data(data), target: nil))
    let evaluation = risk.evaluate(network, kernels: widest)
    // A few roundings of numbers up to 28, by 2^-49 at most each; gradients have up to 28 too, with more of them.
    #expect(abs(evaluation.risk - (1.85 * 1.85 + 1.65 * 1.65 + 4.6 * 4.6) / 3) <= 1e-14)
    #expect(evaluation.error <= 1e-14)
    let exact = [
      2 * (1.85 * 1 + 4.6 * 3), 2 * (1.85 * 2 - 4.6 * 2), -(1.85 * 1 + 1.65), -(1.85 * 2 - 1.65 * 0.5),
      2 * (1.85 + 4.6), -(1.85 - 1.65), 1.85 * 2 + 4.6 * 2, 1.85 * 1.25 - 1.65 * 1.75, 1.85 - 1.65 + 4.6,
    ].map { 2 * $0 / 3 }
    for (computed, exact) in zip(evaluation.gradient, exact) { #expect(abs(computed - exact) <= 1e-13) }

    // The same labels from a target, and scalar data.
    let line = DataSet(origin: .inline, dimension: 1, inputs: (0..<3000).map { Double($0) / 1000 }, labels: nil)
    let square = try Problem("x^2").target
    let scalar = try PopulationRisk(problem: Problem(inputs: .data(line), target: square))
      .evaluate(
        Network(innerWeights: [1], innerBiases: [0], outerWeights: [1], outerBias: 0), kernels: widest)
    let mean = line.inputs.reduce(0) { $0 + ($1 - $1 * $1) * ($1 - $1 * $1) } / 3000
    // 3000 additions in different orders, of sums 3000 times the mean of 3: 3000 * 2^-53 * 3 / 2 = 5e-13 if all
    // roundings agreed.
    #expect(abs(scalar.risk - mean) <= 1e-13)
  }

  @Test func targetsThatAreNotFinite() throws {
    let law = InputLaw.box(Array(repeating: InputLaw.Bounds(lower: -1, upper: 1), count: 4))
    do {
      _ = try PopulationRisk(problem: Problem("log(x1)", law))
      Issue.record("the logarithm of negative numbers was accepted")
    } catch let error as RiskError {
      guard case .targetNotFiniteAt(let point, let value) = error else { throw error }
      #expect(point.count == 4 && point[0] < 0 && value.isNaN)
    }
    #expect(
      RiskError.targetNotFiniteAt(point: [0, 1.5], value: -.infinity).description
        == "the target is not finite at an input (it is -inf at x = (0.0, 1.5)); choose inputs at which it is")
  }

  private let square = InputLaw.box(Array(repeating: InputLaw.Bounds(lower: 0, upper: 1), count: 2))

  /// The integral of (v s)^2 with s = x1 + x2 - 2 + t over the corner where s > 0 is v^2 t^4 / 12.
  @Test(arguments: [0.1, 0.01, 0.002])
  func activeInACorner(_ t: Double) throws {
    let network = Network(
      architecture: Architecture(inputDimension: 2, hidden: [1], activation: .relu),
      parameters: [1, 1, t - 2, 1e5, 0])
    let evaluation = try PopulationRisk(problem: Problem("0*x1", square)).evaluate(network, kernels: widest)
    let exact = 1e10 * t * t * t * t / 12
    #expect(abs(evaluation.risk - exact) <= evaluation.error)
    // What keeps the stated error of use; no theory.
    #expect(evaluation.error <= 0.05 * exact)
  }

  /// n neurons 20 (20 x1 + 20 x2 - 39.8)+ on the corner 0 < t - u - v, u = 1 - x1, v = 1 - x2, t = 0.01; the integrals
  /// of t - u - v times 1, u, and u v are t^3 / 6, t^4 / 24, and t^5 / 120.
  @Test(arguments: [1, 7, 20])
  func activeInACornerOfATarget(_ n: Int) throws {
    let network = Network(
      architecture: Architecture(inputDimension: 2, hidden: [n], activation: .relu),
      parameters: Array(repeating: 20, count: 2 * n) + Array(repeating: -39.8, count: n)
        + Array(repeating: 20, count: n) + [0])
    let evaluation = try PopulationRisk(problem: Problem("x1 * x2", square)).evaluate(network, kernels: widest)
    let slope = 400 * Double(n)
    let product = slope * (1e-6 / 6 - 2 * 1e-8 / 24 + 1e-10 / 120)
    let exact = 1.0 / 9 - 2 * product + slope * slope * 1e-8 / 12
    #expect(abs(evaluation.risk - exact) <= evaluation.error)
    // As for a corner alone: no theory.
    #expect(evaluation.error <= 1e-2 * exact)
  }

  /// The integral of the square of the peak is 1e4 pi / 2e6.
  @Test func targetsThatAreNotResolved() throws {
    for peak in ["100*exp(-1e6*((x1-0.3)^2+(x2-0.71)^2))", "1 + 1e3*exp(-1e6*((x1-0.3)^2+(x2-0.71)^2))"] {
      do {
        _ = try PopulationRisk(problem: Problem(peak, square))
        Issue.record("a peak between the nodes was accepted")
      } catch let error as RiskError {
        guard case .targetNotResolved(let point) = error else { throw error }
        // Ten times the width of the peak, 1e-3.
        #expect(abs(point[0] - 0.3) <= 0.01 && abs(point[1] - 0.71) <= 0.01)
      }
    }
  }

  /// A quadrature has an error, which keeps verdicts open.
  @Test func errorsOfQuadratures() throws {
    let smooth = randomNetwork(width: 5, seed: 3, activation: Activation(.tanh))
    let line = try PopulationRisk(problem: Problem("sin(3*x)")).evaluate(smooth, kernels: widest)
    #expect(line.error > 0)
    let plane = try PopulationRisk(problem: Problem("x1 * sin(2*x2)", box)).evaluate(network(.relu), kernels: widest)
    #expect(plane.error > 0)
  }
}
