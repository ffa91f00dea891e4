import Foundation
import Outcomes

/// How far the flows of undecided trials came: their limits are not extrapolated.
public struct UndecidedFlows: Sendable {
  public private(set) var count = 0
  private var risks = (smallest: Double.infinity, largest: 0.0)
  private var times = (smallest: Double.infinity, largest: 0.0)

  mutating func add(_ limit: FlowLimit) {
    count += 1
    risks = (min(risks.smallest, limit.risk), max(risks.largest, limit.risk))
    times = (min(times.smallest, limit.flowTime), max(times.largest, limit.flowTime))
  }

  private func text(_ value: Double) -> String { String(format: "%.2g", value) }

  /// "undecided flows came to risks from 1.2e-3 to 3.4e-3, after flow times from 1e+12 to 1e+12".
  var note: String? {
    guard count > 0 else { return nil }
    func range(_ values: (smallest: Double, largest: Double)) -> String {
      let (first, last) = (text(values.smallest), text(values.largest))
      return first == last ? first : "\(first) to \(last)"
    }
    return "undecided flows came to risks of \(range(risks)), after flow times of \(range(times))"
  }
}
