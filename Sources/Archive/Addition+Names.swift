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
    let measured = study.measured
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

extension Study {
  /// Refuses a stopping rule about an observable that the trials of a ledger do not have.
  ///
  /// - Parameter places: of the cells that are run.
  /// - Throws: ``AdditionError``, or an error of the ledger.
  public func checkSampledEvent(of places: [Int], in ledger: LedgerReader) throws {
    guard case .observable(let name, _)? = sampling.rule?.event else { return }
    let records = try ledger.cells()
    for place in places {
      let record = records.first { $0.key == cells[place].key }
      guard record?.columns.contains(where: { $0.name == name }) == true else {
        throw AdditionError.notKept(name: name, cell: cells[place].label, path: ledger.path)
      }
    }
  }
}

/// Why something cannot be added to the trials of a ledger. The text is the user's message.
public enum AdditionError: Error, Sendable, Hashable, CustomStringConvertible {
  case limitOff
  case unknown(name: String, names: [String])
  /// A stopping rule is about what the ledger does not have.
  case notKept(name: String, cell: String, path: String)

  public var description: String {
    switch self {
    case .limitOff:
      "--add limit needs a study that follows flows, and this one has limit: off; say how far, such as --set "
        + "'limit={flow-time: 1e12}'"
    case .notKept(let name, let cell, let path):
      "sampling.until.of.observable: \(path) does not keep \"\(name)\" of the trials of cell \(cell); add it first, by "
        + "landfall run with --add \(name) or --add \(Addition.limitName), or give another file with -o"
    case .unknown(let name, let names):
      "--add takes \(names.joined(separator: ", ")) (it is \"\(name)\"); whatever else is kept of a trial is kept from the "
        + "beginning"
    }
  }
}
