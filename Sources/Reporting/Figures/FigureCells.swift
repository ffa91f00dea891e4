import Outcomes
import Studies

/// Which cells a figure is of.
extension StudyReport {
  /// Curves that one panel tells apart.
  static let mostCurves = 6

  /// The cells with trials, by their places in ``cells``; of more than `most` so many, evenly chosen from the first to the
  /// last, and what readers are told of that.
  ///
  /// - Throws: ``FigureUnavailable`` where no cell has trials.
  func shownCells(_ kind: FigureKind, most: Int = mostCurves) throws(FigureUnavailable) -> (
    places: [Int], notes: [String]
  ) {
    let places = cells.indices.filter { cells[$0].trials > 0 }
    guard !places.isEmpty else {
      throw FigureUnavailable(kind: kind, reason: "no trial of \(path) has finished yet")
    }
    guard places.count > most else { return (places, []) }
    let chosen = (0..<most).map { places[$0 * (places.count - 1) / (most - 1)] }
    return (chosen, ["\(most) of \(places.count) cells are shown; --cell chooses others"])
  }

  /// Of a cell of the report.
  func settings(of place: Int) -> CellSettings {
    settings.first { $0.label == cells[place].label }!
  }

  /// "width 20", "cell 20 adam": in legends.
  func legendText(_ place: Int) -> String { "\(cellHeader) \(cells[place].label)" }
}

extension CellSettings {
  /// The width that all hidden layers share; nil where they differ.
  var width: Int? { Set(hidden).count == 1 ? hidden[0] : nil }
}
