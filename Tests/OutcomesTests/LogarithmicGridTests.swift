import Foundation
import Outcomes
import TestSupport
import Testing

@Suite struct LogarithmicGridTests {
  typealias Bin = LogarithmicGrid.Bin

  /// The hash (FNV-1a over the little-endian bit patterns) was computed with NumPy from the documented formula. The
  /// edges decide what is stored: they must never change.
  @Test func edgesAreTheDocumentedBits() {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for edge in LogarithmicGrid.edges {
      for shift in stride(from: 0, to: 64, by: 8) {
        hash = (hash ^ (edge.bitPattern >> UInt64(shift) & 0xff)) &* 0x100_0000_01b3
      }
    }
    #expect(hash == 0x291b_f42c_2113_f663)
  }

  @Test func edgesAreLogarithmic() {
    let edges = LogarithmicGrid.edges
    #expect(edges.count == 64 * 48 + 1)
    for decade in -36...12 { #expect(edges[64 * (decade + 36)] == Double("1e\(decade)")) }
    for (place, edge) in edges.enumerated() {
      // Edges are within 1e-15 of what they stand for (`LogarithmicGrid`); exponents are multiples of 1/64, so exact,
      // and pow, quotient and difference add a few 2^-53. The quotient of two edges has the error of both.
      #expect(abs(edge / pow(10, Double(place) / 64 - 36) - 1) < 2e-15)
      if place > 0 { #expect(abs(edge / edges[place - 1] - 1 - LogarithmicGrid.relativeWidth) < 2e-15) }
    }
  }

  @Test func binsEndAtTheirUpperEdge() {
    let edges = LogarithmicGrid.edges
    for (place, edge) in edges.enumerated() {
      let bin = LogarithmicGrid.bin(of: edge)
      #expect(bin.upper == edge && bin.rawValue == place + 1)
      #expect(bin.lower == (place > 0 ? edges[place - 1] : 0))
      #expect(LogarithmicGrid.bin(of: edge.nextUp).rawValue == bin.rawValue + 1)
      #expect(LogarithmicGrid.bin(of: edge.nextDown) == bin)
    }
  }

  @Test func specialBins() {
    for zero in [0, -0.0, -1e-20] { #expect(LogarithmicGrid.bin(of: zero) == .zero) }
    for small in [.leastNonzeroMagnitude, 1e-100, 1e-36] { #expect(LogarithmicGrid.bin(of: small) == .below) }
    for large in [1e12.nextUp, 1e300, .greatestFiniteMagnitude] { #expect(LogarithmicGrid.bin(of: large) == .overflow) }
    for other in [Double.infinity, -.infinity, .nan] { #expect(LogarithmicGrid.bin(of: other) == .nonFinite) }
    let bins = [Bin.zero, .below, LogarithmicGrid.bin(of: 1), .overflow, .nonFinite]
    #expect(bins == bins.sorted())
    #expect(bins.map(\.rawValue) == [0, 1, 2305, 3074, 3075])
    #expect(bins.map(\.upper) == [0, 1e-36, 1, .greatestFiniteMagnitude, .infinity])
    #expect([Bin.zero, .below, .overflow, .nonFinite].map(\.lower) == [0, 0, 1e12, .infinity])
    #expect(Bin(rawValue: 3075) == .nonFinite && Bin(rawValue: 3076) == nil && Bin(rawValue: -1) == nil)
  }

  @Test func boundsAreRoundedDownToEdges() {
    func edge(_ bound: Double) -> Double { LogarithmicGrid.lastBin(atMost: bound).upper }
    for bound in [1e-36, 1e-9, 1e-3, 1e12] { #expect(edge(bound) == bound) }
    for bound in [0, .leastNonzeroMagnitude, 1e-36.nextDown] {
      #expect(LogarithmicGrid.lastBin(atMost: bound) == .zero)
    }
    for bound in [1e12.nextUp, .infinity] { #expect(edge(bound) == 1e12) }
    for place in stride(from: 1, to: LogarithmicGrid.edges.count, by: 37) {
      let (below, this) = (LogarithmicGrid.edges[place - 1], LogarithmicGrid.edges[place])
      #expect(edge(this) == this && edge(this.nextDown) == below && edge(this.nextUp) == this)
    }
    // A number is at most the edge exactly if its bin is not above the last one.
    var random = SplitMix64(state: 1)
    for _ in 0..<2000 {
      let value = pow(10, Double.random(in: -40...16, using: &random))
      let last = LogarithmicGrid.lastBin(atMost: pow(10, Double.random(in: -40...16, using: &random)))
      #expect((LogarithmicGrid.bin(of: value) <= last) == (value <= last.upper))
    }
  }
}
