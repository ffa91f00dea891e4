/// A message as it was received.
public struct Message: Sendable, Hashable {
  /// The rank that sent it.
  public let source: Int
  /// The kind of message, as its sender gave it.
  public let tag: Int
  public let bytes: [UInt8]
}
