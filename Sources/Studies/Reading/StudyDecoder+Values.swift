import Expressions

extension StudyDecoder {
  /// The form of the key at `path`, which is a key of studies.
  func key(_ path: String) -> StudyKey {
    guard let key = schema.descendant(path) else { preconditionFailure("\(path) is no key of a study") }
    return key
  }

  /// Notes that the value at `path` is not what it must be.
  mutating func failExpectation(_ path: String, _ entry: StudyNode.Entry, advice: String = "") {
    let advice =
      if !advice.isEmpty {
        advice
      } else if let shorthand = key(path).shorthand(for: entry.node) {
        "; write \(shorthand)"
      } else {
        switch key(path).plainForm {
        case .integer, .counts: self.advice(against: entry.node)
        case .real: self.advice(against: entry.node, isWhole: false)
        default: ""
        }
      }
    fail(path, entry.place, "\(path) must be \(key(path).expectation) (it is \(entry.node.shown))\(advice)")
  }

  /// Whether there is a list at `path`.
  func isList(_ path: String) -> Bool {
    if case .list? = entry(path)?.node.content { true } else { false }
  }

  /// Whether there is a mapping at `path`.
  func isMapping(_ path: String) -> Bool {
    if case .mapping? = entry(path)?.node.content { true } else { false }
  }

  /// The scalar at `path`; anything else is an error.
  mutating func scalar(_ path: String) -> (StudyScalar, StudyNode.Entry)? {
    guard let entry = entry(path) else { return nil }
    guard case .scalar(let scalar) = entry.node.content else {
      failExpectation(path, entry)
      return nil
    }
    return (scalar, entry)
  }

  // MARK: Text and words

  /// The text at `path`, with single spaces in place of all white space.
  mutating func text(_ path: String) -> String? {
    guard let (scalar, entry) = scalar(path) else { return nil }
    if scalar.number != nil || scalar.isTruthValue {
      failExpectation(path, entry, advice: "; put it in quotes")
      return nil
    }
    let text = scalar.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      fail(path, entry.place, "\(path) must be text without control characters (it is \(entry.node.shown))")
      return nil
    }
    return text
  }

  mutating func name(_ path: String) -> String? {
    guard let text = text(path), let entry = entry(path) else { return nil }
    func isWordCharacter(_ character: Character) -> Bool {
      character.isASCII && (character.isLetter || character.isNumber)
    }
    let isName =
      text.count <= StudyKey.nameLimit && text.first.map(isWordCharacter) == true
      && text.allSatisfy { isWordCharacter($0) || "-_.".contains($0) }
    if !isName { failExpectation(path, entry) }
    return isName ? text : nil
  }

  /// A SHA-256 digest, in lower case.
  mutating func digest(_ path: String) -> String? {
    guard let (scalar, entry) = scalar(path) else { return nil }
    guard scalar.text.utf8.count == 64, scalar.text.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
      failExpectation(path, entry)
      return nil
    }
    return scalar.text.lowercased()
  }

  /// One of the words that the key takes.
  mutating func word(_ path: String) -> String? {
    guard let (scalar, entry) = scalar(path) else { return nil }
    let words: [String]
    switch key(path).plainForm {
    case .word(let own): words = own
    case .numbersOrWord(let word, _): words = [word]
    default: return nil
    }
    if words.contains(scalar.text) { return scalar.text }
    failExpectation(path, entry, advice: advice(for: scalar.text, among: words))
    return nil
  }

  /// One of the words that `Word` names.
  mutating func word<Word: RawRepresentable>(_ path: String, _: Word.Type) -> Word? where Word.RawValue == String {
    word(path).flatMap(Word.init)
  }

  /// A list of different words, at least one, each with its place.
  mutating func words(_ path: String) -> [(word: String, place: StudyPlace)]? {
    guard let entry = entry(path), case .words(let words, _) = key(path).form else { return nil }
    guard case .list(let items) = entry.node.content else {
      var advice = ""
      if case .scalar(let scalar) = entry.node.content, words.contains(scalar.text) {
        advice = "; write [\(scalar.text)]"
      }
      failExpectation(path, entry, advice: advice)
      return nil
    }
    guard !items.isEmpty else {
      fail(path, entry.place, "\(path) is empty; it must be \(key(path).expectation)")
      return nil
    }
    var found: [(word: String, place: StudyPlace)] = []
    for item in items {
      guard case .scalar(let scalar) = item.content, words.contains(scalar.text) else {
        var advice = ""
        if case .scalar(let scalar) = item.content { advice = self.advice(for: scalar.text, among: words) }
        fail(
          path, item.place, "\(path) may list \(joined(abbreviated(words))) (here is \(item.shown))\(advice)",
          unlessWrong: StudyKey.widths(ofBlocks: path))
        continue
      }
      guard !found.contains(where: { $0.word == scalar.text }) else {
        fail(path, item.place, "\(path) lists \(scalar.text) twice; keep one of them")
        continue
      }
      found.append((scalar.text, item.place))
    }
    return found.count == items.count ? found : nil
  }

  func advice(for text: String, among words: [String]) -> String {
    suggestion(for: text, among: words).map { "; \($0)" } ?? ""
  }

  // MARK: Numbers

  mutating func integer(_ path: String) -> UInt64? {
    guard let (scalar, entry) = scalar(path), case .integer(let range) = key(path).form else { return nil }
    if let value = scalar.number?.unsigned, range.contains(value) { return value }
    failExpectation(path, entry)
    return nil
  }

  /// A whole number, or one for each of `cells` cells.
  mutating func counts(_ path: String, cells: Int?) -> [Int]? {
    guard let entry = entry(path), case .counts(let range, _) = key(path).form else { return nil }
    var items = [entry.node]
    if case .list(let own) = entry.node.content {
      items = own
      if let cells, own.count != cells {
        fail(
          path, entry.place,
          "\(path) must have one number for each of the \(cells) entries of network.hidden (it has \(own.count))")
        return nil
      }
    }
    var counts: [Int] = []
    for item in items {
      guard case .scalar(let scalar) = item.content, let value = scalar.number?.unsigned, range.contains(value) else {
        let expectation = StudyKey.Form.integer(range).expectation
        fail(path, item.place, "\(path) must be \(expectation) (it is \(item.shown))\(advice(against: item))")
        continue
      }
      counts.append(Int(value))
    }
    return counts.count == items.count ? counts : nil
  }

  mutating func real(_ path: String) -> Double? {
    guard let (scalar, entry) = scalar(path), case .real(let range) = key(path).form else { return nil }
    if let value = scalar.number?.real, range.contains(value) { return value + 0 }  // -0 is 0
    failExpectation(path, entry)
    return nil
  }

  /// A bound on one of several quantities: the criterion that the word at `path` stands for.
  mutating func criterion<Criterion>(_ path: String, _ criteria: [String: (Double) -> Criterion]) -> Criterion? {
    guard let word = chosen(path), let criterion = criteria[word] else { return nil }
    return real(dotted(path, word)).map(criterion)
  }

  /// What to write for a number in quotes or in the notation of another language.
  func advice(against node: StudyNode, isWhole: Bool = true) -> String {
    guard case .scalar(let scalar) = node.content else { return "" }
    if !scalar.isPlain, DecimalNumber(scalar.text) != nil { return "; write it without quotes" }
    guard let text = DecimalNumber.decimalText(of: scalar.text), !isWhole || DecimalNumber(text)?.unsigned != nil else {
      return ""
    }
    return "; write \(text)"
  }

  /// The items of the list at `path`, which are increasing whole numbers in a range.
  mutating func integers(_ path: String, in range: ClosedRange<UInt64>) -> [Int]? {
    guard let entry = entry(path) else { return nil }
    guard case .list(let items) = entry.node.content else {
      failExpectation(path, entry)
      return nil
    }
    var numbers: [Int] = []
    for item in items {
      guard case .scalar(let scalar) = item.content, let value = scalar.number?.unsigned, range.contains(value) else {
        fail(
          path, item.place, "\(path) must be \(key(path).expectation) (here is \(item.shown))\(advice(against: item))")
        continue
      }
      if let last = numbers.last, last >= Int(value) {
        fail(path, item.place, "\(path): the numbers must increase (after \(last) comes \(value))")
        return nil
      }
      numbers.append(Int(value))
    }
    return numbers.count == items.count ? numbers : nil
  }

  /// A list of numbers, at least one.
  mutating func numbers(_ path: String) -> [Double]? {
    guard let entry = entry(path) else { return nil }
    guard case .list(let items) = entry.node.content, !items.isEmpty else {
      failExpectation(path, entry)
      return nil
    }
    return numbers(items, path)
  }

  /// A list of lists of numbers, none of them empty, each with its place.
  mutating func numberLists(_ path: String) -> [(numbers: [Double], place: StudyPlace)]? {
    guard let entry = entry(path) else { return nil }
    guard case .list(let rows) = entry.node.content, !rows.isEmpty else {
      failExpectation(path, entry)
      return nil
    }
    var lists: [(numbers: [Double], place: StudyPlace)] = []
    for row in rows {
      guard case .list(let items) = row.content, !items.isEmpty else {
        fail(path, row.place, "\(path) must be \(key(path).expectation) (here is \(row.shown))")
        continue
      }
      guard let numbers = numbers(items, path) else { continue }
      lists.append((numbers, row.place))
    }
    return lists.count == rows.count ? lists : nil
  }

  private mutating func numbers(_ items: [StudyNode], _ path: String) -> [Double]? {
    var numbers: [Double] = []
    for item in items {
      guard let number = number(item, path) else { continue }
      numbers.append(number)
    }
    return numbers.count == items.count ? numbers : nil
  }

  /// A finite number, or the value of an expression without variables.
  private mutating func number(_ item: StudyNode, _ path: String) -> Double? {
    guard case .scalar(let scalar) = item.content else {
      fail(path, item.place, "\(path): a number is needed where \(item.shown) stands")
      return nil
    }
    // Most numbers of long lists need no parser.
    if let value = scalar.number?.real, value.isFinite { return value + 0 }  // -0 is 0
    guard let expression = parse(scalar.text, variables: [], path: path, place: item.place) else { return nil }
    let value = expression.constantValue
    guard value.isFinite else {
      fail(path, item.place, "\(path): the numbers must be finite (\(item.flowText) is \(shortestText(value)))")
      return nil
    }
    return value + 0
  }

  // MARK: Expressions

  /// - Parameter variables: those of the key if nil.
  mutating func expression(_ path: String, variables: [String]? = nil) -> Expression? {
    guard let (scalar, entry) = scalar(path), case .expression(let ownVariables, _) = key(path).plainForm else {
      return nil
    }
    return parse(scalar.text, variables: variables ?? ownVariables, path: path, place: entry.place)
  }

  /// Two bounds, expressions in the variables of the key.
  mutating func bounds(_ path: String) -> (lower: Expression, upper: Expression)? {
    guard let entry = entry(path), case .bounds(let variables) = key(path).form else { return nil }
    guard case .list(let items) = entry.node.content, items.count == 2 else {
      failExpectation(path, entry)
      return nil
    }
    var bounds: [Expression] = []
    for item in items {
      guard case .scalar(let scalar) = item.content else {
        failExpectation(path, entry)
        return nil
      }
      guard let bound = parse(scalar.text, variables: variables, path: path, place: item.place) else { return nil }
      bounds.append(bound)
    }
    return (bounds[0], bounds[1])
  }

  mutating func parse(_ text: String, variables: [String], path: String, place: StudyPlace) -> Expression? {
    guard !Self.nonFiniteNumbers.contains(text.drop { "+-".contains($0) }.lowercased()) else {
      fail(path, place, "\(path): numbers must be finite (here is \(text))")
      return nil
    }
    do throws(ExpressionError) {
      return try Expression(parsing: text, variables: variables)
    } catch {
      // Many variables are x1, x2, ..., which nobody needs to see one by one.
      let list = variables.joined(separator: ", ")
      let message = "\(error)".replacing(list, with: abbreviated(variables).joined(separator: ", "))
      if let number = DecimalNumber.decimalText(of: text) {
        fail(path, place, "\(path): numbers are written in plain decimal, \(number) (here is \(text))")
      } else {
        fail(path, place, "\(path): \(variables.isEmpty ? "\(error)" : message)")
      }
      return nil
    }
  }

  /// Numbers of YAML and of other languages that expressions do not have.
  private static let nonFiniteNumbers: Set<String> = [".nan", ".inf", "nan", "inf", "infinity"]
}

extension Expression {
  /// The value of an expression without variables.
  var constantValue: Double { program(of: "").evaluate(at: [0])[0] }
}
