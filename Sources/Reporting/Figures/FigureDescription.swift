import Foundation

/// What the drawing program is told of figures: a JSON text, documented field by field in
/// Documentation/how-to/figures.md. The data are in files of their own, one CSV a figure.
struct FigureDescription: Encodable {
  var schema = Self.schema
  /// "plain", or "paper": like the published figures.
  var style: String
  /// Study, program and command, in a line, of the folder as a whole; figures have their own for their metadata.
  var provenance: String
  var figures: [Entry]

  static let schema = 1

  struct Entry: Encodable {
    /// Of the files, without what tells width and format.
    var file: String
    var title: String
    /// The file of the data, in the same folder.
    var data: String
    /// Of its ledger, as ``FigureDescription/provenance``.
    var provenance = ""
    var panels: [Panel]
    var notes: [String]
  }

  struct Panel: Encodable {
    var title: String
    var horizontal: Bool
    var wide: Bool
    var position: Axis
    var value: Axis
    var layers: [Layer]
  }

  struct Axis: Encodable {
    var label: String
    /// "linear", "logarithmic" or "categories".
    var scale: String
    var categories: [String]?
    /// Two numbers.
    var range: [Double]?
    var named: [Tick]
    var onlyNamed: Bool

    struct Tick: Encodable {
      var at: Double
      var name: String
    }
  }

  struct Layer: Encodable {
    var mark: String
    /// Keys of columns and the texts that rows have there.
    var rows: [String: String]
    /// Keys of columns by channel.
    var columns: [String: String]
    var label: String?
    var tone: String
    var variant: String
  }

  /// As a text that ends with a line break.
  func json() throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return try encoder.encode(self) + Data("\n".utf8)
  }
}

extension FigureDescription.Entry {
  init(_ figure: Figure, file: String) {
    self.init(
      file: file, title: figure.title, data: "\(file).csv", panels: figure.panels.map(FigureDescription.Panel.init),
      notes: figure.notes)
  }
}

extension FigureDescription.Panel {
  init(_ panel: Figure.Panel) {
    self.init(
      title: panel.title, horizontal: panel.isHorizontal, wide: panel.isWide, position: .init(panel.position),
      value: .init(panel.value), layers: panel.layers.map(FigureDescription.Layer.init))
  }
}

extension FigureDescription.Axis {
  init(_ axis: Figure.Axis) {
    let (scale, categories): (String, [String]?) =
      switch axis.scale {
      case .linear: ("linear", nil)
      case .logarithmic: ("logarithmic", nil)
      case .categories(let names): ("categories", names)
      }
    self.init(
      label: axis.label, scale: scale, categories: categories,
      range: axis.range.map { [$0.lowerBound, $0.upperBound] },
      named: axis.named.map { Tick(at: $0.at, name: $0.name) }, onlyNamed: axis.hasOnlyNamed)
  }
}

extension FigureDescription.Layer {
  init(_ layer: Figure.Layer) {
    self.init(
      mark: layer.mark.rawValue,
      rows: Dictionary(layer.rows.map { ($0.column, $0.text) }) { first, _ in first },
      columns: Dictionary(uniqueKeysWithValues: layer.columns.map { ($0.key.rawValue, $0.value) }), label: layer.label,
      tone: layer.tone.name, variant: layer.variant.rawValue)
  }
}
