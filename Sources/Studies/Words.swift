/// `a`, `a and b`, `a, b and c`; with another `conjunction` in place of `and`.
func joined(_ words: [String], _ conjunction: String = "and") -> String {
  guard let last = words.last, words.count > 1 else { return words.joined() }
  return "\(words.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
}

/// A long list of words without its middle: `h`, `h1`, `h2`, `...`, `h9`, `d`.
func abbreviated(_ words: [String]) -> [String] {
  words.count <= 7 ? words : words.prefix(3) + ["..."] + words.suffix(2)
}
