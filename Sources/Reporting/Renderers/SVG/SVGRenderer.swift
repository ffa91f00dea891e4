/// Figures as elements of a page, drawn by the program itself: an SVG a panel, beside each other where there is room, and below
/// them the legend, the title and the notes.
///
/// Whatever the data are, texts do not overlap, and marks do not leave their panel; texts come from whoever wrote the ledger
/// and are escaped.
public enum SVGRenderer {
  /// Points of all lines of a figure together.
  private static let mostPoints = 9000
  /// Of a line: more than a screen shows.
  private static let mostPointsOfLine = 400

  /// - Parameter name: what no other figure of the page is called: letters, digits and "-".
  public static func html(_ figure: Figure, name: String) -> String {
    let lines = figure.panels.reduce(0) { $0 + $1.layers.count { $0.mark == .line || $0.mark == .steps } }
    let points = min(mostPointsOfLine, max(24, mostPoints / max(1, lines)))
    var text = "<figure id=\"\(name)\" data-figure=\"\(MarkupText.escaped(figure.name))\">\n<div class=\"panels\">\n"
    for (place, panel) in figure.panels.enumerated() {
      var drawing = SVGPanel(panel, of: figure, name: "\(name)-\(place + 1)", mostPoints: points)
      text += drawing.svg()
    }
    text += "</div>\n" + SVGLegend(figure, name: "\(name)-legend").html
    text += "<figcaption><b>\(MarkupText.paragraph(figure.title))</b>\n"
    for note in figure.notes { text += "<p>\(MarkupText.paragraph(note))</p>\n" }
    return text + "</figcaption>\n</figure>\n"
  }
}
