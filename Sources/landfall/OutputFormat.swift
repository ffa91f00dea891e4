import ArgumentParser

/// The formats of what has tables.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, csv

  /// The text of this format; the others are not made.
  func choose(
    text: @autoclosure () throws -> String, json: @autoclosure () throws -> String,
    csv: @autoclosure () throws -> String
  ) rethrows -> String {
    switch self {
    case .text: try text()
    case .json: try json()
    case .csv: try csv()
    }
  }
}

/// The formats of what has no table that CSV could hold.
enum TextOrJSON: String, ExpressibleByArgument, CaseIterable {
  case text, json
}
