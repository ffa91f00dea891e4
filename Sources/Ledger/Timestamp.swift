import Foundation

/// Dates as the ledger stores them: UTC, ISO 8601, whole seconds, such as `2026-11-21T09:30:00Z`.
enum Timestamp {
  static func text(_ date: Date) -> String { date.formatted(.iso8601) }

  static func date(_ text: String) -> Date? { try? Date(text, strategy: .iso8601) }
}
