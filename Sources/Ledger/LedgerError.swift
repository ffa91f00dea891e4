import Outcomes
import Texts

/// Why a ledger cannot be opened, read or written. `description` is the message for the user.
public enum LedgerError: Error, Sendable, Hashable {
  // The place
  case folderMissing(path: String, folder: String)
  case folderUnwritable(path: String, folder: String, reason: String)
  case missing(path: String)
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case diskFull(path: String)
  /// While it was being written the path became that of another file, or of none.
  case moved(path: String)
  /// It has a second name by a hard link.
  case otherNames(path: String)

  /// The study of a ledger of an older schema cannot be read any more.
  case unreadableStudy(path: String, reason: String)
  /// Outcomes were computed by another version of the arithmetic.
  case differentArithmetic(path: String, stored: Int, version: String, given: Int)

  // Other processes
  /// Another writer has the ledger; nil if its name could not be read.
  case locked(path: String, holder: LockHolder?)
  /// The lock file cannot be opened or locked.
  case lockFailed(path: String, reason: String)
  /// What has the name of the lock file is no lock file.
  case foreignLock(path: String, lockPath: String)
  /// A writer was killed in the middle of a transaction and this process cannot roll it back.
  case interrupted(path: String, reason: String)
  /// Another process kept the SQLite file locked for the whole waiting time.
  case busy(path: String)

  // The kind of file
  case notDatabase(path: String)
  case foreign(path: String, applicationID: Int)
  case schema(path: String, version: Int)
  /// A file of zero bytes, or one whose creation was interrupted.
  case empty(path: String)

  // The study
  case differentStudy(path: String, difference: [String])
  case differentKernelLevel(path: String, stored: String, given: String)
  /// Cells that have outcomes and are missing from the study, with their numbers of outcomes.
  case missingCells(path: String, cells: [CellRecord], stored: [Int])
  case differentCell(path: String, cell: CellRecord, difference: [String])
  /// A rule had more trials to go than are asked for now.
  case lowerTarget(path: String, cell: CellRecord, stored: Int, rule: String, given: Int)
  /// Cells without outcomes are missing from the study, which has others that are new.
  case emptyCells(path: String, cells: [CellRecord])
  /// The ledger keeps an observable that this program does not measure, or measures as something else.
  case unknownObservable(path: String, cell: CellRecord, name: String)

  // The blocks
  case overlap(path: String, cell: CellRecord, trials: Range<Int>, stored: Range<Int>)
  /// The same trials are stored with other outcomes.
  case contradiction(path: String, cell: CellRecord, trials: Range<Int>)
  case damagedBlock(path: String, cell: CellRecord, first: Int, count: Int, damage: BlockDamage)
  case damagedTrajectory(path: String, cell: CellRecord, first: Int, count: Int, damage: TrajectoryDamage)
  case damagedTrialTrajectory(path: String, cell: CellRecord, trial: Int, damage: TrajectoryDamage)
  case damagedLevels(path: String, key: String)
  case damaged(path: String, reason: String)
  /// What is sound cannot be told without the study, which is damaged; with the commands of its runs.
  case damagedStudy(path: String, commands: [String])
  /// A ledger was to be made where there is something.
  case exists(path: String)

  /// Whatever else SQLite reports.
  case database(path: String, reason: String)
}

/// What is wrong with a block.
public enum BlockDamage: Sendable, Hashable {
  /// First trial or number of trials lie outside of what a cell can hold.
  case range
  /// It contains trials that another block has, too.
  case overlap(first: Int, count: Int)
  /// Its columns are not those that it was stored with.
  case checksum
  case column(String, ContentDamage)
  /// Of ledgers up to schema 4.
  case outcomes(ContentDamage)
  /// Of ledgers up to schema 4.
  case analyses(ContentDamage)
  /// Everything has its checksum, but the values contradict each other.
  case contradiction
  /// Its time is none.
  case seconds

  var text: String {
    switch self {
    case .range: "its trial range is impossible"
    case .overlap(let first, let count):
      "it overlaps the block with \(TrialRange.text(first: first, count: count))"
    case .checksum: "its checksum does not match"
    case .column(let name, let damage): "its column \"\(name)\" \(damage.text)"
    case .outcomes(let damage): "its list of outcomes \(damage.text)"
    case .analyses(let damage): "its list of analyses \(damage.text)"
    case .contradiction: "its values contradict each other"
    case .seconds: "its time is impossible"
    }
  }
}

/// What is wrong with the stored values of a block.
public enum ContentDamage: Sendable, Hashable {
  case missing
  case length(bytes: Int)
  /// The checksum is that of other content.
  case checksum
  /// The checksum is right, but the values are impossible.
  case values

  var text: String {
    switch self {
    case .missing: "is missing"
    case .length(let bytes): "takes \(bytes) bytes, which is not the same number a trial"
    case .checksum: "does not match its checksum"
    case .values: "has impossible values"
    }
  }
}

/// What is wrong with a row of trajectories.
public enum TrajectoryDamage: Sendable, Hashable {
  /// First trial or number of trials lie outside of what a cell can hold, or are no range that is kept together.
  case range
  /// It contains trials that another row has, too.
  case overlap(first: Int, count: Int)
  /// The checksum is that of other content.
  case checksum
  /// The checksum is right, but the bytes are no trajectories at the checkpoints of the cell.
  case content

  var text: String {
    switch self {
    case .range: "their trial range is impossible"
    case .overlap(let first, let count): "they overlap those of \(TrialRange.text(first: first, count: count))"
    case .checksum: "the checksum does not match"
    case .content: "the bytes are no trajectories at the checkpoints of the cell"
    }
  }
}

/// Ranges of trial indices in messages.
enum TrialRange {
  static func text(first: Int, count: Int) -> String {
    guard (1...TrialIndex.limit).contains(count), (0..<TrialIndex.limit).contains(first) else {
      return "first trial \(first) and \(counted(count, "trial"))"
    }
    return text(first..<first + count)
  }

  static func text(_ trials: Range<Int>) -> String {
    trials.count == 1 ? "trial \(trials.lowerBound)" : "trials \(trials.lowerBound) to \(trials.upperBound - 1)"
  }
}
