/// Where the text of a study comes from.
public enum StudyOrigin: Sendable, Hashable {
  /// A file, by the path that the user gave.
  case file(String)
  /// A study of the program, by its name.
  case builtIn(String)

  /// What messages call it.
  var text: String {
    switch self {
    case .file(let path): path
    case .builtIn(let name): "built-in study \(name)"
    }
  }
}
