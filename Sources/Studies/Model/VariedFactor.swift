/// Keys that vary together from cell to cell, each with its values: one entry of `vary`.
///
/// Factors cross: a study has the cells of every combination of entries of its factors.
public struct VariedFactor: Sendable, Hashable {
  public struct Key: Sendable, Hashable {
    /// Dotted, such as `training.steps`.
    public let name: String
    /// Whether the values follow from the keys before, which alone name the study and its cells: `+` in the text.
    public let isDerived: Bool
    /// One an entry, as canonical YAML in one line; `~` where an entry leaves the key out.
    public let values: [String]
    /// The same in a ledger, which knows data sets in files by their digests.
    let storedValues: [String]
  }

  /// In the order of the text.
  public internal(set) var keys: [Key]
  /// What names each entry in the labels of cells.
  public let labels: [String]

  /// As a mapping in YAML.
  var text: String { text(\.values) }

  /// The same for a ledger.
  var storedText: String { text(\.storedValues) }

  private func text(_ values: KeyPath<Key, [String]>) -> String {
    let entries = keys.map { "\($0.isDerived ? Self.derivedMark : "")\($0.name): \(listText($0[keyPath: values]))" }
    return "{\(entries.joined(separator: ", "))}"
  }

  static let derivedMark = "+"
}
