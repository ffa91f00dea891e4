import Estimation
import Foundation
import Outcomes
import Studies
import Texts

/// What can be claimed of a cell.
struct Claim {
  var cell: String
  var criterion: String
  /// Nil without trials.
  var lowerBound: Double?
  var interval: Interval?
  /// Two statements, each at the confidence; conditions follow.
  var sentences: String
}

extension StudyReport {
  /// - Parameter place: of the cell in ``cells``.
  func claim(_ place: Int) -> Claim {
    let (cell, summary) = (studyCells[place], cells[place])
    let subject = subject(place)
    guard summary.trials > 0 else {
      return Claim(
        cell: summary.label, criterion: goodText, lowerBound: nil, interval: nil,
        sentences: "No trial of \(subject) has finished yet: nothing can be claimed of it.")
    }
    let good = summary.good(at: confidence)
    let together = isSimultaneous ? " for all \(settings.count) \(cellHeader)s together" : ""
    let claimed = event(Question(cell))
    var sentences = [
      "With confidence \(confidenceText)\(together), training \(subject) \(claimed) with probability at least "
        + "\(ReportText.probability(good.lowerBound, .down)) (\(evidence(summary))).",
      "With the same confidence\(together) this probability lies between "
        + "\(ReportText.probability(good.interval.lower, .down)) and "
        + "\(ReportText.probability(good.interval.upper, .up)): the two statements hold at the confidence each.",
    ]
    if cell.training.sharesBatches {
      sentences.append("Both are conditional on the one stream of batches that all trials share.")
    }
    if cell.usesEvaluationSet {
      sentences.append(
        "Both are conditional on the evaluation set of \(cell.problem.evaluationPoints) points on which risks are estimated."
      )
    }
    if let plannedCriterion {
      sentences.append("The criterion was chosen after the run; the study has \(plannedCriterion).")
    }
    return Claim(
      cell: summary.label, criterion: goodText, lowerBound: good.lowerBound, interval: good.interval,
      sentences: sentences.joined(separator: " "))
  }

  /// "a network of width 20", "a network with hidden widths 50-50 (cell 50-50 adam)"
  private func subject(_ place: Int) -> String {
    let hidden = studyCells[place].architecture.hidden
    let network =
      hidden.count == 1
      ? "a network of width \(hidden[0])"
      : "a network with hidden widths \(hidden.map(String.init).joined(separator: "-"))"
    return settings.allSatisfy(\.varied.isEmpty) ? network : "\(network) (cell \(cells[place].label))"
  }

  /// What happens to a good trial, to follow "training a network".
  private func event(_ question: Question) -> String {
    switch question {
    case .criticalPoint: "leads to a critical point with \(goodText)"
    case .limit: "leads to a risk that tends to \(limitText)"
    case .end, .threshold, .gradient: "ends with \(goodText)"
    }
  }

  /// "2990 of 3000 trials, ..., planned before the first look, Clopper-Pearson"
  private func evidence(_ cell: CellSummary) -> String {
    let undecided = cell.goodTrials.undecided
    var parts = ["\(cell.count(.good)) of \(counted(cell.trials, "trial"))"]
    if undecided > 0 {
      parts.append("\(undecided) undecided, which count as not good below and as good above")
    }
    switch cell.plan {
    case .fixed: parts += ["planned before the first look", IntervalMethod.clopperPearson.text]
    case .staged(let stages):
      parts.append(
        "one of \(stages) stages planned before the first look, Clopper-Pearson at its part of the error probability")
    case .anytime:
      parts.append("\(IntervalMethod.confidenceSequence.text), \(IntervalMethod.confidenceSequence.promise)")
    case .extended(let planned):
      parts.append(
        "\(planned) planned before the first look and \(cell.trials - planned) added later: Clopper-Pearson of the first and "
          + "a confidence sequence over all, at half of the error probability each")
    }
    return parts.joined(separator: ", ")
  }

  // MARK: - Methods

  /// The study as simulation studies are reported: aims, data-generating mechanisms, estimands, methods and performance
  /// (T. P. Morris, I. R. White and M. J. Crowther, "Using simulation studies to evaluate statistical methods", Statistics in
  /// Medicine 38 (2019)).
  var methodParagraphs: [String] {
    let labels = cells.map(\.label).joined(separator: ", ")
    let sections = Self.sections(study)
    func section(_ name: String) -> String { sections[name].map { "\(name): \($0)" } ?? "" }
    let setting = ["problem", "network", "training"].map(section).filter { !$0.isEmpty }.joined(separator: ". ")
    let trials = Set(cells.map(\.trials)).sorted().map(String.init).joined(separator: ", ")
    let undecided = cells.reduce(0) { $0 + $1.goodTrials.undecided }
    let diverged = cells.reduce(0) { $0 + $1.count(.diverged) }
    let halves = cells.map { cell in
      let interval = cell.good(at: confidence).interval
      return (interval.upper - interval.lower) / 2
    }
    let methods = Set(cells.map(\.plan.method)).sorted { $0.rawValue < $1.rawValue }
    return [
      "Aims. To measure with what probability training from a random initialization "
        + "\(event(Question(studyCells[0]))), in each of \(counted(cells.count, "setting")) (\(cellHeader) \(labels)).",
      "Data-generating mechanism. A trial is one network, initialized at random and trained. The setting in full: \(setting). "
        + "Random numbers are those of Philox4x32-10 with seed \(study.sampling.seed); a trial is a function of the study, its "
        + "setting and its index alone, and can be computed again bit for bit (landfall replay).",
      "Estimands. For each setting, \(question.title); and P(\(goodText) when training ends).",
      "Methods. " + question.explanation.map { $0.prefix(1).uppercased() + $0.dropFirst() + ". " }.joined()
        + methods.map { "\($0.text.prefix(1).uppercased() + $0.text.dropFirst()): \($0.promise). " }.joined()
        + "Two-sided intervals and one-sided lower bounds at \(confidenceText)"
        + (isSimultaneous ? ", for all \(settings.count) settings together (Bonferroni)." : ", each on its own."),
      "Performance. \(trials) \(trials == "1" ? "trial" : "trials") a setting\(samplingText); half-widths of the intervals of the first probability are at most "
        + "\(ReportText.probability(halves.max() ?? 1, .up)). Every trial counts once: none was left out, repeated or replaced "
        + "because it diverged or did not converge. \(diverged) diverged and count as not good; \(undecided) are undecided "
        + "and widen the bounds, which hold whatever they are.",
      "The form follows T. P. Morris, I. R. White and M. J. Crowther, Statistics in Medicine 38 (2019), 2074-2102.",
    ]
  }

  /// What ended the sampling, where that was a rule or a plan with several looks; begins with a comma.
  private var samplingText: String {
    let stages = study.sampling.stages.map(String.init).joined(separator: ", ")
    guard let rule = study.sampling.rule else { return stages.isEmpty ? "" : ", looks planned at \(stages)" }
    return ", each sampled until \(rule.goal.text(confidence: ReportText.percent(study.sampling.confidence))), of "
      + "\(rule.event.text), looked at "
      + (stages.isEmpty ? "every \(counted(rule.look, "trial"))" : "\(stages) trials")
      + " and at most \(rule.mostTrials)"
  }

  /// The sections of a study in one line each.
  private static func sections(_ study: Study) -> [String: String] {
    var sections: [String: String] = [:]
    var name = ""
    for line in study.definition.split(separator: "\n") {
      if line.first != " ", let colon = line.firstIndex(of: ":") {
        name = String(line[..<colon])
        sections[name] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      } else {
        let text = line.trimmingCharacters(in: .whitespaces)
        // A key that others belong to.
        let separator = sections[name, default: ""].isEmpty || sections[name]!.hasSuffix(":") ? " " : ", "
        sections[name, default: ""] += separator + text
      }
    }
    return sections.mapValues { $0.trimmingCharacters(in: .whitespaces) }
  }
}
