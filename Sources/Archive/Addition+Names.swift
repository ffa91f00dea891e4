import Ledger
import Outcomes
import Studies
import Trials

extension Addition {
  /// The word for the limits of flows.
  public static let limitName = "limit"

  /// - Parameter names: `limit`, or names of observables that are measured of every trial.
  /// - Throws: ``AdditionError``.
  public init(_ names: [String], to study: Study) throws(AdditionError) {
    self.init()
    let measured = Measurement<MeasuredTrial>.all.map(\.observable)
    for name in names {
      if name == Self.limitName {
        guard study.cells.allSatisfy({ $0.limit != nil }) else { throw .limitOff }
        limits = true
      } else if let observable = measured.first(where: { $0.name == name }) {
        observables.append(observable)
      } else {
        throw .unknown(name: name, names: [Self.limitName] + measured.map(\.name))
      }
    }
  }
}

/// Why something cannot be added to the trials of a ledger. The text is the user's message.
public enum AdditionError: Error, Sendable, Hashable, CustomStringConvertible {
  case limitOff
  case unknown(name: String, names: [String])

  public var description: String {
    switch self {
    case .limitOff:
      "--add limit needs a study that follows flows, and this one has limit: off; say how far, such as --set "
        + "'limit={flow-time: 1e12}'"
    case .unknown(let name, let names):
      "--add takes \(names.joined(separator: ", ")) (it is \"\(name)\"); whatever else is kept of a trial is kept from the "
        + "beginning"
    }
  }
}
