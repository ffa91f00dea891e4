import Outcomes
import Studies
import Texts

extension Study {
  /// Refuses a stopping rule about a quantity that is not measured in its trials.
  func checkSampledEvent() throws(PreparationError) {
    guard case .observable(let name, let condition)? = sampling.rule?.event else { return }
    let measured =
      Outcome.observables + (cells.allSatisfy { $0.limit != nil } ? TrialAnalysis.observables : [])
      + self.measured
    func failure(_ key: String, _ message: String) -> PreparationError {
      PreparationError(key: "sampling.until.of.\(key)", family: 0, cell: nil, message: message)
    }
    guard let observable = measured.first(where: { $0.name == name }) else {
      let names = measured.map(\.name)
      let advice = nearestName(to: name, among: names).map { "did you mean \"\($0)\"? " } ?? ""
      throw failure("observable", "no observable \"\(name)\"; \(advice)there are \(names.joined(separator: ", "))")
    }
    switch (condition, observable.domain) {
    case (.word(let word), .words(let words)) where !words.contains(word):
      throw failure("is", "must be one of \(words.joined(separator: ", ")) (it is \(word))")
    case (.word, .words): break
    case (.word, _):
      throw failure("is", "\(name) is a number: write at-most or at-least with a bound")
    case (_, .words(let words)):
      throw failure(
        "observable", "\(name) is a word: write is with one of \(words.joined(separator: ", "))")
    default: break
    }
  }
}
