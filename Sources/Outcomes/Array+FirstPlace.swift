extension Array {
  /// The place of the first element at or behind `start` that satisfies `condition`, which holds from some element on;
  /// the end if none does.
  func firstPlace(from start: Int = 0, where condition: (Element) -> Bool) -> Int {
    var (low, high) = (start, count)
    while low < high {
      let middle = (low + high) / 2
      if condition(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
