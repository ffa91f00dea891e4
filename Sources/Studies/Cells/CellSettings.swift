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
