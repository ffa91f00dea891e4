import Foundation
import Texts

extension LedgerError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .folderMissing(let path, let folder):
      "\(path) cannot be created: its folder \(folder) does not exist. Make the folder, or give another file with -o."
    case .folderUnwritable(let path, let folder, let reason):
      "\(path) cannot be written: its folder \(folder) is not writable (\(reason)), and SQLite keeps a journal beside "
        + "the ledger. Give a file in a writable folder with -o."
    case .missing(let path):
      "\(path) does not exist. Give the name of a ledger that \"landfall run\" has made."
    case .unreadable(let path, let reason):
      "\(path) cannot be read: \(reason). Give the name of a ledger\(Self.isPermission(reason) ? " that you may read" : "")."
    case .unwritable(let path, let reason):
      "\(path) cannot be written: \(reason). "
        + (Self.isPermission(reason)
          ? "Make the file writable, or give another file with -o." : "Give another file with -o.")
    case .diskFull(let path):
      "\(path) cannot grow: the disk is full. What was committed is safe. Make room and run the same command again."
    case .moved(let path):
      "\(path) was moved, replaced or deleted while this run was writing it. What was committed is in the file that was "
        + "moved; give it its name back, or its new name, and run the same command again."
    case .otherNames(let path):
      "\(path) cannot be written: the file has another name, too, by a hard link, and two runs could write it at once. "
        + "Make a copy of it, and continue that."

    case .locked(let path, let holder):
      "\(path) is being written by \(holder?.text ?? "another process"), which holds the lock file \(path).lock. Wait until it ends, or write to another file with -o."
    case .lockFailed(let path, let reason):
      "\(path) cannot be locked: \(reason) (lock file \(path).lock). Without a lock two jobs could write at once: "
        + "give a file on a file system that has locks with -o."
    case .foreignLock(let path, let lockPath):
      "\(path) cannot be locked: \(lockPath) is no lock file of landfall, and is left as it is. Give the ledger another "
        + "name with -o, or move \(lockPath) away."
    case .interrupted(let path, let reason):
      "\(path) cannot be read: its writer was killed while committing, and rolling back its journal \(path)-journal "
        + "needs write access (\(reason)). Run the study again, or read the ledger as a user who may write it."
    case .busy(let path):
      "\(path) is in use: another process keeps it locked. End what reads it (an open sqlite3 or notebook), then run "
        + "the same command again."

    case .notDatabase(let path):
      "\(path) is not a ledger: it is no SQLite file. Give the name of a ledger, or of a file that does not exist yet."
    case .foreign(let path, let applicationID):
      "\(path) is an SQLite file, but not a ledger: its application id is \(Self.hexadecimal(applicationID)) "
        + "instead of \(Self.hexadecimal(LedgerSchema.applicationID)). Give the name of a ledger, or of a file that "
        + "does not exist yet."
    case .schema(let path, let version):
      "\(path) has ledger schema \(version), and this landfall knows schemas up to \(LedgerSchema.version). Use the "
        + "version of landfall that wrote it, or a newer one."
    case .empty(let path):
      "\(path) is empty: no study has been stored in it yet. Start one with \""
        + RunRecord.commandLine(["landfall", "run", "STUDY", "-o", RunRecord.operand(path)]) + "\"."

    case .differentStudy(let path, let difference):
      "\(path) holds another study. "
        + "The difference (- stored, + given):\n" + difference.joined(separator: "\n")
        + "\nOutcomes of two studies cannot share a ledger: run the study as it is stored, or give another file "
        + "with -o."
    case .differentKernelLevel(let path, let stored, let given):
      "\(path) was computed at kernel level \(stored), and this run uses \(given), whose last bits may differ. Run it "
        + "with --kernel \(stored), or give another file with -o."
    case .differentArithmetic(let path, let stored, let version, let given):
      "\(path) was computed with version \(max(stored, 1)) of the arithmetic (landfall \(version)), and this landfall has version "
        + "\(given), whose outcomes have other bits. Continue it with the landfall that began it, or give another file "
        + "with -o."
    case .unreadableStudy(let path, let reason):
      "\(path) cannot be continued: its study cannot be read (\(reason)). Continue it with the landfall that began it."
    case .missingCells(let path, let cells, let stored):
      "\(path) has outcomes of cells that the study no longer contains: "
        + zip(cells, stored).map { "\($0.nameInMessages) with \(counted($1, "trial"))" }.joined(separator: ", ")
        + ". Cells may be added, but one that has trials cannot be changed or removed: put it back, or give another "
        + "file with -o."
    case .lowerTarget(let path, let cell, let stored, let rule, let given):
      "\(path) goes up to \(counted(stored, "trial")) of \(cell.nameInMessages)"
        + (rule.isEmpty ? "" : " by the rule \(rule)")
        + ", and this command up to \(given). Continue it as it is: "
        + RunRecord.commandLine(["landfall", "run", RunRecord.operand(path)])
        + "; or give --shrink to lower the number."
    case .emptyCells(let path, let cells):
      "\(path) also has "
        + cells.map(\.nameInMessages).joined(separator: ", ")
        + ", without trials yet, and this command leaves that out while it adds other cells. Name it, too, as the command "
        + "did that added it; or give --shrink to drop what has no trials."
    case .differentCell(let path, let cell, let difference):
      "\(path) has \(cell.nameInMessages) with another definition. The difference (- stored, + given):\n"
        + difference.joined(separator: "\n")
        + "\nA cell that has trials cannot be changed: run it as it is stored, or give another file with -o."

    case .unknownObservable(let path, let cell, let name):
      "\(path) keeps the observable \"\(name)\" of the trials of \(cell.nameInMessages), which this landfall does not "
        + "measure. Continue it with the landfall that began it, or give another file with -o."

    case .overlap(let path, let cell, let trials, let stored):
      "\(path) already has \(TrialRange.text(stored)) of \(cell.nameInMessages), so that "
        + "\(TrialRange.text(trials)) cannot be stored. Commit only trials that are missing."
    case .contradiction(let path, let cell, let trials):
      "\(path) already has \(TrialRange.text(trials)) of \(cell.nameInMessages) with other outcomes. A trial has the same "
        + "outcome wherever it is computed: a processor, a memory or a file system is faulty, or two programs are at work."
    case .damagedBlock(let path, let cell, let first, let count, let damage):
      "\(path) is damaged: in \(cell.nameInMessages) the block with \(TrialRange.text(first: first, count: count)) "
        + "cannot be used, because \(damage.text). " + Self.remedy(path)
    case .damagedTrajectory(let path, let cell, let first, let count, let damage):
      "\(path) is damaged: in \(cell.nameInMessages) the trajectories of "
        + "\(TrialRange.text(first: first, count: count)) cannot be used, because \(damage.text). " + Self.remedy(path)
    case .damagedTrialTrajectory(let path, let cell, let trial, let damage):
      "\(path) is damaged: in \(cell.nameInMessages) the whole trajectory of trial \(trial) cannot be used, because "
        + "\(damage.text). " + Self.remedy(path)
    case .damagedLevels(let path, let key):
      "\(path) is damaged: the reference levels \(key) cannot be used, because the checksum does not match. "
        + Self.remedy(path)
    case .damaged(let path, let reason):
      "\(path) is damaged: \(reason). " + Self.remedy(path)

    case .damagedStudy(let path, let commands):
      "\(path) is damaged in its study itself, which is needed to tell what is sound. Name the study file or the built-in "
        + "study with --study, and values that were replaced with --set."
        + (commands.isEmpty ? "" : " It was run by: " + commands.joined(separator: "; "))
    case .exists(let path):
      "\(path) exists already, and is left as it is. Give the name of a file that does not exist yet with -o."

    case .database(let path, let reason):
      "\(path) cannot be used: SQLite reports \"\(reason)\"."
    }
  }

  /// Whether other permissions of the file would help.
  private static func isPermission(_ reason: String) -> Bool {
    [EACCES, EPERM].contains { reason == String(cString: strerror($0)) }
  }

  /// What to do about damage.
  private static func remedy(_ path: String) -> String {
    let command = RunRecord.commandLine(["landfall", "salvage", RunRecord.operand(path), "-o", "NEW.landfall"])
    return "Restore the file from a copy; or copy what is sound of it, and compute the rest anew, with the same bits: "
      + "\(command), then landfall run NEW.landfall"
  }

  private static func hexadecimal(_ id: Int) -> String {
    let digits = String(UInt32(truncatingIfNeeded: id), radix: 16, uppercase: true)
    return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
  }
}
