/// How a layer looks: a colour that colour-blind people tell from the others (M. Okabe and K. Ito), and a marker, dashes and
/// hatching that tell it apart without colours.
struct SVGStyle: Hashable {
  let tone: Figure.Tone
  let variant: Figure.Variant

  private static let series = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#777777"]

  var color: String {
    switch tone {
    case .series(let place): Self.series[place % Self.series.count]
    case .good: "#0072b2"
    case .goodLater: "#56b4e9"
    case .undecided: "#777777"
    case .bad: "#d55e00"
    case .diverged: "#222222"
    case .reference: "#222222"
    }
  }

  /// How lines are stroked, as attributes.
  var stroke: String {
    let width = variant == .faint ? "0.8" : "1.6"
    let opacity = variant == .faint ? " stroke-opacity=\"0.6\"" : ""
    let dashes = dashes.isEmpty ? "" : " stroke-dasharray=\"\(dashes)\""
    return "stroke=\"\(color)\" stroke-width=\"\(width)\"\(opacity)\(dashes)"
  }

  private var dashes: String {
    switch (tone, variant) {
    case (_, .open): "4 3"
    case (.series(let place), .plain): ["", "9 2", "7 2 2 2", "2 1.5", "9 2 2 2 2 2", "5 1.5", "12 3"][place % 7]
    case (.reference, .plain): "2 3"
    default: ""
    }
  }

  /// A shape around a point.
  func marker(x: Double, y: Double, radius r: Double = 3.4) -> String {
    let look =
      variant == .open
      ? "fill=\"#fff\" stroke=\"\(color)\" stroke-width=\"1.4\"" : "fill=\"\(color)\" stroke=\"\(color)\""
    func path(_ points: [(Double, Double)]) -> String {
      "<path d=\"\(SVGCanvas.path(points.map { (x: x + $0.0 * r, y: y + $0.1 * r) }))z\" \(look)/>"
    }
    let place = if case .series(let place) = tone { place } else { 0 }
    switch place % 5 {
    case 1: return path([(-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)])
    case 2: return path([(0, -1.2), (1.1, 0.8), (-1.1, 0.8)])
    case 3: return path([(0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)])
    case 4: return path([(0, 1.2), (1.1, -0.8), (-1.1, -0.8)])
    default:
      return "<circle cx=\"\(SVGCanvas.text(x))\" cy=\"\(SVGCanvas.text(y))\" r=\"\(SVGCanvas.text(r))\" \(look)/>"
    }
  }

  // MARK: - Areas

  /// Hatching of bars; nil for none.
  enum Hatching: String {
    case rising, falling
  }

  var hatching: Hatching? {
    switch tone {
    case .undecided: .rising
    case .bad: .falling
    default: nil
    }
  }

  /// How bars are filled, as attributes.
  ///
  /// - Parameter name: what the names of patterns begin with in this picture.
  func fill(in name: String) -> String {
    let outline = "stroke=\"\(color)\" stroke-width=\"1\""
    if variant == .open { return "fill=\"none\" stroke=\"\(color)\" stroke-width=\"1.4\" stroke-dasharray=\"4 2\"" }
    if hatching != nil { return "fill=\"url(#\(name)-\(tone.name))\" \(outline)" }
    let opacity = variant == .faint ? " fill-opacity=\"0.2\"" : ""
    return "fill=\"\(color)\"\(opacity) \(outline)"
  }

  /// The pattern that ``fill(in:)`` names; empty where it names none.
  func pattern(in name: String) -> String {
    guard let hatching, variant != .open else { return "" }
    let angle = hatching == .rising ? 45 : -45
    // Undecided trials are no result: light. Bad ones are: dark.
    let (ground, line) = tone == .undecided ? ("#ffffff", color) : (color, "#ffffff")
    return "<pattern id=\"\(name)-\(tone.name)\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" "
      + "patternTransform=\"rotate(\(angle))\"><rect width=\"5\" height=\"5\" fill=\"\(ground)\"/>"
      + "<path d=\"M0 0V5\" stroke=\"\(line)\" stroke-width=\"\(tone == .undecided ? 2 : 1.2)\"/></pattern>"
  }

  // MARK: - Shades

  /// Of a number from 0 to 1, from dark to light (points of the colour map cividis, which colour-blind people and grey print
  /// order alike), and of a text on it.
  static func shade(_ share: Double) -> (fill: String, text: String) {
    let points: [(Double, Double, Double)] = [
      (0, 34, 78), (53, 69, 108), (102, 105, 112), (148, 142, 119), (200, 184, 102), (254, 232, 56),
    ]
    let place = min(max(share, 0), 1) * Double(points.count - 1)
    let lower = min(Int(place), points.count - 2)
    let part = place - Double(lower)
    let (a, b) = (points[lower], points[lower + 1])
    let colors = [(a.0, b.0), (a.1, b.1), (a.2, b.2)].map { Int(($0 + part * ($1 - $0)).rounded()) }
    return ("rgb(\(colors.map(String.init).joined(separator: ",")))", share < 0.55 ? "#fff" : "#000")
  }
}
