/// The candidate that `name` is most likely a misspelling of, or nil if none is close.
///
/// Close means: an edit distance of at most a third of the length of `name` (at least 1), and less than the length of
/// both words, so that one letter is never taken for another. Upper and lower case count as equal. Among equally near
/// candidates the first one is returned.
///
/// The distance is the optimal string alignment distance: insertions, deletions, substitutions and transpositions of
/// neighbours, each of cost 1 (L. Boytsov, Indexing methods for approximate dictionary searching, 2011, section 2.1).
/// Complexity: O(|name| · |candidate|) for each candidate whose length is near that of `name`.
public func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
  let wanted = Array(name.lowercased())
  var nearest: (name: String, distance: Int)?
  for candidate in candidates {
    let letters = Array(candidate.lowercased())
    // Words of very different lengths are not near, however long the name is.
    guard abs(wanted.count - letters.count) <= max(1, wanted.count / 3) else { continue }
    let distance = editDistance(wanted, letters)
    let isClose =
      distance <= max(1, wanted.count / 3) && distance < min(wanted.count, letters.count)
    if isClose, distance < nearest?.distance ?? .max { nearest = (candidate, distance) }
  }
  return nearest?.name
}

private func editDistance(_ a: [Character], _ b: [Character]) -> Int {
  // Three rows of the table: two back (for transpositions), one back, and the one being filled.
  var older = [Int](repeating: 0, count: b.count + 1)
  var previous = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      var distance = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { distance = min(distance, older[j - 1] + 1) }
      row.append(distance)
    }
    (older, previous) = (previous, row)
  }
  return previous[b.count]
}
