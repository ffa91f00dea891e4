import Kernels
import Landscape
import Networks
import Outcomes
import Problems
import Risk
import TestSupport
import Testing

@Suite struct TeacherStudentMinimumTests {
  private func closedForm(_ k: Int) throws -> GaussianReLURisk {
    try #require(GaussianReLURisk(orthonormalProblem(k)))
  }

  private func network(_ rows: [[Double]], outer: [Double]? = nil) -> Network {
    student(rows[0].count, rows.flatMap { $0 }, outer: outer)
  }

  private func permuted(_ network: Network, neurons: [Int], coordinates: [Int]) -> Network {
    let d = network.architecture.inputDimension
    return self.network(neurons.map { i in coordinates.map { network.parameters[i * d + $0] } })
  }

  /// The minimum of seven neurons that Safran and Shamir publish (arXiv:1712.08968).
  private var spurious: Network {
    var rows = (0..<7).map { i in (0..<7).map { $0 == i ? 0.9969227988 : -0.0350801559 } }
    rows[0] = [-0.6327039049] + Array(repeating: 0.1859910463, count: 6)
    for i in 1..<7 { rows[i][0] = 0.2616910758 }
    return network(rows)
  }

  @Test func spuriousMinimum() throws {
    let minimum = TeacherStudentMinimum(spurious, risk: try closedForm(7))
    #expect(!minimum.isGlobal)
    #expect(minimum.negativeEigenvalues == 0)
    #expect(try #require(minimum.smallestEigenvalue) > 1e-3)
    // Entries are rounded by 5e-11, 49 of them by 3.5e-10 in norm, which eigenvalues of a few units magnify. A Newton
    // step then promises half the square of that norm times an eigenvalue: less than 1e-18, far below 1e-15.
    #expect(minimum.gradientNorm < 2e-9)
    let limit = minimum.limit(restingGradientNorm: nil)
    #expect(limit.isAtRest && limit.kind == .noWayDown && !limit.isGlobal)
    #expect(limit.decrease < 1e-15)
    #expect(limit.risk == minimum.risk && limit.signature == minimum.signature && limit.flowTime == 0)
    #expect(minimum.limit(restingGradientNorm: 2e-9).isAtRest)
    let moving = minimum.limit(restingGradientNorm: 1e-12)
    #expect(!moving.isAtRest && moving.kind == nil)
    // A little beside it a Newton step promises too much.
    var beside = spurious
    beside.parameters[3] += 0.1
    #expect(!TeacherStudentMinimum(beside, risk: try closedForm(7)).limit(restingGradientNorm: nil).isAtRest)
  }

  @Test func signaturesOfPermutations() throws {
    let closedForm = try closedForm(7)
    let minimum = TeacherStudentMinimum(spurious, risk: closedForm)
    for (neurons, coordinates) in [
      ([6, 5, 4, 3, 2, 1, 0], Array(0..<7)), (Array(0..<7), [3, 1, 2, 0, 6, 5, 4]),
      ([2, 0, 1, 5, 6, 4, 3], [1, 2, 3, 4, 5, 6, 0]),
    ] {
      let other = TeacherStudentMinimum(
        permuted(spurious, neurons: neurons, coordinates: coordinates), risk: closedForm)
      #expect(other.signature == minimum.signature)
      // The same terms, some 150 below 2, in another order.
      #expect(abs(other.risk - minimum.risk) <= 1e-14)
    }
    // Another point has another one.
    var moved = spurious
    moved.parameters[3] += 1e-3
    #expect(abs(TeacherStudentMinimum(moved, risk: closedForm).signature - minimum.signature) > 1e-5)
  }

  @Test func globalMinima() throws {
    let axes = (0..<3).map { i in (0..<3).map { $0 == i ? 1.0 : 0 } }
    let closedForm = try closedForm(3)
    let exact = TeacherStudentMinimum(network(axes), risk: closedForm)
    #expect(exact.isGlobal && exact.signature == 6)
    #expect(try #require(exact.smallestEigenvalue) > 1e-2)
    let limit = exact.limit(restingGradientNorm: nil)
    #expect(limit.isGlobal && limit.isAtRest && limit.kind == .minimum)
    // One neuron of the teacher as two parallel ones: zero modes, the same signature.
    let split = TeacherStudentMinimum(network(axes.dropLast() + [[0, 0, 0.3], [0, 0, 0.7]]), risk: closedForm)
    // 0.3 + 0.7 and a few sums of numbers up to 6 are rounded; eigenvalues have errors of a modest multiple of 2^-53
    // times the norm of a matrix of a few units. So below.
    #expect(split.isGlobal && abs(split.signature - 6) <= 1e-14)
    #expect(split.negativeEigenvalues == 0)
    #expect(abs(try #require(split.smallestEigenvalue)) <= 1e-14)
    #expect(split.limit(restingGradientNorm: 1e-300).isGlobal)
  }

  /// Two equal neurons against the two axes, at the length where the gradient vanishes: moving them apart lowers the
  /// risk.
  @Test func saddle() throws {
    // Along (1, 1) / sqrt(2) of length r the risk of both is 4 r^2 / 2 - 8 r phi + const, phi at 45 degrees.
    let angle = Double.pi / 4
    let phi = (0.5.squareRoot() + (.pi - angle) * 0.5.squareRoot()) / (2 * .pi)
    let c = 2 * phi * 0.5.squareRoot()
    let point = TeacherStudentMinimum(network([[c, c], [c, c]]), risk: try closedForm(2))
    #expect(point.gradientNorm <= 1e-14)
    #expect(point.negativeEigenvalues == 1)
    #expect(point.limit(restingGradientNorm: 1e-10).kind == .saddle)
    // With a way down it is at rest only where the gradient says so.
    #expect(!point.limit(restingGradientNorm: nil).isAtRest)
    let dead = TeacherStudentMinimum(network([[1, 0], [0, 0]]), risk: try closedForm(2))
    #expect(dead.negativeEigenvalues == nil && dead.smallestEigenvalue == nil)
    #expect(dead.limit(restingGradientNorm: 1e9).kind == .unresolved)
    #expect(!dead.limit(restingGradientNorm: nil).isAtRest)
  }
}
