import Estimation
import Testing

@Suite("Moments")
struct MomentsTests {
  @Test("mean and standard error of a stream")
  func stream() {
    var moments = Moments()
    #expect(moments.count == 0 && moments.mean == 0 && moments.standardError == nil)
    moments.add(1e9 + 1)
    #expect(moments.count == 1 && moments.mean == 1e9 + 1 && moments.standardError == nil)
    // Distances of -2, 0 and 2 to the mean, far from 0: variance 4, where a sum of squares would lose it.
    moments.add(1e9 + 3)
    moments.add(1e9 + 5)
    #expect(moments.count == 3 && moments.mean == 1e9 + 3)
    #expect(moments.standardError == (4.0 / 3).squareRoot())
  }

  @Test("an infinite number makes the mean infinite, whatever follows")
  func infinity() {
    var moments = Moments()
    for value in [1.0, .infinity, 2, .infinity] { moments.add(value) }
    #expect(moments.count == 4 && moments.mean == .infinity && moments.standardError == nil)
  }
}
