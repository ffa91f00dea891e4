/// Keys that study files had in earlier versions, in today's words.
///
/// - `landscape: {limit: {flow-time: T}}` is `limit: {flow-time: T, classes: true}`.
/// - `verdict.stationary.relative-decrease-at-most` has no meaning any more: verdicts are about the limit of the flow.
struct FormerKeys {
  /// One sentence for each key that was found.
  private(set) var notes: [String] = []

  private static let landscape = "landscape"
  private static let flowTime = "landscape.limit.flow-time"
  private static let decrease = "verdict.stationary.relative-decrease-at-most"
  private static let classes = "limit.classes"

  /// The study with today's keys; what is no former key stays as it is.
  mutating func replaced(in root: StudyNode) -> StudyNode {
    var root = root
    var hasLandscape = false
    if case .mapping(var entries) = root.content, let limit = Self.limit(root.entry(Self.landscape)?.node),
      root.entry("limit") == nil
    {
      for index in entries.indices where entries[index].name == Self.landscape {
        entries[index].name = "limit"
        entries[index].node = limit
      }
      root.content = .mapping(entries)
      note(Self.landscape, "is read as limit: {classes: true}; write that")
      hasLandscape = true
    }
    if root.descendant(Self.decrease.split(separator: ".").map(String.init)[...]) != nil {
      root = root.removing(Self.decrease.split(separator: ".").map(String.init)[...])
      noteDecrease()
    }
    if let vary = root.entry(StudyVariation.key) {
      var isChanged = false
      let factors = replaced(inFactors: vary.node, &isChanged, &hasLandscape)
      if isChanged, case .mapping(var entries) = root.content {
        entries.removeAll { $0.name == StudyVariation.key }
        if let factors { entries.append(StudyNode.Entry(name: vary.name, place: vary.place, node: factors)) }
        root.content = .mapping(entries)
        if hasLandscape && root.descendant(["limit"]) == nil, case .mapping(var entries) = root.content {
          let place = vary.place
          entries.append(
            StudyNode.Entry(
              name: "limit", place: place,
              node: StudyNode(
                content: .mapping([
                  StudyNode.Entry(name: "classes", place: place, node: Self.truth(place))
                ]), place: place)))
          root.content = .mapping(entries)
        }
      }
    }
    return root
  }

  /// The replacements with today's keys.
  mutating func replaced(in replacements: [Replacement]) -> [Replacement] {
    replacements.flatMap { old -> [Replacement] in
      func new(_ key: String, _ value: StudyNode) -> Replacement {
        Replacement(key: key, value: value, place: old.place, source: old.source, isDerived: old.isDerived)
      }
      if old.key == Self.decrease {
        noteDecrease()
        return []
      }
      if old.key == Self.flowTime {
        note(old.key, "is read as limit.flow-time, with limit.classes: true; write that")
        return [new("limit.flow-time", old.value), new(Self.classes, Self.truth(old.place))]
      }
      if old.key == Self.landscape, old.isRemoval || Self.limit(old.value) != nil {
        note(old.key, "is read as limit; write that")
        return [new("limit", Self.limit(old.value) ?? old.value)]
      }
      return [old]
    }
  }

  /// The factors of `vary`; nil if nothing varies any more.
  private mutating func replaced(
    inFactors node: StudyNode, _ isChanged: inout Bool, _ hasLandscape: inout Bool
  ) -> StudyNode? {
    guard case .list(let factors) = node.content else { return node }
    var kept: [StudyNode] = []
    for var factor in factors {
      guard case .mapping(var keys) = factor.content, !keys.isEmpty else {
        kept.append(factor)
        continue
      }
      let mark = VariedFactor.derivedMark
      for index in keys.indices where [Self.flowTime, mark + Self.flowTime].contains(keys[index].name) {
        keys[index].name = (keys[index].name.hasPrefix(mark) ? mark : "") + "limit.flow-time"
        note(Self.flowTime, "is read as limit.flow-time, with limit.classes: true; write that")
        (isChanged, hasLandscape) = (true, true)
      }
      let count = keys.count
      keys.removeAll { [Self.decrease, mark + Self.decrease].contains($0.name) }
      if keys.count < count {
        noteDecrease()
        isChanged = true
      }
      factor.content = .mapping(keys)
      if !keys.isEmpty { kept.append(factor) }
    }
    return kept.isEmpty && isChanged ? nil : StudyNode(content: .list(kept), place: node.place)
  }

  private mutating func noteDecrease() {
    note(
      Self.decrease,
      "is dropped: a verdict is about the limit of the gradient flow, not about the speed at the end of training")
  }

  private mutating func note(_ key: String, _ text: String) {
    if !notes.contains("\(key) \(text)") { notes.append("\(key) \(text)") }
  }

  /// The value of `limit` for one of `landscape`; nil where that has not its form.
  private static func limit(_ node: StudyNode?) -> StudyNode? {
    guard case .mapping(let outer)? = node?.content, outer.count == 1, outer[0].name == "limit",
      case .mapping(let inner) = outer[0].node.content
    else { return nil }
    let classes = StudyNode.Entry(name: "classes", place: outer[0].place, node: truth(outer[0].place))
    return StudyNode(content: .mapping(inner + [classes]), place: outer[0].node.place)
  }

  private static func truth(_ place: StudyPlace) -> StudyNode {
    StudyNode(content: .scalar(StudyScalar(text: "true", isPlain: true)), place: place)
  }
}
