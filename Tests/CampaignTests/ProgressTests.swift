import Campaign
import Testing

@Suite struct ProgressTests {
  @Test(arguments: [
    (0.0, "0 s"), (0.2, "1 s"), (59, "59 s"), (59.1, "1 min 0 s"), (200, "3 min 20 s"), (3599, "59 min 59 s"),
    (3600, "1 h 0 min"), (7500, "2 h 5 min"), (1e300, "277777 h 46 min"), (.infinity, "277777 h 46 min"),
  ])
  func durations(seconds: Double, text: String) {
    #expect(ProgressDisplay.duration(seconds) == text)
  }

  @Test func counts() {
    #expect(counted(0, "rank") == "0 ranks")
    #expect(counted(1, "rank") == "1 rank")
    #expect(counted(2, "rank") == "2 ranks")
  }
}
