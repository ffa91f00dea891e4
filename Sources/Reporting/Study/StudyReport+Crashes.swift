import Ledger

extension StudyReport {
  /// What is said of trials that crashed.
  var crashNotes: [String] {
    cells.compactMap { cell in
      guard let first = cell.crashed.first else { return nil }
      let command = RunRecord.commandLine(["landfall", "replay", RunRecord.operand(path), cell.label, "\(first)"])
      return cell.crashed.count == 1
        ? "1 trial of \(cellHeader) \(cell.label) crashed (a trap in landfall: please report it): \(command) repeats it; it "
          + "counts as undecided"
        : "\(cell.crashed.count) trials of \(cellHeader) \(cell.label) crashed (traps in landfall: please report them): "
          + "\(command) repeats the first; they count as undecided"
    }
  }
}
