import Kernels
import Testing
import Training

@Suite struct OptimizerRunTests {
  private func expectEqual(
    _ coefficients: [Double], _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(coefficients.count == expected.count, sourceLocation: sourceLocation)
    // Up to five roundings of powers, roots, quotients and products: 1e-15 is 9 * 2^-53.
    for (a, b) in zip(coefficients, expected) { #expect(abs(a - b) <= 1e-15 * abs(b), sourceLocation: sourceLocation) }
  }

  @Test func adamCorrectsTheBias() {
    var run = OptimizerRun(Optimizer(.adam, [.beta1: 0.5, .beta2: 0.75, .epsilon: 0.125]), steps: 2)
    // 1 - beta1^n = 1/2, 3/4; sqrt(1 - beta2^n) = 1/2, sqrt(7)/4.
    expectEqual(run.coefficients(step: 0, rate: 3, nextRate: 0), [3, 0.5, 0.5, 0.75, 0.25, 0.0625])
    let root = 7.0.squareRoot() / 4
    expectEqual(run.coefficients(step: 1, rate: 3, nextRate: 0), [4 * root, 0.5, 0.5, 0.75, 0.25, 0.125 * root])
  }

  @Test func theAverageBeginsAfterTheBurnIn() {
    var run = OptimizerRun(Optimizer(.averagedSGD, [.burnIn: 0.25]), steps: 10)
    let weights = (0..<10).map { run.coefficients(step: $0, rate: 0.5, nextRate: 0.5)[1] }
    // After two of ten steps; each time the weight of the newest of the iterates averaged so far.
    #expect(weights == [1, 1] + (1...8).map { 1 / Double($0) })
    // 0.29 * 100 is a little less than 29 in double precision.
    var longer = OptimizerRun(Optimizer(.averagedSGD, [.burnIn: 0.29]), steps: 100)
    let ones = (0..<100).prefix { longer.coefficients(step: $0, rate: 0.5, nextRate: 0.5)[1] == 1 }
    #expect(ones.count == 30)
  }

  @Test func lookAheadUsesTheNextRate() {
    var run = OptimizerRun(Optimizer(.nesterovLookAhead, [.momentum: 0.75]), steps: 10)
    #expect(run.coefficients(step: 0, rate: 4, nextRate: 2) == [4, 0.75, 0.25, 1.5])
  }

  @Test func sgdIsGradientDescent() {
    var run = OptimizerRun(.sgd, steps: 1)
    #expect(run.method == .gradientDescent && run.slots == 0)
    #expect(run.coefficients(step: 0, rate: 0.1, nextRate: 0) == [0.1])
  }

  @Test(arguments: OptimizerMethod.allCases)
  func coefficientsFitAndSlotsExist(_ method: OptimizerMethod) {
    var run = OptimizerRun(Optimizer(method), steps: 3)
    #expect(run.coefficients(step: 0, rate: 0.1, nextRate: 0.1).count <= 8)
    #expect(run.copiedSlots.allSatisfy((0..<run.slots).contains))
    if let slot = run.iterateSlot { #expect(run.copiedSlots.contains(slot)) }
  }
}

@Suite struct GradientClippingTests {
  @Test func factors() {
    let clipping = GradientClipping(norm: 2)
    #expect(clipping.factor(norm: 0) == 1)
    #expect(clipping.factor(norm: 1) == 1)
    #expect(clipping.factor(norm: 2) == 2 / 2.000001)
    #expect(clipping.factor(norm: 8) == 2 / 8.000001)
    #expect(clipping.factor(norm: 1e300) == 2 / 1e300)
    let regularized = GradientClipping(norm: 2, delta: 0.25)
    #expect(regularized.factor(norm: 1) == 1)
    #expect(regularized.factor(norm: 4) == 2 / 4.000001)
    #expect(regularized.factor(norm: 100) == 0.25)
    #expect(GradientClipping(norm: 2, delta: 3).factor(norm: 100) == 1)
  }

  @Test func aNormThatOverflowedGivesNoFactor() {
    for norm in [Double.infinity, .nan] {
      #expect(GradientClipping(norm: 2).factor(norm: norm).isNaN)
      #expect(GradientClipping(norm: 2, delta: 0.25).factor(norm: norm).isNaN)
    }
  }
}
