/// What the colours, markers and hatchings of a figure mean: a list that wraps.
struct SVGLegend {
  private let figure: Figure
  private let name: String

  init(_ figure: Figure, name: String) {
    self.figure = figure
    self.name = name
  }

  /// A label with the layers that have it.
  private typealias Entry = (label: String, layers: [Figure.Layer])

  private var entries: [Entry] {
    var entries: [Entry] = []
    for layer in figure.panels.flatMap(\.layers) {
      guard let label = layer.label, !label.isEmpty else { continue }
      let place = entries.firstIndex { $0.label == label } ?? entries.endIndex
      if place == entries.endIndex { entries.append((label, [])) }
      let isKnown = entries[place].layers.contains {
        $0.mark == layer.mark && $0.tone == layer.tone && $0.variant == layer.variant
      }
      if !isKnown { entries[place].layers.append(layer) }
    }
    return entries
  }

  /// Empty without labels.
  var html: String {
    let items = entries.enumerated().map { place, entry in
      swatch(entry.layers.map { element($0, "\(name)-\(place + 1)") }.joined(), defining: entry.layers, place)
        + MarkupText.escaped(MarkupText.oneLine(entry.label))
    }
    let all = items + shades
    if all.isEmpty { return "" }
    return "<ul class=\"legend\">\n" + all.map { "<li>\($0)</li>\n" }.joined() + "</ul>\n"
  }

  private func swatch(_ elements: String, defining layers: [Figure.Layer] = [], _ place: Int = 0) -> String {
    let patterns = layers.filter { $0.mark == .bars || $0.mark == .histogram }.map {
      SVGStyle(tone: $0.tone, variant: $0.variant).pattern(in: "\(name)-\(place + 1)")
    }
    return
      "<svg class=\"swatch\" viewBox=\"0 0 28 12\" aria-hidden=\"true\">\(Set(patterns).sorted().joined())\(elements)</svg>"
  }

  private func element(_ layer: Figure.Layer, _ name: String) -> String {
    let style = SVGStyle(tone: layer.tone, variant: layer.variant)
    switch layer.mark {
    case .line, .steps:
      let band =
        layer.columns[.low] == nil
        ? "" : "<rect x=\"1\" y=\"1\" width=\"26\" height=\"10\" fill=\"\(style.color)\" fill-opacity=\"0.2\"/>"
      return band + "<path d=\"M1 6h26\" fill=\"none\" \(style.stroke)/>"
    case .points:
      let whisker =
        layer.columns[.low] == nil
        ? "" : "<path d=\"M4 6h20\" fill=\"none\" stroke=\"\(style.color)\" stroke-width=\"1.2\"/>"
      return whisker + style.marker(x: 14, y: 6)
    case .atMost:
      return "<path d=\"M9 1h10M14 1v10m-3-4l3 4 3-4\" fill=\"none\" stroke=\"\(style.color)\" stroke-width=\"1.4\"/>"
    case .histogram where figure.panels.contains { $0.layers.count { $0.mark == .histogram } > 1 }:
      return
        "<rect x=\"2\" y=\"1.5\" width=\"24\" height=\"9\" fill=\"\(style.color)\" fill-opacity=\"0.25\" \(style.stroke)/>"
    case .bars, .histogram:
      return "<rect x=\"2\" y=\"1\" width=\"24\" height=\"10\" \(style.fill(in: name))/>"
    case .tiles: return ""
    case .positionRule, .valueRule: return "<path d=\"M1 6h26\" fill=\"none\" \(style.stroke)/>"
    }
  }

  /// The scale of the tiles.
  private var shades: [String] {
    guard figure.panels.flatMap(\.layers).contains(where: { $0.mark == .tiles }) else { return [] }
    return [0, 0.25, 0.5, 0.75, 1].map { share in
      let look = "fill=\"\(SVGStyle.shade(share).fill)\""
      return swatch("<rect x=\"2\" y=\"1\" width=\"24\" height=\"10\" \(look)/>") + "\(share)"
    }
  }
}
