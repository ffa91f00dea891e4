import Expressions

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
