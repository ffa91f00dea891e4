/// Finds the trials that trap among trials that may, by trying ranges of them each in a process of its own.
package struct TrialRetry {
  /// How the process of a range ended.
  package enum End: Sendable, Hashable {
    /// No trial of the range traps.
    case done
    /// A trial trapped, with this signal.
    case trapped(signal: Int)
    /// Nothing is known: the process could not do its work, for this reason.
    case unsettled(String)
  }

  /// The trials that trap when they are computed alone, with the signal.
  package private(set) var culprits: [(trial: Int, signal: Int)] = []
  /// Ranges of which nothing is known, with the reason.
  package private(set) var unsettled: [(trials: Range<Int>, reason: String)] = []

  package init() {}

  /// Tries a range: halves of a range that traps, down to single trials. Takes about twice the logarithm of its length tries
  /// for each that traps.
  package mutating func search<Failure: Error>(
    _ trials: Range<Int>, attempt: (Range<Int>) throws(Failure) -> End
  ) throws(Failure) { try search(trials, isSuspect: false, attempt) }

  /// Returns whether the range traps.
  ///
  /// - Parameter isSuspect: whether it is known that something of it does: then only single trials, whose signal is asked for,
  ///   are tried as a whole.
  @discardableResult
  private mutating func search<Failure: Error>(
    _ trials: Range<Int>, isSuspect: Bool, _ attempt: (Range<Int>) throws(Failure) -> End
  ) throws(Failure) -> Bool {
    guard !trials.isEmpty else { return false }
    if !isSuspect || trials.count == 1 {
      switch try attempt(trials) {
      case .done: return false
      case .unsettled(let reason):
        unsettled.append((trials, reason))
        return false
      case .trapped(let signal):
        guard trials.count > 1 else {
          culprits.append((trials.lowerBound, signal))
          return true
        }
      }
    }
    let middle = trials.lowerBound + trials.count / 2
    let before = unsettled.count
    let left = try search(trials.lowerBound..<middle, isSuspect: false, attempt)
    // If nothing of the first half does, something of the second one must.
    try search(middle..<trials.upperBound, isSuspect: !left && unsettled.count == before, attempt)
    return true
  }
}
