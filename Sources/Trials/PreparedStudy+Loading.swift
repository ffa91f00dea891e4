import Studies

extension PreparedStudy {
  /// The study of a file or the built-in one of that name.
  ///
  /// - Throws: errors that name file, line and key.
  public init(named name: String, overrides: [Override]) throws {
    self = try PreparedStudy(Study.load(name, overrides: overrides), named: name, overrides: overrides)
  }

  /// The study that was loaded by this name and these overrides.
  ///
  /// - Parameter levels: its reference risks.
  /// - Throws: errors that name file, line and key.
  public init(
    _ study: Study, levels: ReferenceLevels = ReferenceLevels(), named name: String, overrides: [Override]
  ) throws {
    do throws(PreparationError) {
      self = try PreparedStudy(study, levels: levels)
    } catch {
      throw Study.error(in: name, overrides: overrides, family: error.family, key: error.key, message: "\(error)")
    }
  }
}
