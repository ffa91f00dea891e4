import Foundation
import Studies

/// Trials that trap, for tests: no release contains this.
///
/// LANDFALL_TRIALS_THAT_TRAP names them, separated by commas: "5:17" is trial 17 of cell 5, "5:17:overflow" one whose stack overflows,
/// "5:17:abort" one that calls abort, "5:17:together" one that traps beside other trials alone, "5:17:sleep" one that does not
/// end.
enum Trap {
  private struct Setting {
    let (cell, trial, kind): (String, Int, String)
  }

  private static let settings: [Setting] =
    (ProcessInfo.processInfo.environment["LANDFALL_TRIALS_THAT_TRAP"] ?? "").split(separator: ",").map { text in
      let parts = text.split(separator: ":").map(String.init)
      return Setting(cell: parts[0], trial: Int(parts[1])!, kind: parts.count > 2 ? parts[2] : "trap")
    }

  static func spring(_ trials: Range<Int>, of cell: Cell) {
    for setting in settings where setting.cell == cell.label && trials.contains(setting.trial) {
      switch setting.kind {
      case "overflow": print(descend(1))
      case "abort": abort()
      case "together": if trials.count > 1 { preconditionFailure("trials trap together") }
      case "sleep": sleep(1000)
      default: preconditionFailure("a trial traps")
      }
    }
  }

  /// Without an end: every call keeps its own array on the stack.
  @inline(never)
  private static func descend(_ depth: Int) -> Int {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 64) { memory in
      memory.initialize(repeating: depth)
      return descend(depth + 1) + memory[depth % 64]
    }
  }
}
