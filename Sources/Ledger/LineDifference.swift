/// The lines in which two texts differ.
enum LineDifference {
  /// Lines that only `old` has, after "- ", and lines that only `new` has, after "+ ", in the order of the texts; a
  /// shortest such list (Myers). Empty if the texts have the same lines.
  static func between(_ old: String, _ new: String) -> [String] {
    func lines(_ text: String) -> [Substring] { text.split(separator: "\n", omittingEmptySubsequences: true) }
    let (before, after) = (lines(old), lines(new))
    let changes = after.difference(from: before)
    var removed = Set<Int>()
    var inserted = Set<Int>()
    for change in changes {
      switch change {
      case .remove(let offset, _, _): removed.insert(offset)
      case .insert(let offset, _, _): inserted.insert(offset)
      }
    }
    var difference: [String] = []
    var (i, j) = (0, 0)
    while i < before.count || j < after.count {
      if removed.contains(i) {
        difference.append("- " + before[i])
        i += 1
      } else if inserted.contains(j) {
        difference.append("+ " + after[j])
        j += 1
      } else {
        i += 1
        j += 1
      }
    }
    return difference
  }
}
