import Foundation
import TestSupport
import Testing

/// Real jobs with trials that trap, by the program that makes them do so.
@Suite(.serialized) struct CrashedTrialTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let trapping = ProgramUnderTest.path.replacing(
    #/landfall$/#, with: "LandfallWithTraps")

  /// 130 trials of each of two cells, with limits and trajectories, in blocks of 40.
  private static let study = [
    "inner-bias", "--set", "network.hidden=[[5], [20]]", "--trials", "130", "--set", "training.steps=40", "--set",
    "training.batch.size=64", "--set", "trajectory={checkpoints: [0, 40], trials: [3, 71]}", "--progress", "off",
  ]

  private func run(
    _ traps: String, _ ledger: String, ranks: Int? = nil, _ options: [String] = ["--block", "40"],
    study: [String] = Self.study
  ) throws -> ProgramUnderTest.Result {
    let command =
      (ranks.map { ProgramUnderTest.mpirun($0).dropLast() + [Self.trapping] } ?? [Self.trapping])
      + ["run"] + study + ["-o", ledger] + options
    let environment = [
      "LANDFALL_TRIALS_THAT_TRAP": traps, "SWIFT_BACKTRACE": "enable=no", "OMPI_MCA_orte_abort_timeout": "1",
    ]
    return try ProgramUnderTest.Running(command, environment: environment, in: folder).wait()
  }

  private func output(_ arguments: [String]) throws -> String {
    let result = try ProgramUnderTest.run(arguments, in: folder)
    #expect(result.code == 0, "\(result.errors)")
    return result.output
  }

  private func crashLines(_ ledger: String) -> [String] {
    ((try? String(contentsOfFile: ledger + ".crash", encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
  }

  /// The lines of an export without those of some trials.
  private func export(_ ledger: String, without trials: [(cell: String, trial: Int)] = []) throws -> [String] {
    try output(["export", ledger]).split(separator: "\n").map(String.init).filter { line in
      !trials.contains { line.hasPrefix("\($0.cell),\($0.trial),") }
    }
  }

  private func reference(_ study: [String] = Self.study, _ name: String = "reference.landfall") throws -> String {
    let ledger = folder.file(name)
    let result = try ProgramUnderTest.run(["run"] + study + ["-o", ledger], in: folder)
    #expect(result.code == 0, "\(result.errors)")
    return ledger
  }

  // MARK: - From the first crash to the end

  @Test(arguments: [nil, 1, 2, 3])
  func culpritIsFoundAndTheRunGoesOn(_ ranks: Int?) throws {
    let reference = try reference()
    let ledger = folder.file()
    for start in 1...2 {
      let crash = try run("20:71", ledger, ranks: ranks)
      #expect(crash.code != 0 && crash.code != 75)
      let message = try #require(crash.errors.split(separator: "\n").first { $0.hasPrefix("landfall: crashed: ") })
      #expect(message.hasPrefix("landfall: crashed: rank ") && message.hasSuffix(", cell 20, trials 40 to 79"))
      let lines = crashLines(ledger)
      #expect(lines.count == start)
      for line in lines {
        let pattern = #/landfall crash 1: cell [0-9a-f]{16} trials 40 79 rank [0-2] host [A-Za-z0-9._-]+ signal (4|5)/#
        #expect(try pattern.wholeMatch(in: line) != nil, "\(line)")
      }
      let notes = crash.errors.split(separator: "\n").filter { $0.contains("a job crashed in") }
      #expect(notes.count == start - 1)
    }
    let end = try run("20:71", ledger, ranks: ranks)
    #expect(end.code == 0, "\(end.errors)")
    let expected =
      #/
      landfall:\ a\ job\ crashed\ in\ cell\ 20,\ trials\ 40\ to\ 79\ \(rank\ [0-2]\ on\ \S+,\ signal\ (4|5):\ [A-Za-z\ \/]+\)\n
      landfall:\ cell\ 20,\ trials\ 40\ to\ 79\ ended\ two\ jobs;\ looking\ for\ those\ that\ trap,\ in\ processes\ of\ their\ own\n
      landfall:\ trial\ 71\ of\ cell\ 20\ traps\ \(signal\ (4|5):\ [A-Za-z\ \/]+\),\ by\ a\ fault\ of\ landfall:\ it\ is\ recorded\ as\ 
      crashed\ and\ counts\ as\ undecided;\ please\ report\ it\ \(landfall\ replay\ \S+\ 20\ 71\ repeats\ it\ once\ the\ study\ is\ done\)\n
      /#
    #expect(end.errors.contains(expected), "\(end.errors)")
    #expect(!FileManager.default.fileExists(atPath: ledger + ".crash"))

    // Whatever else the ledger has is the same bytes.
    let crashed = [(cell: "20", trial: 71)]
    #expect(try export(ledger, without: crashed) == export(reference, without: crashed))
    let line = try #require(try export(ledger).first { $0.hasPrefix("20,71,") })
    #expect(line.hasPrefix("20,71,crashed,,,,,,"))
    // It widens the bounds, and says so.
    let report = try output(["report", ledger]).replacing("\n  ", with: " ")
    #expect(
      report.contains(
        "1 trial of width 20 crashed (a trap in landfall: please report it): landfall replay \(ledger) 20 71 repeats it; it "
          + "counts as undecided"))
    let cells = try output(["report", ledger, "--format", "csv"]).split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let column = try #require(cells[0].firstIndex(of: "undecided"))
    #expect(cells[2][column] == "1")
    let crashes = try #require(cells[0].firstIndex(of: "crashed"))
    #expect(cells[1][crashes] == "0" && cells[2][crashes] == "1")
    for verb in [
      ["trajectory", ledger], ["status", ledger],
      ["report", ledger, "--law", "--restarts", "--compare", "5", "--trend"],
      ["report", ledger, "--format", "html"],
    ] { _ = try output(verb) }
    // A run that continues does not compute it again.
    let more = try run("20:71", ledger, ranks: ranks, ["--trials", "150"])
    #expect(more.code == 0, "\(more.errors)")
    #expect(try export(ledger).count == 301)
  }

  /// Two in one block, one of them by an overflow of the stack, one in the other cell; blocks cut in other ways.
  @Test func severalCulprits() throws {
    let reference = try reference()
    let ledger = folder.file()
    let traps = "20:41,20:79:overflow,5:0:abort"
    // Which one a job meets first is chance.
    var codes: [Int32] = []
    var errors = ""
    for size in [40, 64, 40, 30, 40, 50, 40, 40, 40] {
      let result = try run(traps, ledger, ranks: 2, ["--block", "\(size)"])
      codes.append(result.code)
      errors += result.errors
      if result.code == 0 { break }
      // Standard error and the file say the same.
      #expect(result.errors.contains("landfall: crashed: rank "))
    }
    #expect(codes.last == 0, "\(errors)")
    for text in [
      "trial 41 of cell 20 traps (signal ", "trial 79 of cell 20 traps (signal 11: Segmentation fault)",
      "trial 0 of cell 5 traps (signal 6: Aborted)",
    ] { #expect(errors.contains(text), "\(text) in \(errors)") }
    let crashed = [(cell: "20", trial: 41), ("20", 79), ("5", 0)]
    #expect(try export(ledger, without: crashed) == export(reference, without: crashed))
    #expect(try export(ledger).count { $0.contains(",crashed,") } == 3)
    #expect(!FileManager.default.fileExists(atPath: ledger + ".crash"))
  }

  /// Sampling that ends by a rule ends at the same trial for every layout, crashed trials undecided.
  @Test func samplingByARule() throws {
    let study =
      Self.study.filter { $0 != "--trials" && $0 != "130" } + [
        "--set", "sampling.until={half-width: 0.08, at-most: 400}",
      ]
    var exports: [[String]] = []
    for (number, ranks) in [nil, 3].enumerated() {
      let ledger = folder.file("\(number).landfall")
      for _ in 1...2 { #expect(try run("20:71", ledger, ranks: ranks, study: study).code != 0) }
      let end = try run("20:71", ledger, ranks: ranks, study: study)
      #expect(end.code == 0, "\(end.errors)")
      exports.append(try export(ledger))
    }
    #expect(exports[0] == exports[1] && exports[0].count { $0.contains(",crashed,") } == 1)
    let reference = try export(reference(study))
    #expect(zip(exports[0], reference).count { $0 != $1 } >= 1)
  }

  /// Where nothing traps alone, the run goes on; here it meets the same trap again.
  @Test func crashOfTheMachine() throws {
    let ledger = folder.file()
    for _ in 1...2 { #expect(try run("20:71:together", ledger).code != 0) }
    let third = try run("20:71:together", ledger)
    #expect(third.code != 0)
    #expect(
      third.errors.contains(
        "landfall: none of these trials of cell 20 traps alone: the jobs may have been ended by their machines; the run goes on\n"
      ))
    #expect(crashLines(ledger).count == 1)
    // Without the fault it ends, and forgets.
    let end = try ProgramUnderTest.run(["run"] + Self.study + ["-o", ledger], in: folder)
    #expect(end.code == 0 && !FileManager.default.fileExists(atPath: ledger + ".crash"), "\(end.errors)")
    #expect(try export(ledger) == export(reference()))
  }

  /// SIGTERM ends the search, and the next start takes it up again.
  @Test func searchCanBeStopped() throws {
    let ledger = folder.file()
    for _ in 1...2 { #expect(try run("20:71", ledger).code != 0) }
    for ranks in [nil, 2] {
      let command = (ranks.map { ProgramUnderTest.mpirun($0).dropLast() + [Self.trapping] } ?? [Self.trapping])
      let running = try ProgramUnderTest.Running(
        command + ["run"] + Self.study + ["-o", ledger], environment: ["LANDFALL_TRIALS_THAT_TRAP": "20:71:sleep"],
        in: folder)
      while running.process.isRunning, processes().isEmpty { usleep(5000) }
      kill(running.process.processIdentifier, SIGTERM)
      let end = try running.wait(limit: 20)
      #expect(ranks != nil || end.code == 75)
      #expect(end.errors.contains("stopped by SIGTERM; what is done is in \(ledger), and the same command continues"))
      #expect(crashLines(ledger).count == 2)
      #expect(processes().isEmpty)
    }
    #expect(try run("20:71", ledger).code == 0)
  }

  /// Processes of this test that try trials.
  private func processes() -> [String] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.filter { pid_t($0) != nil }.filter { pid in
      let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
      let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
      return String(decoding: words, as: UTF8.self).contains("\0try-trials\0")
        && place?.hasSuffix(folder.url.lastPathComponent) == true
    }
  }

  // MARK: - Files of others

  @Test func filesOfOthersStay() throws {
    let ledger = folder.file()
    try folder.write("theirs\n", to: "theirs")
    // One that a job cannot have made ends the start; a crash does not write to it.
    for make in [
      { symlink(folder.file("theirs"), ledger + ".crash") }, { link(folder.file("theirs"), ledger + ".crash") },
    ] {
      #expect(make() == 0)
      let refused = try run("20:71", ledger)
      #expect(refused.code == 3 && refused.errors.contains("there must be nothing or a file of its own: move it away"))
      unlink(ledger + ".crash")
    }
    // Other content is ignored, and stays.
    try folder.write("notes\n", to: "a.landfall.crash")
    let crash = try run("20:71", ledger)
    #expect(
      crash.errors.contains(
        "landfall: \(ledger).crash: 1 line that no job has written there; ignored, and the file stays as it is\n"))
    #expect(crash.errors.contains("landfall: crashed: rank 0, cell 20, trials 40 to 79"))
    #expect(crashLines(ledger) == ["notes"])
    #expect(try String(contentsOfFile: folder.file("theirs"), encoding: .utf8) == "theirs\n")
    // A signal from outside is no trap of a trial.
    unlink(ledger + ".crash")
    let running = try ProgramUnderTest.Running(
      [Self.trapping, "run"] + Self.study + ["-o", ledger], environment: ["LANDFALL_TRIALS_THAT_TRAP": "20:71:sleep"],
      in: folder)
    usleep(1_500_000)
    kill(running.process.processIdentifier, SIGSEGV)
    #expect(try running.wait().code != 0)
    #expect(!FileManager.default.fileExists(atPath: ledger + ".crash"))
  }

  // MARK: - What is added, and what is recomputed

  @Test func recomputingWhatCrashed() throws {
    let ledger = folder.file()
    for _ in 1...3 { _ = try run("20:71", ledger) }
    // The program without the fault computes the trial, which is news.
    let replay = try ProgramUnderTest.run(["replay", ledger, "20", "71"], in: folder)
    #expect(replay.code == 3)
    #expect(
      replay.errors.hasPrefix(
        "landfall: trial 71 of cell 20 crashed when it was run: now this program may end by the same signal\n"))
    #expect(replay.output.contains("verdict: crashed as stored, "))
    let parameters = try ProgramUnderTest.run(
      ["export", ledger, "--parameters", folder.file("parameters"), "--cell", "20"], in: folder)
    #expect(parameters.code == 0, "\(parameters.errors)")
    let text = try String(contentsOfFile: folder.file("parameters") + "/parameters.csv", encoding: .utf8)
    #expect(!text.contains("\n71,") && text.contains("\n70,") && text.contains("\n72,"))
  }

  /// A trial whose outcome is stored is none that crashed, whatever traps in what is added to it.
  @Test func whatIsAddedTraps() throws {
    let ledger = folder.file()
    _ = try reference(Self.study + ["--set", "limit=off"], "a.landfall")
    let before = try export(ledger)
    for _ in 1...2 { #expect(try run("20:71", ledger, ["--add", "limit"]).code != 0) }
    let refused = try run("20:71", ledger, ["--add", "limit"])
    #expect(refused.code == 3)
    #expect(
      refused.errors.contains(
        "when this is added to what is stored of it, by a fault of landfall: please report it; other cells can be chosen with "
          + "--cell\n"))
    #expect(try export(ledger).count == before.count && export(ledger).allSatisfy { !$0.contains(",crashed,") })
    let other = try run("20:71", ledger, ["--add", "limit", "--cell", "5"])
    #expect(other.code == 0, "\(other.errors)")
    let program = try ProgramUnderTest.run(["run"] + Self.study + ["--add", "limit", "-o", ledger], in: folder)
    #expect(program.code == 0, "\(program.errors)")
    #expect(try export(ledger) == export(reference(Self.study, "direct.landfall")))
  }

  @Test func theVerbIsNoCommandForPeople() throws {
    let result = try ProgramUnderTest.run(
      ["try-trials", "0123456789abcdef", "0", "1", "--kernel", "baseline", "--parent", "\(getpid())"], in: folder)
    #expect(result.code != 0)
    let help = try output(["--help"])
    #expect(!help.contains("try-trials"))
  }

  /// The program that people use has no trials that trap on demand.
  @Test func noReleaseHasTheTraps() throws {
    func names(_ path: String) throws -> Bool {
      let bytes = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
      return bytes.range(of: Data("LANDFALL_TRIALS_THAT_TRAP".utf8)) != nil
    }
    #expect(try names(Self.trapping))
    #expect(try !names(ProgramUnderTest.path))
  }
}
