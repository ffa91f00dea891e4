import Testing
import Texts

@Suite struct CountedTests {
  @Test func counts() {
    #expect([0, 1, 2].map { counted($0, "rank") } == ["0 ranks", "1 rank", "2 ranks"])
    #expect([1, 5].map { counted($0, "trial is", plural: "trials are") } == ["1 trial is", "5 trials are"])
  }
}
