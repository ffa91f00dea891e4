/// The text of a study with its overrides, before its values are read.
struct StudyTree {
  let origin: StudyOrigin
  let variation: StudyVariation
  /// Sentences about keys of earlier versions.
  let notes: [String]
  /// The place of `vary`.
  let variationPlace: StudyPlace
  /// Without `vary`.
  private let root: StudyNode
  /// Without those of `vary`.
  private let overrides: [Replacement]
  private let state = StudyReadingState()

  /// - Throws: if the text or an override is no YAML, the text is no mapping, or `vary` is no list of factors.
  init(text: String, origin: StudyOrigin, overrides: [Override]) throws(StudyError) {
    var root = try StudyNode(study: text, origin: origin)
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
    for override in replacements where override.key == StudyVariation.key {
      root = try root.replacing(override, schema: StudyKey.study(StudyDepths()))
    }
    var formerKeys = FormerKeys()
    root = formerKeys.replaced(in: root)
    replacements = formerKeys.replaced(in: replacements)
    notes = formerKeys.notes
    self.origin = origin
    variation = try StudyVariation(root, overrides: replacements, source: origin.text)
    variationPlace = root.entry(StudyVariation.key)?.place ?? StudyPlace()
    self.root = root.removing([StudyVariation.key])
    self.overrides = replacements.filter { $0.key != StudyVariation.key }
    let size = variation.textSize(besides: self.root.textSize)
    guard size <= StudyLimits.combinedText else {
      throw StudyError(
        source: variationPlace.option ?? origin.text, line: variationPlace.line, column: variationPlace.column,
        key: StudyVariation.key,
        message: "\(StudyVariation.key): the study has \(size) bytes of names and values in its "
          + "\(variation.combinationCount) combinations, and at most \(StudyLimits.combinedText) are possible; make "
          + "several studies of it, or put points into a CSV file (problem.data.csv)")
    }
  }

  /// What reads the study in which nothing but the widths varies, and a sentence for each key that was dropped.
  ///
  /// - Parameter values: those of a combination of entries of the factors.
  func decoder(_ values: [Replacement]) throws(StudyError) -> (decoder: StudyDecoder, notes: [String]) {
    let replacements = values + overrides
    let depths = StudyDepths(root, replacements: replacements)
    let schema = StudyKey.study(depths)
    var root = root
    for replacement in replacements { root = try root.replacing(replacement, schema: schema) }
    // What follows from other values does not stand in the way where it means nothing.
    let notes = root.dropInapplicable(replacements.filter { !$0.isRemoval && !$0.isDerived })
    let decoder = StudyDecoder(
      root, origin: origin, depths: depths, schema: schema, options: overrides.map(\.source), state: state)
    return (decoder, notes)
  }
}
