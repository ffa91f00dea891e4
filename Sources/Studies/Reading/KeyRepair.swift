/// Reads unknown keys as those that they are meant to be, so that what stands below them is checked too.
///
/// Every unknown key is a mistake all the same.
struct KeyRepair {
  private let schema: StudyKey
  /// With all unknown keys.
  private let root: StudyNode
  /// Whether the depth of the networks is known, and with it the names of all blocks.
  private let knowsBlocks: Bool
  private(set) var mistakes: Mistakes
  private lazy var paths = schema.paths
  /// Keys that stand elsewhere than they belong.
  private var moved: [Replacement] = []

  init(_ root: StudyNode, schema: StudyKey, knowsBlocks: Bool, mistakes: Mistakes) {
    self.root = root
    self.schema = schema
    self.knowsBlocks = knowsBlocks
    self.mistakes = mistakes
  }

  /// The study with the keys that are meant; those that could not be told remain.
  mutating func repaired() -> StudyNode {
    var study = repaired(root, schema, path: "")
    for replacement in moved {
      study = (try? study.replacing(replacement, schema: schema)) ?? study
    }
    return study
  }

  private mutating func repaired(_ node: StudyNode, _ key: StudyKey, path: String) -> StudyNode {
    guard case .mapping(let entries) = node.content, !key.children.isEmpty else { return node }
    var names = Set(entries.map(\.name))
    var repairedEntries: [StudyNode.Entry] = []
    var told = 0
    for var entry in entries {
      if let child = key.child(entry.name) {
        entry.node = repaired(entry.node, child, path: dotted(path, entry.name))
        repairedEntries.append(entry)
        continue
      }
      let isBlock = StudyKey.isBlockName(entry.name)
      if isBlock && !knowsBlocks {
        repairedEntries.append(entry)
        continue
      }
      // A message takes a search of all keys, and no more are shown.
      told += 1
      if told > StudyError.shownLimit {
        mistakes.addUntold(dotted(path, entry.name))
        repairedEntries.append(entry)
        continue
      }
      let unknown = key.unknownKey(entry.name, path: path, schema: schema, paths: paths, study: root)
      // Blocks have other names in networks of other depths, and nobody has left out those either.
      let widths = isBlock ? StudyKey.widths(ofBlocks: path) : nil
      mistakes.add(dotted(path, entry.name), entry.place, unknown.message, unlessWrong: widths)
      if widths != nil { mistakes.addMeant(path) }
      unknown.meant.forEach { mistakes.addMeant($0) }
      // What is merged in may be anything.
      if entry.name == "<<" { path.isEmpty ? mistakes.hideMissing = true : mistakes.addMeant(path) }
      guard unknown.meant.count == 1, let meant = schema.descendant(unknown.meant[0]) else {
        repairedEntries.append(entry)
        continue
      }
      entry.node = repaired(entry.node, meant, path: unknown.meant[0])
      if unknown.meant[0] == dotted(path, meant.name) {
        // The right key beside it is the one that counts, as is what else has been chosen.
        if names.insert(meant.name).inserted, !key.isChosen(among: names.subtracting([meant.name])) {
          entry.name = meant.name
        }
        repairedEntries.append(entry)
      } else if root.descendant(unknown.meant[0].split(separator: ".").map(String.init)[...]) == nil {
        moved.append(
          Replacement(
            key: unknown.meant[0], value: entry.node, place: entry.place, source: entry.place.option ?? "",
            isDerived: false))
      }
    }
    return StudyNode(content: .mapping(repairedEntries), place: node.place)
  }
}

extension StudyKey {
  /// The key that decides on the names of the blocks in the mapping `path`; nil where there are no blocks.
  static func widths(ofBlocks path: String) -> String? {
    switch path {
    case "network.initial", "network.trainable": Study.hiddenKey
    case "problem.target.teacher.initial": "problem.target.teacher.hidden"
    default: nil
    }
  }

  /// Whether one of `names` is what this key chooses.
  fileprivate func isChosen(among names: Set<String>) -> Bool {
    guard case .choice(let keys, _, _) = mappingForm else { return false }
    return keys.contains { names.contains($0.name) }
  }
}
