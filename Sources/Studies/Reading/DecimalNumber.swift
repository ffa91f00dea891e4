import Expressions

/// A number as study files write it: `300`, `-0.5`, `1e-3`, `.5`, `1e4`. Always decimal; no other notation of YAML
/// (`0x1f`, `1_000`, `.inf`) is a number here; ``decimalText(of:)`` tells what such a one is.
struct DecimalNumber {
  private let text: String
  private let isNegative: Bool
  /// The number is `digits` * 10^`exponent`, without leading and trailing zeros; no digits for 0.
  private let digits: [UInt8]
  /// Nil if it does not fit.
  private let exponent: Int?

  /// Nil if the text is no number.
  init?(_ text: String) {
    var rest = text.utf8[...]
    func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }
    func takeDigits() -> [UInt8] {
      let taken = rest.prefix(while: isDigit)
      rest = rest.dropFirst(taken.count)
      return taken.map { $0 - UInt8(ascii: "0") }
    }
    func take(_ characters: Character...) -> Character? {
      guard let character = characters.first(where: { $0.asciiValue == rest.first }) else { return nil }
      rest = rest.dropFirst()
      return character
    }

    isNegative = take("+", "-") == "-"
    let whole = takeDigits()
    let fraction = take(".") == nil ? [] : takeDigits()
    if whole.isEmpty && fraction.isEmpty { return nil }
    var exponent: Int? = 0
    if take("e", "E") != nil {
      let sign = take("+", "-") == "-" ? -1 : 1
      let power = takeDigits()
      if power.isEmpty { return nil }
      exponent = power.reduce(into: Optional(0)) { sum, digit in
        sum = sum.flatMap { $0 < Int.max / 100 ? 10 * $0 + Int(digit) : nil }
      }
      .map { sign * $0 }
    }
    guard rest.isEmpty else { return nil }

    let significant = (whole + fraction).drop { $0 == 0 }
    let zeros = significant.reversed().prefix { $0 == 0 }.count
    self.text = text
    digits = Array(significant.dropLast(zeros))
    self.exponent = exponent.map { $0 - fraction.count + zeros }
  }

  /// The nearest binary64 number; infinite if it is out of range.
  var real: Double { Double(text) ?? .nan }

  /// The number if it is a whole number of 0 ... 2^64 - 1; exact, however it is written.
  var unsigned: UInt64? {
    if digits.isEmpty { return 0 }
    guard !isNegative, let exponent, exponent >= 0, digits.count + exponent <= 20 else { return nil }
    var value: UInt64 = 0
    for digit in digits + Array(repeating: 0, count: exponent) {
      let (tenfold, isTooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeToo) = tenfold.addingReportingOverflow(UInt64(digit))
      if isTooLarge || isTooLargeToo { return nil }
      value = sum
    }
    return value
  }
}

extension DecimalNumber {
  /// The whole number that `text` is in the notation of another language (`1_000`, `1,000`, `0x1f`, `0o17`, `0b11`,
  /// `10k`), or the value of an expression without variables (`10^4`, `1/3`), in plain decimal; nil if it is neither.
  static func decimalText(of text: String) -> String? {
    guard text.utf8.count <= 40, DecimalNumber(text) == nil else { return nil }
    let lower = text.lowercased()
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where lower.hasPrefix(prefix) {
      return UInt64(lower.dropFirst(2), radix: radix).map(String.init)
    }
    for (suffix, zeros) in [("k", "000"), ("m", "000000")] where lower.hasSuffix(suffix) {
      return UInt64(lower.dropLast()).map { "\($0)\(zeros)" }
    }
    for separator in ["_", ",", "'", " "]
    where text.contains(separator) && text.allSatisfy({ $0.isWholeNumber || String($0) == separator }) {
      let groups = text.split(separator: separator, omittingEmptySubsequences: false)
      let areGroups = separator == "_" || groups.dropFirst().allSatisfy { $0.count == 3 } && groups[0].count <= 3
      return areGroups ? UInt64(groups.joined()).map(String.init) : nil
    }
    let powers = text.replacing("**", with: "^")
    guard let value = try? Expression(parsing: powers, variables: []).constantValue, value.isFinite else { return nil }
    return shortestText(value)
  }
}
