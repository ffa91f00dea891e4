/// "1 rank", "2 ranks".
///
/// - Parameter plural: of a noun whose plural is more than an s.
public func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}
