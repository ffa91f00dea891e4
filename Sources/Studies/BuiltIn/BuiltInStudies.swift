/// The studies that the program brings along, as the text of study files.
public enum BuiltInStudies {
  private static let studies: [(name: String, text: String)] = [
    ("inner-bias", innerBias),
    ("shallow-normal", shallowNormal),
    ("shallow-half-normal", shallowHalfNormal),
    ("shallow-he", shallowHe),
  ]

  public static let names = studies.map(\.name)

  /// The study file, with comments; nil if there is no such study.
  public static func text(of name: String) -> String? { studies.first { $0.name == name }?.text }

  /// What the study is, in one line: its `source`. Nil if there is no such study.
  public static func summary(of name: String) -> String? {
    guard let text = text(of: name) else { return nil }
    return try? Study.parse(text: text, origin: .builtIn(name)).source
  }
}
