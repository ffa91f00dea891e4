import Texts

extension Expression {
  /// The most numbers, names, operations and parentheses of a text.
  public static let sizeLimit = 50_000
  /// The most levels of parentheses, functions, signs and exponents that a text may nest.
  public static let nestingLimit = 200

  /// Reads an expression in which the names in `variables` may occur.
  ///
  /// White space, line ends included, is allowed between symbols. The variables are names (a letter, then letters,
  /// digits and `_`) other than `pi` and the names of functions.
  ///
  /// Throws an ``ExpressionError`` if the text is no such expression.
  public init(parsing text: String, variables: [String]) throws(ExpressionError) {
    var parser = Parser(text: text, variables: variables)
    root = try parser.parse()
  }
}

/// A recursive-descent parser of the grammar
///
///     sum     = product (("+" | "-") product)*
///     product = factor (("*" | "/") factor)*
///     factor  = "-" factor | power
///     power   = primary ("^" factor)?
///     primary = number | "pi" | variable | "(" sum ")" | function "(" sum ("," sum)* ")"
struct Parser {
  /// The greatest height of a tree. Chains such as a + b + c + ... make high trees without nesting.
  static let heightLimit = 500

  private typealias Branch = (node: Node, height: Int)

  private let characters: [Character]
  private let variables: [String]
  private var position = 0
  private var nesting = -1
  /// Factors that were read.
  private var size = 0

  init(text: String, variables: [String]) {
    precondition(
      variables.allSatisfy { $0 != "pi" && Function(rawValue: $0) == nil },
      "a variable does not have the name of a function or of pi")
    var characters = text.map { $0.isWhitespace ? " " : $0 }
    while characters.last == " " { characters.removeLast() }
    self.characters = characters
    self.variables = variables
  }

  mutating func parse() throws(ExpressionError) -> Node {
    if characters.isEmpty {
      throw failure(.emptyText, at: 0, "the expression is empty; write a number or a formula such as 2 * sin(1)")
    }
    let branch = try sum()
    if let character = next { throw unexpectedRest(character) }
    return branch.node
  }

  func failure(_ kind: ExpressionError.Kind, at position: Int, _ message: String) -> ExpressionError {
    ExpressionError(kind: kind, column: position + 1, message: message, text: String(characters))
  }
}

// MARK: - Grammar

extension Parser {
  private mutating func sum() throws(ExpressionError) -> Branch {
    var left = try product()
    while let (symbol, place) = take([.add, .subtract]) {
      let right = try product()
      left = try join(left, symbol, right, at: place)
    }
    return left
  }

  private mutating func product() throws(ExpressionError) -> Branch {
    var left = try factor()
    while let (symbol, place) = take([.multiply, .divide]) {
      if symbol == .multiply, position < characters.count, characters[position] == "*" {
        throw failure(
          .unexpectedCharacter, at: place,
          "unexpected \"**\" in column \(place + 1); a power is written \"^\"")
      }
      let right = try factor()
      left = try join(left, symbol, right, at: place)
    }
    return left
  }

  private mutating func factor() throws(ExpressionError) -> Branch {
    // Every recursion of the grammar passes here, so this one counter bounds the stack.
    nesting += 1
    defer { nesting -= 1 }
    size += 1
    if size > Expression.sizeLimit {
      throw failure(
        .tooComplicated, at: position,
        "the expression is too long in column \(position + 1): it has more than \(Expression.sizeLimit) numbers, names and "
          + "operations")
    }
    if nesting > Expression.nestingLimit {
      throw failure(
        .nestedTooDeep, at: position,
        "the expression is nested more than \(Expression.nestingLimit) levels deep in column \(position + 1); "
          + "use fewer parentheses, functions, signs or exponents inside each other")
    }
    if let (_, place) = take([.subtract]) {
      let operand = try factor()
      return (.negation(operand.node), try height(above: operand.height, at: place))
    }
    let base = try primary()
    guard let (symbol, place) = take([.power]) else { return base }
    let exponent = try factor()
    return try join(base, symbol, exponent, at: place)
  }

  private mutating func primary() throws(ExpressionError) -> Branch {
    guard let character = next else { throw missingOperand() }
    if character.isDecimalDigit || character == "." && isDigit(at: position + 1) { return (try number(), 1) }
    if character.isLetter || character == "_" { return try name() }
    if character == "(" {
      let opening = position
      position += 1
      let inner = try sum()
      try close(opening)
      return inner
    }
    throw "+-*/^),".contains(character) ? missingOperand() : unexpectedCharacter(character)
  }

  private mutating func number() throws(ExpressionError) -> Node {
    let start = position
    var end = position
    func skipDigits() { while isDigit(at: end) { end += 1 } }
    skipDigits()
    if end < characters.count, characters[end] == "." {
      end += 1
      skipDigits()
    }
    let significand = characters[start..<end]
    if end < characters.count, "eE".contains(characters[end]) {
      let isSigned = end + 1 < characters.count && "+-".contains(characters[end + 1])
      let firstDigit = end + (isSigned ? 2 : 1)
      if isDigit(at: firstDigit) {
        end = firstDigit
        skipDigits()
      }
    }
    position = end
    // Double reads neither ".5" nor "1." on every platform; with a zero on both sides it does.
    let exponent = characters[(start + significand.count)..<end]
    let fraction = significand.contains(".") ? "0" : ""
    let value = Double("0" + String(significand) + fraction + String(exponent)) ?? .nan
    let isZero = significand.allSatisfy { "0.".contains($0) }
    guard value.isFinite, isZero == (value == 0) else {
      throw failure(
        .numberOutOfRange, at: start,
        "the number \(ForeignText.cut(String(characters[start..<end]))) in column \(start + 1) is out of range; "
          + "numbers lie between 5e-324 and 1.7976931348623157e308, or are 0")
    }
    return .number(value)
  }

  private mutating func name() throws(ExpressionError) -> Branch {
    let start = position
    let name = word(at: start)
    position += name.count
    if let function = Function(rawValue: name) { return try call(function, at: start) }
    if name == "pi" { return (.pi, 1) }
    if variables.contains(name) { return (.variable(name), 1) }
    throw unknownName(name, at: start)
  }

  private mutating func call(_ function: Function, at start: Int) throws(ExpressionError) -> Branch {
    guard next == "(" else {
      let sample = function.arity == 1 ? "\(function)(...)" : "\(function)(..., ...)"
      throw failure(
        .missingArguments, at: start,
        "the function \"\(function)\" in column \(start + 1) has no \"(\" after it; write \(sample)")
    }
    let opening = position
    position += 1
    var arguments: [Node] = []
    var tallest = 0
    if next != ")" {
      while true {
        let argument = try sum()
        arguments.append(argument.node)
        tallest = max(tallest, argument.height)
        guard next == "," else { break }
        position += 1
      }
    }
    try close(opening)
    guard arguments.count == function.arity else {
      let wanted = function.arity == 1 ? "1 argument" : "\(function.arity) arguments"
      throw failure(
        .wrongArgumentCount, at: start,
        "the function \"\(function)\" in column \(start + 1) takes \(wanted), not \(arguments.count)")
    }
    return (.call(function, arguments), try height(above: tallest, at: start))
  }
}

// MARK: - Symbols

extension Parser {
  /// The next character that is not white space; nil at the end.
  private var next: Character? {
    mutating get {
      while position < characters.count, characters[position] == " " { position += 1 }
      return position < characters.count ? characters[position] : nil
    }
  }

  /// Takes the next symbol if it is one of `symbols`.
  private mutating func take(_ symbols: [BinaryOperator]) -> (symbol: BinaryOperator, place: Int)? {
    guard let symbol = next.flatMap(BinaryOperator.init), symbols.contains(symbol) else { return nil }
    position += 1
    return (symbol, position - 1)
  }

  /// Takes the `)` of the `(` at `opening`.
  private mutating func close(_ opening: Int) throws(ExpressionError) {
    guard let character = next else {
      throw failure(
        .missingParenthesis, at: position,
        "missing \")\" in column \(position + 1); the \"(\" in column \(opening + 1) is still open")
    }
    guard character == ")" else { throw unexpectedRest(character) }
    position += 1
  }

  private func isDigit(at place: Int) -> Bool {
    place < characters.count && characters[place].isDecimalDigit
  }

  /// The letters, digits and `_` from `start` on.
  private func word(at start: Int) -> String {
    String(characters[start...].prefix { $0.isLetter || $0.isDecimalDigit || $0 == "_" })
  }

  private func join(
    _ left: Branch, _ symbol: BinaryOperator, _ right: Branch, at place: Int
  ) throws(ExpressionError) -> Branch {
    let height = try height(above: max(left.height, right.height), at: place)
    return (.binary(symbol, left.node, right.node), height)
  }

  private func height(above children: Int, at place: Int) throws(ExpressionError) -> Int {
    guard children < Self.heightLimit else {
      throw failure(
        .tooComplicated, at: place,
        "the expression is too complicated in column \(place + 1): more than \(Self.heightLimit) operations build on "
          + "each other; use parentheses to group long sums and products")
    }
    return children + 1
  }
}

extension Character {
  fileprivate var isDecimalDigit: Bool { isASCII && isWholeNumber }
}

// MARK: - Errors

extension Parser {
  private func missingOperand() -> ExpressionError {
    let previous = characters[..<position].last { $0 != " " }
    let found = position < characters.count ? characters[position] : nil
    let surroundings =
      switch (previous, found) {
      case (let previous?, let found?): "between \"\(previous)\" and \"\(found)\""
      case (let previous?, nil): "after \"\(previous)\""
      case (nil, let found?): "before \"\(found)\""
      case (nil, nil): "here"
      }
    return failure(
      .missingOperand, at: position,
      "missing operand in column \(position + 1), \(surroundings); write a number, a name or \"(\"")
  }

  private func unexpectedCharacter(_ character: Character) -> ExpressionError {
    let advice =
      switch character {
      case "\u{D7}", "\u{B7}", "\u{22C5}", "\u{2219}": "a product is written \"*\""
      case "\u{F7}", "\u{2215}", ":": "a quotient is written \"/\""
      case "\u{2212}", "\u{2013}": "minus is written \"-\""
      case "\u{B2}": "a square is written \"^2\""
      case "\u{B3}": "a cube is written \"^3\""
      case "|": "an absolute value is written abs(...)"
      case "\u{221A}": "a square root is written sqrt(...)"
      case "[", "{", "]", "}": "use the parentheses \"(\" and \")\""
      default: "expressions use numbers, names, + - * / ^ ( ) and commas"
      }
    return failure(
      .unexpectedCharacter, at: position,
      "unexpected \"\(ForeignText.escapedInLine(String(character)))\" in column \(position + 1); \(advice)")
  }

  /// The error of `character`, which is next, where a sum is complete and neither goes on nor ends.
  private func unexpectedRest(_ character: Character) -> ExpressionError {
    let place = "in column \(position + 1)"
    switch character {
    case ")":
      return failure(.trailingText, at: position, "unexpected \")\" \(place); no \"(\" is open")
    case ",":
      return failure(
        .trailingText, at: position,
        "unexpected \",\" \(place); decimals are written with a point, and only functions have several arguments")
    case "(", ".":
      return failure(
        .trailingText, at: position,
        "missing operator before \"\(character)\" \(place); a product is written \"*\"")
    case _ where character.isLetter || character.isDecimalDigit || character == "_":
      return failure(
        .trailingText, at: position,
        "missing operator before \"\(ForeignText.cut(word(at: position)))\" \(place); a product is written \"*\"")
    default:
      return unexpectedCharacter(character)
    }
  }

  private mutating func unknownName(_ name: String, at start: Int) -> ExpressionError {
    let functions = Function.allCases.map(\.rawValue)
    let others = variables + ["pi"]
    let isCalled = next == "("
    let advice =
      if let other = otherNotations[name] {
        "\(other.meaning) is written \(other.notation)"
      } else if let nearest = nearestName(to: name, among: isCalled ? functions : others + functions) {
        "did you mean \"\(nearest)\"?"
      } else if isCalled {
        "the functions are \(functions.joined(separator: ", "))"
      } else {
        "the names known here are \(others.joined(separator: ", ")) and the functions "
          + functions.joined(separator: ", ")
      }
    return failure(
      .unknownName, at: start, "unknown name \"\(ForeignText.cut(name))\" in column \(start + 1); \(advice)")
  }
}

/// Names that other languages have for things which expressions write differently.
private let otherNotations: [String: (meaning: String, notation: String)] = [
  "e": ("Euler's number", "exp(1)"),
  "ln": ("the natural logarithm", "\"log\""),
  "pow": ("a power", "\"^\""), "fabs": ("an absolute value", "abs"), "relu": ("a positive part", "max(..., 0)"),
  "\u{3C0}": ("the number pi", "\"pi\""),
]
