import Testing
import Texts

/// Fields of comma-separated text: what others wrote runs in no spreadsheet, and numbers stay numbers.
@Suite struct CSVFieldTests {
  @Test(arguments: [
    ("20", "20"), ("learning-rate=0.1", "learning-rate=0.1"), ("", ""), ("a b", "a b"),
    ("a,b", "\"a,b\""), ("a\nb", "\"a\nb\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("a\tb", "a\tb"),
    ("=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"), ("=1+1,2", "\"'=1+1,2\""), ("@SUM(A1)", "'@SUM(A1)"),
    ("+1+1", "'+1+1"), ("-x", "'-x"), ("\t=1", "'\t=1"), ("\n=1", "\"'\n=1\""), ("\u{FF1D}1", "'\u{FF1D}1"),
    ("\u{FF0B}1", "'\u{FF0B}1"), ("\u{FF0D}x", "'\u{FF0D}x"), ("\u{FF20}x", "'\u{FF20}x"), ("=\u{301}1", "'=\u{301}1"),
    ("-inf", "'-inf"), ("-0x1p3", "'-0x1p3"), ("--1", "'--1"), ("-1e", "'-1e"), ("+", "'+"),
    ("-1e-3", "-1e-3"), ("+5", "+5"), ("-.5", "-.5"), ("-17", "-17"), ("1e5", "1e5"),
    ("\u{1B}[31m", "\\u{1B}[31m"), ("a\rb", "a\\u{D}b"), ("\r=1", "\\u{D}=1"), ("\u{202E}x", "\\u{202E}x"),
  ])
  func text(text: String, field: String) {
    #expect(CSVField.text(text) == field)
  }

  @Test func line() {
    #expect(CSVField.line(["a", CSVField.quoted("-1e-3"), CSVField.quoted("x,y")]) == "a,-1e-3,\"x,y\"\n")
    #expect(CSVField.quoted("a\r\nb") == "\"a\r\nb\"")
  }
}
