/// Why figures cannot be drawn. The text is the user's message.
public enum DrawingError: Error, Sendable, Hashable, CustomStringConvertible {
  case noPython
  case oldPython(path: String, version: String, oldest: [Int])
  case noHome
  case noModule(path: String, output: String)
  case notInstalled(reason: String)
  case uncreated(folder: String, reason: String)
  case notPython(path: String, reason: String)
  case missingPackages(path: String, names: [String])
  case failed(reason: String)

  private static let named = "name one that has matplotlib and numpy (--python PATH)"

  /// Whether the drawing itself has failed, and not what it needs.
  public var isOutput: Bool {
    if case .failed = self { true } else { false }
  }

  public var description: String {
    switch self {
    case .noPython:
      "figures are drawn by Python, and there is no python3 on the PATH; install it (on Debian and Ubuntu: apt-get install "
        + "python3-venv), or \(Self.named)"
    case .oldPython(let path, let version, let oldest):
      "figures are drawn by Python \(oldest.map(String.init).joined(separator: ".")) or newer, and \(path) is Python \(version); install a "
        + "newer one, or \(Self.named)"
    case .noHome:
      "figures are drawn by a Python environment in $XDG_CACHE_HOME or ~/.cache, and neither XDG_CACHE_HOME nor HOME is an "
        + "absolute path; set one, or \(Self.named)"
    case .noModule(let path, let output):
      "\(path) cannot make a virtual environment (\(output)); install its module venv (on Debian and Ubuntu: apt-get "
        + "install python3-venv), or \(Self.named)"
    case .notInstalled(let reason):
      "matplotlib cannot be installed (pip: \(reason)); where there is no network, use a Python that has matplotlib and numpy "
        + "(--python PATH)"
    case .uncreated(let folder, let reason):
      "the Python environment of figures cannot be made in \(folder): \(reason); set XDG_CACHE_HOME to another folder, or "
        + "use a Python that has matplotlib and numpy (--python PATH)"
    case .notPython(let path, let reason):
      "--python \(path): it does not run as Python does (\(reason)); name the interpreter of a Python that has matplotlib and "
        + "numpy, such as venv/bin/python"
    case .missingPackages(let path, let names):
      "--python \(path): this Python has no \(names.joined(separator: " and no ")); install "
        + "\(names.count == 1 ? "it" : "them") there (\(path) -m pip install \(names.joined(separator: " "))), or leave out "
        + "--python"
    case .failed(let reason): "the figures cannot be drawn: \(reason)"
    }
  }
}
