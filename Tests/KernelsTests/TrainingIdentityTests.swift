import Kernels
import TestSupport
import Testing

/// Identities that gradient descent on a network with positively homogeneous activation obeys step by step, up to the
/// rounding of single precision. u = 2^-24 is the relative error of one rounding.
@Suite("identities along training")
struct TrainingIdentityTests {
  // Bounds below are times 1 + 1e-6, for what double precision leaves: some 2^-53 of terms that may cancel, beside u.
  private static let u = 0x1p-24

  /// Calls `check` with the parameters before a step, its gradient, the parameters after it and the rate.
  private static func train(
    _ law: InitialLaw, width: Int, trial: Int, steps: UInt32, kernels: KernelTable,
    _ check: (_ before: ShallowParameters, _ gradient: ShallowParameters, _ after: ShallowParameters, Double) -> Void
  ) {
    let batch = MiniBatch(size: 256, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
    let ensemble = ShallowEnsemble(width: width, count: 1, kernels: kernels)
    ensemble[0] = law.draw(width: width, trial: trial, kernels: kernels)
    for step in 0..<steps {
      batch.draw(stream(trial), step: step)
      let before = ensemble[0]
      let gradient = ensemble.gradient(0, batch: batch)
      let rate: Float = 0.01
      #expect(ensemble.descend(0, batch: batch, rate: rate))
      check(before, gradient, ensemble[0], Double(rate))
    }
  }

  /// One parameter: value before and after a step, gradient.
  private struct Parameter {
    let before: Double
    let gradient: Double
    let after: Double

    init(_ before: Float, _ gradient: Float, _ after: Float) {
      self.before = Double(before)
      self.gradient = Double(gradient)
      self.after = Double(after)
    }

    /// A bound of |after - (before - rate * gradient)|: the product and the difference are rounded once each.
    func roundingOfStep(rate: Double) -> Double { u * (abs(after) + rate * abs(gradient)) * (1 + 1e-6) }
  }

  /// Before the three components of a neuron's gradient are rounded, w G_w + b G_b and v G_v are the same number but
  /// for double precision. Each rounding moves its product by at most u times itself.
  @Test("w G_w + b G_b = v G_v for every neuron", arguments: KernelLevel.supported, InitialLaw.allCases)
  func homogeneity(_ level: KernelLevel, _ law: InitialLaw) {
    for (trial, width) in [5, 32, 100].enumerated() {
      Self.train(law, width: width, trial: trial, steps: 200, kernels: KernelTable(level)) { before, gradient, _, _ in
        for j in 0..<width {
          let w = Double(before.innerWeights[j]) * Double(gradient.innerWeights[j])
          let b = Double(before.innerBiases[j]) * Double(gradient.innerBiases[j])
          let v = Double(before.outerWeights[j]) * Double(gradient.outerWeights[j])
          #expect(abs(w + b - v) <= Self.u * (abs(w) + abs(b) + abs(v)) * (1 + 1e-6))
        }
      }
    }
  }

  /// C = w^2 + b^2 - v^2 of a neuron grows by rate^2 (G_w^2 + G_b^2 - G_v^2) in a step: the terms linear in the rate
  /// cancel. The bound collects the rounding of the three updates and of the gradient.
  @Test("the balancedness of every neuron", arguments: KernelLevel.supported, InitialLaw.allCases)
  func balancedness(_ level: KernelLevel, _ law: InitialLaw) {
    for (trial, width) in [5, 32, 100].enumerated() {
      Self.train(law, width: width, trial: trial, steps: 200, kernels: KernelTable(level)) {
        before, gradient, after, rate in
        for j in 0..<width {
          let w = Parameter(before.innerWeights[j], gradient.innerWeights[j], after.innerWeights[j])
          let b = Parameter(before.innerBiases[j], gradient.innerBiases[j], after.innerBiases[j])
          let v = Parameter(before.outerWeights[j], gradient.outerWeights[j], after.outerWeights[j])
          var change = 0.0
          var squares = 0.0
          var bound = 0.0
          for (parameter, sign) in [(w, 1.0), (b, 1.0), (v, -1.0)] {
            change += sign * (parameter.after * parameter.after - parameter.before * parameter.before)
            squares += sign * parameter.gradient * parameter.gradient
            let rounding = parameter.roundingOfStep(rate: rate)
            bound += (2 * abs(parameter.after) + rounding) * rounding
            bound += 2 * rate * Self.u * abs(parameter.before * parameter.gradient) * (1 + 1e-6)
          }
          #expect(abs(change - rate * rate * squares) <= bound)
        }
      }
    }
  }

  @Test("blocks that are not trained keep their bits, the others move", arguments: KernelLevel.supported)
  func frozen(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let batch = MiniBatch(size: 64, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
    for subset in 0..<16 as Range<UInt32> {
      let trained = TrainedBlocks(rawValue: subset)
      for indexed in [false, true] {
        let ensemble = ShallowEnsemble(width: 21, count: 1, trained: trained, kernels: kernels)
        let start = InitialLaw.standardNormal.draw(width: 21, trial: 1, kernels: kernels)
        ensemble[0] = start
        for step in 0..<30 as Range<UInt32> {
          batch.draw(stream(1), step: step)
          batch.index()
          #expect(ensemble.descend(0, batch: batch, indexed: indexed, rate: 0.001))
        }
        let end = ensemble[0]
        #expect((bits(end.innerWeights) != bits(start.innerWeights)) == trained.contains(.innerWeights))
        #expect((bits(end.innerBiases) != bits(start.innerBiases)) == trained.contains(.innerBiases))
        #expect((bits(end.outerWeights) != bits(start.outerWeights)) == trained.contains(.outerWeights))
        #expect((end.outerBias.bitPattern != start.outerBias.bitPattern) == trained.contains(.outerBias))
      }
    }
  }

  @Test("dead neurons keep their bits", arguments: KernelLevel.supported)
  func dead(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let batch = MiniBatch(size: 64, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
    let ensemble = ShallowEnsemble(width: 20, count: 1, kernels: kernels)
    var start = InitialLaw.standardNormal.draw(width: 20, trial: 2, kernels: kernels)
    let dead: [(Float, Float)] = [(1, -2), (-1, -0.5), (0, -1), (1, -1), (-1, 0), (0, 0)]
    for (j, neuron) in dead.enumerated() { (start.innerWeights[3 * j], start.innerBiases[3 * j]) = neuron }
    ensemble[0] = start
    for step in 0..<200 as Range<UInt32> {
      batch.draw(stream(2), step: step)
      #expect(ensemble.descend(0, batch: batch, rate: 0.005))
    }
    for j in dead.indices.map({ 3 * $0 }) {
      #expect(ensemble[0].innerWeights[j].bitPattern == start.innerWeights[j].bitPattern)
      #expect(ensemble[0].innerBiases[j].bitPattern == start.innerBiases[j].bitPattern)
      #expect(ensemble[0].outerWeights[j].bitPattern == start.outerWeights[j].bitPattern)
    }
    #expect(bits(ensemble[0]) != bits(start))
  }
}
