extension RunRecord {
  /// Words as a shell takes them: those that have a meaning for it in quotes.
  public static func commandLine(_ words: [String]) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=./,:+@%")
    return words.map { word in
      !word.isEmpty && word.allSatisfy(plain.contains) ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }.joined(separator: " ")
  }

  /// A path as a word of a command: one that begins with "-" is no option.
  public static func operand(_ path: String) -> String { path.hasPrefix("-") ? "./\(path)" : path }
}
