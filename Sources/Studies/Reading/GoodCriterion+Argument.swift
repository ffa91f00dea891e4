import Landscape
import Texts

extension GoodCriterion {
  /// The criterion that an argument asks for: a bound of the risk, such as `5e-3`, or a key of `verdict.good` with its
  /// number, such as `excess-at-most=1e-4`.
  ///
  /// - Parameter option: what begins messages, such as `--good`.
  public init(argument: String, option: String) throws(StudyError) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map {
      $0.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    let kinds = [Self.risk(atMost:), Self.excess(atMost:), Self.ratio(atMost:)]
    let key = parts.count == 2 ? parts[0] : Self.risk(atMost: 1).key
    guard let kind = kinds.first(where: { $0(1).key == key }) else {
      let keys = kinds.map { $0(1).key }
      let advice = nearestName(to: key, among: keys).map { "; did you mean \"\($0)\"?" } ?? ""
      throw StudyError(
        source: "\(option) \(argument)", message: "\(quoted(key)) is none of \(joined(keys))\(advice)")
    }
    guard let bound = Double(parts[parts.count - 1]), bound.isFinite, bound > 0 else {
      throw StudyError(
        source: "\(option) \(argument)",
        message: "it must be a positive number, such as 5e-3, or one of \(joined(kinds.map { $0(1).key })) with one, "
          + "such as excess-at-most=1e-4")
    }
    self = kind(bound)
    if case .ratio(let bound) = self, bound < 1 {
      throw StudyError(
        source: "\(option) \(argument)",
        message: "no network has a smaller risk than m_h, the smallest one of its width: ratio-at-most must be at "
          + "least 1, such as 1.1")
    }
  }
}

extension Study {
  /// The same trials, judged by another criterion.
  ///
  /// - Parameter option: what begins messages.
  /// - Throws: where networks of a cell cannot be judged by it.
  public func judged(by good: GoodCriterion, option: String) throws(StudyError) -> Study {
    for cell in cells {
      if let objection = cell.objection(to: good) {
        throw StudyError(source: option, message: "\(good.key) \(objection)")
      }
    }
    return judged(by: good)
  }
}
