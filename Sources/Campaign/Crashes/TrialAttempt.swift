import CSignals
import Foundation
import Kernels
import Landscape
import Outcomes
import Studies
import Trials

/// The work of a process that tries whether trials trap: it trains them, keeps nothing and ends.
public enum TrialAttempt {
  /// The verb of the command line, which `--help` does not show.
  public static let verb = "try-trials"

  /// What the process reads.
  static func input(_ study: Study, _ levels: ReferenceLevels) -> [UInt8] {
    let text = Array(study.text.utf8)
    var writer = ByteWriter()
    writer.write(word: UInt64(text.count))
    writer.write(bytes: text)
    writer.write(bytes: levels.bytes)
    return writer.bytes
  }

  /// The words that follow the verb.
  static func arguments(_ cell: CellKey, _ trials: Range<Int>, _ kernels: KernelTable) -> [String] {
    [
      verb, cell.text, "\(trials.lowerBound)", "\(trials.upperBound - 1)", "--kernel", kernels.level.name, "--parent",
      "\(getpid())",
    ]
  }

  /// Trains the trials of the study on standard input, on a compute thread as in a job. Returns if none traps.
  ///
  /// - Parameters:
  ///   - cell: the text of its key.
  ///   - parent: the process that waits for this one.
  /// - Throws: ``TrialAttemptError``, or what is wrong with the study.
  public static func run(cell: String, first: Int, last: Int, kernel: String, parent: Int) throws {
    signals_end_with_parent(Int32(truncatingIfNeeded: parent))
    // A crash is what it is for.
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    #if canImport(Glibc)
      setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    #else
      setrlimit(RLIMIT_CORE, &none)
    #endif
    var reader = ByteReader([UInt8](try FileHandle.standardInput.readToEnd() ?? Data()))
    guard let length = reader.word(), length <= UInt64(reader.remaining), let text = reader.bytes(Int(length)),
      let levels = reader.bytes(reader.remaining)
    else { throw TrialAttemptError.noStudy }
    let study = try Study.parse(text: String(decoding: text, as: UTF8.self), origin: .file("standard input"))
    let prepared = try PreparedStudy(study, levels: ReferenceLevels(study.levelRequests, bytes: levels))
    guard let place = study.cells.firstIndex(where: { $0.key.text == cell }), 0 <= first, first <= last,
      last - first < Campaign.largestBlock, last < TrialIndex.limit
    else { throw TrialAttemptError.noSuchTrials }
    let kernels = KernelTable(try KernelLevel(option: kernel))
    let pool = try ComputePool(study: prepared, kernels: kernels, threads: 1, rank: 0)
    pool.submit(Block(cell: place, trials: first..<last + 1))
    while pool.takeFinished().isEmpty { pool.waitForFinished(atMost: 1) }
  }
}

/// Why trials cannot be tried. The text is the user's message.
public enum TrialAttemptError: Error, Sendable, Hashable, CustomStringConvertible {
  case noStudy
  case noSuchTrials

  public var description: String {
    switch self {
    case .noStudy:
      "\(TrialAttempt.verb) reads a study as landfall run hands it over; it is no command for people: use landfall replay"
    case .noSuchTrials: "the study on standard input has no such trials"
    }
  }
}
