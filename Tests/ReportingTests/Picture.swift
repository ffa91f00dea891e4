import Foundation
import Reporting
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// A figure with one layer in one panel.
func singleLayer(
  _ mark: Figure.Mark, _ columns: [Figure.Channel: String], _ keys: [String], _ rows: [[ReportCell]],
  scales: (position: Figure.Scale, value: Figure.Scale) = (.linear, .linear), isHorizontal: Bool = false,
  tone: Figure.Tone = .series(0)
) -> Figure {
  var table = ReportTable("data", columns: keys.map { .init($0, .real(.exact)) })
  for row in rows { table.append(row) }
  var panel = Figure.Panel(
    position: Figure.Axis("position", scales.position), value: Figure.Axis("value", scales.value),
    layers: [Figure.Layer(mark, columns, tone: tone)])
  panel.isHorizontal = isHorizontal
  return Figure("test", title: "title", table: table, panels: [panel])
}

func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 0.11 }

/// An element of a picture, as a reader of XML sees it.
struct Element {
  var name: String
  var attributes: [String: String]
  /// Of the element and those within.
  var text = ""
  /// Of a `title` within.
  var title = ""
  var isMark: Bool

  func number(_ attribute: String) -> Double { Double(attributes[attribute] ?? "") ?? .nan }

  /// The corners of a path of straight lines.
  var corners: [(x: Double, y: Double)] {
    var corners: [(x: Double, y: Double)] = []
    for part in (attributes["d"] ?? "").matches(of: /([Ml])(-?[0-9.]+)[ ,]?(-?[0-9.]+)/) {
      let (x, y) = (Double(part.2)!, Double(part.3)!)
      let last = part.1 == "M" ? (x: 0, y: 0) : corners.last!
      corners.append((last.x + x, last.y + y))
    }
    return corners
  }

  /// What an upright or lying text covers, by rather too narrow letters.
  var box: CGRect {
    let (x, y, length) = (number("x"), number("y"), 5.2 * Double(text.dropFirst(title.count).count))
    if attributes["transform"] != nil { return CGRect(x: x - 9, y: y - length / 2, width: 11, height: length) }
    let first = attributes["text-anchor"] == "end" ? 1 : attributes["text-anchor"] == "middle" ? 0.5 : 0
    return CGRect(x: x - first * length, y: y - 9, width: length, height: 11)
  }
}

/// The picture of a figure, read as XML, which it has to be.
final class Picture: NSObject, XMLParserDelegate {
  static let known: Set = [
    "figure", "div", "svg", "title", "desc", "defs", "clipPath", "pattern", "g", "path", "rect", "circle", "text",
    "tspan",
    "ul", "li", "figcaption", "b", "p",
  ]

  let html: String
  private(set) var elements: [Element] = []
  private var open: [Int] = []
  private var groups: [Bool] = []

  init(_ figure: Figure) throws {
    html = SVGRenderer.html(figure, name: "f")
    super.init()
    let parser = XMLParser(data: Data(html.utf8))
    parser.delegate = self
    #expect(parser.parse(), "\(parser.parserError.map { "\($0)" } ?? "")")
  }

  convenience init(
    _ mark: Figure.Mark, _ columns: [Figure.Channel: String], _ keys: [String], _ rows: [[ReportCell]],
    scales: (position: Figure.Scale, value: Figure.Scale) = (.linear, .linear), isHorizontal: Bool = false
  ) throws {
    try self.init(singleLayer(mark, columns, keys, rows, scales: scales, isHorizontal: isHorizontal))
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
    attributes: [String: String]
  ) {
    let isWithin = groups.last ?? false
    elements.append(Element(name: name, attributes: attributes, isMark: isWithin && name != "g"))
    open.append(elements.count - 1)
    groups.append(isWithin || attributes["class"] == "marks")
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    let isTitle = open.last.map { elements[$0].name == "title" } ?? false
    for place in open { elements[place].text += text }
    if isTitle, open.count > 1 { elements[open[open.count - 2]].title += text }
  }

  func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
    open.removeLast()
    groups.removeLast()
  }

  // MARK: - What is in it

  /// The elements that stand for data.
  var marks: [Element] { elements.filter(\.isMark) }

  func all(_ name: String) -> [Element] { marks.filter { $0.name == name } }

  /// Titles left out of what they say.
  var texts: [Element] {
    elements.filter { $0.name == "text" }.map { element in
      var element = element
      element.text = String(element.text.dropFirst(element.title.count))
      return element
    }
  }

  private var size: [Double] {
    elements.first { $0.name == "svg" }?.attributes["viewBox"]?.split(separator: " ").compactMap { Double($0) } ?? []
  }

  var width: Double { size[2] }
  var height: Double { size[3] }

  /// Of the panel: what marks are clipped to.
  var frame: (left: Double, right: Double, top: Double, bottom: Double)? {
    guard let place = elements.firstIndex(where: { $0.name == "clipPath" }) else { return nil }
    let area = elements[place + 1]
    let (left, top) = (area.number("x"), area.number("y"))
    return (left, left + area.number("width"), top, top + area.number("height"))
  }

  /// The horizontal place of the tick below the panel with this text.
  func column(_ text: String) throws -> Double {
    let bottom = try #require(frame).bottom
    return try #require(texts.first { $0.text == text && $0.number("y") > bottom }, "\(text)").number("x")
  }

  /// The vertical place of the tick left of the panel with this text.
  func row(_ text: String) throws -> Double {
    let left = try #require(frame).left
    return try #require(texts.first { $0.text == text && $0.number("x") < left }, "\(text)").number("y") - 4
  }
}
