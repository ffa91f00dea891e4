import GRDB
import Outcomes

/// The table of observables.
struct StoredObservables {
  /// These bound the memory that a file of others can take; the second one is in bytes.
  private static let most = 10_000
  private static let longestList = 10_000

  private var byID: [Int: Observable] = [:]

  /// Without rows in ledgers up to schema 4.
  init(_ db: Database, path: String) throws {
    if try LedgerSchema.version(of: db) >= 5 { try read(db, path: path) }
  }

  /// Of none.
  init() {}

  private mutating func read(_ db: Database, path: String) throws {
    let count = try Int.fetchOne(db, sql: "SELECT count(*) FROM observable") ?? 0
    guard count <= Self.most else {
      throw LedgerError.damaged(path: path, reason: "it has \(count) observables, and at most \(Self.most) are kept")
    }
    for row in try Row.fetchAll(db, sql: "SELECT id, name, title, unit, domain, moment FROM observable") {
      let (name, domain, moment): (String, String, String) = (
        try row.decode(atIndex: 1), try row.decode(atIndex: 4), try row.decode(atIndex: 5)
      )
      guard let domain = Observable.Domain(text: domain), let moment = Observable.Moment(rawValue: moment) else {
        throw LedgerError.damaged(path: path, reason: "the observable \"\(name)\" has no such domain or moment")
      }
      byID[try row.decode(atIndex: 0)] = Observable(
        name, title: try row.decode(atIndex: 2), unit: try row.decode(atIndex: 3), domain, at: moment)
    }
  }

  /// Forgets the observables of other ids.
  mutating func keep(where isSound: (Int) -> Bool) { byID = byID.filter { isSound($0.key) } }

  /// The observables with these ids, as cells list them: separated by commas.
  func list(_ text: String, path: String) throws -> [(id: Int, observable: Observable)] {
    guard !text.isEmpty else { return [] }
    func damaged() -> LedgerError { .damaged(path: path, reason: "\"\(text)\" is no list of observables") }
    guard text.utf8.count <= Self.longestList else { throw damaged() }
    var found: Set<Int> = []
    return try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      guard let id = Int(part), let observable = byID[id], found.insert(id).inserted else { throw damaged() }
      return (id, observable)
    }
  }

  /// Stores the observables of a cell, or their present descriptions; their ids.
  static func store(_ db: Database, of cell: CellRecord, study hash: String, path: String) throws -> [Int] {
    let seals = LedgerSeals(db: db, study: hash)
    // While a ledger is brought to the present schema its version is still the old one.
    var all = Self()
    try all.read(db, path: path)
    let stored = all.byID
    return try cell.observables.map { observable in
      if let old = stored.first(where: { $0.value == observable }) {
        guard old.value.domain.isContained(in: observable.domain) else {
          throw LedgerError.unknownObservable(path: path, cell: cell, name: observable.name)
        }
        try db.execute(
          sql: "UPDATE observable SET title = ?, unit = ?, domain = ? WHERE id = ?",
          arguments: [observable.title, observable.unit, observable.domain.text, old.key])
        try seals.seal(.observable, row: Int64(old.key))
        return old.key
      }
      try db.execute(
        sql: "INSERT INTO observable (name, title, unit, domain, moment) VALUES (?, ?, ?, ?, ?)",
        arguments: [
          observable.name, observable.title, observable.unit, observable.domain.text, observable.moment.rawValue,
        ])
      let id = db.lastInsertedRowID
      try seals.seal(.observable, row: id)
      return Int(id)
    }
  }
}
