extension Expression {
  /// The canonical text, such as `x^4 * sin(x)`: parsing it gives an equal expression.
  ///
  /// No parentheses but the necessary ones; spaces around `+ - * /` and after commas, none around `^`; every number in
  /// its shortest form that reads back as the same binary64 value.
  public var text: String { root.text(in: .sum) }
}

/// The places of the grammar, from the weakest binding to the strongest.
private enum Binding: Int, Comparable {
  case sum, product, factor, power, primary

  static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

extension BinaryOperator {
  /// The binding of the operator itself and of what may stand to its left and right without parentheses.
  fileprivate var bindings: (own: Binding, left: Binding, right: Binding) {
    switch self {
    case .add, .subtract: (.sum, .sum, .product)
    case .multiply, .divide: (.product, .product, .factor)
    case .power: (.power, .primary, .factor)
    }
  }
}

extension Node {
  /// The text of the tree, in parentheses if it binds more weakly than its `place` asks for.
  fileprivate func text(in place: Binding) -> String {
    let (text, own) = bareText
    return own < place ? "(\(text))" : text
  }

  private var bareText: (text: String, binding: Binding) {
    switch self {
    case .number(let value): return (shortestText(of: value), .primary)
    case .pi: return ("pi", .primary)
    case .variable(let name): return (name, .primary)
    case .negation(let operand): return ("-" + operand.text(in: .factor), .factor)
    case .binary(let symbol, let left, let right):
      let bindings = symbol.bindings
      let space = symbol == .power ? "" : " "
      let text =
        left.text(in: bindings.left) + space + String(symbol.rawValue) + space + right.text(in: bindings.right)
      return (text, bindings.own)
    case .call(let function, let arguments):
      return ("\(function)(\(arguments.map { $0.text(in: .sum) }.joined(separator: ", ")))", .primary)
    }
  }
}

/// The shortest decimal form that reads back as `value` (finite, not negative): `5`, `0.001`, `1e-5`, `1.5e22`.
private func shortestText(of value: Double) -> String {
  // The standard library gives the shortest digits, written like 5.0, 1e-05 and 1.5e+22.
  let text = value.description
  if text.hasSuffix(".0") { return String(text.dropLast(2)) }
  guard let mark = text.firstIndex(of: "e"), let exponent = Int(text[text.index(after: mark)...]) else { return text }
  return "\(text[..<mark])e\(exponent)"
}
