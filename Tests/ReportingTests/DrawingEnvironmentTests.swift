import Foundation
import Reporting
import Synchronization
import TestSupport
import Testing

/// What is said and done where Python is, and where it is not: with interpreters that are shell scripts.
@Suite(.serialized) struct DrawingEnvironmentTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    for name in ["bin", "home"] {
      try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: false)
    }
  }

  /// What the program sees: only interpreters of the test, and a cache of the test.
  private var variables: [String: String] { ["PATH": folder.file("bin"), "HOME": folder.file("home")] }

  private static let copying = "mkdir -p \"$3/bin\"; cp \"$0\" \"$3/bin/python\""

  /// Writes an interpreter into `bin`.
  ///
  /// - Parameters:
  ///   - missing: packages it does not have.
  ///   - venv: what `-m venv FOLDER` does ($3 is the folder).
  ///   - pip: what `-m pip install ...` does.
  ///   - draw: what `draw.py FOLDER` does ($2 is the folder).
  private func interpreter(
    _ name: String = "python3", version: String = "3.12.4", missing: String = "", venv: String = copying,
    pip: String = ":", draw: String = ":"
  ) throws {
    try folder.write(
      """
      #!/bin/sh
      PATH=/usr/bin:/bin
      echo "$1 $2 $3" | head -1 >>'\(folder.file("log"))'
      if [ "$1" = -I ]; then shift; fi
      case "$1 $2" in
        "-c import sys"*) echo '\(version)'; echo '\(missing)' ;;
        "-c ") ;;
        "-m venv") \(venv) ;;
        "-m pip") \(pip) ;;
        *) \(draw) ;;
      esac
      """, to: "bin/\(name)")
    chmod(folder.file("bin/\(name)"), 0o755)
  }

  /// How often interpreters were called in this way.
  private func calls(_ prefix: String) throws -> Int {
    try String(contentsOfFile: folder.file("log"), encoding: .utf8).split(separator: "\n")
      .count { $0.hasPrefix(prefix) }
  }

  private func own() throws -> (environment: DrawingEnvironment, reports: [String]) {
    var reports: [String] = []
    let environment = try DrawingEnvironment(variables: variables) { reports.append($0) }
    return (environment, reports)
  }

  private static let other = "name one that has matplotlib and numpy (--python PATH)"

  @Test func noPython() throws {
    #expect(
      message { _ = try own() }
        == "figures are drawn by Python, and there is no python3 on the PATH; install it (on Debian and Ubuntu: apt-get "
        + "install python3-venv), or \(Self.other)")
    try interpreter(version: "3.6.8")
    #expect(
      message { _ = try own() }
        == "figures are drawn by Python 3.11 or newer, and \(folder.file("bin/python3")) is Python 3.6.8; install a newer "
        + "one, or \(Self.other)")
    // Beside an old one a newer one is found.
    try interpreter("python3.12")
    let made = try own()
    #expect(made.environment.python.hasPrefix(folder.file("home/.cache/landfall/drawing-")))
  }

  @Test func noVirtualEnvironments() throws {
    // As Debian says it, without python3-venv.
    try interpreter(
      venv: "echo 'The virtual environment was not created successfully because ensurepip is not available.'; exit 1")
    let advice = "install its module venv (on Debian and Ubuntu: apt-get install python3-venv), or \(Self.other)"
    #expect(
      message { _ = try own() }
        == "\(folder.file("bin/python3")) cannot make a virtual environment (ensurepip is missing); \(advice)")
    try interpreter(venv: "echo \"$0: No module named venv\" >&2; exit 1")
    #expect(
      message { _ = try own() }
        == "\(folder.file("bin/python3")) cannot make a virtual environment (\(folder.file("bin/python3")): No module named "
        + "venv); \(advice)")
  }

  /// An environment that could not be filled is made anew the next time; one that is complete is kept.
  @Test func noNetwork() throws {
    try interpreter(
      pip: "echo 'WARNING: Retrying' >&2; echo 'ERROR: No matching distribution found for numpy==2.3.4' >&2; exit 1")
    #expect(
      message { _ = try own() }
        == "matplotlib cannot be installed (pip: ERROR: No matching distribution found for numpy==2.3.4); where there is no "
        + "network, use a Python that has matplotlib and numpy (--python PATH)")
    try interpreter(pip: "cp \"$(echo \"$*\" | sed 's/.* //')\" '\(folder.file("installed"))'")
    let made = try own()
    #expect(made.reports.count == 1 && made.reports[0].hasSuffix("once: about half a minute"))
    #expect(try own().reports == [])
    #expect(try calls("-I -m venv") == 2 && calls("-I -m pip") == 2)
    // The pinned versions of the repository.
    let pinned = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Scripts/figures/requirements.txt")
    #expect(
      try String(contentsOfFile: folder.file("installed"), encoding: .utf8)
        == String(contentsOf: pinned, encoding: .utf8))
  }

  /// A killed process leaves no mark; a base that has gone leaves an environment that does not run.
  @Test func interruptedEnvironments() throws {
    try interpreter()
    let python = try own().environment.python
    let place = URL(filePath: python).deletingLastPathComponent().deletingLastPathComponent()
    try "".write(to: place.appending(path: "left"), atomically: false, encoding: .utf8)
    try FileManager.default.removeItem(at: place.appending(path: "complete"))
    #expect(try own().reports.count == 1)
    #expect(!FileManager.default.fileExists(atPath: place.appending(path: "left").path))
    try FileManager.default.removeItem(atPath: python)
    #expect(try own().reports.count == 1)
    #expect(try own().reports == [])
  }

  /// The second of two waits for the first and makes nothing.
  @Test func twoAtOnce() throws {
    try interpreter(venv: "sleep 0.3; \(Self.copying)")
    let variables = variables
    let reports = Mutex<[String]>([])
    let pythons = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 2) { _ in
      let outcome = message {
        let own = try DrawingEnvironment(variables: variables) { text in reports.withLock { $0.append(text) } }
        pythons.withLock { $0.append(own.python) }
      }
      #expect(outcome == "no error was thrown")
    }
    let found = pythons.withLock { $0 }
    #expect(found.count == 2 && Set(found).count == 1)
    #expect(try calls("-I -m venv") == 1 && calls("-I -m pip") == 1)
    let making = reports.withLock { $0.count { $0.hasPrefix("making ") } }
    #expect(making == 1)
  }

  @Test func caches() throws {
    try interpreter()
    var variables = variables
    variables["XDG_CACHE_HOME"] = folder.file("cache")
    #expect(
      try DrawingEnvironment(variables: variables) { _ in }.python.hasPrefix(folder.file("cache/landfall/drawing-")))
    try folder.write("", to: "file")
    variables["XDG_CACHE_HOME"] = folder.file("file")
    let refusal = message { _ = try DrawingEnvironment(variables: variables) { _ in } }
    #expect(
      refusal.hasPrefix("the Python environment of figures cannot be made in \(folder.file("file"))/landfall/drawing-"))
    #expect(refusal.contains("; set XDG_CACHE_HOME to another folder, or use a Python that has matplotlib and numpy"))
    let home = message { _ = try DrawingEnvironment(variables: ["PATH": folder.file("bin")]) { _ in } }
    #expect(home.contains("neither XDG_CACHE_HOME nor HOME is an absolute path"))
  }

  @Test func namedInterpreters() throws {
    func refusal(_ name: String) -> String { message { _ = try DrawingEnvironment(named: name, variables: variables) } }
    #expect(
      refusal("/no/python").hasPrefix(
        "--python /no/python: it does not run as Python does (No such file or directory);"))
    try interpreter("mine", missing: "numpy")
    #expect(
      refusal("mine")
        == "--python mine: this Python has no numpy; install it there (mine -m pip install numpy), or leave out --python"
    )
    try interpreter("mine", missing: "matplotlib numpy")
    #expect(refusal("mine").contains("this Python has no matplotlib and no numpy; install them there"))
    try interpreter("mine", version: "2.7.18")
    #expect(refusal("mine").contains("Python 3.9 or newer, and mine is Python 2.7.18"))
    try folder.write("#!/bin/sh\necho 'no license' >&2; exit 3\n", to: "bin/mine")
    chmod(folder.file("bin/mine"), 0o755)
    #expect(refusal("mine").contains("it does not run as Python does (no license)"))
    try interpreter("mine", version: "3.9.2")
    #expect(try DrawingEnvironment(named: "mine", variables: variables).python == folder.file("bin/mine"))
    #expect(!FileManager.default.fileExists(atPath: folder.file("home/.cache")))
  }

  /// The drawing program is that of the repository; what the user has set up reaches only an interpreter that is named.
  @Test func drawing() throws {
    let keep =
      "mkdir -p \"$2/program\"; cp \"${1%/*}\"/*.py \"$2/program\"; "
      + "echo \"$MPLBACKEND $MPLCONFIGDIR $MATPLOTLIBRC $PYTHONPATH\" >\"$2/variables\""
    try interpreter(draw: keep)
    let pictures = folder.file("pictures")
    try FileManager.default.createDirectory(atPath: pictures, withIntermediateDirectories: false)
    var variables = variables
    (variables["MATPLOTLIBRC"], variables["PYTHONPATH"]) = ("mine", "own")
    try DrawingEnvironment(variables: variables) { _ in }.draw(pictures)
    let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Scripts/figures").path
    let modules = try FileManager.default.contentsOfDirectory(atPath: source).filter { $0.hasSuffix(".py") }.sorted()
    let written = try FileManager.default.contentsOfDirectory(atPath: "\(pictures)/program").sorted()
    #expect(written == modules && modules.contains("draw.py"))
    for name in modules {
      #expect(
        try Data(contentsOf: URL(filePath: "\(pictures)/program/\(name)"))
          == Data(contentsOf: URL(filePath: "\(source)/\(name)")))
    }
    let seen = try String(contentsOfFile: "\(pictures)/variables", encoding: .utf8)
    #expect(seen == "Agg \(folder.file("home/.cache/landfall/matplotlib"))  own\n")
    #expect(try calls("-I /") == 1)
    try DrawingEnvironment(named: "python3", variables: variables).draw(pictures)
    // Neither the folder of the user nor its packages are kept from that one.
    #expect(try calls("-I /") == 1 && calls("/") == 1)

    try interpreter(draw: "echo 'first' >&2; echo 'draw.py: a.csv has no column x' >&2; exit 2")
    let failing = try DrawingEnvironment(named: "python3", variables: variables)
    #expect(message { try failing.draw(pictures) } == "the figures cannot be drawn: draw.py: a.csv has no column x")
    try interpreter(draw: "kill -9 $$")
    #expect(message { try failing.draw(pictures) } == "the figures cannot be drawn: Python ended with exit code 137")
  }
}
