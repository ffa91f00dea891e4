import Outcomes
import Testing

@Suite struct WordsTests {
  @Test func cellKeysAsText() {
    #expect(CellKey(0x00ab).text == "00000000000000ab")
    #expect(CellKey(text: "00000000000000ab") == CellKey(0x00ab))
    #expect(CellKey(text: "ab") == nil)
    #expect(CellKey(text: "00000000000000xy") == nil)
  }

  @Test func verdictTexts() {
    #expect(Verdict.allCases.map(\.text) == ["good", "bad", "undecided", "diverged", "crashed"])
  }
}
