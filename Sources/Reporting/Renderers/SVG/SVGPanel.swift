/// A panel of a figure on its way to a picture.
struct SVGPanel {
  let figure: Figure
  let panel: Figure.Panel
  /// What the names of patterns and the like begin with: no other picture of a page has it.
  let name: String
  /// Points that lines may have, each; extremes of what is left out stay.
  let mostPoints: Int
  var canvas: SVGCanvas
  private(set) var position: SVGAxis
  private(set) var value: SVGAxis

  static let height = 260.0
  /// A category's, where so many stand one below the other.
  private static func rowHeight(_ count: Int) -> Double { min(26, max(15, 160 / Double(max(1, count)))) }
  /// What still fits a printed page.
  private static let mostHeight = 860.0

  init(_ panel: Figure.Panel, of figure: Figure, name: String, mostPoints: Int) {
    self.figure = figure
    self.panel = panel
    self.name = name
    self.mostPoints = mostPoints
    let width = panel.isWide ? 440.0 : 360
    let data = SVGPanelData(panel, of: figure)
    let hasBaseline = panel.layers.contains { $0.mark == .bars || $0.mark == .histogram }
    let domains = (
      SVGAxis.domain(of: panel.position, data.positions, hasBaseline: false),
      SVGAxis.domain(of: panel.value, data.values, arrows: data.arrows, hasBaseline: hasBaseline)
    )
    // The axis on the left comes first: its texts say how much room is left for the other one.
    let (left, leftDomain) = panel.isHorizontal ? (panel.position, domains.0) : (panel.value, domains.1)
    let height =
      if case .categories(let names) = left.scale {
        min(
          max(panel.isHorizontal ? 0 : Self.height, Self.rowHeight(names.count) * Double(names.count) + 60),
          Self.mostHeight)
      } else {
        Self.height
      }
    let top = panel.title.isEmpty ? 9.0 : 24
    let bottom = height - (panel.isHorizontal ? panel.value : panel.position).room
    let most = Int((bottom - top) / 26)
    let provisional = SVGAxis(left, domain: leftDomain, from: bottom, to: top)
    let widest =
      provisional.ticks(most: most, width: 0.4 * width / SVGCanvas.fontSize).compactMap(\.label?.width).max() ?? 0
    let start = (left.label.isEmpty ? 8 : 22) + (widest * SVGCanvas.fontSize).rounded(.up) + 6
    let (x, y) = ((start, width - 12), (bottom, top))
    position =
      panel.isHorizontal
      ? SVGAxis(panel.position, domain: domains.0, from: y.1, to: y.0)
      : SVGAxis(panel.position, domain: domains.0, from: x.0, to: x.1)
    value =
      panel.isHorizontal
      ? SVGAxis(panel.value, domain: domains.1, from: x.0, to: x.1, hasBaseline: hasBaseline)
      : SVGAxis(panel.value, domain: domains.1, from: y.0, to: y.1, hasBaseline: hasBaseline)
    canvas = SVGCanvas(width: width, height: height)
    // Points that give way to others are still within the frame.
    let shift = shifts.widest
    if shift > 0 { position = position.inset(by: 7 + shift) }
  }

  /// Where coordinates along the two axes are.
  func point(_ position: Double, _ value: Double) -> (x: Double, y: Double) {
    panel.isHorizontal ? (value, position) : (position, value)
  }

  /// A rectangle between coordinates along the two axes.
  func rectangle(_ positions: (Double, Double), _ values: (Double, Double), _ look: String) -> String {
    let (a, b) = (point(positions.0, values.0), point(positions.1, values.1))
    // By its rounded sides, so that stacked ones meet.
    func sides(_ a: Double, _ b: Double) -> (String, String) {
      let (first, last) = ((min(a, b) * 10).rounded() / 10, (max(a, b) * 10).rounded() / 10)
      return (SVGCanvas.text(first), SVGCanvas.text(last - first))
    }
    let (x, y) = (sides(a.x, b.x), sides(a.y, b.y))
    return "<rect x=\"\(x.0)\" y=\"\(y.0)\" width=\"\(x.1)\" height=\"\(y.1)\" \(look)/>"
  }

  // MARK: - The picture

  /// The panel as an element of a page.
  mutating func svg() -> String {
    let (x, y) = panel.isHorizontal ? (value, position) : (position, value)
    let (left, top) = (x.start, min(y.start, y.end))
    let patterns = Set(panel.layers.map { SVGStyle(tone: $0.tone, variant: $0.variant) }).map { $0.pattern(in: name) }
    canvas.add(
      "<defs><clipPath id=\"\(name)-clip\"><rect x=\"\(SVGCanvas.text(left))\" y=\"\(SVGCanvas.text(top))\" "
        + "width=\"\(SVGCanvas.text(x.length))\" height=\"\(SVGCanvas.text(y.length))\"/></clipPath>"
        + Set(patterns).sorted().joined() + hatchForTiles + "</defs>")
    if !panel.title.isEmpty {
      let title = MarkupText.shortened(
        MarkupText.oneLine(panel.title), to: (canvas.width - 8) / SVGCanvas.fontSize / 1.1)
      canvas.write(
        SVGLabel(text: title, full: title == panel.title ? nil : panel.title), x: canvas.width / 2, y: 14,
        attributes: " font-weight=\"bold\"")
    }
    writeLabels(x, y)
    writeAxes(x, y)
    canvas.add("<g class=\"marks\" clip-path=\"url(#\(name)-clip)\">")
    let elements = marks()
    elements.forEach { canvas.add($0) }
    canvas.add("</g>")
    canvas.add(
      "<rect x=\"\(SVGCanvas.text(left))\" y=\"\(SVGCanvas.text(top))\" width=\"\(SVGCanvas.text(x.length))\" "
        + "height=\"\(SVGCanvas.text(y.length))\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"0.8\"/>")
    if elements.isEmpty {
      canvas.write(SVGLabel(text: "no data"), x: left + x.length / 2, y: top + y.length / 2)
    }
    writeTexts()
    let (width, height) = (SVGCanvas.text(canvas.width), SVGCanvas.text(canvas.height))
    return "<svg viewBox=\"0 0 \(width) \(height)\" role=\"img\" aria-labelledby=\"\(name)-title \(name)-text\" "
      + "font-family=\"sans-serif\" font-size=\"\(SVGCanvas.text(SVGCanvas.fontSize))\" fill=\"currentColor\"\(className)>\n"
      + "<title id=\"\(name)-title\">\(MarkupText.escaped(title))</title>\n"
      + "<desc id=\"\(name)-text\">\(MarkupText.escaped(description))</desc>\n\(canvas.elements)</svg>\n"
  }

  private var className: String { panel.isWide ? " class=\"wide\"" : "" }

  private var title: String { panel.title.isEmpty ? figure.title : "\(figure.title): \(panel.title)" }

  private var description: String {
    let axes = [panel.value.label, panel.position.label].filter { !$0.isEmpty }.joined(separator: " against ")
    return ([axes] + figure.notes).filter { !$0.isEmpty }.joined(separator: "; ")
  }

  private var hatchForTiles: String {
    guard panel.layers.contains(where: { $0.columns[.hatch] != nil }) else { return "" }
    return "<pattern id=\"\(name)-hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
      + "patternTransform=\"rotate(45)\"><path d=\"M0 0V6\" stroke=\"#fff\" stroke-width=\"1.6\"/>"
      + "<path d=\"M1.6 0V6\" stroke=\"#000\" stroke-width=\"0.8\"/></pattern>"
  }

  // MARK: - Axes

  private mutating func writeLabels(_ x: SVGAxis, _ y: SVGAxis) {
    func label(_ axis: SVGAxis, _ length: Double) -> SVGLabel {
      let line = MarkupText.oneLine(axis.axis.label)
      let short = MarkupText.shortened(line, to: length / SVGCanvas.fontSize)
      return SVGLabel(text: short, full: short == axis.axis.label ? nil : axis.axis.label)
    }
    canvas.write(label(x, canvas.width - 16), x: canvas.width / 2, y: canvas.height - 5)
    canvas.write(label(y, canvas.height - 8), x: 14, y: (y.start + y.end) / 2, isUpright: true)
    if !label(y, canvas.height - 8).text.isEmpty, y.length < MarkupText.width(label(y, y.length).text) {
      canvas.write(label(y, canvas.height - 8), x: 14, y: canvas.height / 2, isUpright: true)
    }
  }

  /// Ticks with their numbers, as many as there is room for, and lines across.
  private mutating func writeAxes(_ x: SVGAxis, _ y: SVGAxis) {
    var grid: [String] = []
    var small: [String] = []
    let rows = Int(y.length / 26)
    let names = (x.start - (y.axis.label.isEmpty ? 8 : 22) - 6) / SVGCanvas.fontSize + 0.1
    for tick in thinned(y.ticks(most: rows, width: names), on: y, room: { _ in 13.8 }) {
      let place = y.coordinate(onScale: tick.at)
      small.append("M\(SVGCanvas.text(x.start)) \(SVGCanvas.text(place))h-\(tick.isSmall ? 2 : 4)")
      guard let label = tick.label else { continue }
      if case .categories = y.axis.scale {
      } else {
        grid.append("M\(SVGCanvas.text(x.start)) \(SVGCanvas.text(place))h\(SVGCanvas.text(x.length))")
      }
      canvas.write(label, x: x.start - 6, y: place + 4, .end, gap: 0)
    }
    // As many as the widest of few has room for.
    let size = SVGCanvas.fontSize
    var most = 9
    if x.axis.scale == .linear || x.axis.scale == .logarithmic {
      while most > 2 {
        let ticks = x.ticks(most: most, width: 12)
        let widest = (ticks.compactMap(\.label?.width).max() ?? 0) * size + 8
        if widest * Double(ticks.count(where: { $0.label != nil })) <= x.length { break }
        most -= 1
      }
    }
    let slot = max(x.slot, 64) / size - 0.6
    for tick in thinned(x.ticks(most: most, width: slot), on: x, room: { $0.width * size + 6 }) {
      let place = x.coordinate(onScale: tick.at)
      small.append("M\(SVGCanvas.text(place)) \(SVGCanvas.text(y.bottom))v\(tick.isSmall ? 2 : 4)")
      guard let label = tick.label else { continue }
      let length = label.width * size
      // Within the picture, also at the ends.
      let middle = min(max(place, length / 2 + 1), canvas.width - length / 2 - 1)
      if canvas.write(label, x: middle, y: y.bottom + 15) {
        if case .categories = x.axis.scale { continue }
        grid.append("M\(SVGCanvas.text(place)) \(SVGCanvas.text(y.bottom))v-\(SVGCanvas.text(y.length))")
      }
    }
    canvas.add("<path d=\"\(grid.joined())\" stroke=\"#ddd\" stroke-width=\"0.6\" fill=\"none\"/>")
    canvas.add("<path d=\"\(small.joined())\" stroke=\"currentColor\" stroke-width=\"0.8\" fill=\"none\"/>")
  }

  /// Of categories every second, third, ... where they are too close: what is left out lies evenly.
  private func thinned(_ ticks: [SVGTick], on axis: SVGAxis, room: (SVGLabel) -> Double) -> [SVGTick] {
    guard case .categories = axis.axis.scale else { return ticks }
    let needed = ticks.compactMap { $0.label.map(room) }.max() ?? 0
    let step = max(1, Int((needed / max(axis.slot, 0.01)).rounded(.up)))
    return ticks.enumerated().map { place, tick in
      SVGTick(at: tick.at, label: place % step == 0 ? tick.label : nil)
    }
  }
}

extension SVGAxis {
  /// The lower end of an axis that goes up or down.
  fileprivate var bottom: Double { max(start, end) }
}

extension Figure.Axis {
  /// Height of what stands below a panel.
  fileprivate var room: Double { label.isEmpty ? 22 : 38 }
}

/// The numbers that a panel draws.
struct SVGPanelData {
  private(set) var positions: [Double] = []
  private(set) var values: [Double] = []
  /// Where arrows begin.
  private(set) var arrows: [Double] = []

  init(_ panel: Figure.Panel, of figure: Figure) {
    for layer in panel.layers {
      let rows = figure.rows(of: layer)
      func numbers(_ channels: Figure.Channel...) -> [Double] {
        channels.flatMap { figure.numbers($0, of: layer, in: rows).compactMap(\.self) }
      }
      switch layer.mark {
      case .tiles: continue
      case .positionRule: positions += numbers(.position)
      case .valueRule: values += numbers(.value)
      case .atMost:
        positions += numbers(.position)
        arrows += numbers(.value)
      case .histogram:
        positions += numbers(.position, .to)
        values += numbers(.value)
      case .line, .steps, .points, .bars:
        positions += numbers(.position)
        values += numbers(.value, .highest, .low, .high)
      }
    }
  }
}
