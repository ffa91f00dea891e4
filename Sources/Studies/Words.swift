/// `a`, `a and b`, `a, b and c`; with another `conjunction` in place of `and`.
func joined(_ words: [String], _ conjunction: String = "and") -> String {
  guard let last = words.last, words.count > 1 else { return words.joined() }
  return "\(words.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
}
