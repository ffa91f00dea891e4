import Studies

/// What tells a cell from the others of its study, as data: what its label says in words.
public struct CellSettings: Sendable, Hashable {
  public let label: String
  /// Hidden widths.
  public let hidden: [Int]
  /// The keys that vary, dotted, in the order of the study, with canonical YAML; "~" where the cell leaves the key out.
  public let varied: [Setting]

  public struct Setting: Sendable, Hashable {
    public let key: String
    public let value: String
  }
}

extension Study {
  /// The settings of ``cells``, in their order.
  public var cellSettings: [CellSettings] {
    let varied = families.indices.map(settings(ofFamily:))
    return cells.map { cell in
      CellSettings(label: cell.label, hidden: cell.architecture.hidden, varied: varied[cell.family])
    }
  }

  private func settings(ofFamily family: Int) -> [CellSettings.Setting] {
    // Families are counted with the last factor changing fastest.
    var rest = family
    var chosen = factors.map(\.labels.count)
    for place in chosen.indices.reversed() {
      (rest, chosen[place]) = rest.quotientAndRemainder(dividingBy: chosen[place])
    }
    return zip(factors, chosen).flatMap { factor, entry in
      factor.keys.filter { !$0.isDerived && $0.name != Study.hiddenKey }.map {
        CellSettings.Setting(key: $0.name, value: $0.values[entry])
      }
    }
  }
}

/// The columns that say which cell a row is about: its label, and beside it its widths and every key that varies.
package struct CellColumns {
  package let columns: [ReportTable.Column]
  private let values: [String: [ReportCell]]

  /// - Parameter cells: of the study, also those that a table has no row of.
  package init(_ cells: [CellSettings]) {
    let depth = cells.map(\.hidden.count).max() ?? 1
    let widths = depth == 1 ? ["width"] : (1...depth).map { "h\($0)" }
    let keys = cells.first?.varied.map(\.key) ?? []
    columns =
      [.init("cell", .text)] + widths.map { .init($0, .count) }
      + keys.map { .init($0, .text) }
    values = Dictionary(
      cells.map { cell in
        let hidden = widths.indices.map { $0 < cell.hidden.count ? ReportCell.count(cell.hidden[$0]) : .missing }
        return (cell.label, [.text(cell.label)] + hidden + cell.varied.map { Self.value($0.value) })
      }
    ) { first, _ in first }
  }

  /// The cells of a row about the cell with this label.
  package func values(_ label: String) -> [ReportCell] {
    values[label] ?? [.text(label)] + Array(repeating: .missing, count: columns.count - 1)
  }

  /// A number where the YAML is one; without the quotation marks of YAML.
  private static func value(_ yaml: String) -> ReportCell {
    if yaml == "~" { return .missing }
    if let integer = Int128(yaml) { return .integer(integer) }
    if let real = Double(yaml), real.isFinite { return .real(real) }
    if yaml.count > 1, yaml.hasPrefix("\""), yaml.hasSuffix("\"") { return .text(String(yaml.dropFirst().dropLast())) }
    return .text(yaml)
  }
}

/// The cells that a user asks for by `--cell`.
public struct CellSelection: Sendable, Hashable {
  public let text: String

  public init(_ text: String) { self.text = text }

  /// The places of the cells that are meant: the one whose label the text is; otherwise all those that every one of its
  /// words fits. A word fits the widths (`8`, `20-20`, also `width=8`, `h1=20`), a word of the label, the value of a key
  /// that varies, and both (`learning-rate=0.1`, `training.learning-rate=0.1`).
  ///
  /// - Throws: ``CellSelectionError`` where there is none.
  package func places(in cells: [CellSettings]) throws(CellSelectionError) -> [Int] {
    let exact = cells.indices.filter { cells[$0].label == text }
    if !exact.isEmpty { return exact }
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let found = cells.indices.filter { place in words.allSatisfy { Self.word($0, fits: cells[place]) } }
    guard !found.isEmpty, !words.isEmpty else {
      throw CellSelectionError(text: text, labels: cells.map(\.label))
    }
    return found
  }

  /// The place of the one cell that is meant.
  ///
  /// - Throws: ``CellSelectionError`` where there is none, or several.
  package func place(in cells: [CellSettings]) throws(CellSelectionError) -> Int {
    let places = try places(in: cells)
    guard places.count == 1 else {
      throw CellSelectionError(text: text, labels: places.map { cells[$0].label }, isAmbiguous: true)
    }
    return places[0]
  }

  private static func word(_ word: String, fits cell: CellSettings) -> Bool {
    if cell.label.split(separator: " ").contains(where: { $0 == word }) { return true }
    let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      return word == cell.hidden.map(String.init).joined(separator: "-")
        || cell.varied.contains { isSame($0.value, word) }
    }
    let (key, value) = (parts[0], parts[1])
    if key == "width", cell.hidden.count == 1 { return value == "\(cell.hidden[0])" }
    if key.hasPrefix("h"), let layer = Int(key.dropFirst()), cell.hidden.indices.contains(layer - 1) {
      return value == "\(cell.hidden[layer - 1])"
    }
    return cell.varied.contains { ($0.key == key || $0.key.hasSuffix(".\(key)")) && isSame($0.value, value) }
  }

  /// Numbers are the same if their values are.
  private static func isSame(_ yaml: String, _ text: String) -> Bool {
    if let a = Double(yaml), let b = Double(text) { return a == b }
    func plain(_ text: String) -> String { text.filter { !$0.isWhitespace && $0 != "\"" } }
    return plain(yaml) == plain(text)
  }
}

/// No cell is what a user asks for.
public struct CellSelectionError: Error, Sendable, Hashable, CustomStringConvertible {
  public let text: String
  /// Of the cells there are, or of those that fit.
  public let labels: [String]
  public var isAmbiguous = false

  public var description: String {
    if isAmbiguous { return "\"\(text)\" fits several cells: \(labels.joined(separator: ", ")); name one of them" }
    return "there is no cell \"\(text)\"; the cells are \(labels.joined(separator: ", "))"
  }
}
