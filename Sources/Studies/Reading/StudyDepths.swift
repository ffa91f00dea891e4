import Networks

/// How many hidden layers the networks of a study file have: the names of parameter blocks hang on it.
struct StudyDepths: Sendable, Hashable {
  /// Of the cells, from the least to the most.
  var cells = 1...1
  /// Of the teacher network.
  var teacher = 1
  /// Whether the study says them, as far as it has such networks.
  var areKnown = true

  /// The most hidden layers of a network.
  static let maximum = 100

  init() {}

  /// The depths in a study file with replacements to come; 1 where there is none or it makes no sense, which
  /// ``areKnown`` tells.
  init(_ root: StudyNode, replacements: [Replacement]) {
    /// What stands at `path` in the end.
    func node(_ path: [String]) -> StudyNode? {
      for replacement in replacements.reversed() {
        let key = replacement.key.split(separator: ".").map(String.init)
        if path.starts(with: key) { return replacement.value.descendant(path[key.count...]) }
      }
      return root.descendant(path[...])
    }
    func depth(_ node: StudyNode?) -> Int? {
      guard case .list(let widths)? = node?.content, 1...Self.maximum ~= widths.count else { return nil }
      return widths.count
    }
    var depths: [Int] = []
    if case .list(let items)? = node(["network", "hidden"])?.content { depths = items.compactMap(depth) }
    if let least = depths.min(), let most = depths.max() { cells = least...most }
    let teacherKey = ["problem", "target", "teacher"]
    let teacherDepth = depth(node(teacherKey + ["hidden"]))
    teacher = teacherDepth ?? 1
    areKnown = !depths.isEmpty && (teacherDepth != nil || node(teacherKey) == nil)
  }

  /// Hidden layers of every cell; nil if they differ.
  var common: Int? { cells.lowerBound == cells.upperBound ? cells.lowerBound : nil }

  /// The variables of scale expressions: of networks of `depth` hidden layers or more.
  static func variables(depth: Int) -> [String] { ["h"] + (1...depth).map { "h\($0)" } + ["d"] }
}

extension StudyNode {
  /// The value with this path below this one.
  func descendant(_ path: ArraySlice<String>) -> StudyNode? {
    guard let name = path.first else { return self }
    return entry(name)?.node.descendant(path.dropFirst())
  }
}
