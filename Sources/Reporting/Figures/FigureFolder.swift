import Foundation
import Ledger

/// Where figures are written: a CSV file each with its data, and `figures.json`, which says how to draw them.
public struct FigureFolder: Sendable {
  /// The figures of a ledger.
  public struct Entry: Sendable {
    /// Of the ledger.
    public var path: String
    /// Study, program and command, in a line.
    public var provenance: String
    public var figures: [Figure]

    public init(path: String, provenance: String, figures: [Figure]) {
      self.path = path
      self.provenance = provenance
      self.figures = figures
    }
  }

  /// A figure with the name of its files, without what tells width and format.
  public struct Named: Sendable {
    public var file: String
    public var figure: Figure
    public var provenance: String
  }

  public static let description = "figures.json"

  public let path: String
  public let figures: [Named]

  /// - Parameter path: of the folder.
  public init(_ path: String, of entries: [Entry]) {
    self.path = path
    figures = zip(entries, Self.stems(entries.map(\.path))).flatMap { entry, stem in
      entry.figures.map { figure in
        Named(file: "\(stem)-\(Self.plain(figure.name))", figure: figure, provenance: entry.provenance)
      }
    }
  }

  /// Makes the folder and writes the files, ``description`` last; earlier ones of the same names are replaced, others
  /// stay.
  ///
  /// - Parameters:
  ///   - provenance: of the folder as a whole.
  /// - Throws: ``FigureFolderError``.
  public func write(style: FigureStyle, provenance: String) throws(FigureFolderError) {
    let url = URL(filePath: path, directoryHint: .isDirectory)
    let description = FigureDescription(
      style: style.rawValue, provenance: Self.line(provenance),
      figures: figures.map { named in
        var entry = FigureDescription.Entry(named.figure, file: named.file)
        entry.provenance = Self.line(named.provenance)
        return entry
      })
    do {
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    } catch {
      // Foundation does not say why: asked again, the system does.
      let failure = mkdir(path, 0o777) == 0 ? 0 : errno
      let isTold = failure != 0 && failure != ENOENT
      throw FigureFolderError(
        path: path, reason: isTold ? outputObjection(path, failure, isFolder: true) : error.reason(folder: path))
    }
    do {
      for named in figures {
        let data = Data(CSVRenderer.text(named.figure.table).utf8)
        try data.write(to: url.appending(path: "\(named.file).csv"), options: .atomic)
      }
      try description.json().write(to: url.appending(path: Self.description), options: .atomic)
    } catch {
      throw FigureFolderError(path: path, reason: error.reason(folder: path))
    }
  }

  // MARK: - Names

  /// Characters of a file's name before its figure: with that and the width there are at most 100.
  private static let longestStem = 64

  /// What the files of ledgers begin with: their names without the extension, each another one.
  ///
  /// A ledger's name is a stranger's text: of other characters than letters, digits, ".", "_" and "-" comes a "-".
  static func stems(_ paths: [String]) -> [String] {
    var taken: Set<String> = []
    return paths.map { path in
      let name = URL(filePath: path).deletingPathExtension().lastPathComponent
      let stem = plain(String(plain(name).prefix(longestStem)))
      var (unique, count) = (stem, 1)
      // Also where file systems do not tell capital letters from small ones.
      while !taken.insert(unique.lowercased()).inserted {
        count += 1
        unique = "\(stem)-\(count)"
      }
      return unique
    }
  }

  private static func plain(_ name: String) -> String {
    let letters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
    let plain = String(name.map { letters.contains($0) ? $0 : "-" }.drop { ".-".contains($0) })
    return plain.isEmpty ? "ledger" : plain
  }

  /// Without line breaks and other control characters.
  package static func line(_ text: String) -> String {
    let breaks: [Unicode.GeneralCategory] = [.control, .lineSeparator, .paragraphSeparator]
    return String(
      String.UnicodeScalarView(text.unicodeScalars.map { breaks.contains($0.properties.generalCategory) ? " " : $0 }))
  }
}

extension StudyReport {
  /// What a picture says about where it comes from: study, program and command, in a line.
  public func provenance(command: String) -> String {
    let trials = cells.map(\.trials)
    let (least, most) = (trials.min() ?? 0, trials.max() ?? 0)
    let parts = [
      "study \(study.name)", "definition \(definitionHash.prefix(16))", "seed \(study.sampling.seed)",
      "\(least == most ? "\(most)" : "\(least) to \(most)") trials a cell", kernelLevel,
      runs.last?.run.programText ?? "", command,
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: "; ")
  }
}

/// Why figures cannot be written. The text is the user's message.
public struct FigureFolderError: Error, Sendable, Hashable, CustomStringConvertible {
  public var path: String
  public var reason: String

  public var description: String { "the figures cannot be written to \(path): \(reason)" }
}
