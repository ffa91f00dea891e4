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

  @Test(arguments: [
    (
      120,
      "[###############...............] 150/300 trials (50.0 %), about 8 s left, 20 trials/s, 4 in flight on 2 ranks"
    ),
    (100, "[##########..........] 150/300 trials (50.0 %), about 8 s left, 20 trials/s, 4 in flight on 2 ranks"),
    (80, "[############............] 150/300 trials (50.0 %), about 8 s left, 20 trials/s"),
    (60, "[########.........] 150/300 trials (50.0 %), about 8 s left"),
    (40, "[######.......] 150/300 trials (50.0 %)"),
    (30, "150/300 trials (50.0 %)"),
    (20, "50 %"),
    (4, "50 "),
    (0, "5"),
  ])
  func lines(columns: Int, text: String) {
    let parts = ["150/300 trials (50.0 %)", "about 8 s left", "20 trials/s", "4 in flight on 2 ranks"]
    #expect(ProgressLine.text(share: 0.5, parts: parts, columns: columns) == text)
  }

  /// On no terminal does the line fill the last column.
  @Test func widths() {
    for columns in 2...200 {
      for share in [0, 0.3, 1, 1.5] {
        let text = ProgressLine.text(
          share: share, parts: ["1/3 trials (30.0 %)", "about 277777 h 46 min left"], columns: columns)
        #expect(text.count < columns && !text.isEmpty)
      }
    }
  }
}
