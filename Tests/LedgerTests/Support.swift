import Foundation
import GRDB
import Ledger
import Outcomes
import Testing

let start = Date(timeIntervalSince1970: 1_800_000_000)
let five = CellRecord(key: CellKey(0x05), label: "5", definition: "hidden: [5]")
let twenty = CellRecord(key: CellKey(0x20), label: "20", definition: "hidden: [20]")
let hundred = CellRecord(key: CellKey(0x100), label: "100", definition: "hidden: [100]")

func study(
  _ identity: String = "study: test\nsteps: 10\nseed: 5\n", verdict: String = "good: 1\n", digit: Character = "a"
) -> StudyRecord {
  StudyRecord(
    name: "test", definition: identity + verdict, identity: identity, verdict: verdict,
    hash: String(repeating: digit, count: 64))
}

func run(kernelLevel: String = "avx512", seed: UInt64 = .max, arithmetic: Int = 1) -> RunRecord {
  RunRecord(
    started: start, host: "node7", processID: 4711, ranks: 3, threads: 2, kernelLevel: kernelLevel,
    version: "0.2.0", revision: "abc", arithmetic: arithmetic, compiler: "Swift 6.3.1", mpi: "Open MPI 4.1.4",
    commandLine: "landfall run test", seed: seed)
}

func open(
  _ path: String, study: StudyRecord = study(), cells: [CellRecord] = [five, twenty], run: RunRecord = run(),
  shrinks: Bool = true, pageLimit: Int? = nil
) throws(LedgerError) -> LedgerWriter {
  try LedgerWriter.open(
    path: path, study: study, cells: cells, run: run, shrinks: shrinks,
    restating: { stored, _ in stored.study.restated },
    pageLimit: pageLimit)
}

extension StudyRecord {
  /// As for today's ledgers: what ledgers of older schemas hold as definition, in the tests, is an identity and a line with
  /// a verdict.
  fileprivate var restated: StudyRecord {
    let lines = definition.split(separator: "\n").map { $0 + "\n" }
    return LedgerTests.study(
      lines.filter { !$0.hasPrefix("good") }.joined(), verdict: lines.filter { $0.hasPrefix("good") }.joined())
  }
}

/// The outcome that the tests store for a trial; different for every trial.
func outcome(_ trial: Int) -> Outcome {
  trial % 7 == 3
    ? .diverged(at: trial)
    : Outcome(
      risk: 1 / Double(trial + 1), riskError: 1e-13, gradientNorm: Double(trial).squareRoot(), steps: trial % 5)
}

func block(_ cell: CellRecord, _ trials: Range<Int>) -> BlockRecord {
  BlockRecord(
    cell: cell.key, first: TrialIndex(trials.lowerBound), outcomes: trials.map(outcome), seconds: 0.25)
}

extension LedgerReader {
  func allBlocks(_ cell: CellRecord, below limit: Int = TrialIndex.limit) throws -> [BlockRecord] {
    var all: [BlockRecord] = []
    var cursor = blocks(of: cell.key, below: limit)
    while let block = try cursor.next() { all.append(block) }
    return all
  }
}

/// Runs SQL through a connection of its own.
///
/// - Parameter sealing: whether the rows of a ledger of the present schema get their seals then, so that what is behind
///   the seals is tested.
func execute(_ path: String, _ sql: String, _ arguments: StatementArguments = [], sealing: Bool = true) throws {
  var configuration = Configuration()
  configuration.foreignKeysEnabled = false
  let queue = try DatabaseQueue(path: path, configuration: configuration)
  let schema = try queue.inDatabase { db in
    try db.execute(sql: sql, arguments: arguments)
    return try Int.fetchOne(db, sql: "PRAGMA user_version")
  }
  try queue.close()
  if sealing, schema == 7 { try LedgerWriter.renewSeals(path: path) }
}

func fetch<T: DatabaseValueConvertible>(_ path: String, _ sql: String, as type: T.Type = T.self) throws -> T? {
  let queue = try DatabaseQueue(path: path)
  let value = try queue.inDatabase { try T.fetchOne($0, sql: sql) }
  try queue.close()
  return value
}

/// Commits 12 blocks of 50 trials each while the disk is full again and again, with room for a page more every time.
///
/// - Parameter check: is called after each attempt with the trials of the blocks that are committed.
func commitToFullDisk(
  _ writer: LedgerWriter, _ path: String, block: (Range<Int>) -> BlockRecord, check: ([Range<Int>]) throws -> Void
) throws {
  let ranges = (0..<12).map { $0 * 50..<($0 + 1) * 50 }
  var committed = 0
  var failures = 0
  let pages = try #require(writer.database.inDatabase { try Int.fetchOne($0, sql: "PRAGMA page_count") })
  for limit in pages... {
    try writer.database.inDatabase { try $0.execute(sql: "PRAGMA max_page_count = \(limit)") }
    do throws(LedgerError) {
      while committed < ranges.count {
        try writer.commit(block(ranges[committed]))
        committed += 1
      }
    } catch {
      failures += 1
      #expect(error == .diskFull(path: path))
    }
    try check(Array(ranges.prefix(committed)))
    if committed == ranges.count { break }
  }
  #expect(failures > 3)
  #expect(try fetch(path, "PRAGMA integrity_check") == "ok")
}

/// Runs `body` with the file permissions of an ordinary user: root may read and write everything. Linux keeps them a
/// thread.
func asOrdinaryUser<T>(_ body: () throws -> T) rethrows -> T {
  typealias SetFileUser = @convention(c) (UInt32) -> CInt
  guard geteuid() == 0, let symbol = dlsym(nil, "setfsuid") else { return try body() }
  let setFileUser = unsafeBitCast(symbol, to: SetFileUser.self)
  _ = setFileUser(65534)
  defer { _ = setFileUser(0) }
  return try body()
}

/// What messages about damage end with.
func remedy(_ path: String) -> String {
  "Restore the file from a copy; or copy what is sound of it, and compute the rest anew, with the same bits: landfall "
    + "salvage \(path) -o NEW.landfall, then landfall run NEW.landfall"
}
