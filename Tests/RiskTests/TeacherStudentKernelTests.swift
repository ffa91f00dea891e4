import Kernels
import Networks
import Problems
import Risk
import TestSupport
import Testing

/// The kernel for teacher-student gradients, one student a lane, against the closed form in plain arithmetic.
@Suite struct TeacherStudentKernelTests {
  @Test(arguments: KernelLevel.supported) func agreesWithTheClosedForm(_ level: KernelLevel) throws {
    for (i, size) in sizes.enumerated() {
      for problem in [orthonormalProblem(size.dimension), generalProblem(size.dimension, seed: UInt64(i))] {
        let risk = try #require(GaussianReLURisk(problem))
        let students = students(size.dimension, size.width, count: 8, seed: UInt64(i))
        for (network, computed) in zip(students, gradients(students, risk.teacher, KernelTable(level))) {
          let exact = risk.evaluate(network)
          // Against the moduli of which the risk is the sum, and the largest entry of the gradient.
          // Up to 400 terms, each with an arc tangent and roots that are a few 2^-53 off, of either sign: 900 *
          // 2^-53.
          #expect(abs(computed.risk - exact.risk) <= 1e-13 * exact.error * 0x1p51)
          let scale = exact.gradient.map(\.magnitude).max()!
          for block in network.architecture.blocks {
            for place in network.architecture.range(block) {
              let expected = block.kind == .weights ? exact.gradient[place] : 0
              #expect(abs(computed.gradient[place] - expected) <= 1e-13 * scale)
            }
          }
        }
      }
    }
  }

  /// Parallel and opposite neurons, the teacher's own, a neuron without weights.
  @Test func specialStudents() throws {
    let risk = try #require(GaussianReLURisk(orthonormalProblem(3)))
    let students = [
      student(3, [1, 0, 0, 0, 1, 0, 0, 0, 1]), student(3, [1, 2, 3, 2, 4, 6, -1, -2, -3]),
      student(3, [0, 0, 0, 1, 1, 1, 0, 0, -2]), student(3, [1e-9, 0, 1, 0, 1e-8, 1, 0, 1, 0]),
    ]
    for (network, computed) in zip(students, gradients(students, risk.teacher, widest)) {
      let exact = risk.evaluate(network)
      // Nine pairs of neurons: a tenth of the bound above.
      #expect(computed.risk >= 0 && abs(computed.risk - exact.risk) <= 1e-14 * (1 + exact.risk))
      for place in 0..<9 { #expect(abs(computed.gradient[place] - exact.gradient[place]) <= 1e-14 * (1 + exact.risk)) }
    }
  }

  /// A network has the same bits in every lane, whatever stands in the others.
  @Test(arguments: KernelLevel.supported) func lanesAreIndependent(_ level: KernelLevel) throws {
    let kernels = KernelTable(level)
    let risk = try #require(GaussianReLURisk(generalProblem(5, seed: 3)))
    for teacher in [risk.teacher, try #require(GaussianReLURisk(orthonormalProblem(5))).teacher] {
      let students = students(5, 6, count: 8, seed: 4)
      let together = gradients(students, teacher, kernels)
      for shift in 1..<8 {
        let turned = gradients((0..<8).map { students[($0 + shift) % 8] }, teacher, kernels)
        for lane in 0..<8 { #expect(turned[lane] == together[(lane + shift) % 8]) }
      }
      let infinite = student(5, Array(repeating: .infinity, count: 30))
      let alone = gradients([infinite, students[0]], teacher, kernels)
      #expect(alone[1] == together[0])
      #expect(!alone[0].risk.isFinite || alone[0].gradient.contains { !$0.isFinite })
    }
  }

  @Test(.enabled(if: KernelLevel.supported.contains(.avx512))) func levelsAgree() throws {
    for size in sizes {
      for problem in [orthonormalProblem(size.dimension), generalProblem(size.dimension, seed: 1)] {
        let teacher = try #require(GaussianReLURisk(problem)).teacher
        let students = students(size.dimension, size.width, count: 8, seed: 2)
        #expect(
          gradients(students, teacher, KernelTable(.avx2)) == gradients(students, teacher, KernelTable(.avx512)))
      }
    }
  }

  private let sizes = [(2, 1), (2, 3), (3, 4), (6, 6), (7, 8), (5, 13), (20, 21)].map { (dimension: $0.0, width: $0.1) }

  private struct Evaluation: Equatable {
    var risk: Double
    var gradient: [Double]
  }

  private func gradients(_ students: [Network], _ teacher: RectifiedTeacher, _ kernels: KernelTable) -> [Evaluation] {
    let architecture = students[0].architecture
    let ensemble = Ensemble(
      architecture: architecture, kernel: .denseNetworks, precision: .float64, count: 8, batchSize: 1, kernels: kernels,
      trained: [(true, false), (true, false)])
    for (place, network) in students.enumerated() { ensemble.start(place, at: network.parameters) }
    let memory = TeacherMemory(teacher, width: architecture.hidden[0], kernels: kernels)
    let risks = ensemble.computeGradient(group: 0, teacher: memory)
    let norms = ensemble.largestNeuronGradientNorms()
    return students.indices.map { lane in
      let gradient = ensemble.gradient(lane: lane)
      let d = architecture.inputDimension
      // Up to 20 squares in another order: 11 * 2^-53 if all roundings agreed; 9 are allowed below.
      let largest = (0..<architecture.hidden[0]).map { i in
        gradient[i * d..<(i + 1) * d].reduce(0) { $0 + $1 * $1 }.squareRoot()
      }.max()!
      #expect(
        abs(norms[lane] - largest) <= 1e-15 * largest || (largest.isNaN && norms[lane].isNaN) || largest == norms[lane])
      return Evaluation(risk: risks[lane], gradient: gradient)
    }
  }

  private func students(_ dimension: Int, _ width: Int, count: Int, seed: UInt64) -> [Network] {
    var g = SplitMix64(state: seed &* 77 &+ 5)
    return (0..<count).map { _ in
      student(
        dimension, (0..<dimension * width).map { _ in g.uniform(-1, 1) },
        outer: (0..<width).map { _ in g.uniform(-2, 2) })
    }
  }

  /// A teacher with any directions and outer weights, one neuron more than coordinates, and inputs of another variance.
  private func generalProblem(_ dimension: Int, seed: UInt64) -> Problem {
    var g = SplitMix64(state: seed)
    let width = dimension + 1
    let parameters =
      (0..<dimension * width).map { _ in g.uniform(-1, 1) } + Array(repeating: 0, count: width)
      + (0..<width).map { _ in g.uniform(-2, 2) } + [0]
    return Problem(
      inputs: .law(.normal(mean: 0, standardDeviation: 0.7, dimension: dimension)),
      target: .teacher(
        Teacher(
          architecture: Architecture(inputDimension: dimension, hidden: [width], activation: .relu),
          parameters: .given(parameters))))
  }
}
