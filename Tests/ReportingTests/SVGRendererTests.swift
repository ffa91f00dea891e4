import Foundation
import Reporting
import Testing

/// Where marks are, what they say, and that nothing that a ledger has breaks a picture.
@Suite struct SVGRendererTests {
  private static let hostile = "<script>\"x\"</script>&'\u{0}\u{1B}]]>\u{202E} 中文"

  // MARK: - Geometry

  /// A point lies at the tick of its value and at the tick of its position, whatever the scale and the orientation.
  @Test(arguments: [false, true], [Figure.Scale.linear, .logarithmic])
  func points(isHorizontal: Bool, scale: Figure.Scale) throws {
    let numbers = scale == .linear ? [0, 0.2, 0.4, 0.6, 0.8, 1] : [1e-4, 1e-3, 1e-2, 0.1, 1, 10]
    let rows = zip(numbers, numbers.reversed()).map { [ReportCell.real($0), .real($1)] }
    let picture = try Picture(
      .points, [.position: "a", .value: "b"], ["a", "b"], rows, scales: (scale, scale), isHorizontal: isHorizontal)
    let circles = picture.all("circle")
    #expect(circles.count == numbers.count)
    let labels =
      scale == .linear ? ["0", "0.2", "0.4", "0.6", "0.8", "1.0"] : ["10−4", "10−3", "10−2", "10−1", "100", "101"]
    for place in numbers.indices {
      let (position, value) = (labels[place], labels[labels.count - 1 - place])
      let (x, y) = isHorizontal ? (value, position) : (position, value)
      let tick = (x: try picture.column(x), y: try picture.row(y))
      #expect(isNear(circles[place].number("cx"), tick.x), "\(x)")
      #expect(isNear(circles[place].number("cy"), tick.y), "\(y)")
    }
    // Positions go to the right, or down; values up, or to the right.
    let along = circles.map { $0.number(isHorizontal ? "cy" : "cx") }
    let across = circles.map { $0.number(isHorizontal ? "cx" : "cy") }
    #expect(along == along.sorted() && across == (isHorizontal ? across.sorted().reversed() : across.sorted()))
  }

  /// A whisker from low to high, a bar to the highest value; no point without a value.
  @Test func whiskers() throws {
    let rows: [[ReportCell]] = [
      [.real(0), .real(0.4), .real(0.2), .real(0.6), .real(0.8)], [.real(1), .missing, .real(0), .real(1), .real(1)],
      [.real(2), .real(.infinity), .real(0), .real(1), .real(1)], [.real(3), .real(0), .real(0), .real(0), .real(1)],
    ]
    let picture = try Picture(
      .points, [.position: "x", .value: "v", .low: "l", .high: "u", .highest: "m"], ["x", "v", "l", "u", "m"], rows)
    #expect(picture.all("circle").count == 2)
    let paths = picture.marks.filter { $0.name == "path" }.map(\.corners)
    #expect(paths.count == 4)
    let (low, high, value, most) = (
      try picture.row("0.2"), try picture.row("0.6"), try picture.row("0.4"), try picture.row("0.8")
    )
    #expect(isNear(paths[0][0].y, low) && isNear(paths[0][1].y, high))
    #expect(isNear(paths[1][0].y, value) && isNear(paths[1][1].y, most))
  }

  /// On a logarithmic axis whose end is 0 a whisker without a lower end reaches the axis; an arrow too.
  @Test func arrowsAndOpenWhiskers() throws {
    let rows: [[ReportCell]] = [
      [.real(1), .real(1e-2), .missing, .real(1e-1), .missing], [.real(10), .missing, .missing, .missing, .real(1e-3)],
    ]
    let columns = ["x", "v", "l", "u", "a"]
    var figure = singleLayer(
      .points, [.position: "x", .value: "v", .low: "l", .high: "u"], columns, rows, scales: (.logarithmic, .logarithmic)
    )
    figure.panels[0].layers.append(Figure.Layer(.atMost, [.position: "x", .value: "a"], tone: .series(0)))
    let picture = try Picture(figure)
    let frame = try #require(picture.frame)
    let paths = picture.marks.filter { $0.name == "path" }.map(\.corners)
    #expect(paths.count == 2 && picture.all("circle").count == 1)
    #expect(isNear(paths[0][0].y, frame.bottom), "from the axis")
    let arrow = paths[1].map(\.y)
    let (end, column) = (try picture.row("10−3"), try picture.column("101"))
    #expect(isNear(arrow.min()!, end) && frame.bottom - arrow.max()! < 2 && isNear(paths[1][2].x, column))
  }

  /// Missing and infinite values interrupt a line; a value between two of them is a dot.
  @Test(arguments: [ReportCell.missing, .real(.infinity), .real(.nan), .real(-.infinity)])
  func interruptedLines(gap: ReportCell) throws {
    let values: [ReportCell] = [.real(0), .real(1), gap, .real(0.5), gap, gap, .real(0.2), .real(0.4), .real(0.6)]
    let rows = values.enumerated().map { [ReportCell.count($0.offset), $0.element] }
    let picture = try Picture(.line, [.position: "x", .value: "y"], ["x", "y"], rows)
    let paths = picture.marks.filter { $0.name == "path" }.map(\.corners)
    #expect(paths.map(\.count) == [2, 3] && picture.all("circle").count == 1)
    let ticks = [try picture.row("0"), try picture.row("0.6"), try picture.column("8")]
    #expect(isNear(paths[0][0].y, ticks[0]) && isNear(paths[1][2].y, ticks[1]) && isNear(paths[1][2].x, ticks[2]))
  }

  @Test func bandsAndSteps() throws {
    let rows: [[ReportCell]] = [
      [.real(0), .real(0.2), .real(0), .real(0.4)], [.real(1), .real(0.6), .real(0.4), .real(1)],
      [.real(2), .real(1), .real(0.8), .real(1)],
    ]
    let picture = try Picture(
      .steps, [.position: "x", .value: "y", .low: "l", .high: "u"], ["x", "y", "l", "u"], rows)
    let paths = picture.marks.filter { $0.name == "path" }.map(\.corners)
    #expect(paths.map(\.count) == [10, 5], "a band of two lines, and a line")
    let line = paths[1]
    #expect(line[0].y == line[1].y && line[1].x == line[2].x && line[2].y == line[3].y && line[3].x == line[4].x)
    let ticks = try ["0.2", "0.6", "0"].map { try picture.row($0) }
    #expect(isNear(line[0].y, ticks[0]) && isNear(line[2].y, ticks[1]) && isNear(paths[0].map(\.y).max()!, ticks[2]))
  }

  /// Stacked bars meet, begin at the axis, and are as long as their shares.
  @Test(arguments: [false, true]) func bars(isHorizontal: Bool) throws {
    let rows: [[ReportCell]] = [
      [.text("a"), .real(0), .real(0.25)], [.text("a"), .real(0.25), .real(1)], [.text("b"), .real(0), .real(0.5)],
      [.text("b"), .real(0.5), .real(0.5)],
    ]
    let picture = try Picture(
      .bars, [.position: "cell", .low: "l", .high: "u"], ["cell", "l", "u"], rows,
      scales: (.categories(["a", "b", "c"]), .linear), isHorizontal: isHorizontal)
    let bars = picture.marks.filter { $0.name == "rect" }
    #expect(bars.count == 3, "none of no length")
    func length(_ bar: Element) -> Double { bar.number(isHorizontal ? "width" : "height") }
    #expect(abs(length(bars[0]) * 3 - length(bars[1])) < 0.5 && abs(length(bars[0]) * 2 - length(bars[2])) < 0.5)
    let frame = try #require(picture.frame)
    if isHorizontal {
      #expect(isNear(bars[0].number("x"), frame.left))
      #expect(isNear(bars[0].number("x") + length(bars[0]), bars[1].number("x")))
    } else {
      #expect(isNear(bars[0].number("y") + length(bars[0]), frame.bottom))
      #expect(isNear(bars[1].number("y") + length(bars[1]), bars[0].number("y")))
    }
  }

  /// Bins end where the ticks of their ends are, and a bin without trials is none.
  @Test func histogram() throws {
    let rows: [[ReportCell]] = [
      [.real(1e-4), .real(1e-3), .real(0.25)], [.real(1e-3), .real(1e-2), .real(0.5)],
      [.real(1e-2), .real(1e-1), .real(0)], [.real(1e-1), .real(1), .real(0.25)],
    ]
    let picture = try Picture(
      .histogram, [.position: "from", .to: "to", .value: "share"], ["from", "to", "share"], rows,
      scales: (.logarithmic, .linear))
    let bins = picture.marks.filter { $0.name == "rect" }
    #expect(bins.count == 3)
    let ends = (try picture.column("10−3"), try picture.column("10−2"))
    #expect(isNear(bins[1].number("x"), ends.0) && isNear(bins[1].number("x") + bins[1].number("width"), ends.1))
    #expect(abs(bins[1].number("height") - 2 * bins[0].number("height")) < 0.3)
    let frame = try #require(picture.frame)
    #expect(isNear(bins[0].number("y") + bins[0].number("height"), frame.bottom))
  }

  /// A tile a pair of categories; none without a shade; hatched where it says so.
  @Test func tiles() throws {
    let rows: [[ReportCell]] = [
      [.text("a"), .text("p"), .real(0), .text("no"), .text("0.00")],
      [.text("b"), .text("p"), .real(1), .truth(true), .text("1.00")],
      [.text("a"), .text("q"), .missing, .text("no"), .text("-")],
      [.text("other"), .text("q"), .real(0.5), .text("no"), .text("no such place")],
    ]
    let picture = try Picture(
      .tiles, [.position: "x", .value: "y", .shade: "s", .hatch: "h", .label: "l"], ["x", "y", "s", "h", "l"], rows,
      scales: (.categories(["a", "b"]), .categories(["p", "q"])))
    let tiles = picture.marks.filter { $0.name == "rect" }
    #expect(tiles.count == 3, "two tiles, one of them hatched")
    #expect(tiles[0].attributes["fill"] != tiles[1].attributes["fill"])
    #expect(tiles[2].attributes["fill"] == "url(#f-1-hatch)")
    #expect(tiles[0].number("x") + tiles[0].number("width") == tiles[1].number("x"))
    #expect(picture.texts.contains { $0.text == "1.00" } && !picture.texts.contains { $0.text == "no such place" })
    let column = try picture.column("a")
    #expect(abs(column - (tiles[0].number("x") + tiles[0].number("width") / 2)) < 0.2)
    #expect(picture.html.contains("</svg>0.25</li>"), "what shades mean")
  }

  @Test func rules() throws {
    // Two so close that their names give way.
    let rows: [[ReportCell]] = [
      [.real(0.5), .text("D_0")], [.real(0.7), .text("D_1")], [.real(0.701), .text("D_2")], [.real(1), .text("D_3")],
    ]
    for mark in [Figure.Mark.positionRule, .valueRule] {
      let channel: Figure.Channel = mark == .positionRule ? .position : .value
      let picture = try Picture(mark, [channel: "at", .label: "name"], ["at", "name"], rows)
      let paths = picture.marks.filter { $0.name == "path" }.map(\.corners)
      let frame = try #require(picture.frame)
      #expect(paths.count == 4)
      let ends = mark == .positionRule ? [frame.bottom, frame.top] : [frame.left, frame.right]
      for path in paths { #expect((mark == .positionRule ? path.map(\.y) : path.map(\.x)) == ends) }
      #expect(picture.texts.count { $0.text.hasPrefix("D_") } == 4)
    }
  }

  // MARK: - Texts

  /// Whatever a ledger calls things, the picture is one well-formed element whose texts say it, and nothing is executed.
  @Test func hostileTexts() throws {
    let name = Self.hostile
    var figure = singleLayer(
      .bars, [.position: "cell", .low: "l", .high: "u"], ["cell", "l", "u"],
      [[.text(name), .real(0), .real(1)], [.text("b"), .real(0), .real(1)]],
      scales: (.categories([name, "b"]), .linear))
    figure.panels[0].title = name
    figure.panels[0].position.label = name
    figure.panels[0].value.label = name
    figure.panels[0].value.named = [.init(0.5, name)]
    figure.panels[0].layers[0].label = name
    figure.panels[0].layers.append(
      Figure.Layer(.valueRule, [.value: "u", .label: "cell"], label: "rule", tone: .reference))
    figure.panels[0].layers.append(
      Figure.Layer(.points, [.position: "cell", .value: "u"], label: "<b>", tone: .series(1)))
    (figure.title, figure.notes, figure.name) = (name, [name, name], name)
    for isHorizontal in [false, true] {
      figure.panels[0].isHorizontal = isHorizontal
      let picture = try Picture(figure)
      #expect(Set(picture.elements.map(\.name)).isSubset(of: Picture.known), "no other element")
      #expect(!picture.elements.contains { element in element.attributes.keys.contains { $0.hasPrefix("on") } })
      let shown = "<script>\"x\"</script>&'\u{FFFD}\u{FFFD}]]>\u{FFFD} 中文"
      #expect(picture.elements.contains { $0.name == "title" && $0.text.contains(shown) })
      #expect(picture.elements.contains { $0.name == "b" && $0.text == shown })
      #expect(picture.elements[0].attributes["data-figure"] == shown)
    }
  }

  /// Names of many categories are shortened in the middle and thinned, whole in their titles, and none overlaps another.
  @Test(arguments: [3, 20, 70, 400], [false, true]) func manyCategories(count: Int, isHorizontal: Bool) throws {
    let names = (0..<count).map { "learning-rate=0.1 * 0.5^floor((n + 1) / 500) momentum=\(count + $0)" }
    let picture = try Picture(
      .bars, [.position: "cell", .low: "l", .high: "u"], ["cell", "l", "u"],
      names.map { [.text($0), .real(0), .real(1)] }, scales: (.categories(names), .linear), isHorizontal: isHorizontal)
    let labels = picture.texts.filter { $0.text.contains("…") }
    #expect(labels.count > min(count, 5) / 2, "\(labels.count)")
    #expect(labels.allSatisfy { names.contains($0.title) && $0.text.first == "l" && $0.text.last == $0.title.last })
    for (place, text) in picture.texts.enumerated() {
      #expect(text.box.minX >= 0 && text.box.maxX <= picture.width && text.box.maxY <= picture.height, "\(text.text)")
      for other in picture.texts[..<place] {
        #expect(!text.box.intersects(other.box), "\(text.text) and \(other.text)")
      }
    }
    #expect(picture.marks.filter { $0.name == "rect" }.count == count)
  }

  // MARK: - Little and much

  /// Nothing, nothing known, one point, the same number again and again, numbers at the end of what numbers can be.
  @Test(
    arguments: [
      [], [[.missing, .missing]], [[.real(3), .real(0.5)]], [[.real(3), .real(0.5)], [.real(3), .real(0.5)]],
      [[.real(.infinity), .real(.nan)]], [[.real(1e300), .real(-1.7e308)], [.real(-1e300), .real(1.7e308)]],
      [[.real(1e-300), .real(1e-307)], [.real(1e300), .real(1)]], [[.real(0), .real(0)], [.real(-1), .real(-1)]],
      [[.real(1e6), .real(1e6)], [.real(1_000_001), .real(1_000_001)]],
    ] as [[[ReportCell]]])
  func fewNumbers(rows: [[ReportCell]]) throws {
    let known = rows.filter { row in
      row.allSatisfy { cell in if case .real(let real) = cell { real.magnitude <= 1e300 } else { false } }
    }
    for scale in [Figure.Scale.linear, .logarithmic] {
      for mark in [Figure.Mark.line, .steps, .points, .atMost, .histogram, .valueRule] {
        let picture = try Picture(
          mark, [.position: "x", .to: "x", .value: "y"], ["x", "y"], rows, scales: (scale, scale))
        #expect(!picture.html.contains("nan") && !picture.html.contains("inf"))
        #expect(picture.texts.count >= 3, "labels of the axes and ticks")
        let isKnown = scale == .linear && !known.isEmpty && mark != .histogram
        if known.isEmpty { #expect(picture.texts.contains { $0.text == "no data" }) }
        if isKnown { #expect(!picture.marks.isEmpty, "\(mark)") }
      }
    }
  }

  /// Long lines keep their extremes, and a picture stays small.
  @Test func longLines() throws {
    let values = (0..<20_000).map { $0 == 7777 ? 9.0 : $0 == 12_345 ? -5 : sin(Double($0) / 300) }
    let rows = values.enumerated().map { [ReportCell.count($0.offset), .real($0.element)] }
    let picture = try Picture(.line, [.position: "x", .value: "y"], ["x", "y"], rows)
    let path = try #require(picture.marks.first { $0.name == "path" }).corners
    #expect(path.count <= 400)
    let frame = try #require(picture.frame)
    #expect(isNear(path.map(\.y).min()!, frame.top + 7) && isNear(path.map(\.y).max()!, frame.bottom - 7))
    #expect(isNear(path[0].x, frame.left + 7) && isNear(path.last!.x, frame.right - 7))

    var many = singleLayer(
      .line, [.position: "x", .value: "y", .low: "y", .high: "y"], ["x", "y"], Array(rows.prefix(3000)))
    many.panels[0].layers = (0..<100).map {
      Figure.Layer(.line, many.panels[0].layers[0].columns, label: "\($0)", tone: .series($0))
    }
    #expect(SVGRenderer.html(many, name: "f").utf8.count < 300_000)
  }

  /// No two elements of a page have the same identifier.
  @Test func identifiers() throws {
    let bars = singleLayer(
      .bars, [.position: "cell", .low: "l", .high: "u"], ["cell", "l", "u"], [[.text("a"), .real(0), .real(1)]],
      scales: (.categories(["a"]), .linear), tone: .bad)
    var twice = bars
    twice.panels += bars.panels
    twice.panels[0].layers[0].label = "bad"
    let page = HTMLRenderer.text(
      Report("r", schema: 1, facts: [], tables: [], sections: [.init([.figure(bars), .figure(twice)])]))
    let names = page.matches(of: /\sid="([^"]*)"/).map { String($0.1) }
    #expect(Set(names).count == names.count && names.contains("figure-2-2-bad"))
    for used in page.matches(of: /url\(#([^)]*)\)/) { #expect(names.contains(String(used.1))) }
  }
}
