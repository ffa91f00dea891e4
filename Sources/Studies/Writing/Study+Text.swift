import Outcomes
import Problems

extension Study {
  /// The study as YAML with every default, in canonical order and form: parsing it gives an equal study, whose text is
  /// the same.
  ///
  /// Points of an evaluation set that no cell needs are left out, unless the study asks for another number of them than
  /// it would get by default.
  public var text: String { text(sampling: sampling.planText) }

  /// ``text`` with other planned trials, such as those of a ledger, which keeps them apart from its study.
  ///
  /// - Parameter counts: of the cells, in their order; 0 where none are planned.
  /// - Returns: nil where `sampling.trials` cannot say them: it has one number, or one for each entry of `network.hidden`.
  public func text(trials counts: [Int]) -> String? {
    if sampling.rule != nil { return text }
    let isVaried = factors.contains { $0.keys.contains { $0.name == Self.hiddenKey } }
    let ofFamilies = families.indices.map { family in zip(cells, counts).filter { $0.0.family == family }.map(\.1) }
    guard let first = ofFamilies.first, !counts.contains(0) else { return nil }
    if Set(counts).count == 1 { return text(sampling: sampling.planText(trials: [counts[0]])) }
    guard !isVaried, ofFamilies.allSatisfy({ $0 == first }) else { return nil }
    return text(sampling: sampling.planText(trials: first))
  }

  /// ``text`` without numbers of planned trials.
  public var textWithoutTrials: String { text(sampling: sampling.planText(trials: [])) }

  private func text(sampling plan: String) -> String {
    let problem = families[0].problem
    let namesPoints =
      problem.evaluationPoints != Problem.defaultEvaluationPoints
      || problem.usesEvaluationSet && cells.contains(where: \.usesEvaluationSet)
    return sections(
      problem: problem.text(as: .study, namesPoints: namesPoints), hidden: families[0].hidden,
      vary: variedLines,
      sampling:
        "{\(plan.isEmpty ? "" : "\(plan), ")seed: \(sampling.seed), confidence: \(shortestText(sampling.confidence))}")
  }

  /// What a ledger keeps of the study: ``text`` without `network.hidden`, all but the first value of keys that vary, what
  /// follows from them, `sampling.trials` and the path of a data set.
  public var definition: String {
    sections(
      problem: families[0].problem.text(as: .definition), hidden: [], vary: variedKeysLines,
      sampling: "{\(sampling.definitionText)seed: \(sampling.seed), confidence: \(shortestText(sampling.confidence))}")
  }

  /// What must not change when a study is continued: ``definition`` without what does not identify its trials: source,
  /// verdict, how far limits are followed, and all of the sampling but the seed.
  public var identity: String {
    sections(
      problem: families[0].problem.text(as: .definition), hidden: [], vary: variedKeysLines,
      sampling: "{seed: \(sampling.seed)}", onlyIdentity: true)
  }

  private var variedKeysLines: [String] {
    let names = factors.flatMap { $0.keys.filter { !$0.isDerived }.map(\.name) }
    return names.isEmpty ? [] : ["vary: \(listText(names))"]
  }

  /// What ``definition`` leaves out of the cells, as YAML: one line a key.
  public var cellsText: String {
    let isVaried = factors.contains { $0.keys.contains { $0.name == Self.hiddenKey } }
    let hidden = isVaried ? [] : ["\(Self.hiddenKey): \(families[0].widthsText)"]
    let vary = factors.isEmpty ? [] : ["\(StudyVariation.key): \(listText(factors.map(\.storedText)))"]
    return (hidden + vary).map { $0 + "\n" }.joined()
  }

  /// The study of a ledger, from ``definition`` and ``cellsText``.
  ///
  /// - Parameter path: of the ledger.
  public static func restored(definition: String, cells: String, path: String) throws(StudyError) -> Study {
    let overrides = cells.split(separator: "\n").map { line in
      // A line of a stranger's ledger may be a colon.
      let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return Override(key: String(parts[0]), value: parts.count == 2 ? String(parts[1]) : "")
    }
    return try parse(text: definition, origin: .ledger(path), overrides: overrides)
  }

  /// ``cellsText`` of a study in which nothing but the widths varies, from the labels of its cells.
  public static func cellsText(labels: [String]) -> String {
    "\(hiddenKey): \(listText(labels.map { listText($0.split(separator: "-").map(String.init)) }))\n"
  }

  package static let hiddenKey = "network.hidden"

  private var variedLines: [String] {
    factors.isEmpty ? [] : ["\(StudyVariation.key):"] + factors.map { "  - \($0.text)" }
  }

  /// SHA-256 of ``identity``, 64 hexadecimal digits.
  public var hash: String { SHA256.hexadecimalDigest(of: identity) }

  /// By what trials are judged, in a text that is compared when a ledger is continued with another verdict.
  public var verdictText: String {
    var texts: [String] = []
    for family in families where !texts.contains(family.verdictRule.text) { texts.append(family.verdictRule.text) }
    return texts.joined(separator: "\n")
  }

  /// The study as its first family has it; what others have besides stands in `vary`.
  private func sections(
    problem text: String, hidden: [[Int]], vary: [String], sampling: String, onlyIdentity: Bool = false
  ) -> String {
    let first = families[0]
    var lines = ["study: \(Self.nameText(name))"]
    if !onlyIdentity { lines.append("source: \(quoted(source))") }
    lines += [text, first.networkText(hidden: hidden), first.training.text(first.problem)]
    if !onlyIdentity { lines += [first.verdictRule.text, "limit: \(first.limit?.text ?? StudyKey.limitOff)"] }
    let isLogarithmic = families.allSatisfy { family in
      family.trajectory?.checkpoints == TrajectoryPlan.standard(family.training.clock)
    }
    let trajectory = first.trajectory.map { [$0.text(isLogarithmic: isLogarithmic)] } ?? []
    return (lines + trajectory + vary + ["sampling: \(sampling)"]).map { $0 + "\n" }.joined()
  }

  /// A name in quotes where YAML could take it for something else.
  private static func nameText(_ name: String) -> String {
    let startsWithLetter = name.first?.isLetter == true
    let isKeyword = StudyScalar(text: name, isPlain: true).isTruthValue || name.lowercased() == "null"
    return startsWithLetter && !isKeyword ? name : quoted(name)
  }
}
