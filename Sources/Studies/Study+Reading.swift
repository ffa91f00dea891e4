import Expressions
import Outcomes

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
    let root = try StudyNode(study: text, origin: origin)
    switch root.content {
    case .mapping: break
    case .null:
      throw StudyError(
        source: origin.text, message: "there is no study here; `landfall studies inner-bias` prints one to start from")
    case .scalar, .list:
      throw StudyError(
        source: origin.text, line: root.place.line, column: root.place.column,
        message: "a study is a mapping with the keys \(joined(StudyKey.study(StudyDepths()).children.map(\.name))) "
          + "(this is \(root.shown))")
    }
    var replacements: [Replacement] = []
    for override in overrides { replacements.append(try Replacement(override)) }
    return try study(root, overrides: replacements, origin: origin)
  }

  private static func study(
    _ root: StudyNode, overrides: [Replacement], origin: StudyOrigin
  ) throws(StudyError) -> Study {
    var root = root
    let varied = overrides.filter { $0.key == StudyVariation.key }
    for override in varied {
      root = try root.replacing(override, schema: StudyKey.study(StudyDepths()))
    }
    let variation = try StudyVariation(root, overrides: overrides, source: origin.text)
    let overrides = overrides.filter { $0.key != StudyVariation.key }
    let place = root.entry(StudyVariation.key)?.place
    root = root.removing([StudyVariation.key])
    var variants: [Variant] = []
    var notes = variation.notes
    for (label, values) in variation.variants {
      var study = try homogeneousStudy(root, values: values, overrides: overrides, origin: origin)
      for note in study.notes where !notes.contains(note) { notes.append(note) }
      study.notes = []
      variants.append(Variant(label: label, study: study))
    }
    var study = variants[0].study
    study.notes = notes
    guard !variation.isEmpty else { return study }
    study.factors = variation.studyFactors
    study.variants = variants
    try study.checkCells(origin, place ?? StudyPlace())
    return study
  }

  /// A study in which nothing but the widths varies.
  ///
  /// - Parameter values: those of a variant.
  private static func homogeneousStudy(
    _ root: StudyNode, values: [Replacement], overrides: [Replacement], origin: StudyOrigin
  ) throws(StudyError) -> Study {
    let replacements = values + overrides
    let depths = StudyDepths(root, replacements: replacements)
    let schema = StudyKey.study(depths)
    var root = root
    for replacement in replacements { root = try root.replacing(replacement, schema: schema) }
    let notes = root.dropInapplicable(replacements)
    var decoder = StudyDecoder(
      root, origin: origin, depths: depths, schema: schema, options: overrides.map(\.source))
    return try decoder.study(notes: notes)
  }

  /// Refuses cells that are the same.
  ///
  /// - Parameter place: of `vary`.
  private func checkCells(_ origin: StudyOrigin, _ place: StudyPlace) throws(StudyError) {
    var labels: [CellKey: String] = [:]
    for cell in cells {
      if let other = labels.updateValue(cell.label, forKey: cell.key) {
        throw StudyError(
          source: origin.text, line: place.line, column: place.column, key: StudyVariation.key,
          message: "\(StudyVariation.key): the cells \(other) and \(cell.label) are the same; the values of a factor "
            + "must differ in what is trained")
      }
    }
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
