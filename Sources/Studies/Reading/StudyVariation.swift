import Texts

/// The factors of a study as they stand in its text.
struct StudyVariation {
  private struct Factor {
    var keys: [(name: String, isDerived: Bool, place: StudyPlace, values: [StudyNode])]
    var entries: Int { keys[0].values.count }
  }

  static let key = "vary"
  /// The parts of a study whose keys may vary.
  static let sections = ["problem", "network", "training", "verdict", "limit"]

  private var factors: [Factor] = []
  private let source: String
  /// Sentences about keys that overrides keep from varying.
  private(set) var notes: [String] = []

  /// - Parameter mistakes: gets what is wrong with `vary`; then nothing varies.
  init(_ root: StudyNode, overrides: [Replacement], source: String, _ mistakes: inout Mistakes) {
    self.source = source
    guard let entry = root.entry(Self.key) else { return }
    guard case .list(let items) = entry.node.content, !items.isEmpty else {
      mistakes.add(
        Self.key, entry.place,
        "\(Self.key) must be \(StudyKey.Form.factors.expectation) (it is \(entry.node.shown))")
      return
    }
    var found = Mistakes(source: source, options: [])
    var seen: Set<String> = []
    for item in items {
      guard let factor = Self.factor(item, &seen, &found) else { continue }
      factors.append(factor)
      guard combinationCount <= StudyLimits.combinations else {
        found.add(
          Self.key, item.place,
          "\(Self.key) has \(combinationCount) combinations of values, and at most \(StudyLimits.combinations) are "
            + "possible; make several studies of it")
        break
      }
    }
    refuseKeysBelowOthers(&found)
    dropOverridden(overrides, &found)
    if !found.isEmpty { factors = [] }
    mistakes.add(found)
  }

  private static func factor(_ item: StudyNode, _ seen: inout Set<String>, _ mistakes: inout Mistakes) -> Factor? {
    guard case .mapping(let keys) = item.content, !keys.isEmpty else {
      mistakes.add(
        key, item.place,
        "\(key): a factor must be a mapping from dotted keys to lists of values (here is \(item.shown))")
      return nil
    }
    var factor = Factor(keys: [])
    for var own in keys {
      let isDerived = own.name.hasPrefix(VariedFactor.derivedMark)
      if isDerived { own.name.removeFirst() }
      guard let section = own.name.split(separator: ".").first, sections.contains(String(section)) else {
        mistakes.add(
          key, own.place,
          "\(key): \(ForeignText.cut(own.name)) cannot vary; keys below \(joined(sections)) can, such as "
            + "training.learning-rate")
        continue
      }
      guard case .list(let values) = own.node.content, !values.isEmpty else {
        mistakes.add(key, own.place, "\(key): \(own.name) must have a list of values (it has \(own.node.shown))")
        continue
      }
      if let first = factor.keys.first, first.values.count != values.count {
        mistakes.add(
          key, own.place,
          "\(key): the keys of one factor go together, entry by entry, and \(own.name) has \(values.count) values where "
            + "\(first.name) has \(first.values.count); for all combinations make it a factor of its own")
        continue
      }
      guard seen.insert(own.name).inserted else {
        mistakes.add(key, own.place, "\(key): \(own.name) varies twice; keep one of them")
        continue
      }
      factor.keys.append((own.name, isDerived, own.place, values))
    }
    guard let first = factor.keys.first else { return nil }
    guard !first.isDerived else {
      mistakes.add(
        key, keys[0].place,
        "\(key): \(keys[0].name) follows from nothing here; write \(first.name) for a key that varies")
      return nil
    }
    return factor
  }

  /// A key below one that varies would replace what the other one chooses.
  private func refuseKeysBelowOthers(_ mistakes: inout Mistakes) {
    let keys = factors.flatMap(\.keys).filter { !$0.isDerived }
    let names = Set(keys.map(\.name))
    for key in keys {
      let dots = key.name.indices.filter { key.name[$0] == "." }
      guard let above = dots.lazy.map({ String(key.name[..<$0]) }).first(where: names.contains) else { continue }
      mistakes.add(
        Self.key, key.place, "\(Self.key): \(key.name) is a part of \(above), which varies too; write its values there")
    }
  }

  /// A value that an override gives is the same in all cells.
  private mutating func dropOverridden(_ overrides: [Replacement], _ mistakes: inout Mistakes) {
    for override in overrides {
      for key in factors.flatMap(\.keys) where !key.isDerived && override.key.hasPrefix(key.name + ".") {
        mistakes.add(
          override.key, override.place,
          "\(override.key) is a part of \(key.name), which varies; change its values in \(Self.key), or set "
            + "\(key.name) for all cells")
      }
    }
    for index in factors.indices {
      factors[index].keys.removeAll { key in
        let override = overrides.last {
          $0.key == key.name || key.name.hasPrefix($0.key + ".") || (key.isDerived && $0.key.hasPrefix(key.name + "."))
        }
        if let override, !key.isDerived {
          notes.append("\(Self.key): \(key.name) does not vary, because \(override.source) gives it one value")
        }
        return override != nil
      }
    }
    factors.removeAll { $0.keys.first?.isDerived ?? true }
  }

  var combinationCount: Int { factors.reduce(1) { $0 * $1.entries } }

  /// Bytes of names and values in all combinations, of which each has `size` bytes besides the values that vary.
  func textSize(besides size: Int) -> Int {
    let count = combinationCount
    if factors.isEmpty { return 0 }
    return factors.reduce(count * size) { sum, factor in
      let values = factor.keys.reduce(0) {
        $0 + $1.values.reduce($1.name.utf8.count * factor.entries) { $0 + $1.textSize }
      }
      return sum + values * (count / factor.entries)
    }
  }

  /// The replacements of every combination, the entries of the last factor changing fastest, and its label.
  var combinations: [(label: String, replacements: [Replacement])] {
    let labels = studyFactors.map(\.labels)
    var combinations: [(label: String, replacements: [Replacement])] = [("", [])]
    for (index, factor) in factors.enumerated() {
      combinations = combinations.flatMap { combination in
        (0..<factor.entries).map { entry in
          let own = factor.keys.map { key in
            Replacement(
              key: key.name, value: key.values[entry], place: key.place, source: key.place.option ?? source,
              isDerived: key.isDerived)
          }
          return (
            label: [combination.label, labels[index][entry]].filter { !$0.isEmpty }.joined(separator: " "),
            replacements: combination.replacements + own
          )
        }
      }
    }
    return combinations
  }

  /// The factors with their texts.
  var studyFactors: [VariedFactor] {
    factors.map { factor in
      let keys = factor.keys.map { key in
        let values = key.values.map(\.canonicalText)
        return VariedFactor.Key(name: key.name, isDerived: key.isDerived, values: values, storedValues: values)
      }
      // Of the widths, which stand in a label anyway, and the keys in their order, those that tell more entries apart.
      var labels = Array(repeating: "", count: factor.entries)
      var distinctions = factor.keys.first { $0.name == Study.hiddenKey }?.values.map(\.canonicalText) ?? labels
      for key in factor.keys where key.name != Study.hiddenKey && !key.isDerived {
        let texts = key.values.map { $0.label(of: key.name) }
        let finer = zip(distinctions, texts).map { $0 + " " + $1 }
        guard Set(finer).count > Set(distinctions).count else { continue }
        distinctions = finer
        labels = zip(labels, texts).map { $0.isEmpty ? $1 : $0 + " " + $1 }
      }
      // Entries that are the same get an error, which has to name them.
      if labels.allSatisfy(\.isEmpty), let key = factor.keys.first(where: { $0.name != Study.hiddenKey }),
        distinctions == labels
      {
        labels = key.values.map { $0.label(of: key.name) }
      }
      return VariedFactor(keys: keys, labels: labels)
    }
  }
}

extension StudyNode {
  /// The whole value as YAML in one line.
  var canonicalText: String {
    switch content {
    case .null: "~"
    case .scalar: flowText
    case .list(let items): listText(items.map(\.canonicalText))
    case .mapping(let entries): "{\(entries.map { "\($0.name): \($0.node.canonicalText)" }.joined(separator: ", "))}"
    }
  }

  /// What tells the value of a key in the label of a cell: `sgd`, `learning-rate=0.01`, `leaky-relu:0.1`.
  fileprivate func label(of key: String) -> String {
    let words = plainWords
    guard case .scalar(let scalar) = content, DecimalNumber(scalar.text) == nil, words.first?.isLetter == true else {
      if case .mapping = content { return words }
      return "\(key.split(separator: ".").last ?? "")=\(words)"
    }
    return words
  }

  /// The value without the outer signs of YAML, and without commas and spaces, which separate labels.
  private var plainWords: String {
    switch content {
    case .null: "~"
    case .scalar(let scalar):
      scalar.text.filter { !$0.isWhitespace && $0 != "\"" }.replacing(",", with: ";")
    case .list(let items):
      items.map { item in
        if case .list = item.content { "[\(item.plainWords)]" } else { item.plainWords }
      }.joined(separator: ";")
    case .mapping(let entries): entries.map { "\($0.name):\($0.node.plainWords)" }.joined(separator: ";")
    }
  }
}
