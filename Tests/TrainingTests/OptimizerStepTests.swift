import Kernels
import Testing
import Training

@Suite struct OptimizerStepTests {
  /// The iterate after each recorded step.
  private func iterates(
    _ recordedCase: RecordedSteps.Case, _ level: KernelLevel, _ precision: Precision
  ) throws -> [[Double]] {
    let data = RecordedSteps.all
    let method = try #require(OptimizerMethod(rawValue: recordedCase.method))
    var values: [Hyperparameter.Name: Double] = [:]
    for (name, value) in recordedCase.hyperparameters {
      values[try #require(Hyperparameter.Name(rawValue: name))] = value
    }
    var walk = Walk(
      Optimizer(method, values), start: data.start, steps: data.rates.count,
      clipping: recordedCase.clipping.map { GradientClipping(norm: $0.norm, delta: $0.delta) }, level: level,
      precision: precision)
    var iterates: [[Double]] = []
    for (n, gradient) in data.gradients.enumerated() {
      var gradient = gradient
      if method == .nesterovLookAhead {
        // A gradient that depends on where it is taken.
        for (i, place) in walk.place.enumerated() { gradient[i] += (place - data.start[i]) / 4 }
      }
      let nextRate = n + 1 < data.rates.count ? data.rates[n + 1] : 0
      walk.move(gradient, rate: data.rates[n], nextRate: nextRate)
      if data.recorded.contains(n) { iterates.append(walk.iterate) }
    }
    #expect(walk.isFinite)
    return iterates
  }

  /// The largest error of a coordinate, relative to the largest modulus that it has.
  private func error(_ iterates: [[Double]], _ expected: [[Double]]) -> Double {
    var largest = 0.0
    for i in expected[0].indices {
      let scale = expected.map { abs($0[i]) }.max()!
      let error = zip(iterates, expected).map { abs($0[i] - $1[i]) }.max()!
      if error > 0 { largest = max(largest, error / scale) }
    }
    return largest
  }

  @Test func everyMethodIsRecorded() {
    let recorded = Set(RecordedSteps.all.cases.map(\.method))
    #expect(recorded == Set(OptimizerMethod.allCases.map(\.rawValue)))
  }

  @Test(arguments: RecordedSteps.all.cases)
  func stepsAreThoseThatWereRecorded(_ recordedCase: RecordedSteps.Case) throws {
    // 40 steps of some ten roundings each, relative to the largest iterate: if all were of one sign, 400 * 2^-53 =
    // 4.4e-14, and 400 * 2^-24 = 2.4e-5 in single precision. The bounds are twice and two fifths of that.
    for (precision, tolerance) in [(Precision.float64, 1e-13), (.float32, 1e-5)] {
      let baseline = try iterates(recordedCase, .baseline, precision)
      let error = error(baseline, recordedCase.parameters)
      #expect(error <= tolerance, "\(precision.rawValue)")
      for level in KernelLevel.supported {
        #expect(try iterates(recordedCase, level, precision) == baseline, "\(level.name) \(precision.rawValue)")
      }
    }
  }

  /// The parameters of a neuron that is inactive for every input have the gradient 0 at every step. The methods of
  /// arXiv:2402.05155 and arXiv:2410.10533 must leave their bits alone.
  @Test(arguments: OptimizerMethod.allCases, Precision.allCases)
  func parametersWithoutGradientsStay(_ method: OptimizerMethod, _ precision: Precision) {
    let data = RecordedSteps.all
    let dead = [4, 11, 21]
    let start = data.start.map { precision == .float32 ? Double(Float($0)) : $0 }
    for clipping in [nil, GradientClipping(norm: 0.5)] {
      var walk = Walk(Optimizer(method), start: start, steps: 400, clipping: clipping, precision: precision)
      for n in 0..<400 {
        var gradient = data.gradients[n % data.gradients.count]
        for i in dead { gradient[i] = n % 2 == 0 ? 0 : -0.0 }
        walk.move(gradient, rate: 0.01, nextRate: 0.02)
      }
      #expect(walk.isFinite)
      for i in data.start.indices {
        let bits = Set([walk.place[i], walk.iterate[i], start[i]].map(\.bitPattern))
        // Coordinate 9 has a constant gradient.
        if i == 9 && clipping == nil { #expect(bits.count > 1) }
        guard dead.contains(i) else { continue }
        if method == .adamW && start[i] != 0 {
          let shrinkage = Double(repeating: 1 - 0.01 * 0.01, count: 400)
          // Two roundings a step in single precision: 800 * 2^-24 = 4.8e-5.
          #expect(abs(walk.place[i] / (start[i] * shrinkage) - 1) < 1e-4)
        } else {
          #expect(bits.count == 1)
        }
      }
    }
  }

  /// Half of the iterates at 1, half at 1.001: with plain sums in single precision the average stays at 1.
  @Test func averagesOfManyIteratesKeepMoving() {
    let steps = 200_000
    let zero = Array(repeating: 0.0, count: 22)
    var walk = Walk(
      Optimizer(.averagedSGD), start: zero.map { _ in 1 }, steps: steps, precision: .float32)
    for n in 0..<steps {
      let gradient = n == steps / 2 ? zero.map { _ in -0.001 } : n == 0 || n == steps / 2 + 1 ? zero : nil
      walk.move(gradient, rate: 1, nextRate: 1)
    }
    // The state has single precision, 2^-24 = 6e-8 a rounding: 16 of them. Plain sums would be off by 5e-4.
    #expect(walk.iterate.allSatisfy { abs($0 - 1.0005) < 1e-6 })
  }
}

extension Double {
  /// factor^count.
  fileprivate init(repeating factor: Double, count: Int) {
    self = (0..<count).reduce(1) { product, _ in product * factor }
  }
}
