import Testing
import Texts

@Suite struct ForeignBytesTests {
  @Test(arguments: ["", "a.landfall", "dosé", "日本", "a\u{301}\u{1F600}"])
  func texts(_ text: String) { #expect(ForeignBytes.objection(Array(text.utf8)) == nil) }

  @Test(
    arguments: [
      ([0x72, 0xE9, 0x2E], "r\\xE9."), ([0xFF], "\\xFF"), ([0xC3, 0xA9, 0xE9], "é\\xE9"), ([0xC3], "\\xC3"),
      ([0xE2, 0x82, 0x41], "\\xE2\\x82A"), ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"),
      ([0xC0, 0x80, 0x0A], "\\xC0\\x80\n"),
    ] as [([UInt8], String)])
  func others(_ bytes: [UInt8], _ shown: String) { #expect(ForeignBytes.objection(bytes) == shown) }
}
