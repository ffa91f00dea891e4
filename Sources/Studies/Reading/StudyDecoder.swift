/// Turns the values of a study file into typed ones and collects what is wrong on the way.
///
/// A missing or wrong value reads as nil, and ``mistakes`` tells why.
struct StudyDecoder {
  let root: StudyNode
  let schema: StudyKey
  let depths: StudyDepths
  let origin: StudyOrigin
  /// What this study shares with other combinations of the same text.
  let state: StudyReadingState
  /// What is wrong so far.
  private(set) var mistakes: Mistakes
  /// By dotted path; those without a value are left out.
  private var entriesByPath: [String: StudyNode.Entry] = [:]

  /// - Parameter mistakes: those that are known already.
  init(
    _ root: StudyNode, origin: StudyOrigin, depths: StudyDepths, schema: StudyKey, state: StudyReadingState,
    mistakes: Mistakes
  ) {
    var repair = KeyRepair(root, schema: schema, knowsBlocks: depths.areKnown, mistakes: mistakes)
    self.root = repair.repaired()
    self.mistakes = repair.mistakes
    self.origin = origin
    self.depths = depths
    self.schema = schema
    self.state = state
    list(self.root, below: "")
    checkStructure(self.root, schema, path: "", place: root.place)
  }

  /// Notes an error. The message begins with the key.
  ///
  /// - Parameter condition: a key that must be right for this to be an error at all.
  mutating func fail(
    _ key: String, _ place: StudyPlace, _ message: String, isMissing: Bool = false, unlessWrong condition: String? = nil
  ) {
    // What is missing in the same place comes in the order of the documentation.
    mistakes.add(
      key, place, message, missing: isMissing ? schema.paths.firstIndex(of: key) ?? 0 : nil, unlessWrong: condition)
  }

  /// The entry with this dotted path, if it has a value.
  func entry(_ path: String) -> StudyNode.Entry? {
    entriesByPath[path.utf8.last == UInt8(ascii: ".") ? String(path.dropLast()) : path]
  }

  private mutating func list(_ node: StudyNode, below path: String) {
    guard case .mapping(let entries) = node.content else { return }
    // No key of a study has a dot in its name.
    for entry in entries where !entry.name.isEmpty && !entry.name.utf8.contains(UInt8(ascii: ".")) && !entry.node.isNull
    {
      let own = dotted(path, entry.name)
      guard entriesByPath[own] == nil else { continue }
      entriesByPath[own] = entry
      list(entry.node, below: own)
    }
  }

  /// The place of the key at `path`, or of the nearest one above it that there is.
  func place(of path: String) -> StudyPlace {
    if let place = entry(path)?.place { return place }
    return path.lastIndex(of: ".").map { place(of: String(path[..<$0])) } ?? StudyPlace()
  }

  /// The entries of the mapping at `path`; none if there is no such mapping.
  func entries(_ path: String) -> [StudyNode.Entry] {
    guard case .mapping(let entries)? = entry(path)?.node.content else { return [] }
    return entries
  }

  /// The name of the key that the choice at `path` makes; nil if the value is no such mapping.
  func chosen(_ path: String) -> String? {
    guard case .choice(let keys, _, _) = key(path).mappingForm else { return nil }
    let names = entries(path).map(\.name).filter { name in keys.contains { $0.name == name } }
    return names.count == 1 ? names[0] : nil
  }

  /// Notes that a key below `parent` is missing.
  mutating func failMissing(
    _ path: String, below parent: String, expectation: String? = nil, unlessWrong condition: String? = nil
  ) {
    fail(
      path, entry(parent)?.place ?? StudyPlace(),
      "\(path) is missing; it must be \(expectation ?? key(path).expectation)", isMissing: true,
      unlessWrong: condition)
  }

  /// Checks that mappings are mappings with all keys that are required, and that every key
  /// has a value.
  private mutating func checkStructure(_ node: StudyNode, _ key: StudyKey, path: String, place: StudyPlace) {
    guard !key.children.isEmpty else { return }
    guard case .mapping(let entries) = node.content else {
      // Another form of the value; whoever reads it checks it.
      if case .either = key.form { return }
      let advice = key.shorthand(for: node).map { "; write \($0)" } ?? ""
      return fail(path, place, "\(path) must be \(key.expectation) (it is \(node.shown))\(advice)")
    }
    for entry in entries {
      let childPath = dotted(path, entry.name)
      // Those that are unknown are mistakes already.
      guard let child = key.child(entry.name) else { continue }
      if case .null = entry.node.content {
        fail(childPath, entry.place, "\(childPath) has no value; it must be \(child.expectation)")
      } else {
        checkStructure(entry.node, child, path: childPath, place: entry.place)
      }
    }
    if case .choice(let choices, let companions, _) = key.mappingForm {
      let names = entries.map(\.name)
      let chosen = names.filter { name in choices.contains { $0.name == name } }
      // An unknown key is what is wrong.
      guard chosen.count > 1 || chosen.isEmpty && names.allSatisfy({ name in companions.contains { $0.name == name } })
      else { return }
      let found = names.isEmpty ? "is empty" : "has \(joined(chosen.isEmpty ? names : chosen))"
      return fail(path, place, "\(path) must be \(key.expectation) (it \(found))")
    }
    for child in key.children where child.isRequired && node.entry(child.name) == nil {
      let childPath = dotted(path, child.name)
      // Inside the study's only mapping without a key, the first line says nothing.
      let line = path.isEmpty ? StudyPlace() : place
      fail(childPath, line, "\(childPath) is missing; it must be \(child.expectation)", isMissing: true)
    }
  }
}
