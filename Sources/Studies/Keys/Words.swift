import Expressions

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
///
/// Meant is the word that `text` is a misspelling of, else those that begin with it, else one of the same meaning.
func suggestion(for text: String, among words: [String]) -> String? {
  if let nearest = nearestName(to: text, among: words) { return question([nearest]) }
  let text = text.lowercased()
  let longer = text.count > 1 ? words.filter { $0.lowercased().hasPrefix(text) } : []
  if !longer.isEmpty { return question(longer) }
  return synonyms[text].flatMap { words.contains($0) ? question([$0]) : nil }
}

private func question(_ words: [String]) -> String {
  "did you mean \(joined(abbreviated(words.map { "\"\($0)\"" }), "or"))?"
}

/// What other programs call the words of study files.
private let synonyms = [
  "double": "float64", "single": "float32", "sigmoid": "logistic", "swish": "silu", "linear": "identity",
  "gaussian": "normal", "lr": "learning-rate",
]
