/// Where the text of a study comes from.
public enum StudyOrigin: Sendable, Hashable {
  /// A file, by the path that the user gave.
  case file(String)
  /// A study of the program, by its name.
  case builtIn(String)
  /// The ledger at this path, which keeps the definition of a study but no data sets from files: the points of such a
  /// data set are 0, and the study is good for its results only.
  case ledger(String)

  /// What messages call it.
  var text: String {
    switch self {
    case .file(let path), .ledger(let path): path
    case .builtIn(let name): "built-in study \(name)"
    }
  }
}
