import Foundation
import Kernels
import Randomness
import TestSupport
import Testing

/// What a draw is, in terms of the scalar generator, and how the draws are distributed. All levels draw the same bits
/// (another suite shows it), so the distributions are tested at the widest one.
@Suite("uniform and normal draws")
struct DrawTests {
  private static let count = 500_000

  /// (w + 1/2) / 2^52 for the first 52 bits w of two words.
  private static func uniform(_ high: UInt32, _ low: UInt32) -> Double {
    (Double(UInt64(high) << 20 | UInt64(low) >> 12) + 0.5) * 0x1p-52
  }

  @Test("are functions of the words of the stream", arguments: KernelLevel.supported)
  func definition(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    for (trial, count) in [1, 8, 16, 100, 1003].enumerated() {
      let address = stream(trial, .initialization)
      let uniforms = kernels.uniforms(count, stream: address, step: 6)
      let normals = kernels.standardNormals(count, stream: address, step: 6)
      #expect(uniforms.count == count && normals.count == count)
      for i in 0..<count {
        // The two numbers of a block stand eight places apart.
        let words = address.block(UInt32(i / 16 * 8 + i % 8), step: 6)
        let first = Self.uniform(words[0], words[1])
        let second = Self.uniform(words[2], words[3])
        #expect(uniforms[i] == (i % 16 < 8 ? first : second))
        let radius = (-2 * Foundation.log(first)).squareRoot()
        let angle = 2 * Double.pi * second
        let normal = radius * (i % 16 < 8 ? Foundation.cos(angle) : Foundation.sin(angle))
        // The angle here, up to 2 pi, is rounded by 2^-51, its factors by as much together; the logarithm, the root,
        // sine and cosine add a few 2^-53 on both sides.
        #expect(abs(normals[i] - normal) <= radius * 0x1p-49)
      }
    }
  }

  /// The uniform numbers were computed by a separate program, and the normal ones agree with its 60 digits to 4e-16.
  /// They are part of the definition of a trial.
  @Test("literal values", arguments: KernelLevel.supported)
  func literals(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let address = StreamAddress(
      studySeed: 5, cellKey: 0x0123_4567_89ab_cdef, trial: 3 << 32 | 7, purpose: .initialization)
    let uniforms = kernels.uniforms(16, stream: address, step: 4)
    #expect(uniforms[..<3] == [0x1.1051f37bc5f44p-3, 0x1.cb1755b8eed7ep-2, 0x1.6df62ea96941dp-1])
    #expect(uniforms[8..<11] == [0x1.2582a43aff791p-1, 0x1.b135df69141f8p-4, 0x1.4cd31ece031cep-2])
    let normals = kernels.standardNormals(16, stream: address, step: 4)
    #expect(normals[..<3] == [-0x1.ccb975d1aa4b8p+0, 0x1.fe87074d7a9d9p-1, -0x1.7d17480a9d773p-2])
    #expect(normals[8..<11] == [-0x1.c8e62629dff14p-1, 0x1.8ff270576329dp-1, 0x1.75d397cfd9967p-1])
  }

  @Test("a longer draw begins with a shorter one", arguments: KernelLevel.supported)
  func prefix(_ level: KernelLevel) {
    let kernels = KernelTable(level)
    let uniforms = kernels.uniforms(1000, stream: stream(0), step: 2)
    let normals = kernels.standardNormals(1000, stream: stream(0), step: 2)
    for count in [0, 1, 15, 16, 17, 999] {
      #expect(kernels.uniforms(count, stream: stream(0), step: 2) == Array(uniforms[..<count]))
      #expect(kernels.standardNormals(count, stream: stream(0), step: 2) == Array(normals[..<count]))
    }
  }

  /// False-alarm rate: 6 statistics at 1e-6 each.
  @Test("uniform draws: distribution, moments, neighbours")
  func uniformDistribution() {
    let draws = KernelTable(.widest).uniforms(Self.count, stream: stream(1), step: 0)
    #expect(draws.allSatisfy { 0 < $0 && $0 < 1 })
    #expect(kolmogorovSmirnov(draws) { $0 } < Critical.kolmogorovSmirnov)
    // Powers of a uniform number: mean 1 / (k + 1), variance 1 / (2 k + 1) - 1 / (k + 1)^2.
    for k in 1...4 {
      let n = Double(k)
      let moment = score(
        draws.map { Foundation.pow($0, n) }, mean: 1 / (n + 1), variance: 1 / (2 * n + 1) - 1 / ((n + 1) * (n + 1)))
      #expect(abs(moment) < Critical.normal)
    }
    #expect(abs(correlationScore(Array(draws.dropLast()), Array(draws.dropFirst()))) < Critical.normal)
  }

  /// False-alarm rate: 8 statistics at 1e-6 each.
  @Test("normal draws: distribution, moments, pairs")
  func normalDistribution() {
    let draws = KernelTable(.widest).standardNormals(Self.count, stream: stream(2), step: 0)
    #expect(kolmogorovSmirnov(draws) { 0.5 * erfc(-$0 / 2.squareRoot()) } < Critical.kolmogorovSmirnov)
    // Moments 0, 1, 0, 3 with variances 1, 2, 15, 96.
    #expect(abs(score(draws, mean: 0, variance: 1)) < Critical.normal)
    #expect(abs(score(draws.map { $0 * $0 }, mean: 1, variance: 2)) < Critical.normal)
    #expect(abs(score(draws.map { $0 * $0 * $0 }, mean: 0, variance: 15)) < Critical.normal)
    #expect(abs(score(draws.map { $0 * $0 * $0 * $0 }, mean: 3, variance: 96)) < Critical.normal)
    // The two numbers of a block, eight places apart, are independent: so are their squares.
    let first = draws.indices.filter { $0 % 16 < 8 && $0 + 8 < draws.count }.map { draws[$0] }
    let second = draws.indices.filter { $0 % 16 < 8 && $0 + 8 < draws.count }.map { draws[$0 + 8] }
    #expect(abs(correlationScore(first, second)) < Critical.normal)
    #expect(abs(correlationScore(first.map { $0 * $0 }, second.map { $0 * $0 })) < Critical.normal)
    #expect(abs(correlationScore(Array(draws.dropLast()), Array(draws.dropFirst()))) < Critical.normal)
  }

  /// 5.5 standard deviations are exceeded 0.019 times in 500,000 draws; a draw of 4.2 is missing with probability 2e-6.
  @Test("normal draws: tails")
  func tails() {
    let draws = KernelTable(.widest).standardNormals(Self.count, stream: stream(3), step: 0)
    let largest = draws.map(abs).max()!
    #expect(4.2 < largest && largest < 5.5)
  }

  @Test("steps, trials, cells and purposes have different draws")
  func different() {
    let kernels = KernelTable(.widest)
    let draws = [
      kernels.uniforms(1000, stream: stream(4), step: 0), kernels.uniforms(1000, stream: stream(4), step: 1),
      kernels.uniforms(1000, stream: stream(5), step: 0),
      kernels.uniforms(1000, stream: stream(4, .batch, cellKey: 1), step: 0),
      kernels.uniforms(1000, stream: stream(4, .sharedBatch), step: 0),
    ]
    // 52 bits each: a common number among 5000 has probability 3e-9.
    #expect(Set(draws.joined()).count == 5000)
  }
}
