import Estimation
import Ledger
import Studies
import Texts

/// The figures that can be drawn of a ledger.
public enum FigureKind: String, Sendable, Hashable, CaseIterable {
  /// P(good critical point) against the width, and its complement on a logarithmic axis.
  case probability
  /// What becomes of the trials of each cell, stacked: verdicts, qualities, kinds.
  case outcomes
  /// Reference levels, and how many limits lie on each.
  case ladder
  /// The three panels of the papers: histogram of the final risk, gradient norm and distance along training.
  case training
  /// The law of the risk, at the end of training and at the limit.
  case law
  /// P(risk <= eps) along training, and P(good critical point) behind it.
  case time
  /// Estimates against the number of trials, with confidence sequences.
  case convergence
  /// P(good critical point) over two keys that vary.
  case phase
  /// Trained networks on their target: the best, the median, a bad one.
  case networks
}

/// How figures look.
public enum FigureStyle: String, Sendable, Hashable, CaseIterable {
  case plain
  /// Like those of the papers: bins of equal width, no bands, gray, orange and teal.
  case paper
}

/// A figure that a ledger has no data for. The text is the user's message.
public struct FigureUnavailable: Error, Sendable, Hashable, CustomStringConvertible {
  public var kind: FigureKind
  public var reason: String

  public var description: String { "\(kind.rawValue): \(reason)" }
}

extension StudyReport {
  /// A figure of the cells that the report is about.
  ///
  /// - Parameters:
  ///   - ledger: the one that the report is of.
  ///   - source: the study from its file, which networks that learn from a data file need.
  /// - Throws: ``FigureUnavailable`` where the ledger has no data for it, and errors of the ledger.
  public func figure(
    _ kind: FigureKind, style: FigureStyle = .plain, in ledger: LedgerReader, source: Study? = nil
  ) throws -> Figure {
    var figure =
      switch kind {
      case .probability: try probabilityFigure()
      case .outcomes: try outcomesFigure()
      case .training: try trainingFigure(style, in: ledger)
      case .law: try lawFigure(in: ledger)
      case .time: try timeFigure(in: ledger)
      case .ladder: try ladderFigure()
      case .convergence: try convergenceFigure(in: ledger)
      case .phase: try phaseFigure()
      case .networks: try networksFigure(in: ledger, source: source)
      }
    if plannedCriterion != nil, kind != .networks, kind != .training {
      figure.title += " (criterion chosen after the run)"
    }
    figure.notes += contextNotes
    return figure
  }

  /// What bounds hang on, wherever they are shown.
  private var contextNotes: [String] {
    var notes: [String] = []
    if let plannedCriterion {
      notes.append("the criterion was chosen after the run: the study has \(plannedCriterion)")
    }
    if let note = ReportText.sharedStream(studyCells) { notes.append(note) }
    if let note = ReportText.evaluationSet(studyCells) { notes.append(note) }
    let methods = IntervalMethod.allCases.filter { method in
      cells.contains { $0.trials > 0 && $0.plan.method == method }
    }
    notes += methods.map { "\($0.text): \($0.promise)" }
    let without = cells.count { $0.trials == 0 }
    if without > 0 { notes.append("without trials, and not shown: \(without) of \(counted(cells.count, "cell"))") }
    if monitors.contains(where: { $0 != nil && $0?.ending == nil }) {
      notes.append("the sampling is not at its end")
    } else if trialsMissing > 0 {
      notes.append("\(counted(trialsMissing, "trial is", plural: "trials are")) missing: the run is not complete")
    }
    return notes
  }
}
