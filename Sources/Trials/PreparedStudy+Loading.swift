import Studies

extension PreparedStudy {
  /// The study of a file or the built-in one of that name.
  ///
  /// - Throws: errors that name file, line and key.
  public init(named name: String, overrides: [Override]) throws {
    self = try PreparedStudy(Study.load(name, overrides: overrides), named: name, overrides: overrides)
  }

  /// The study of a file or the built-in one of that name, if its trials could be run.
  ///
  /// - Throws: as ``init(named:overrides:)``; but nothing is kept that trials need.
  public static func checked(named name: String, overrides: [Override]) throws -> Study {
    let study = try Study.load(name, overrides: overrides)
    try check(study, named: name, overrides: overrides)
    return study
  }

  /// Checks that the trials of a study, which was loaded by this name and these overrides, could be run.
  ///
  /// - Throws: as ``checked(named:overrides:)``.
  public static func check(_ study: Study, named name: String, overrides: [Override]) throws {
    do throws(PreparationError) {
      try check(study)
    } catch {
      throw Study.error(in: name, overrides: overrides, family: error.family, key: error.key, message: "\(error)")
    }
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
