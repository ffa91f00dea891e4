import Texts

/// `a`, `a and b`, `a, b and c`; with another `conjunction` in place of `and`.
func joined(_ words: [String], _ conjunction: String = "and") -> String {
  guard let last = words.last, words.count > 1 else { return words.joined() }
  return "\(words.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
}

/// A long list of words without its middle: `h`, `h1`, `h2`, `...`, `h9`, `d`.
func abbreviated(_ words: [String]) -> [String] {
  words.count <= 7 ? words : words.prefix(3) + ["..."] + words.suffix(2)
}

/// The question whether one of `words` is meant by `text`; nil if none is near.
func suggestion(for text: String, among words: [String]) -> String? {
  let meant = meantWords(by: text, among: words)
  return meant.isEmpty ? nil : "did you mean \(joined(abbreviated(meant.map { "\"\($0)\"" }), "or"))?"
}

/// Which of `words` may be meant by `text`: the one that it is a misspelling of, else those that begin with it, else
/// one of the same meaning.
func meantWords(by text: String, among words: [String]) -> [String] {
  if let nearest = nearestName(to: text, among: words) { return [nearest] }
  let text = text.lowercased()
  let longer = text.count > 1 ? words.filter { $0.lowercased().hasPrefix(text) } : []
  if !longer.isEmpty { return longer }
  return synonyms[text].flatMap { words.contains($0) ? [$0] : nil } ?? []
}

/// What other programs call the words of study files.
private let synonyms = [
  "double": "float64", "single": "float32", "sigmoid": "logistic", "swish": "silu", "linear": "identity",
  "gaussian": "normal", "lr": "learning-rate",
]
