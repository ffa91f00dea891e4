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

  /// What is wrong with `vary` and with overrides as a whole.
  private(set) var mistakes: Mistakes

  /// - Throws: if the text is no YAML or no mapping, or if the study is too large.
  init(text: String, origin: StudyOrigin, overrides: [Override]) throws(StudyError) {
    mistakes = Mistakes(source: origin.text, options: overrides.map(\.option))
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
    for override in overrides {
      do throws(StudyError) {
        replacements.append(try Replacement(override))
      } catch {
        mistakes.add(error, option: override.option)
        mistakes.addMeant(override.key)
      }
    }
    for override in replacements where override.key == StudyVariation.key {
      do throws(StudyError) {
        root = try root.replacing(override, schema: StudyKey.study(StudyDepths()))
      } catch {
        mistakes.add(error, option: override.place.option)
      }
    }
    var formerKeys = FormerKeys()
    root = formerKeys.replaced(in: root)
    replacements = formerKeys.replaced(in: replacements)
    notes = formerKeys.notes
    self.origin = origin
    variation = StudyVariation(root, overrides: replacements, source: origin.text, &mistakes)
    // A key that varies need not stand in the study.
    mistakes.hideMissing = root.entry(StudyVariation.key) != nil && !mistakes.isEmpty
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
  func decoder(_ values: [Replacement]) -> (decoder: StudyDecoder, notes: [String]) {
    var mistakes = mistakes
    let replacements = values + overrides
    let depths = depths(replacements)
    let schema = StudyKey.study(depths)
    var root = root
    var failed = 0
    for replacement in replacements {
      // A message takes a search of all keys, and no more are shown.
      guard failed <= StudyError.shownLimit else { break }
      do throws(StudyError) {
        root = try root.replacing(replacement, schema: schema)
      } catch {
        mistakes.add(error, option: replacement.place.option)
        failed += 1
      }
    }
    // What follows from other values does not stand in the way where it means nothing.
    let notes = root.dropInapplicable(replacements.filter { !$0.isRemoval && !$0.isDerived })
    let decoder = StudyDecoder(
      root, origin: origin, depths: depths, schema: schema, state: state, mistakes: mistakes)
    return (decoder, notes)
  }

  private func depths(_ replacements: [Replacement]) -> StudyDepths {
    let depths = StudyDepths(root, replacements: replacements)
    if depths.areKnown { return depths }
    // The widths may stand below a misspelled key.
    var repair = KeyRepair(root, schema: .study(depths), knowsBlocks: false, mistakes: mistakes)
    return StudyDepths(repair.repaired(), replacements: replacements)
  }
}
