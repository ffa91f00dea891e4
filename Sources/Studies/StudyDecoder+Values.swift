import Expressions
import Kernels

extension StudyDecoder {
  /// The form of the key at `path`, which is a key of studies.
  func key(_ path: String) -> StudyKey {
    guard let key = StudyKey.study.descendant(path) else { preconditionFailure("\(path) is no key of a study") }
    return key
  }

  /// Notes that the value at `path` is not what it must be.
  mutating func failExpectation(_ path: String, _ entry: StudyNode.Entry, advice: String = "") {
    fail(path, entry.place, "\(path) must be \(key(path).expectation) (it is \(entry.node.shown))\(advice)")
  }

  /// The scalar at `path`; anything else is an error.
  private mutating func scalar(_ path: String) -> (StudyScalar, StudyNode.Entry)? {
    guard let entry = entry(path) else { return nil }
    guard case .scalar(let scalar) = entry.node.content else {
      failExpectation(path, entry)
      return nil
    }
    return (scalar, entry)
  }

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

  /// One of the words that `Word` names.
  mutating func word<Word: RawRepresentable>(_ path: String, _: Word.Type) -> Word? where Word.RawValue == String {
    guard let (scalar, entry) = scalar(path), case .word(let words) = key(path).form else { return nil }
    if let word = Word(rawValue: scalar.text) { return word }
    failExpectation(path, entry, advice: advice(for: scalar.text, among: words))
    return nil
  }

  /// A list of different words that `Word` names, at least one.
  mutating func words<Word: RawRepresentable & Hashable>(
    _ path: String, _: Word.Type
  ) -> Set<Word>? where Word.RawValue == String {
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
    var found: Set<Word> = []
    for item in items {
      guard case .scalar(let scalar) = item.content, let word = Word(rawValue: scalar.text) else {
        var advice = ""
        if case .scalar(let scalar) = item.content { advice = self.advice(for: scalar.text, among: words) }
        fail(path, item.place, "\(path) may list \(joined(words)) (here is \(item.shown))\(advice)")
        return nil
      }
      guard found.insert(word).inserted else {
        fail(path, item.place, "\(path) lists \(word.rawValue) twice; keep one of them")
        return nil
      }
    }
    return found
  }

  private func advice(for text: String, among words: [String]) -> String {
    nearestName(to: text, among: words).map { "; did you mean \"\($0)\"?" } ?? ""
  }

  mutating func integer(_ path: String) -> UInt64? {
    guard let (scalar, entry) = scalar(path), case .integer(let range) = key(path).form else { return nil }
    if let value = scalar.number?.unsigned, range.contains(value) { return value }
    failExpectation(path, entry, advice: adviceAgainstQuotes(scalar))
    return nil
  }

  mutating func real(_ path: String) -> Double? {
    guard let (scalar, entry) = scalar(path), case .real(let range) = key(path).form else { return nil }
    if let value = scalar.number?.real, range.contains(value) { return value + 0 }  // -0 is 0
    failExpectation(path, entry, advice: adviceAgainstQuotes(scalar))
    return nil
  }

  private func adviceAgainstQuotes(_ scalar: StudyScalar) -> String {
    scalar.isPlain || DecimalNumber(scalar.text) == nil ? "" : "; write it without quotes"
  }

  mutating func expression(_ path: String) -> Expression? {
    guard let (scalar, entry) = scalar(path), case .expression(let variables, _) = key(path).form else { return nil }
    return parse(scalar.text, variables: variables, path: path, place: entry.place)
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

  private mutating func parse(
    _ text: String, variables: [String], path: String, place: StudyPlace
  ) -> Expression? {
    do throws(ExpressionError) {
      return try Expression(parsing: text, variables: variables)
    } catch {
      fail(path, place, "\(path): \(error)")
      return nil
    }
  }
}

extension Expression {
  /// The values at `points` of its variable, or of any variable if it is constant.
  func values(of variable: String, at points: [Double]) -> [Double] {
    program(of: variable).evaluate(at: points)
  }
}
