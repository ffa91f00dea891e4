import Outcomes
import Texts

extension Study {
  /// Reads the text of a study file.
  ///
  /// Every expression is checked where its variables range over finitely many values: initial laws at the width of
  /// every cell, the learning rate at every step of every cell. The target is only parsed. A data set in a file is
  /// read; its path begins at the folder of the study, in an override at the current folder.
  ///
  /// Throws all mistakes as one error: in the order of the text, then those of overrides, then missing keys.
  ///
  /// - Parameter overrides: values that replace those of the text; of two for one key the later one counts.
  public static func parse(
    text: String, origin: StudyOrigin, overrides: [Override] = []
  ) throws(StudyError) -> Study {
    let tree = try StudyTree(text: text, origin: origin, overrides: overrides)
    var study = try reading(tree)
    if !study.factors.isEmpty {
      try study.checkCells(origin, tree.variationPlace)
      try study.nameDependentValues(origin, tree.variationPlace)
    }
    return study
  }

  /// The study with its families as they are read.
  static func reading(_ tree: StudyTree) throws(StudyError) -> Study {
    let variation = tree.variation
    var mistakes = tree.mistakes
    var studies: [Study] = []
    // With the labels of the combinations that have them.
    var notes: [(text: String, labels: [String])] = []
    var cells = 0
    let labels = variation.combinations.map(\.label)
    for (label, values) in variation.combinations {
      var (decoder, ownNotes) = tree.decoder(values)
      let read = decoder.study(notes: ownNotes)
      mistakes.add(decoder.mistakes)
      // Nobody needs those of thousands of combinations.
      if mistakes.hasMore { break }
      guard let study = read else { continue }
      cells += study.cells.count
      guard cells <= StudyLimits.cells else {
        throw StudyError(
          source: tree.variationPlace.option ?? tree.origin.text, line: tree.variationPlace.line,
          column: tree.variationPlace.column, key: StudyVariation.key,
          message: "\(StudyVariation.key): the \(variation.combinationCount) combinations of values have more than "
            + "\(StudyLimits.cells) cells (the first one has \(studies.first?.cells.count ?? cells)), which is the most; "
            + "make several studies of it")
      }
      for note in study.notes {
        if let index = notes.firstIndex(where: { $0.text == note }) {
          notes[index].labels.append(label)
        } else {
          notes.append((note, [label]))
        }
      }
      studies.append(study)
    }
    if let error = mistakes.error { throw error }
    return Study(
      studies, labels: uniqueLabels(labels, of: studies), factors: variation.studyFactors,
      notes: tree.notes + variation.notes
        + notes.map { text, labels in
          labels.count == studies.count ? text : "\(text) (in the cells \(joined(abbreviated(labels))))"
        })
  }

  /// The labels, numbered from the second one on where several with cells of the same widths have the same label.
  private static func uniqueLabels(_ labels: [String], of studies: [Study]) -> [String] {
    struct CellName: Hashable {
      var label: String
      var hidden: [Int]
    }
    var counts: [CellName: Int] = [:]
    return zip(labels, studies).map { label, study in
      let names = study.cells.map { CellName(label: label, hidden: $0.architecture.hidden) }
      let number = 1 + names.reduce(0) { max($0, counts[$1] ?? 0) }
      for name in names { counts[name] = number }
      return number == 1 ? label : "\(label)#\(number)"
    }
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
    let (text, origin) = try text(of: nameOrPath)
    return try parse(text: text, origin: origin, overrides: overrides)
  }

  private static func text(of nameOrPath: String) throws(StudyError) -> (String, StudyOrigin) {
    let looksLikePath = nameOrPath.contains("/") || [".yaml", ".yml"].contains { nameOrPath.hasSuffix($0) }
    if looksLikePath || StudyFile.exists(nameOrPath) {
      return (try StudyFile.text(nameOrPath), .file(nameOrPath))
    }
    guard let text = BuiltInStudies.text(of: nameOrPath) else {
      if StudyFile.isFolder(nameOrPath) {
        throw StudyError(source: nil, message: "\(quoted(nameOrPath)) is a folder; give the path of a study file in it")
      }
      let names = BuiltInStudies.names
      let list = "he built-in studies are \(joined(names))"
      let advice = nearestName(to: nameOrPath, among: names).map { "did you mean \"\($0)\"? T\(list)" } ?? "t\(list)"
      throw StudyError(
        source: nil, message: "\(quoted(nameOrPath)) is neither a file nor a built-in study; \(advice)")
    }
    return (text, .builtIn(nameOrPath))
  }

  /// An error that shows only when a study that can be read is used: at the place of a key.
  ///
  /// The study is read again, as by ``load(_:overrides:)`` with the same arguments; where that fails by now, the error
  /// has no place.
  ///
  /// - Parameters:
  ///   - family: which of ``families`` has the error.
  ///   - key: the dotted key that it is about; a key that is left out stands where the one above it does.
  public static func error(
    in nameOrPath: String, overrides: [Override], family: Int, key: String, message: String
  ) -> StudyError {
    var source = nameOrPath
    var place = StudyPlace()
    if let (text, origin) = try? text(of: nameOrPath),
      let tree = try? StudyTree(text: text, origin: origin, overrides: overrides),
      case let combinations = tree.variation.combinations, combinations.indices.contains(family)
    {
      source = origin.text
      place = tree.decoder(combinations[family].replacements).decoder.place(of: key)
    }
    return StudyError(
      source: place.option ?? source, line: place.line, column: place.column, key: key, message: message)
  }
}
