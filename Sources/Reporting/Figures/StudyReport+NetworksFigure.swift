import Archive
import Foundation
import Kernels
import Ledger
import Networks
import Outcomes
import Problems
import Studies

/// Trained networks on what they were to learn.
extension StudyReport {
  private typealias Row = (cell: String, curve: Curve, trial: RepresentativeTrials.Trial?, x: Double, value: Double)

  /// What a row of the table is a point of.
  private enum Curve: String {
    case target, data, best, median, bad, undecided

    var tone: Figure.Tone {
      switch self {
      case .target, .data: .reference
      case .best: .series(0)
      case .median: .series(1)
      case .bad: .bad
      case .undecided: .undecided
      }
    }
  }

  private static let mostPanels = 3
  private static let steps = 400
  /// Of a data set.
  private static let mostPoints = 500

  /// A panel each for the first cell, the middle and the last one: the target, and networks as training leaves them.
  ///
  /// - Throws: ``FigureUnavailable`` also where networks cannot be computed anew.
  func networksFigure(in ledger: LedgerReader, source: Study?) throws -> Figure {
    var (shown, notes) = try shownCells(.networks, most: Self.mostPanels)
    let dimension = studyCells[shown[0]].problem.dimension
    shown = shown.filter { studyCells[$0].problem.dimension == 1 }
    guard !shown.isEmpty else {
      throw unavailable("networks are drawn over a scalar input, and those of \(path) have \(dimension) inputs")
    }
    let replay = try replay(ledger, source)
    var rows: [Row] = []
    var panels: [Figure.Panel] = []
    for place in shown {
      let own = try curves(of: place, replay, in: ledger)
      rows += own.flatMap(\.rows)
      panels.append(panel(of: place, own))
    }
    let table = ReportTable(
      "networks", of: rows,
      cellColumns.fields(\Row.cell) + [
        ReportField("curve", .text) { .text($0.curve.rawValue) },
        ReportField("trial", .count) { .count($0.trial?.index) },
        ReportField("risk", .real(.exact)) { .real($0.trial?.risk) },
        ReportField("x", .real(.exact)) { .real($0.x) },
        ReportField("value", .real(.exact)) { .real($0.value) },
      ])
    notes.insert(
      "networks when training ends, computed anew from their seeds; best, median: by their risk there; bad, undecided: the "
        + "first trial with this verdict; above the panels: their risks when training ends", at: 0)
    // The cells of the replay have the points of a data file.
    let hasManyPoints = replay.study.cells.contains { cell in
      if case .data(let data) = cell.problem.inputs { data.count > Self.mostPoints } else { false }
    }
    if hasManyPoints { notes.append("\(Self.mostPoints) of the points that are learned from are shown") }
    return Figure(
      "networks", title: "\(study.name): trained networks on their target", table: table, panels: panels, notes: notes)
  }

  private func unavailable(_ reason: String) -> FigureUnavailable {
    FigureUnavailable(kind: .networks, reason: reason)
  }

  private func replay(_ ledger: LedgerReader, _ source: Study?) throws -> Replay {
    do {
      return try Replay(ledger, source: source)
    } catch let error as ReplayError {
      throw unavailable("\(error)")
    } catch let error as KernelLevelError {
      throw unavailable("\(error)")
    }
  }

  // MARK: - Curves

  private typealias DrawnCurve = (curve: Curve, trial: RepresentativeTrials.Trial?, rows: [Row])

  /// What is drawn of a cell, the target first.
  private func curves(of place: Int, _ replay: Replay, in ledger: LedgerReader) throws -> [DrawnCurve] {
    let cell = cells[place]
    // That of the replay has the points of a data file.
    guard let studyPlace = replay.study.cells.firstIndex(where: { $0.key == cell.key }) else {
      throw ArchiveError.changed(path: path)
    }
    let problem = replay.study.cells[studyPlace].problem
    let inputs = Self.inputs(problem)
    var curves: [DrawnCurve] = []
    if case .data(let data) = problem.inputs {
      let points = Self.points(data, problem.targetProgram)
      curves.append((.data, nil, points.map { (cell.label, .data, nil, $0.x, $0.y) }))
    } else if let target = problem.targetProgram {
      let values = zip(inputs, target.evaluate(at: inputs))
      curves.append((.target, nil, values.map { (cell.label, .target, nil, $0, $1) }))
    }
    let trials = try RepresentativeTrials(cell, judge: judges[place], in: ledger)
    let chosen: [(Curve, RepresentativeTrials.Trial?)] = [
      (.best, trials.best), (.bad, trials.bad), (.undecided, trials.bad == nil ? trials.undecided : nil),
      (.median, trials.median),
    ]
    for case (let curve, let trial?) in chosen {
      guard let network = replay.trainedNetwork(of: trial.index, ofCell: studyPlace) else { continue }
      curves.append((curve, trial, inputs.map { (cell.label, curve, trial, $0, network.value(at: $0)) }))
    }
    return curves
  }

  /// The legend is that of all panels, so that risks stand above each.
  private func panel(of place: Int, _ curves: [DrawnCurve]) -> Figure.Panel {
    let label = cells[place].label
    let named = [Curve.best, .median, .bad, .undecided].flatMap { curve in curves.filter { $0.curve == curve } }
    let risks = named.compactMap { curve, trial, _ in
      trial.map { "\(curve.rawValue) \(ReportTable.Format.scientific(2).text($0.risk))" }
    }
    return Figure.Panel(
      title: "\(legendText(place)): \(risks.isEmpty ? "all diverged" : risks.joined(separator: ", "))",
      position: Figure.Axis("x", .linear), value: Figure.Axis("network N(x)", .linear),
      layers: curves.map { curve, _, _ in
        Figure.Layer(
          curve == .data ? .points : .line, [.position: "x", .value: "value"],
          rows: [.init("cell", is: label), .init("curve", is: curve.rawValue)], label: curve.rawValue, tone: curve.tone,
          variant: curve == .median ? .open : .plain)
      })
  }

  // MARK: - Inputs

  /// Where curves are drawn: evenly spaced over the inputs, of a normal law over the central 99.8 %.
  private static func inputs(_ problem: Problem) -> [Double] {
    let bounds = bounds(problem.inputs)
    return (0...steps).map { step in
      // Both ends are met exactly.
      let share = Double(step) / Double(steps)
      return (1 - share) * bounds.lower + share * bounds.upper
    }
  }

  private static func bounds(_ inputs: Problem.Inputs) -> (lower: Double, upper: Double) {
    switch inputs {
    case .law(.normal(let mean, let standardDeviation, _)):
      (mean - normalReach * standardDeviation, mean + normalReach * standardDeviation)
    case .law(.box(let bounds)): (bounds[0].lower, bounds[0].upper)
    case .law(let law): law.support.map { ($0.lower, $0.upper) } ?? (0, 1)
    case .data(let data): (data.inputs.min() ?? 0, data.inputs.max() ?? 1)
    }
  }

  /// The quantile of the standard normal law of 99.9 %.
  private static let normalReach = 3.090232306167813

  /// The points of a data set by their inputs; of many every so manieth.
  private static func points(_ data: DataSet, _ target: Program?) -> [(x: Double, y: Double)] {
    let points = zip(data.inputs, data.targets(target)).map { (x: $0, y: $1) }.sorted { $0.x < $1.x }
    guard points.count > mostPoints else { return points }
    return (0..<mostPoints).map { points[$0 * (points.count - 1) / (mostPoints - 1)] }
  }
}
