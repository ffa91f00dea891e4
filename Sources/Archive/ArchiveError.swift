import Ledger
import Studies

/// Why a ledger that can be read cannot be read as a study, or its trials cannot be judged. The text is the user's message.
public enum ArchiveError: Error, Sendable, CustomStringConvertible {
  /// The ledger's study is not one that this version of the program can read.
  case unreadableStudy(path: String, reason: StudyError)
  /// The verdicts of the study need reference risks that no run has left in the ledger.
  case missingLevels(path: String, cell: String)
  /// The study learns from a data file, whose points a ledger does not keep.
  case needsStudyFile(path: String)
  /// A run has changed the cells while they were being read.
  case changed(path: String)

  public var description: String {
    switch self {
    case .unreadableStudy(let path, let reason):
      "the study in \(path) cannot be read (\(reason)); was it written by another version of landfall?"
    case .missingLevels(let path, let cell):
      "\(path) lacks the reference risks that the verdicts of cell \(cell) are stated against: a run was interrupted while it "
        + "searched them; the same run command finds them"
    case .needsStudyFile(let path):
      "the study in \(path) learns from a data file, whose points a ledger does not keep; continue it by its study file: "
        + RunRecord.commandLine(["landfall", "run", "STUDY", "-o", RunRecord.operand(path)])
    case .changed(let path):
      "the cells in \(path) were changed by a run while they were being read; give the same command again"
    }
  }
}
