/// A picture as data: a table, and what is drawn of which of its columns. Renderers draw it; they know no report.
///
/// What is drawn is in the table and nowhere else: written as CSV it is the data of the picture.
public struct Figure: Sendable, Hashable {
  /// Part of file names: lower-case words, joined by "-".
  public var name: String
  /// What the picture shows, in a line.
  public var title: String
  public var table: ReportTable
  public var panels: [Panel]
  /// What one has to know to read it: sentences below the picture.
  public var notes: [String]

  public init(_ name: String, title: String, table: ReportTable, panels: [Panel], notes: [String] = []) {
    self.name = name
    self.title = title
    self.table = table
    self.panels = panels
    self.notes = notes
  }

  /// A pair of axes with what is drawn on them, the first layer at the bottom.
  ///
  /// Positions are what a panel is read along, such as widths, and values what is read there, such as probabilities.
  public struct Panel: Sendable, Hashable {
    /// Above the panel; empty for nothing.
    public var title = ""
    public var position: Axis
    public var value: Axis
    /// Positions run from top to bottom, and values from left to right; otherwise positions run from left to right.
    public var isHorizontal = false
    /// Whether the panel wants a row of its own where others stand side by side.
    public var isWide = false
    public var layers: [Layer]

    public init(title: String = "", position: Axis, value: Axis, layers: [Layer]) {
      self.title = title
      self.position = position
      self.value = value
      self.layers = layers
    }
  }

  public struct Axis: Sendable, Hashable {
    public var label: String
    public var scale: Scale
    /// What the axis shows at least; nil for what is drawn.
    public var range: ClosedRange<Double>?
    /// Numbers that stand for something that the scale does not have, such as 0 on a logarithmic one, or that are the only ones
    /// to be marked.
    public var named: [NamedTick] = []
    /// Whether only ``named`` are marked.
    public var hasOnlyNamed = false

    public init(_ label: String, _ scale: Scale, range: ClosedRange<Double>? = nil, named: [NamedTick] = []) {
      self.label = label
      self.scale = scale
      self.range = range
      self.named = named
    }
  }

  public enum Scale: Sendable, Hashable {
    case linear, logarithmic
    /// One place for each: positions are texts of the table, which are among them.
    case categories([String])
  }

  public struct NamedTick: Sendable, Hashable {
    public var at: Double
    public var name: String

    public init(_ at: Double, _ name: String) {
      self.at = at
      self.name = name
    }
  }

  /// Rows of the table, drawn in one way.
  public struct Layer: Sendable, Hashable {
    public var mark: Mark
    /// Which rows: those that have these texts in these columns, by their keys. Empty for all.
    public var rows: [Condition]
    /// Keys of columns.
    public var columns: [Channel: String]
    /// In the legend; nil for no entry.
    public var label: String?
    public var tone: Tone
    public var variant = Variant.plain

    public struct Condition: Sendable, Hashable {
      public var column: String
      public var text: String

      public init(_ column: String, is text: String) {
        self.column = column
        self.text = text
      }
    }

    public init(
      _ mark: Mark, _ columns: [Channel: String], rows: [Condition] = [], label: String? = nil, tone: Tone,
      variant: Variant = .plain
    ) {
      self.mark = mark
      self.columns = columns
      self.rows = rows
      self.label = label
      self.tone = tone
      self.variant = variant
    }
  }

  /// What stands for a row.
  public enum Mark: String, Sendable, Hashable, CaseIterable {
    /// A polyline from row to row, with a band from ``Channel/low`` to ``Channel/high`` where there are such; interrupted
    /// where a value is missing or infinite.
    case line
    /// The same, constant from a position up to the next.
    case steps
    /// A point; a whisker from low to high; a bar from value to ``Channel/highest``, which undecided trials leave open.
    case points
    /// An arrow down to the value axis from a value that is an upper bound, and a point is not there.
    case atMost = "at-most"
    /// A bar from ``Channel/low`` to ``Channel/high``, one above the other where layers stack them.
    case bars
    /// A bar from position to ``Channel/to``, from the axis to the value.
    case histogram
    /// A rectangle at two categories (``Channel/position`` and ``Channel/value``), coloured by ``Channel/shade`` from 0 to 1,
    /// with the text of ``Channel/label``; hatched where ``Channel/hatch`` is "yes"; blank where the shade is missing.
    case tiles
    /// A line across the panel at a position, with ``Channel/label`` at its end.
    case positionRule = "position-rule"
    /// The same at a value.
    case valueRule = "value-rule"
  }

  /// What of a mark a column determines.
  public enum Channel: String, Sendable, Hashable, CaseIterable {
    case position, to, value, highest, low, high, shade, hatch, label
  }

  /// Colour, marker and hatching.
  public enum Tone: Sendable, Hashable {
    /// One of several things of a kind, counted from 0.
    case series(Int)
    /// What verdicts are drawn in: good when training ends, good further along the flow.
    case good, goodLater, undecided, bad, diverged
    /// What others are compared with.
    case reference

    public var name: String {
      switch self {
      case .series(let place): "series-\(place)"
      case .good: "good"
      case .goodLater: "good-later"
      case .undecided: "undecided"
      case .bad: "bad"
      case .diverged: "diverged"
      case .reference: "reference"
      }
    }
  }

  public enum Variant: String, Sendable, Hashable {
    case plain
    /// Dashed lines, open markers, outlines.
    case open
    /// Thin and light.
    case faint
  }
}

// MARK: - What is drawn

extension Figure {
  /// The rows of a layer, in their order.
  func rows(of layer: Layer) -> [[ReportCell]] {
    table.rows.filter { row in
      layer.rows.allSatisfy { condition in cell(condition.column, row) == .text(condition.text) }
    }
  }

  /// The numbers of a column in some rows; nil where they are missing. Infinite ones are kept.
  func numbers(_ channel: Channel, of layer: Layer, in rows: [[ReportCell]]) -> [Double?] {
    guard let key = layer.columns[channel] else { return rows.map { _ in nil } }
    return rows.map { row in
      switch cell(key, row) {
      case .real(let real): real.isNaN ? nil : real
      case .integer(let integer): Double(integer)
      default: nil
      }
    }
  }

  /// The texts of a column in some rows; empty where they are missing.
  func texts(_ channel: Channel, of layer: Layer, in rows: [[ReportCell]]) -> [String] {
    guard let key = layer.columns[channel] else { return rows.map { _ in "" } }
    return rows.map { row in
      switch cell(key, row) {
      case .text(let text): text
      case .truth(let truth): truth ? "yes" : "no"
      default: ""
      }
    }
  }

  /// - Precondition: the table has a column with this key.
  private func cell(_ key: String, _ row: [ReportCell]) -> ReportCell {
    for (place, column) in table.columns.enumerated() {
      if let part = column.keys.firstIndex(of: key) { return row[place].values(column.kind.values)[part] }
    }
    preconditionFailure("figure \(name): its table has no column \(key)")
  }
}
