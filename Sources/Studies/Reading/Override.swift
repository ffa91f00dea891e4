/// A value that replaces one of the study file, or adds one that the file leaves out.
public struct Override: Sendable, Hashable {
  /// A dotted key of a study, such as `training.batch.stream`.
  public let key: String
  /// The new value, as YAML.
  public let value: String
  /// What the user wrote to ask for it, such as `--set training.steps`: messages about the value begin with it.
  public let option: String

  /// - Parameter option: `--set KEY` if nil.
  public init(key: String, value: String, option: String? = nil) {
    self.key = key
    self.value = value
    self.option = option ?? "--set \(key)"
  }

  /// The override that `--set argument` asks for; the argument is `key=value`.
  ///
  /// The key ends at the first `=`; space around it does not count. Throws if there is no `=` or nothing before it.
  public init(argument: String) throws(StudyError) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let key = parts[0].split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard parts.count == 2, !key.isEmpty else {
      throw StudyError(
        source: "--set \(argument)",
        message: "it must be a key, \"=\" and a value, such as --set training.steps=500")
    }
    self.init(key: key, value: String(parts[1]))
  }
}

/// A value that takes the place of one of a study, or is added to it.
struct Replacement: Sendable {
  /// A dotted key of a study.
  let key: String
  let value: StudyNode
  /// Where it was asked for.
  let place: StudyPlace
  /// How messages about the key begin: the option of an override, or the name of the study's text.
  let source: String
  /// Whether the key is to be left out: the value is `~`.
  let isRemoval: Bool
  /// Whether the value follows from others, see ``VariedFactor/Key/isDerived``.
  let isDerived: Bool

  /// Throws if the value is no YAML.
  init(_ override: Override) throws(StudyError) {
    key = override.key
    value = try StudyNode(value: override)
    place = StudyPlace(option: override.option)
    source = override.option
    // Nothing at all is more likely a slip.
    isRemoval = value.isNull && !override.value.allSatisfy(\.isWhitespace)
    isDerived = false
  }

  init(key: String, value: StudyNode, place: StudyPlace, source: String, isDerived: Bool) {
    self.key = key
    self.value = value
    self.place = place
    self.source = source
    isRemoval = value.isNull
    self.isDerived = isDerived
  }
}
