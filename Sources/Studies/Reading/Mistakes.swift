/// What is wrong in a study, collected while it is read.
struct Mistakes {
  /// What messages call the text of the study.
  private let source: String
  /// The options of the overrides, in the order in which they were given.
  private let options: [String]
  /// In the order in which they are told.
  private var wrong: [Mistake] = []
  private var missing: [Mistake] = []
  /// Whether there are more than are told.
  private(set) var hasMore = false
  /// The dotted keys of all that is wrong, of what is untold too.
  private var wrongKeys: Set<String> = []
  private var missingKeys: Set<String> = []
  /// What misspelled and misplaced keys are meant to be.
  private var meantKeys: Set<String> = []
  /// Whether a part of the study is unknown, so that nothing can be said to be missing.
  var hideMissing = false

  private struct Mistake {
    /// Lexicographic.
    var rank: [Int]
    var error: StudyError
    /// A key that must be right for this to be a mistake at all.
    var condition: String?

    func tellsTheSame(as other: Mistake) -> Bool {
      (error.source, error.line, error.key, error.message)
        == (other.error.source, other.error.line, other.error.key, other.error.message)
    }
  }

  init(source: String, options: [String]) {
    self.source = source
    self.options = options
  }

  var isEmpty: Bool { wrongKeys.isEmpty && missingKeys.isEmpty }

  /// Notes what is wrong with `key`. The message begins with the key.
  ///
  /// - Parameters:
  ///   - order: if the key is missing, its place in the order of the documentation.
  ///   - condition: a key that must be right for this to be a mistake at all.
  mutating func add(
    _ key: String, _ place: StudyPlace, _ message: String, missing order: Int? = nil,
    unlessWrong condition: String? = nil
  ) {
    // A mapping that an override begins is not to blame for what is missing in it.
    let place = order != nil && place.isOfKeyBelow ? StudyPlace() : place
    add(
      StudyError(source: place.option ?? source, line: place.line, column: place.column, key: key, message: message),
      option: place.option, missing: order, unlessWrong: condition)
  }

  /// Notes an error that is known already.
  ///
  /// - Parameter option: of the override that it is in.
  mutating func add(
    _ error: StudyError, option: String? = nil, missing order: Int? = nil, unlessWrong condition: String? = nil
  ) {
    if order == nil { wrongKeys.insert(error.key ?? "") } else { missingKeys.insert(error.key ?? "") }
    let override = option.flatMap(options.lastIndex)
    // Errors of overrides come after those of the text, in the order of the overrides.
    insert(
      Mistake(
        rank: [override.map { $0 + 1 } ?? 0, error.line ?? 0, error.column ?? 0, order ?? 0], error: error,
        condition: condition),
      isMissing: order != nil)
  }

  /// Adds the mistakes of another reading of the same text.
  mutating func add(_ others: Mistakes) {
    wrongKeys.formUnion(others.wrongKeys)
    missingKeys.formUnion(others.missingKeys)
    meantKeys.formUnion(others.meantKeys)
    hideMissing = hideMissing || others.hideMissing
    hasMore = hasMore || others.hasMore
    for mistake in others.wrong { insert(mistake, isMissing: false) }
    for mistake in others.missing { insert(mistake, isMissing: true) }
  }

  /// Notes that something unknown is meant to be this key, which is then not missing.
  mutating func addMeant(_ key: String) { meantKeys.insert(key) }

  /// Notes a mistake with `key` that nobody needs to hear of beside so many others.
  mutating func addUntold(_ key: String) {
    wrongKeys.insert(key)
    hasMore = true
  }

  private mutating func insert(_ mistake: Mistake, isMissing: Bool) {
    var list = isMissing ? missing : wrong
    guard !list.contains(where: mistake.tellsTheSame) else { return }
    list.insert(mistake, at: list.firstIndex { mistake.rank.lexicographicallyPrecedes($0.rank) } ?? list.count)
    if list.count > StudyError.shownLimit {
      list.removeLast()
      hasMore = true
    }
    if isMissing { missing = list } else { wrong = list }
  }

  /// Whether nothing is wrong or missing in the part of the study at `path`.
  func spare(_ path: String) -> Bool {
    wrongKeys.union(missingKeys)
      .allSatisfy { $0 != "" && $0 != path && !$0.hasPrefix(path + ".") && !path.hasPrefix($0 + ".") }
  }

  /// All mistakes as one error, what is missing last; nil if there are none.
  var error: StudyError? {
    let missing = hideMissing ? [] : missing.filter { !isMeant($0.error.key ?? "") }
    let told = (wrong + missing).filter { $0.condition.map(wrongKeys.contains) != true }
    // What is hidden follows from something that is told.
    return StudyError((told.isEmpty ? wrong + self.missing : told).map(\.error), hasMore: hasMore)
  }

  private func isMeant(_ key: String) -> Bool {
    wrongKeys.contains(key) || meantKeys.contains { key == $0 || key.hasPrefix($0 + ".") || $0.hasPrefix(key + ".") }
  }
}
