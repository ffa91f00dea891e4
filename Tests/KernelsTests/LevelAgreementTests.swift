import Kernels
import TestSupport
import Testing

private let sizes = [1, 2, 15, 16, 17, 31, 100, 1000, 1024]

/// The contract of reproducible trials: all levels draw the same initializations and batches, and AVX2 and AVX-512
/// train the same bits. The gradient uses no fused multiply-add, so the baseline trains the same bits too.
@Suite("the kernel levels agree bit for bit")
struct LevelAgreementTests {
  private let baseline = KernelTable(.baseline)

  @Test("uniform and normal draws", arguments: KernelLevel.supported)
  func draws(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    for (i, count) in (sizes + [10_000]).enumerated() {
      let address = stream(i, .initialization)
      #expect(
        bits(kernels.uniforms(count, stream: address, step: UInt32(i)))
          == bits(baseline.uniforms(count, stream: address, step: UInt32(i))))
      #expect(
        bits(kernels.standardNormals(count, stream: address, step: UInt32(i)))
          == bits(baseline.standardNormals(count, stream: address, step: UInt32(i))))
    }
    #expect(kernels.uniforms(0, stream: stream(0), step: 0) == [])
  }

  @Test("programs, on ordinary and on hostile numbers", arguments: KernelLevel.supported)
  func programs(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    var random = SplitMix64(state: 3)
    let ordinary = (0..<5003).map { _ in random.uniform(-3, 3) }
    let hostile =
      (0..<5003).map { _ in Double(bitPattern: random.next()) } + [0, -0.0, .infinity, -.infinity, .nan, 0x1p-1074]
    var programs = [Program.everything, .power(7), .power(-5), .binary(.power, with: 0.25), .binary(.power, with: 300)]
    programs += [Operation.exp, .log, .sin, .cos, .tan, .tanh, .squareRoot, .floor, .absolute, .negate].map {
      .unary($0)
    }
    programs += [Operation.add, .subtract, .multiply, .divide, .minimum, .maximum].map { .binary($0, with: 1.1) }
    for program in programs {
      for points in [ordinary, hostile] {
        #expect(
          bits(program.evaluate(at: points, kernels: kernels)) == bits(program.evaluate(at: points, kernels: baseline)))
      }
    }
    for count in sizes {
      let points = Array(ordinary[..<count])
      #expect(
        bits(Program.everything.evaluate(at: points, kernels: kernels))
          == bits(Array(Program.everything.evaluate(at: ordinary, kernels: baseline)[..<count])))
    }
    #expect(
      bits(Program.everything.evaluate(at: ordinary))
        == bits(Program.everything.evaluate(at: ordinary, kernels: kernels)))
  }

  @Test("mini-batches", arguments: KernelLevel.supported)
  func batches(_ level: KernelLevel) {
    for (lower, upper) in [(0, 1), (-2, 3), (-1e-3, 1e3), (100, 101)] as [(Float, Float)] {
      for size in sizes {
        let batches = [KernelTable(level), baseline].map {
          MiniBatch(size: size, lower: lower, upper: upper, target: Target.quarticSine.program, kernels: $0)
        }
        for step in 0..<5 as Range<UInt32> {
          let inputs = batches.map { batch in
            batch.draw(stream(size), step: step)
            return bits(batch.inputs)
          }
          #expect(inputs[0] == inputs[1])
        }
      }
    }
  }

  @Test("gradients", arguments: KernelLevel.supported)
  func gradients(_ level: KernelLevel) {
    for (trial, width) in [1, 2, 15, 16, 17, 33, 100, 500].enumerated() {
      for size in [1, 16, 100, 1024] {
        for law in InitialLaw.allCases {
          let gradients = [KernelTable(level), baseline].flatMap { kernels in
            let batch = MiniBatch(size: size, lower: -2, upper: 3, target: Target.quarticSine.program, kernels: kernels)
            batch.draw(stream(trial), step: 1)
            batch.index()
            let ensemble = ShallowEnsemble(width: width, count: 1, kernels: kernels)
            ensemble[0] = law.draw(width: width, trial: trial, kernels: kernels)
            return [false, true].map { bits(ensemble.gradient(0, batch: batch, indexed: $0)) }
          }
          for other in gradients[1...] { #expect(other == gradients[0]) }
        }
      }
    }
  }

  @Test("200 steps of training", arguments: KernelLevel.supported)
  func training(_ level: KernelLevel) {
    for (trial, width) in [5, 16, 32, 100].enumerated() {
      for law in InitialLaw.allCases {
        for indexed in [false, true] {
          let trained = [KernelTable(level), baseline].map { kernels in
            let batch = MiniBatch(size: 300, lower: 0, upper: 1, target: Target.quadratic.program, kernels: kernels)
            let ensemble = ShallowEnsemble(width: width, count: 1, kernels: kernels)
            ensemble[0] = law.draw(width: width, trial: trial, kernels: kernels)
            let start = bits(ensemble[0])
            for step in 0..<200 as Range<UInt32> {
              batch.draw(stream(trial), step: step)
              if indexed { batch.index() }
              #expect(ensemble.descend(0, batch: batch, indexed: indexed, rate: 0.005))
            }
            #expect(bits(ensemble[0]) != start)
            return bits(ensemble[0])
          }
          #expect(trained[0] == trained[1])
        }
      }
    }
  }

  @Test("the levels and their names")
  func levels() {
    #expect(KernelLevel.allCases.map(\.name) == ["baseline", "avx2", "avx512"])
    #expect(KernelLevel.allCases.map(\.rawValue) == [0, 1, 2])
    for level in KernelLevel.allCases { #expect(KernelLevel(name: level.name) == level) }
    #expect(KernelLevel(name: "AVX2") == nil)
    #expect(KernelLevel.supported.first == .baseline)
    #expect(KernelLevel.supported.last == .widest)
    for level in KernelLevel.supported { #expect(KernelTable(level).level == level) }
    #expect(availableProcessorCount() >= 1)
  }
}
