/// What a command has to say: tables of data, and what is read of them. Renderers show it; they know no report.
public struct Report: Sendable, Hashable {
  /// What kind of report it is, in JSON.
  public let name: String
  /// Of the keys in JSON: grows when one changes its meaning or goes away.
  public let schema: Int
  /// Single values: what JSON has beside the tables.
  public let facts: [Fact]
  /// The data, each table under its name. The first one is that of CSV.
  public let tables: [ReportTable]
  /// What is read, from the first section to the last.
  public let sections: [Section]

  public init(_ name: String, schema: Int, facts: [Fact], tables: [ReportTable], sections: [Section]) {
    self.name = name
    self.schema = schema
    self.facts = facts
    self.tables = tables
    self.sections = sections.filter { !$0.blocks.isEmpty }
  }

  public struct Fact: Sendable, Hashable {
    public var key: String
    public var value: ReportCell

    public init(_ key: String, _ value: ReportCell) {
      self.key = key
      self.value = value
    }
  }

  /// Blocks that belong together.
  public struct Section: Sendable, Hashable {
    public var blocks: [Block]

    public init(_ blocks: [Block]) { self.blocks = blocks }
  }

  public enum Block: Sendable, Hashable {
    case heading(String)
    case table(ReportTable)
    /// A paragraph.
    case note(String)
    /// Lines as they are, such as a study file or a command.
    case verbatim(String)
    /// A picture: for pages. Text and LaTeX leave it out.
    case figure(Figure)
  }

  /// The names of the tables that readers see, each once.
  public var shownTables: [String] {
    var names: [String] = []
    for case .table(let table) in sections.flatMap(\.blocks) where !names.contains(table.name) {
      names.append(table.name)
    }
    return names
  }

  /// The table of this name.
  public func table(named name: String) -> ReportTable? { tables.first { $0.name == name } }
}
