import Expressions
import Texts

/// `text` as a double-quoted YAML scalar, in one line of printable characters.
func quoted(_ text: String) -> String {
  var result = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": result += "\\\""
    case "\\": result += "\\\\"
    case "\n": result += "\\n"
    case "\t": result += "\\t"
    case _ where isPrintable(scalar): result.unicodeScalars.append(scalar)
    case _ where scalar.value <= 0xFF: result += "\\x" + hexadecimal(scalar.value, digits: 2)
    case _ where scalar.value <= 0xFFFF: result += "\\u" + hexadecimal(scalar.value, digits: 4)
    default: result += "\\U" + hexadecimal(scalar.value, digits: 8)
    }
  }
  return result + "\""
}

/// Whether YAML allows the character as it is (YAML 1.1, section 5.1), and it neither breaks a line nor does anything to
/// a terminal.
private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 0x20...0x7E, 0xA0...0x2027, 0x202A...0xD7FF, 0xE000...0xFEFE, 0xFF00...0xFFFD, 0x10000...0x10FFFF:
    !ForeignText.isUnsafe(scalar)
  default: false
  }
}

/// At least `digits` hexadecimal digits.
func hexadecimal(_ value: UInt32, digits: Int) -> String {
  let text = String(value, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}

/// The bytes in lower case hexadecimal digits.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { hexadecimal(UInt32($0), digits: 2) }.joined().lowercased()
}

/// The shortest decimal form that reads back as `value`; `inf`, `-inf` or `nan` if it is not finite.
func shortestText(_ value: Double) -> String {
  value.isFinite ? Expression(constant: value).text : value.isNaN ? "nan" : "\(value)"
}

/// A list in one line.
func listText(_ items: [String]) -> String { "[\(items.joined(separator: ", "))]" }

func listText(_ numbers: some Sequence<Double>) -> String { listText(numbers.map(shortestText)) }
