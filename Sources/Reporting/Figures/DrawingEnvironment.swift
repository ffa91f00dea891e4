import Foundation
import Outcomes

/// The Python that draws figures: one that the user names, or an environment of the program's own.
///
/// Its own one has the pinned versions of `Scripts/figures/requirements.txt`. It is made on first use, in the user's cache,
/// and marked once it is complete: one whose making was interrupted is made anew.
public struct DrawingEnvironment: Sendable {
  /// The interpreter.
  public let python: String
  /// Whether to keep variables, such as PYTHONPATH, and the user's packages from it.
  private let isIsolated: Bool
  /// For what matplotlib keeps; nil where there is no such place.
  private let cache: URL?
  private let variables: [String: String]

  /// What is drawn of each figure: the ends of the files' names.
  public static let files = "-80mm.pdf, -80mm.png, -160mm.pdf, -160mm.png"

  /// That the pinned versions need, and that a Python with others needs.
  private static let (oldest, oldestNamed) = ([3, 11], [3, 9])
  private static let requirements = PackageResources.requirements_txt

  // MARK: - Which one

  /// A Python that has what the drawing needs, as it is.
  ///
  /// - Parameter name: a path, or a name that is looked up on the PATH.
  /// - Throws: ``DrawingError``.
  public init(
    named name: String, variables: [String: String] = ProcessInfo.processInfo.environment
  ) throws(DrawingError) {
    let path = name.contains("/") ? name : Self.program(name, variables) ?? name
    let facts = try Scratch.with { scratch throws(DrawingError) in
      try Self.facts(path, [], variables, scratch) { DrawingError.notPython(path: name, reason: $0) }
    }
    guard facts.isRecent(Self.oldestNamed) else {
      throw .oldPython(path: name, version: facts.version, oldest: Self.oldestNamed)
    }
    guard facts.missing.isEmpty else { throw .missingPackages(path: name, names: facts.missing) }
    (python, isIsolated, self.variables) = (path, false, variables)
    cache = try? Self.cache(variables)
  }

  /// The environment of the program's own, which is made where it is not there.
  ///
  /// - Parameter report: tells the user what takes a while.
  /// - Throws: ``DrawingError``.
  public init(
    variables: [String: String] = ProcessInfo.processInfo.environment, report: (String) -> Void
  ) throws(DrawingError) {
    let cache = try Self.cache(variables)
    (self.cache, self.variables, isIsolated) = (cache, variables, true)
    python = try Scratch.with { scratch throws(DrawingError) in
      let base = try Self.base(variables, scratch)
      let name = SHA256.digest(of: Self.requirements + Array("\(base.path) \(base.version)".utf8)).prefix(8)
      let folder = cache.appending(path: "drawing-" + name.map { String(format: "%02x", $0) }.joined())
      let own = VirtualEnvironment(folder: folder, variables: variables, scratch: scratch)
      if !own.isComplete { try own.make(by: base.path, requirements: Self.requirements, report: report) }
      return own.python
    }
  }

  // MARK: - Drawing

  /// Draws the figures of a folder, as its `figures.json` says.
  ///
  /// - Throws: ``DrawingError``.
  public func draw(_ folder: String) throws(DrawingError) {
    try Scratch.with { scratch throws(DrawingError) in
      var variables = variables
      // The pictures are the same whatever the user has set up for other plots.
      for name in variables.keys where name.hasPrefix("MPL") || name == "MATPLOTLIBRC" { variables[name] = nil }
      variables["MPLBACKEND"] = "Agg"
      variables["MPLCONFIGDIR"] = place(scratch).path
      let end: ChildProcess.End
      do {
        let script = try DrawingProgram.write(into: scratch)
        let words = [python] + (isIsolated ? ["-I"] : []) + [script.path, folder]
        end = try ChildProcess.run(words, environment: variables, scratch: scratch)
      } catch {
        throw .failed(reason: error.systemReason)
      }
      guard end.code == 0 else { throw .failed(reason: end.lastLine ?? "Python ended with exit code \(end.code)") }
    }
  }

  /// Of matplotlib's list of fonts, which takes a while to make.
  private func place(_ scratch: URL) -> URL {
    guard let folder = cache?.appending(path: "matplotlib") else { return scratch }
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      return access(folder.path, W_OK) == 0 ? folder : scratch
    } catch {
      return scratch
    }
  }

  // MARK: - What there is

  private struct Facts {
    var version: String
    /// Packages that drawing needs.
    var missing: [String]

    func isRecent(_ oldest: [Int]) -> Bool {
      !version.split(separator: ".").map { Int($0) ?? 0 }.lexicographicallyPrecedes(oldest)
    }
  }

  private static let question = """
    import sys
    print("%d.%d.%d" % sys.version_info[:3])
    if sys.version_info >= (3, 4):
      from importlib.util import find_spec
      print(" ".join(name for name in ("matplotlib", "numpy") if find_spec(name) is None))
    """

  /// - Parameter failure: of the reason why it is no Python.
  private static func facts(
    _ path: String, _ options: [String], _ variables: [String: String], _ scratch: URL,
    failure: (String) -> DrawingError
  ) throws(DrawingError) -> Facts {
    let end: ChildProcess.End
    do {
      end = try ChildProcess.run([path] + options + ["-c", question], environment: variables, scratch: scratch)
    } catch {
      throw failure((error as? POSIXError).map { String(cString: strerror($0.code.rawValue)) } ?? "\(error)")
    }
    let lines = end.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard end.code == 0, lines[0].contains(".") else {
      throw failure(end.lastLine ?? "exit code \(end.code)")
    }
    return Facts(
      version: lines[0],
      missing: lines.count > 1 ? lines[1].split(separator: " ").map(String.init) : [])
  }

  /// A Python to make an environment by: the first one on the PATH that is recent enough.
  private static func base(
    _ variables: [String: String], _ scratch: URL
  ) throws(DrawingError) -> (path: String, version: String) {
    var old: DrawingError?
    for name in ["python3"] + (9...20).reversed().map({ "python3.\($0)" }) {
      guard let path = program(name, variables) else { continue }
      let facts: Facts
      do throws(DrawingError) {
        facts = try self.facts(path, ["-I"], variables, scratch) { .notPython(path: path, reason: $0) }
      } catch { continue }
      if facts.isRecent(oldest) { return (path, facts.version) }
      if old == nil { old = .oldPython(path: path, version: facts.version, oldest: oldest) }
    }
    throw old ?? .noPython
  }

  /// A program on the PATH.
  private static func program(_ name: String, _ variables: [String: String]) -> String? {
    (variables["PATH"] ?? "").split(separator: ":").lazy.map { "\($0)/\(name)" }.first { path in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
        && access(path, X_OK) == 0
    }
  }

  private static func cache(_ variables: [String: String]) throws(DrawingError) -> URL {
    if let folder = variables["XDG_CACHE_HOME"], folder.hasPrefix("/") {
      return URL(filePath: folder, directoryHint: .isDirectory).appending(path: "landfall")
    }
    guard let home = variables["HOME"], home.hasPrefix("/") else { throw .noHome }
    return URL(filePath: home, directoryHint: .isDirectory).appending(path: ".cache/landfall")
  }
}

/// A folder for what is needed for a moment.
private enum Scratch {
  static func with<Result>(_ body: (URL) throws(DrawingError) -> Result) throws(DrawingError) -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "landfall-figures-\(UUID().uuidString)")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    } catch {
      throw .failed(reason: "\(folder.path): \(error.systemReason)")
    }
    // It stays where it cannot be removed.
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }
}
