import Foundation

/// A picture that grows: elements, and texts that never overlap.
struct SVGCanvas {
  let width: Double
  let height: Double
  private(set) var elements = ""
  private var occupied: [Box] = []

  static let fontSize = 11.0

  init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  mutating func add(_ element: String) { elements += element + "\n" }

  // MARK: - Numbers

  /// A coordinate with at most one digit behind the point.
  static func text(_ value: Double) -> String {
    let tenths = tenths(value)
    if tenths % 10 == 0 { return "\(tenths / 10)" }
    return "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  private static func tenths(_ value: Double) -> Int { Int((min(max(value, -9999), 9999) * 10).rounded()) }

  /// A path through points, each by its distance from the one before, which is short.
  static func path(_ points: some Sequence<(x: Double, y: Double)>) -> String {
    var path = ""
    var last = (x: 0, y: 0)
    for point in points {
      let next = (x: tenths(point.x), y: tenths(point.y))
      let step = (x: text(Double(next.x - last.x) / 10), y: text(Double(next.y - last.y) / 10))
      path += (path.isEmpty ? "M" : "l") + step.x + (step.y.hasPrefix("-") ? "" : " ") + step.y
      last = next
    }
    return path
  }

  // MARK: - Texts

  enum Anchor: String {
    case start, middle, end
  }

  private struct Box {
    var x: ClosedRange<Double>
    var y: ClosedRange<Double>

    func overlaps(_ other: Box) -> Bool { x.overlaps(other.x) && y.overlaps(other.y) }
  }

  /// Writes a text unless another one is there already, or it would stick out.
  ///
  /// - Parameters:
  ///   - bounds: what it must not stick out of to the sides; nil for the picture.
  ///   - isUpright: from below to above.
  ///   - gap: to other texts.
  /// - Returns: whether there was room.
  @discardableResult
  mutating func write(
    _ label: SVGLabel, x: Double, y: Double, _ anchor: Anchor = .middle, within bounds: ClosedRange<Double>? = nil,
    isUpright: Bool = false, gap: Double = 2,
    attributes: String = ""
  ) -> Bool {
    if label.text.isEmpty && label.exponent.isEmpty { return false }
    let size = Self.fontSize
    let length = label.width * size
    let first: Double =
      switch anchor {
      case .start: 0
      case .middle: -length / 2
      case .end: -length
      }
    let (above, below) = (size * (label.exponent.isEmpty ? 0.97 : 1.1), size * 0.28)
    let box =
      isUpright
      ? Box(x: (x - above)...(x + below), y: (y - first - length)...(y - first))
      : Box(x: (x + first - gap)...(x + first + length + gap), y: (y - above)...(y + below))
    let edge = isUpright ? 0 : gap
    let sides = bounds ?? 0...width
    guard
      box.x.lowerBound >= sides.lowerBound - edge, box.x.upperBound <= sides.upperBound + edge, box.y.lowerBound >= 0,
      box.y.upperBound <= height,
      !occupied.contains(where: box.overlaps)
    else { return false }
    occupied.append(box)
    let turned = isUpright ? " transform=\"rotate(-90 \(Self.text(x)) \(Self.text(y)))\"" : ""
    let anchored = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
    let title = label.full.map { "<title>\(MarkupText.escaped($0))</title>" } ?? ""
    let exponent =
      label.exponent.isEmpty
      ? "" : "<tspan dy=\"-4\" font-size=\"\(Self.text(size * SVGLabel.exponentSize))\">\(label.exponent)</tspan>"
    add(
      "<text x=\"\(Self.text(x))\" y=\"\(Self.text(y))\"\(anchored)\(turned)\(attributes)>\(title)"
        + "\(MarkupText.escaped(label.text))\(exponent)</text>")
    return true
  }
}
