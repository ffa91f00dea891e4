import Texts

/// Why the text of an expression cannot be read.
public struct ExpressionError: Error, Sendable, Hashable {
  public enum Kind: Sendable, Hashable, CaseIterable {
    /// Nothing but white space.
    case emptyText
    /// A character that expressions do not use, or use in another place.
    case unexpectedCharacter
    /// No number, name or `(` where one is needed.
    case missingOperand
    /// A `(` without its `)`.
    case missingParenthesis
    /// A name that is no variable, constant or function.
    case unknownName
    /// A function with too few or too many arguments.
    case wrongArgumentCount
    /// A function name that no `(` follows.
    case missingArguments
    /// Text that goes on where an operator or the end is needed.
    case trailingText
    /// A number too large for binary64, or one that is not 0 and too small.
    case numberOutOfRange
    /// More than ``Expression/nestingLimit`` levels of parentheses, functions, signs and exponents.
    case nestedTooDeep
    /// More than ``Parser/heightLimit`` operations that build on each other, or ``Expression/sizeLimit`` in all.
    case tooComplicated
  }

  public var kind: Kind
  /// Where the error is: the number of the character in ``text``, from 1. One more than their count means the end.
  public var column: Int
  /// One sentence: what is wrong, where, and what would be right.
  public var message: String
  /// The expression as written, without white space at its end; tabs and line ends became spaces.
  public var text: String
}

extension ExpressionError: CustomStringConvertible {
  /// The most characters of the text that a description shows, so that the caret stands under its column in any window.
  private static let shownLength = 100

  /// The message; then, unless the text is empty, the text (of a long one the part around the column) and a caret under
  /// the column.
  public var description: String {
    if text.isEmpty { return message }
    let length = text.count
    let start = max(0, min(column - 1 - Self.shownLength / 2, length - Self.shownLength))
    let before = start > 0 ? "..." : ""
    let after = start + Self.shownLength < length ? "..." : ""
    // What is escaped is longer: so is the indent.
    let left = ForeignText.escapedInLine(String(text.dropFirst(start).prefix(column - 1 - start)))
    let right = ForeignText.escapedInLine(
      String(text.dropFirst(column - 1).prefix(start + Self.shownLength - column + 1)))
    let shown = before + left + right + after
    let indent = String(repeating: " ", count: before.count + left.count)
    return "\(message)\n    \(shown)\n    \(indent)^"
  }
}
