import Expressions

extension Study {
  /// Reads the text of a study file.
  ///
  /// Every expression is checked where its variables range over finitely many values: initial laws at the width of
  /// every cell, the learning rate at every step of every cell. The target is only parsed. A data set in a file is
  /// read; its path begins at the folder of the study, in an override at the current folder.
  ///
  /// Throws the first error in the order of the text; then come those of overrides, then missing keys.
  ///
  /// - Parameter overrides: values that replace those of the text; of two for one key the later one counts.
  public static func parse(
    text: String, origin: StudyOrigin, overrides: [Override] = []
  ) throws(StudyError) -> Study {
    var root = try StudyNode(study: text, origin: origin)
    let depths = StudyDepths(root, overrides: overrides)
    let schema = StudyKey.study(depths)
    switch root.content {
    case .mapping: break
    case .null:
      throw StudyError(
        source: origin.text, message: "there is no study here; `landfall studies inner-bias` prints one to start from")
    case .scalar, .list:
      throw StudyError(
        source: origin.text, line: root.place.line, column: root.place.column,
        message: "a study is a mapping with the keys \(joined(schema.children.map(\.name))) "
          + "(this is \(root.shown))")
    }
    for override in overrides { root = try root.overridden(by: override, schema: schema) }
    let notes = root.dropInapplicable(overrides)
    var decoder = StudyDecoder(root, origin: origin, depths: depths, schema: schema, overrides: overrides)
    return try decoder.study(notes: notes)
  }

  /// Reads a study file or a built-in study.
  ///
  /// - Parameter nameOrPath: a path if such a file exists, if it contains `/` or if it ends in `.yaml` or `.yml`; the
  ///   name of a built-in study otherwise.
  public static func load(_ nameOrPath: String, overrides: [Override] = []) throws(StudyError) -> Study {
    let looksLikePath = nameOrPath.contains("/") || [".yaml", ".yml"].contains { nameOrPath.hasSuffix($0) }
    if looksLikePath || StudyFile.exists(nameOrPath) {
      return try parse(text: StudyFile.text(nameOrPath), origin: .file(nameOrPath), overrides: overrides)
    }
    guard let text = BuiltInStudies.text(of: nameOrPath) else {
      let names = BuiltInStudies.names
      let list = "he built-in studies are \(joined(names))"
      let advice = nearestName(to: nameOrPath, among: names).map { "did you mean \"\($0)\"? T\(list)" } ?? "t\(list)"
      throw StudyError(
        source: nil, message: "\(quoted(nameOrPath)) is neither a file nor a built-in study; \(advice)")
    }
    return try parse(text: text, origin: .builtIn(nameOrPath), overrides: overrides)
  }
}
