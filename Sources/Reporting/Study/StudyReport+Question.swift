import Estimation
import Foundation
import Landscape
import Outcomes
import Studies

/// What the first table answers, and by what trials are judged.
extension StudyReport {
  /// What the verdicts of a cell are about.
  enum Question: Hashable {
    /// Training leads to a good critical point.
    case criticalPoint
    /// The risk tends to a good value, maybe at infinity, because of this.
    case limit(doubt: String)
    /// The risk is good when training ends; nothing is said of limits.
    case end
    /// The same, for networks without a gradient flow.
    case threshold
    /// The same; bad trials have a gradient up to this norm.
    case gradient(atMost: Double)

    init(_ cell: Cell) {
      if cell.architecture.activation.kind == .threshold {
        self = .threshold
      } else if let norm = cell.verdictRule.restingGradientNorm {
        self = .gradient(atMost: norm)
      } else if cell.limit == nil {
        self = .end
      } else if let doubt = FlowBoundedness.doubt(
        cell.problem, cell.architecture, hasClosedForm: cell.hasClosedForm)
      {
        self = .limit(doubt: doubt)
      } else {
        self = .criticalPoint
      }
    }

    /// Whether verdicts look behind the end of training.
    var isAboutLimits: Bool {
      switch self {
      case .criticalPoint, .limit: true
      case .end, .threshold, .gradient: false
      }
    }

    /// - Parameters:
    ///   - good: when a risk is good.
    ///   - bound: the same, to follow "tends to".
    func title(good: String, bound: String) -> String {
      switch self {
      case .criticalPoint: "P(good critical point): training leads to a critical point with \(good)"
      case .limit: "P(good limit): the risk tends to \(bound)"
      case .end, .threshold, .gradient: "P(good when training ends): \(good)"
      }
    }

    var explanation: [String] {
      let certified =
        "good is certified by the risk, at the end of training or along the gradient flow from there, on which it never "
        + "rises; bad is rest to second order above the bound, or a theorem"
      switch self {
      case .criticalPoint: return [certified]
      case .limit(let doubt):
        return [certified, "a limit, not a critical point, because flows may leave for infinity: \(doubt)"]
      case .end: return ["limits are not followed (limit: off): no trial is bad"]
      case .threshold: return ["thresholds have no gradient flow: no trial is bad unless a theorem says so"]
      case .gradient(let norm):
        return [
          "bad: a larger risk, with |gradient| <= \(ReportText.short(norm)) when training ends (verdict.stationary); "
            + "otherwise undecided"
        ]
      }
    }
  }

  /// The heading of the first table, and lines below it; whether some verdicts look behind the end of training.
  var question: (title: String, explanation: [String], isAboutLimits: Bool) {
    let isConditional = studyCells.contains(where: \.usesEvaluationSet)
    let condition = isConditional ? ", conditional on the evaluation set" : ""
    var questions: [(question: Question, cells: [Int])] = []
    for (index, cell) in studyCells.enumerated() {
      let question = Question(cell)
      if let place = questions.firstIndex(where: { $0.question == question }) {
        questions[place].cells.append(index)
      } else {
        questions.append((question, [index]))
      }
    }
    let titles = Set(questions.map { $0.question.title(good: goodText, bound: limitText) })
    let title = titles.count == 1 ? titles.first! : "P(good): \(goodText), in the sense of each cell"
    let isAboutLimits = questions.contains { $0.question.isAboutLimits }
    guard questions.count > 1 else {
      return (title + condition, questions.first?.question.explanation ?? [], isAboutLimits)
    }
    let explanation = questions.map { question, cells in
      let own = titles.count == 1 ? [] : [question.title(good: goodText, bound: limitText)]
      return "\(names(of: cells)): \((own + question.explanation).joined(separator: "; "))"
    }
    return (title + condition, explanation, isAboutLimits)
  }

  /// "at most 0.001"
  var limitText: String {
    let rules = Set(studyCells.map(\.verdictRule.good))
    if rules.count == 1, case .risk(let bound)? = rules.first {
      return "at most \(ReportText.short(bound))"
    }
    return "a good value (\(goodText))"
  }

  private func names(of indices: [Int]) -> String { indices.map { cells[$0].label }.joined(separator: ", ") }

  /// "1 (width 5), 2 (width 20)": of the cells in which it is not 0; "200 in each cell" where that says it for many.
  private func counts(_ count: (CellSummary) -> Int) -> String? {
    let found = cells.filter { count($0) > 0 }
    if found.count == cells.count, cells.count > 8, Set(cells.map(count)).count == 1 {
      return "\(count(cells[0])) in each \(cellHeader)"
    }
    return found.isEmpty ? nil : found.map { "\(count($0)) (\(cellHeader) \($0.label))" }.joined(separator: ", ")
  }

  /// What theorems decided, why trials are undecided, and criteria that were chosen afterwards.
  var judgingNotes: [String] {
    var notes: [String] = []
    if let plannedCriterion {
      notes.append(
        "this criterion was chosen after the run: the study has \(plannedCriterion). Bounds hold for a criterion that does "
          + "not hang on the outcomes; of several that were tried, each at its own confidence")
      if cells.contains(where: { $0.undecided[.notStored, default: 0] + $0.undecided[.left, default: 0] > 0 }) {
        notes.append(
          "flows were followed as far as the study's criterion needs; with limit: {classes: true} all are followed to rest, "
            + "and every criterion can be judged")
      }
    }
    if hasOwnBounds {
      let bounds = cells.map { cell in
        "\(cell.label) " + String(format: "<= %.3g", cell.bounds.good)
          + (cell.bounds.good == cell.bounds.bad ? "" : String(format: ", bad > %.3g", cell.bounds.bad))
      }
      notes.append("good risks: \(bounds.joined(separator: "; "))")
    }
    for verdict in [Verdict.good, .bad] {
      if let counts = counts({ $0.certified[verdict, default: 0] }) {
        notes.append("\(verdict.text) by a theorem, without following the flow: \(counts)")
      }
    }
    if let counts = counts({ $0.count(.diverged) }) {
      notes.append("diverged, which counts as not good and as an infinite risk: \(counts)")
    }
    notes += crashNotes
    for reason in UndecidedReason.allCases {
      if let counts = counts({ $0.undecided[reason, default: 0] }) {
        notes.append("undecided: \(counts): \(text(of: reason))")
      }
    }
    for cell in cells {
      if let note = cell.undecidedFlows.note { notes.append("\(cellHeader) \(cell.label): \(note)") }
    }
    if let last = runs.last?.verdict, !last.isEmpty,
      let earlier = runs.last(where: { !$0.verdict.isEmpty && $0.verdict != last })
    {
      notes.append(
        "this criterion was chosen after trials had been stored: run \(earlier.id) had \(Self.inline(earlier.verdict)), now it "
          + "is \(Self.inline(last))")
    }
    return notes
  }

  private func text(of reason: UndecidedReason) -> String {
    let affected = cells.indices.filter { cells[$0].undecided[reason, default: 0] > 0 }
    switch reason {
    case .off: return "limits are not followed"
    case .gradient: return "the gradient is larger when training ends"
    case .unavailable:
      return "no limit is found for such networks; " + (affected.lazy.compactMap(limitUnavailability).first ?? "")
    case .notStored:
      return
        "no limit is stored, or one of an earlier version that does not count today"
    case .student: return "not at rest when training ended; students are not followed further"
    case .budget:
      let plans = Set(affected.compactMap { studyCells[$0].limit })
      let budgets = plans.map { "\(ReportText.short($0.flowTime)) of flow time or \($0.steps) steps" }.sorted()
      return "the flow was still moving above the bound after \(budgets.joined(separator: ", "))"
    case .left:
      return
        "the flow was left at the bound of an earlier criterion, where its work was spent, or where it could not go on"
    case .close: return "the bound lies within the error of the risk, or within the bracket of m_h"
    }
  }

  func limitUnavailability(_ index: Int) -> String? {
    let cell = studyCells[index]
    return LandscapeAnalysis.unavailability(
      of: cell.problem, cell.architecture, trained: cell.trained, hasClosedForm: cell.hasClosedForm)
  }

  /// A verdict section in one line.
  private static func inline(_ text: String) -> String {
    text.split(separator: "\n").dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: ", ")
  }
}
