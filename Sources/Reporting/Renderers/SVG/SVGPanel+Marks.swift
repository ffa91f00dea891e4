/// What stands for the rows.
extension SVGPanel {
  /// The elements of all layers, the first one at the bottom.
  func marks() -> [String] {
    let shifts = shifts
    return panel.layers.flatMap { layer -> [String] in
      let rows = figure.rows(of: layer)
      let elements =
        switch layer.mark {
        case .line, .steps: lines(layer, rows)
        case .points: points(layer, rows, shifts)
        case .atMost: arrows(layer, rows, shifts)
        case .bars: bars(layer, rows)
        case .histogram: histogram(layer, rows)
        case .tiles: tiles(layer, rows)
        case .positionRule, .valueRule: rules(layer, rows)
        }
      return elements.isEmpty ? [] : ["<g>"] + elements + ["</g>"]
    }
  }

  private func style(_ layer: Figure.Layer) -> SVGStyle { SVGStyle(tone: layer.tone, variant: layer.variant) }

  /// Coordinates of the positions of rows.
  private func positions(_ layer: Figure.Layer, _ rows: [[ReportCell]]) -> [Double?] {
    if case .categories = position.axis.scale {
      return figure.texts(.position, of: layer, in: rows).map { position.coordinate($0) }
    }
    return figure.numbers(.position, of: layer, in: rows).map { position.coordinate($0) }
  }

  // MARK: - Lines

  private func lines(_ layer: Figure.Layer, _ rows: [[ReportCell]]) -> [String] {
    let positions = positions(layer, rows)
    let values = figure.numbers(.value, of: layer, in: rows).map { value.coordinate($0) }
    let (lows, highs) = (
      figure.numbers(.low, of: layer, in: rows).map { value.clamped($0) },
      figure.numbers(.high, of: layer, in: rows).map { value.clamped($0) }
    )
    let style = style(layer)
    var bands: [String] = []
    var lines: [String] = []
    for run in Self.runs(rows.indices.filter { positions[$0] != nil && lows[$0] != nil && highs[$0] != nil }) {
      let kept = thinned(run) { [lows[$0]!, highs[$0]!] }
      let upper = corners(kept.map { (positions[$0]!, highs[$0]!) }, layer)
      let lower = corners(kept.map { (positions[$0]!, lows[$0]!) }, layer)
      bands.append(
        "<path d=\"\(SVGCanvas.path(upper + lower.reversed()))z\" fill=\"\(style.color)\" "
          + "fill-opacity=\"\(layer.variant == .faint ? "0.1" : "0.2")\"/>")
    }
    for run in Self.runs(rows.indices.filter { positions[$0] != nil && values[$0] != nil }) {
      let kept = thinned(run) { [values[$0]!] }
      if kept.count == 1 {
        // Alone between gaps.
        let point = point(positions[kept[0]]!, values[kept[0]]!)
        lines.append(style.marker(x: point.x, y: point.y, radius: 1.8))
        continue
      }
      let path = SVGCanvas.path(corners(kept.map { (positions[$0]!, values[$0]!) }, layer))
      lines.append("<path d=\"\(path)\" fill=\"none\" stroke-linejoin=\"round\" \(style.stroke)/>")
    }
    return bands + lines
  }

  /// The corners of a line through coordinates along the axes, as points.
  private func corners(_ coordinates: [(Double, Double)], _ layer: Figure.Layer) -> [(x: Double, y: Double)] {
    guard layer.mark == .steps else { return coordinates.map { point($0.0, $0.1) } }
    return coordinates.indices.flatMap { place in
      let (position, value) = coordinates[place]
      return place == 0
        ? [point(position, value)] : [point(position, coordinates[place - 1].1), point(position, value)]
    }
  }

  /// Numbers that follow each other without a gap.
  ///
  /// - Parameter isGap: between two numbers.
  private static func runs(_ places: [Int], isGap: (Int, Int) -> Bool = { _, _ in false }) -> [[Int]] {
    var runs: [[Int]] = []
    for place in places {
      if let last = runs.last?.last, last + 1 == place, !isGap(last, place) {
        runs[runs.count - 1].append(place)
      } else {
        runs.append([place])
      }
    }
    return runs
  }

  /// So many that no eye misses one: of every part of a line the first, the last, and the extremes.
  private func thinned(_ places: [Int], _ values: (Int) -> [Double]) -> [Int] {
    guard places.count > mostPoints else { return places }
    let width = values(places[0]).count
    let parts = max(2, mostPoints / (2 + 2 * width))
    var kept: Set<Int> = []
    for part in 0..<parts {
      let range = places[(places.count * part / parts)..<(places.count * (part + 1) / parts)]
      kept.formUnion([range.first!, range.last!])
      for channel in 0..<width {
        kept.insert(range.min { values($0)[channel] < values($1)[channel] }!)
        kept.insert(range.max { values($0)[channel] < values($1)[channel] }!)
      }
    }
    return kept.sorted()
  }

  // MARK: - Points

  /// How points give way to those of other layers at the same position: which rows there are points of, and the step between
  /// them.
  struct Shifts {
    fileprivate var rows: [Double: [[Figure.Layer.Condition]]] = [:]
    fileprivate var step = 0.0

    /// The largest one.
    var widest: Double { step * Double((rows.values.map(\.count).max() ?? 1) - 1) / 2 }

    /// Of a layer's points at a position.
    fileprivate func shift(_ layer: Figure.Layer, at position: Double) -> Double {
      guard let rows = rows[position], let place = rows.firstIndex(of: layer.rows) else { return 0 }
      return step * (Double(place) - Double(rows.count - 1) / 2)
    }
  }

  var shifts: Shifts {
    var shifts = Shifts()
    for layer in panel.layers where layer.mark == .points || layer.mark == .atMost {
      for place in Set(positions(layer, figure.rows(of: layer)).compactMap(\.self)) {
        if shifts.rows[place]?.contains(layer.rows) != true { shifts.rows[place, default: []].append(layer.rows) }
      }
    }
    let most = shifts.rows.values.map(\.count).max() ?? 1
    let places = shifts.rows.keys.sorted()
    let gap = zip(places, places.dropFirst()).map { $1 - $0 }.min() ?? 60
    if most > 1 { shifts.step = min(8, 0.8 * min(gap, position.slot) / Double(most)) }
    return shifts
  }

  private func points(_ layer: Figure.Layer, _ rows: [[ReportCell]], _ shifts: Shifts) -> [String] {
    let (values, positions) = (figure.numbers(.value, of: layer, in: rows), positions(layer, rows))
    let channels = [Figure.Channel.highest, .low, .high].map { figure.numbers($0, of: layer, in: rows) }
    let style = style(layer)
    var elements: [String] = []
    for row in rows.indices {
      guard let place = positions[row], let middle = value.coordinate(values[row]) else { continue }
      let position = place + shifts.shift(layer, at: place)
      // Below what a logarithmic axis has lies its end.
      let floor = value.axis.scale == .logarithmic ? value.start : nil
      func end(_ channel: Int, _ key: Figure.Channel) -> Double? {
        layer.columns[key] == nil ? nil : value.clamped(channels[channel][row]) ?? floor
      }
      let stroke = "fill=\"none\" stroke=\"\(style.color)\""
      if let high = value.clamped(channels[2][row]), let low = end(1, .low) {
        let (a, b) = (point(position, low), point(position, high))
        var path = SVGCanvas.path([a, b])
        for edge in [low, high] where edge != value.start && edge != value.end {
          path += SVGCanvas.path([point(position - 2.5, edge), point(position + 2.5, edge)])
        }
        elements.append("<path d=\"\(path)\" \(stroke) stroke-width=\"1.2\"/>")
      }
      if let highest = end(0, .highest), highest != middle {
        let path = SVGCanvas.path([point(position, middle), point(position, highest)])
        elements.append("<path d=\"\(path)\" \(stroke) stroke-width=\"4.5\" stroke-opacity=\"0.45\"/>")
      }
      let center = point(position, middle)
      elements.append(style.marker(x: center.x, y: center.y))
    }
    return elements
  }

  /// Arrows down to the axis.
  private func arrows(_ layer: Figure.Layer, _ rows: [[ReportCell]], _ shifts: Shifts) -> [String] {
    let (values, positions) = (figure.numbers(.value, of: layer, in: rows), positions(layer, rows))
    let style = style(layer)
    return rows.indices.compactMap { row in
      guard let place = positions[row], let from = value.coordinate(values[row]) else { return nil }
      let position = place + shifts.shift(layer, at: place)
      let direction = value.start < value.end ? 1.0 : -1.0
      let tip = value.start + direction * 1.5
      let path =
        SVGCanvas.path([point(position - 4, from), point(position + 4, from)])
        + SVGCanvas.path([point(position, from), point(position, tip)])
        + SVGCanvas.path([
          point(position - 3, tip + direction * 5), point(position, tip), point(position + 3, tip + direction * 5),
        ])
      let dashes = layer.variant == .open ? " stroke-dasharray=\"3 2\"" : ""
      return "<path d=\"\(path)\" fill=\"none\" stroke=\"\(style.color)\" stroke-width=\"1.4\"\(dashes)/>"
    }
  }

  // MARK: - Areas

  private func bars(_ layer: Figure.Layer, _ rows: [[ReportCell]]) -> [String] {
    let positions = positions(layer, rows)
    let (lows, highs) = (figure.numbers(.low, of: layer, in: rows), figure.numbers(.high, of: layer, in: rows))
    let places = Set(positions.compactMap(\.self)).sorted()
    let gap = zip(places, places.dropFirst()).map { $1 - $0 }.min() ?? 30
    let isCategory = if case .categories = position.axis.scale { true } else { false }
    let half = 0.36 * (isCategory ? min(position.slot, 60) : min(gap, 30))
    let fill = style(layer).fill(in: name)
    return rows.indices.compactMap { row in
      guard let place = positions[row], let low = value.clamped(lows[row]), let high = value.clamped(highs[row]),
        low != high
      else { return nil }
      return rectangle((place - half, place + half), (low, high), fill)
    }
  }

  private func histogram(_ layer: Figure.Layer, _ rows: [[ReportCell]]) -> [String] {
    let ends = zip(
      figure.numbers(.position, of: layer, in: rows), figure.numbers(.to, of: layer, in: rows)
    ).map { (position.clamped($0), position.clamped($1)) }
    let values = figure.numbers(.value, of: layer, in: rows)
    let base = value.coordinate(0) ?? value.start
    let bins = rows.indices.compactMap { row -> (from: Double, to: Double, height: Double)? in
      guard case (let from?, let to?) = ends[row], from != to, let height = value.coordinate(values[row]),
        height != base
      else { return nil }
      return (from, to, height)
    }
    let style = style(layer)
    guard panel.layers.count(where: { $0.mark == .histogram }) > 1 else {
      return bins.map { rectangle(($0.from, $0.to), (base, $0.height), style.fill(in: name)) }
    }
    // Several are told apart by their outlines.
    var outline = ""
    for run in Self.runs(bins.indices.map(\.self), isGap: { abs(bins[$0].to - bins[$1].from) > 0.05 }) {
      let corners = run.flatMap { [point(bins[$0].from, bins[$0].height), point(bins[$0].to, bins[$0].height)] }
      outline += SVGCanvas.path([point(bins[run[0]].from, base)] + corners + [point(bins[run.last!].to, base)])
    }
    return outline.isEmpty
      ? [] : ["<path d=\"\(outline)\" fill=\"\(style.color)\" fill-opacity=\"0.25\" \(style.stroke)/>"]
  }

  private func tiles(_ layer: Figure.Layer, _ rows: [[ReportCell]]) -> [String] {
    let shades = figure.numbers(.shade, of: layer, in: rows)
    let hatches = figure.texts(.hatch, of: layer, in: rows)
    return rows.indices.flatMap { row -> [String] in
      guard let (place, height) = tile(layer, rows[row]), let shade = shades[row], shade.isFinite else { return [] }
      let positions = (place - position.slot / 2, place + position.slot / 2)
      let values = (height - value.slot / 2, height + value.slot / 2)
      let look = "fill=\"\(SVGStyle.shade(shade).fill)\" stroke=\"#fff\" stroke-width=\"0.8\""
      let tile = rectangle(positions, values, look)
      return hatches[row] == "yes"
        ? [tile, rectangle(positions, values, "fill=\"url(#\(name)-hatch)\" fill-opacity=\"0.8\"")] : [tile]
    }
  }

  /// The middle of a tile, as coordinates along the axes.
  func tile(_ layer: Figure.Layer, _ row: [ReportCell]) -> (Double, Double)? {
    let texts = [Figure.Channel.position, .value].map { figure.texts($0, of: layer, in: [row])[0] }
    guard let place = position.coordinate(texts[0]), let height = value.coordinate(texts[1]) else { return nil }
    return (place, height)
  }

  // MARK: - Rules

  private func rules(_ layer: Figure.Layer, _ rows: [[ReportCell]]) -> [String] {
    let stroke = "fill=\"none\" \(style(layer).stroke)"
    return rules(layer, in: rows).map { rule in
      let ends =
        layer.mark == .positionRule
        ? [point(rule.at, value.start), point(rule.at, value.end)]
        : [point(position.start, rule.at), point(position.end, rule.at)]
      return "<path d=\"\(SVGCanvas.path(ends))\" \(stroke)/>"
    }
  }

  private func rules(_ layer: Figure.Layer, in rows: [[ReportCell]]) -> [(at: Double, name: String)] {
    let names = figure.texts(.label, of: layer, in: rows)
    let places =
      layer.mark == .positionRule
      ? positions(layer, rows) : figure.numbers(.value, of: layer, in: rows).map { value.coordinate($0) }
    return zip(places, names).compactMap { place, name in place.map { (at: $0, name: name) } }
  }

  /// The names of rules at their ends, and the texts of tiles, where there is room.
  mutating func writeTexts() {
    let size = SVGCanvas.fontSize
    let across = panel.isHorizontal ? value : position
    let frame = across.start...across.end
    let halo = " stroke=\"#fff\" stroke-width=\"2.5\" paint-order=\"stroke\" stroke-linejoin=\"round\""
    for layer in panel.layers {
      let rows = figure.rows(of: layer)
      switch layer.mark {
      case .positionRule, .valueRule:
        for rule in rules(layer, in: rows) where !rule.name.isEmpty {
          let line = MarkupText.oneLine(rule.name)
          let short = MarkupText.shortened(line, to: 14)
          let label = SVGLabel(text: short, full: short == rule.name ? nil : rule.name)
          if panel.isHorizontal == (layer.mark == .positionRule) {
            // Lies, with its name above its right end, or below where something else is.
            let right = (panel.isHorizontal ? value.end : position.end) - 4
            if !canvas.write(label, x: right, y: rule.at - 3, .end, within: frame, gap: 1, attributes: halo) {
              canvas.write(label, x: right, y: rule.at + 12, .end, within: frame, gap: 1, attributes: halo)
            }
          } else {
            // Stands, with its name beside its upper end, or lower.
            let top = panel.isHorizontal ? position.start : value.end
            for line in 0..<4 {
              let y = top + 12 + 13.8 * Double(line)
              if canvas.write(label, x: rule.at + 3, y: y, .start, within: frame, gap: 1, attributes: halo)
                || canvas.write(label, x: rule.at - 3, y: y, .end, within: frame, gap: 1, attributes: halo)
              {
                break
              }
            }
          }
        }
      case .tiles:
        let (names, shades) = (
          figure.texts(.label, of: layer, in: rows), figure.numbers(.shade, of: layer, in: rows)
        )
        let (width, height) = panel.isHorizontal ? (value.slot, position.slot) : (position.slot, value.slot)
        for row in rows.indices where MarkupText.width(names[row]) * size + 2 <= width && height >= 14 {
          guard let (place, other) = tile(layer, rows[row]) else { continue }
          let center = point(place, other)
          let color = shades[row].map { SVGStyle.shade($0).text } ?? "currentColor"
          canvas.write(
            SVGLabel(text: MarkupText.oneLine(names[row])), x: center.x, y: center.y + 4, gap: 0,
            attributes: " fill=\"\(color)\"")
        }
      default: break
      }
    }
  }
}
