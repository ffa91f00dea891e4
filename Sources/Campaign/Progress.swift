import Foundation
import Texts

/// How a run shows its progress on standard error.
public enum ProgressStyle: String, Sendable, CaseIterable {
  /// One line that is drawn over, for a terminal.
  case bar
  /// A line every few seconds, for log files.
  case lines
  case off
}

/// Shows how far a run is: trials done, rate, time left.
package struct ProgressDisplay {
  private let style: ProgressStyle
  /// Trials of all cells, stored ones included, as far as that is known.
  private var total: Int
  private let start = ContinuousClock.now
  private var lastShown: ContinuousClock.Instant
  /// Trials done at some recent moments, for the rate.
  private var samples: [(time: Double, done: Int)] = []
  private let interval: Double

  init(style: ProgressStyle, total: Int) {
    self.style = style
    self.total = total
    interval = style == .bar ? 0.2 : 5
    lastShown = start
  }

  /// Shows the state if it is time to.
  mutating func update(
    done: Int, of total: @autoclosure () -> Int, secondsLeft: @autoclosure () -> Double,
    detail: @autoclosure () -> String
  ) {
    guard style != .off, lastShown.duration(to: .now) >= .seconds(interval) else { return }
    self.total = total()
    show(done: done, secondsLeft: secondsLeft(), detail: detail())
  }

  /// Shows the final state and ends the line.
  mutating func finish(done: Int, of total: Int, detail: String) {
    guard style != .off else { return }
    self.total = total
    show(done: done, secondsLeft: 0, detail: detail)
    if style == .bar { writeToStandardError("\n") }
  }

  private mutating func show(done: Int, secondsLeft: Double, detail: String) {
    lastShown = .now
    let now = start.duration(to: .now) / .seconds(1)
    samples.append((now, done))
    // The rate of the last 20 seconds, or of the last two moments.
    while samples.count > 2, samples[0].time < now - 20 { samples.removeFirst() }
    let first = samples[0]
    let rate = now > first.time ? Double(done - first.done) / (now - first.time) : 0
    let share = total > 0 ? Double(done) / Double(total) : 1
    let trials = "\(done)/\(total) trials (\(String(format: "%.1f", 100 * share)) %)"
    let speed = rate > 0 ? "\(String(format: rate < 10 ? "%.2g" : "%.0f", rate)) trials/s" : nil
    let left = secondsLeft > 0 ? "about \(Self.duration(secondsLeft)) left" : nil
    let detail = ForeignText.escapedInLine(detail)
    switch style {
    case .bar:
      let line = ProgressLine.text(
        share: share, parts: [trials, left, speed, detail].compactMap { $0 }, columns: ProgressLine.terminalColumns)
      writeToStandardError("\r\u{1B}[K\(line)")
    case .lines:
      printError([trials, speed, left, detail].compactMap { $0 }.joined(separator: ", "))
    case .off:
      break
    }
  }

  /// "8 s", "3 min 20 s", "2 h 5 min".
  package static func duration(_ seconds: Double) -> String {
    let whole = Int(min(seconds.rounded(.up), 1e9))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}

// MARK: - Standard error

/// Writes a text to standard error as it is; what cannot be written is lost: a closed terminal must not end a run.
package func writeToStandardError(_ text: String) {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    let written = rest.withUnsafeBytes { write(2, $0.baseAddress, $0.count) }
    guard written > 0 || errno == EINTR else { return }
    rest = rest.dropFirst(max(written, 0))
  }
}

/// Tells the user something. What others wrote of it moves nothing on a terminal, see `ForeignText`.
package func printError(_ message: String) { writeToStandardError("landfall: \(ForeignText.message(message))\n") }
