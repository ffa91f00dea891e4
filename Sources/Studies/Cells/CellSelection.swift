import Texts

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

  /// The places of the cells of a study that are meant.
  ///
  /// - Throws: ``CellSelectionError`` where there is none.
  public func places(in study: Study) throws(CellSelectionError) -> [Int] { try places(in: study.cellSettings) }

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
    let text = ForeignText.cut(text)
    // Of very many the first ones show how they are called.
    let shown = labels.count <= 50 ? labels : labels.prefix(20) + ["... (\(labels.count) cells)"]
    let cells = shown.joined(separator: ", ")
    if isAmbiguous { return "\"\(text)\" fits several cells: \(cells); name one of them" }
    return "there is no cell \"\(text)\"; the cells are \(cells)"
  }
}
