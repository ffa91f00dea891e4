import Networks
import Outcomes
import Studies
import TestSupport
import Testing

/// The scale of every initial law, from the words of study files to the parameters that are drawn: block by block of a
/// deep network with vector input, over many trials.
///
/// Means and variances stand within 4.5 standard errors of the formulas; with the fixed seed they do so for good.
@Suite struct InitialLawTests {
  /// Input dimension and widths of the network; all different, so that no number stands for another.
  private static let widths = [3, 6, 9, 1]
  private static let trials = 4000

  struct Law: Sendable, CustomTestStringConvertible {
    /// In study files.
    let text: String
    /// Mean, standard deviation and fourth central moment over the squared variance for fan-in and fan-out.
    let shape: Shape
    let mean: @Sendable (Double, Double) -> Double
    let deviation: @Sendable (Double, Double) -> Double
    var testDescription: String { text }

    /// A law but for mean and standard deviation.
    enum Shape: Sendable {
      case normal, halfNormal, uniform, constant

      /// E (X - E X)^4 / Var(X)^2.
      var kurtosis: Double {
        switch self {
        case .normal: 3
        // (3 - 4 / pi - 12 / pi^2) / (1 - 2 / pi)^2.
        case .halfNormal: 3.869177303605974
        case .uniform: 1.8
        case .constant: 1
        }
      }
    }

    init(
      _ text: String, _ shape: Shape, mean: @escaping @Sendable (Double, Double) -> Double = { _, _ in 0 },
      deviation: @escaping @Sendable (Double, Double) -> Double
    ) {
      self.text = text
      self.shape = shape
      self.mean = mean
      self.deviation = deviation
    }
  }

  /// sqrt(2 / pi) and sqrt(1 - 2 / pi): mean and standard deviation of the modulus of a standard normal variable.
  private static let modulus = (mean: 0.7978845608028654, deviation: 0.6028102749890869)

  static let laws = [
    Law("he-normal", .normal) { fanIn, _ in (2 / fanIn).squareRoot() },
    Law("he-uniform", .uniform) { fanIn, _ in (2 / fanIn).squareRoot() },
    Law("xavier-normal", .normal) { fanIn, fanOut in (2 / (fanIn + fanOut)).squareRoot() },
    Law("xavier-uniform", .uniform) { fanIn, fanOut in (2 / (fanIn + fanOut)).squareRoot() },
    Law("lecun-normal", .normal) { fanIn, _ in (1 / fanIn).squareRoot() },
    Law("lecun-uniform", .uniform) { fanIn, _ in (1 / fanIn).squareRoot() },
    // Uniform on [-s, s] has the variance s^2 / 3.
    Law("pytorch", .uniform) { fanIn, _ in (1 / (3 * fanIn)).squareRoot() },
    Law("{normal: 1}", .normal) { _, _ in 1 },
    Law("{half-normal: 1}", .halfNormal, mean: { _, _ in modulus.mean }) { _, _ in modulus.deviation },
    // Expressions: h = h1 = 6, h2 = 9, d = 3.
    Law("{he-normal: \"h^(-1/2)\"}", .normal) { fanIn, _ in (2 / fanIn / 6).squareRoot() },
    Law("{he-uniform: \"1/h\"}", .uniform) { fanIn, _ in (2 / fanIn).squareRoot() / 6 },
    Law("{xavier-normal: \"h\"}", .normal) { fanIn, fanOut in 6 * (2 / (fanIn + fanOut)).squareRoot() },
    Law("{xavier-uniform: \"h2\"}", .uniform) { fanIn, fanOut in 9 * (2 / (fanIn + fanOut)).squareRoot() },
    Law("{lecun-normal: \"d * h\"}", .normal) { fanIn, _ in 18 * (1 / fanIn).squareRoot() },
    Law("{lecun-uniform: \"sqrt(h1)\"}", .uniform) { fanIn, _ in (6 / fanIn).squareRoot() },
    Law("{pytorch: \"h - d\"}", .uniform) { fanIn, _ in 3 * (1 / (3 * fanIn)).squareRoot() },
    Law("{normal: \"h^(-1/2)\"}", .normal) { _, _ in 6.0.squareRoot() / 6 },
    Law("{half-normal: \"h * h2\"}", .halfNormal, mean: { _, _ in 54 * modulus.mean }) { _, _ in
      54 * modulus.deviation
    },
    Law("{uniform: [\"-d\", \"2 * h\"]}", .uniform, mean: { _, _ in 4.5 }) { _, _ in 15 / 12.0.squareRoot() },
    Law("{constant: \"1/h\"}", .constant, mean: { _, _ in 1.0 / 6 }) { _, _ in 0 },
    Law("{large-bias: \"h / 2\"}", .constant, mean: { _, _ in -3 }) { _, _ in 0 },
  ]

  @Test(arguments: laws)
  func scales(_ law: Law) throws {
    let cell = try parse(
      hidden: "[[6, 9]]", initial: "{weights: \(law.text), biases: \(law.text)}",
      input: "box: [[0, 1], [0, 1], [0, 1]]", target: "\"x1\""
    ).cells[0]
    let initialization = cell.initialization.resolved(cell.architecture)
    let draws = (0..<Self.trials).map {
      initialization.draw(studySeed: cell.seed, cellKey: cell.key.value, trial: $0, kernels: widest)
    }
    for block in cell.architecture.blocks {
      let numbers = draws.flatMap { $0[cell.architecture.range(block)] }
      let (fanIn, fanOut) = (Self.widths[block.layer - 1], Self.widths[block.layer])
      #expect(numbers.count == Self.trials * fanOut * (block.kind == .weights ? fanIn : 1))
      let mean = law.mean(Double(fanIn), Double(fanOut))
      let deviation = law.deviation(Double(fanIn), Double(fanOut))
      let name = block.name(depth: 2)
      guard law.shape != .constant else {
        // An expression that is evaluated here and there: a few roundings.
        #expect(numbers.allSatisfy { abs($0 - mean) <= 1e-15 }, "\(name)")
        continue
      }
      let n = Double(numbers.count)
      let standardized = numbers.map { ($0 - mean) / deviation }
      let meanScore = standardized.reduce(0, +) / n.squareRoot()
      let square = standardized.reduce(0) { $0 + $1 * $1 } / n
      let varianceScore = (square - 1) * (n / (law.shape.kurtosis - 1)).squareRoot()
      // A false alarm of 6.8e-6 each, over the choice of the seed, which is fixed.
      #expect(abs(meanScore) <= 4.5, "\(name)")
      #expect(abs(varianceScore) <= 4.5, "\(name)")
      let (least, largest) = (standardized.min()!, standardized.max()!)
      switch law.shape {
      case .uniform:
        // The bounds, up to rounding; and they are reached but for a share of e^-15 to each side.
        let bound = 3.0.squareRoot()
        // Some roundings of scale, product and quotient: 90 * 2^-53 allowed.
        #expect(least >= -bound * (1 + 1e-14) && largest <= bound * (1 + 1e-14), "\(name)")
        #expect(min(-least, largest) >= bound * (1 - 30 / n), "\(name)")
      case .halfNormal: #expect(numbers.min()! >= 0 && largest > 3, "\(name)")
      case .normal: #expect(least < -2.5 && largest > 2.5, "\(name)")
      case .constant: break
      }
    }
  }
}
