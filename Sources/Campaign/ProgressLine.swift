import Foundation

/// The line of a progress bar, as long as the terminal is wide.
package enum ProgressLine {
  private static let longestBar = 30
  private static let shortestBar = 10

  /// A bar and what is known besides, in one line of at most `columns` - 1 characters: after one in the last column some
  /// terminals begin a new line, and the bar would scroll.
  ///
  /// - Parameters:
  ///   - share: done, from 0 to 1.
  ///   - parts: the most important first; the last ones are left out where there is no room.
  package static func text(share: Double, parts: [String], columns: Int) -> String {
    let room = max(columns - 1, 1)
    for count in stride(from: parts.count, through: 1, by: -1) {
      let text = parts.prefix(count).joined(separator: ", ")
      let length = min(longestBar, room - text.count - 3)
      if length >= shortestBar { return "[\(bar(share, length))] \(text)" }
    }
    if let first = parts.first, first.count <= room { return first }
    return String("\(Int(100 * share)) %".prefix(room))
  }

  private static func bar(_ share: Double, _ length: Int) -> String {
    let filled = Int(min(max(share, 0), 1) * Double(length))
    return String(repeating: "#", count: filled) + String(repeating: ".", count: length - filled)
  }

  /// The columns of the terminal that standard error is; 80 where that is not known.
  static var terminalColumns: Int {
    var size = winsize()
    guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
