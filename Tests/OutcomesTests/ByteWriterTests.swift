import Outcomes
import Testing

@Suite struct ByteWriterTests {
  /// The layout is that of messages and of what checksums cover: these bytes must never change.
  @Test func layout() {
    var writer = ByteWriter()
    writer.write(word: 0x0102_0304_0506_0708)
    writer.write(-2.0)
    writer.write(bytes: [9, 10])
    #expect(writer.bytes == [8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0xc0, 9, 10])
    var reader = ByteReader(writer.bytes)
    #expect(reader.word() == 0x0102_0304_0506_0708)
    #expect(reader.real() == -2)
    #expect(reader.remaining == 2)
    #expect(reader.bytes(2) == [9, 10])
    #expect(reader.remaining == 0 && reader.bytes(0) == [])
  }

  @Test func whatIsNotThereIsNil() {
    var reader = ByteReader([1, 2, 3, 4, 5, 6, 7])
    #expect(reader.word() == nil && reader.real() == nil)
    #expect(reader.bytes(8) == nil && reader.bytes(-1) == nil && reader.bytes(.max) == nil)
    #expect(reader.remaining == 7, "what cannot be read stays")
  }
}
