import Foundation
import Kernels
import TestSupport
import Testing

/// Real runs of the program, alone and under mpirun. One after the other: each uses all processors.
@Suite(.serialized) struct CampaignTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A study of two cells with 90 trials each that takes a fraction of a second.
  private static let small = [
    "inner-bias", "--set", "network.hidden=[[5], [20]]", "--set", "training.steps=150", "--trials", "90",
  ]

  /// The same for some seconds, so that there is time to kill it.
  private static let long = [
    "inner-bias", "--set", "network.hidden=[[5], [20]]", "--set", "training.steps=2000", "--trials", "300",
  ]

  private func run(_ arguments: [String], ranks: Int? = nil) throws -> ProgramUnderTest.Result {
    try ProgramUnderTest.run(arguments, ranks: ranks, in: folder)
  }

  private func export(_ ledger: String) throws -> String {
    let result = try run(["export", ledger])
    #expect(result.code == 0, "\(result.errors)")
    #expect(result.errors == "")
    return result.output
  }

  // MARK: The same bytes for every layout

  struct Layout: Sendable, CustomTestStringConvertible {
    var ranks: Int?
    var options: [String]
    var testDescription: String { "\(ranks.map { "mpirun -n \($0)" } ?? "plain") \(options.joined(separator: " "))" }
  }

  @Test(arguments: ["independent", "shared"])
  func layouts(_ stream: String) throws {
    let study = Self.small + ["--set", "training.batch.stream=\(stream)"]
    var layouts = [
      Layout(ranks: nil, options: ["--threads", "1"]), Layout(ranks: nil, options: ["--threads", "2", "--block", "7"]),
      Layout(ranks: 1, options: ["--block", "1"]), Layout(ranks: 2, options: []),
      Layout(ranks: 3, options: ["--threads", "2", "--block", "64"]), Layout(ranks: 5, options: ["--block", "3"]),
    ]
    for level in KernelLevel.supported { layouts.append(Layout(ranks: 2, options: ["--kernel", level.name])) }
    var reference: String?
    for (number, layout) in layouts.enumerated() {
      let ledger = folder.file("\(number).landfall")
      let result = try run(["run"] + study + ["-o", ledger] + layout.options, ranks: layout.ranks)
      #expect(result.code == 0, "\(layout.testDescription): \(result.errors)")
      let outcomes = try export(ledger)
      #expect(outcomes.split(separator: "\n").count == 181)
      if let reference { #expect(outcomes == reference, "\(layout.testDescription)") }
      reference = reference ?? outcomes
    }
  }

  /// Studies for the other kernels, in single or double precision; all with trajectories.
  static let engines = [
    ("deep-he", ["training.steps=20", "network.hidden=[[12, 9]]"]),
    ("deep-xavier-adam", ["training.steps=20", "network.hidden=[[12, 9]]", "training.kernel=dense-neurons"]),
    ("shallow-he", ["training.steps=20", "training.kernel=dense-networks", "training.precision=float64"]),
    ("clipping", ["training.steps=20", "network.hidden=[[10], [30]]"]),
    ("shallow-normal", ["training.steps=20", "network.hidden=[[7]]", "training.precision=float64"]),
  ]

  /// A data set, and vector inputs with the risk of an evaluation set; with trajectories, too.
  static let vectors = [
    (
      "deep-he",
      [
        "training.steps=20", "network.hidden=[[12, 9]]", "problem.data={gaussian: {points: 90, dimension: 3}}",
        "problem.target=x1 * x2 - x3", "training.batch.size=20", "training.batch.sampling=without-replacement",
        "training.batch.stream=shared",
      ]
    ),
    (
      "shallow-he",
      [
        "training.steps=20", "network.hidden=[[10]]", "problem.input={normal: {dimension: 5}}",
        "problem.target=x1 * x5", "problem.evaluation-points=300",
      ]
    ),
    // The gradient flow.
    ("flow-inner-bias", ["training.learning-rate={geometric: {total: 100}}", "network.hidden=[[5], [20]]"]),
    // Schedules, batches and evaluation sets that hang on what varies.
    (
      "deep-he",
      [
        "training.learning-rate={cosine: {initial: 0.1}}", "training.steps=20", "network.hidden=[[5]]",
        "vary=[{training.steps: [10, 20]}, {training.optimizer: [population, sgd]}]",
      ]
    ),
    (
      "shallow-he",
      [
        "training.steps=20", "network.hidden=[[10]]", "problem.target=x1",
        "vary=[{problem.input: [{normal: {dimension: 5}}, {normal: {dimension: 2}}]}]",
      ]
    ),
  ]

  @Test(arguments: engines, ["independent", "shared"])
  func layoutsOfEveryKernel(_ study: (name: String, settings: [String]), _ stream: String) throws {
    try expectSameBytes(study.name, study.settings + ["training.batch.stream=\(stream)"])
  }

  @Test(arguments: vectors)
  func layoutsOfDataAndVectors(_ study: (name: String, settings: [String])) throws {
    try expectSameBytes(study.name, study.settings)
  }

  /// Outcomes and trajectories of 70 trials in every layout. The levels with fused multiply-add agree, too; the baseline
  /// has other bits in dense and deep kernels.
  private func expectSameBytes(_ name: String, _ settings: [String]) throws {
    let arguments = ["run", name, "--trials", "70"] + settings.flatMap { ["--set", $0] }
    let avx2 = KernelLevel.supported.contains(.avx2) ? ["--kernel", KernelLevel.avx2.name] : []
    let layouts = [
      Layout(ranks: nil, options: ["--threads", "1"]), Layout(ranks: nil, options: ["--threads", "2", "--block", "7"]),
      Layout(ranks: 2, options: ["--block", "33"]), Layout(ranks: 3, options: ["--block", "5"] + avx2),
      Layout(ranks: 5, options: ["--block", "64"]),
    ]
    var reference: [String]?
    for (number, layout) in layouts.enumerated() {
      let ledger = folder.file("\(number).landfall")
      let result = try run(arguments + ["-o", ledger] + layout.options, ranks: layout.ranks)
      #expect(result.code == 0, "\(layout.testDescription): \(result.errors)")
      let trajectory = try run(["trajectory", ledger, "--format", "csv"])
      #expect(trajectory.code == 0, "\(trajectory.errors)")
      let texts = [try export(ledger), trajectory.output]
      if let reference { #expect(texts == reference, "\(layout.testDescription)") }
      reference = reference ?? texts
    }
  }

  /// Studies whose trials are analysed, and whose cells differ in more than their widths.
  static let landscapes = [
    ("ladder", ["network.hidden=[[4], [6]]"]),
    ("affine-target", ["network.hidden=[[2]]", "training.steps=200"]),
    ("non-convergence", ["network.hidden=[[3]]", "training.steps=50"]),
    (
      "teacher-student",
      [
        "vary=[{network.hidden: [[[2]], [[3]]], problem.input.normal.dimension: [2, 3], "
          + "problem.target.teacher.hidden: [[2], [3]]}]",
        "training.steps=3000", "training.until.neuron-gradient-at-most=1e-7",
        "verdict.stationary.gradient-norm-at-most=1e-5",
      ]
    ),
  ]

  @Test(arguments: landscapes)
  func layoutsOfTheLandscape(_ study: (name: String, settings: [String])) throws {
    let arguments = ["run", study.name, "--trials", "40"] + study.settings.flatMap { ["--set", $0] }
    let layouts = [
      Layout(ranks: nil, options: ["--threads", "1"]), Layout(ranks: nil, options: ["--threads", "2", "--block", "7"]),
      Layout(ranks: 2, options: ["--block", "33"]), Layout(ranks: 3, options: ["--block", "5"]),
    ]
    var reference: [String]?
    for (number, layout) in layouts.enumerated() {
      let ledger = folder.file("\(number).landfall")
      let result = try run(arguments + ["-o", ledger] + layout.options, ranks: layout.ranks)
      #expect(result.code == 0, "\(layout.testDescription): \(result.errors)")
      #expect(result.output.contains("kind of the limit") && !result.output.contains("ALARM"))
      let landscape = try run(["report", ledger, "--format", "csv", "--table", "landscape"])
      #expect(landscape.code == 0, "\(landscape.errors)")
      let texts = [try export(ledger), landscape.output]
      #expect(texts[0].contains(",certificate,constant_risk,limit_risk,"))
      expectNoOptimumAboveItself(landscape.output)
      if let reference { #expect(texts == reference, "\(layout.testDescription)") }
      reference = reference ?? texts
    }
  }

  /// A limit is not both global and above the optimum: of the table of the landscape.
  private func expectNoOptimumAboveItself(_ table: String) {
    var counts: [Substring: Int] = [:]
    var trials: [Substring: Int] = [:]
    let rows = table.split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    // After the columns that say which cell it is.
    let start = rows[0].firstIndex(of: "kind") ?? 0
    for row in rows.dropFirst() {
      let (cell, fields) = (row[0], Array(row[start...]))
      let name = "\(fields[0]) \(fields[1])"
      if name == "limit above optimum" || name == "quality global" {
        counts[cell, default: 0] += Int(fields[2]) ?? .max
        trials[cell] = Int(fields[3])
      }
    }
    for (cell, count) in counts { #expect(count <= trials[cell] ?? 0, "cell \(cell)") }
  }

  /// More trials, and more values of a key that varies, in the same ledger; the levels in it are used again.
  @Test func analysedStudiesContinue() throws {
    func arguments(_ rates: String, trials: Int, _ ledger: String) -> [String] {
      [
        "run", "ladder", "--set", "network.hidden=[[3]]", "--set", "vary=[{training.learning-rate: [\(rates)]}]",
        "--trials",
        "\(trials)", "-o", ledger,
      ]
    }
    let (grown, whole) = (folder.file("grown.landfall"), folder.file("whole.landfall"))
    #expect(try run(arguments("1e-6", trials: 20, grown)).code == 0)
    #expect(try run(arguments("1e-6", trials: 30, grown), ranks: 2).code == 0)
    #expect(try run(arguments("1e-6, 1e-5", trials: 30, grown)).code == 0)
    #expect(try run(arguments("1e-6, 1e-5", trials: 30, whole)).code == 0)
    #expect(try export(grown) == export(whole))
    let other = try run(arguments("1e-4, 1e-5", trials: 30, grown))
    #expect(other.code == 3 && other.errors.contains("learning-rate"))
  }

  // MARK: Nothing lost

  enum Victim: String, CaseIterable, Sendable {
    case rankZero
    case anotherRank
    case mpirun
  }

  /// Kills a run at several moments and continues it with the same command each time.
  @Test(arguments: Victim.allCases)
  func killsAndContinues(_ victim: Victim) throws {
    let ledger = folder.file("killed.landfall")
    let command = ProgramUnderTest.mpirun(3) + ["run"] + Self.long + ["-o", ledger]
    var generator = SplitMix64.printingItsSeed(for: "moments of killing \(victim.rawValue)")
    var kills = 0
    for _ in 0..<3 {
      let running = try ProgramUnderTest.Running(command, in: folder)
      // Ranks appear after a moment; the random delay afterwards may fall anywhere in the run.
      while running.process.isRunning, Job.ranks(ledger: ledger).count < 3 { usleep(2000) }
      usleep(UInt32(generator.below(600_000)))
      let ranks = Job.ranks(ledger: ledger)
      switch victim {
      case .rankZero: if let pid = ranks[0] { kill(pid, SIGKILL) }
      case .anotherRank: if let pid = ranks[1 + generator.below(2)] { kill(pid, SIGKILL) }
      case .mpirun: kill(running.process.processIdentifier, SIGKILL)
      }
      let result = try running.wait()
      Job.waitForEnd(ledger: ledger)
      if result.code == 0 { break }
      kills += 1
    }
    #expect(kills >= 1)
    let end = try run(["run"] + Self.long + ["-o", ledger], ranks: 2)
    #expect(end.code == 0, "\(end.errors)")
    let undisturbed = folder.file("undisturbed.landfall")
    #expect(try run(["run"] + Self.long + ["-o", undisturbed]).code == 0)
    #expect(try export(ledger) == export(undisturbed))
  }

  /// SIGUSR1 is how batch systems warn; mpirun hands it to all ranks.
  @Test func stopsAtSignalAndContinues() throws {
    let ledger = folder.file("signal.landfall")
    let running = try ProgramUnderTest.Running(
      ProgramUnderTest.mpirun(2) + ["run"] + Self.long + ["-o", ledger, "--block", "5"], in: folder)
    while running.process.isRunning, try storedTrials(ledger) == 0 { usleep(10_000) }
    kill(running.process.processIdentifier, SIGUSR1)
    let stopped = try running.wait()
    #expect(stopped.code == 75, "\(stopped.errors)")
    #expect(stopped.errors.contains("stopped by SIGUSR1; what is done is in"))
    Job.waitForEnd(ledger: ledger)
    let status = try run(["status", ledger])
    #expect(status.output.contains("stopped by SIGUSR1"))
    #expect(status.output.contains("stopped: the same run command continues\n"))
    #expect(status.output.contains(" trials are missing\n"))
    // A run that was looked at before its end has bounds that are valid at every look.
    let report = try run(["report", ledger])
    #expect(report.output.contains("confidence sequence"))

    #expect(try run(["run"] + Self.long + ["-o", ledger]).code == 0)
    let undisturbed = folder.file("undisturbed.landfall")
    #expect(try run(["run"] + Self.long + ["-o", undisturbed]).code == 0)
    #expect(try export(ledger) == export(undisturbed))
  }

  private func storedTrials(_ ledger: String) throws -> Int {
    let result = try run(["report", ledger, "--format", "csv"])
    guard result.code == 0 else { return 0 }
    return result.output.split(separator: "\n").dropFirst().compactMap { Int($0.split(separator: ",")[2]) }.reduce(0, +)
  }

  @Test func stopsAtWallTime() throws {
    let ledger = folder.file("walltime.landfall")
    let arguments = ["run"] + Self.long + ["--trials", "100000", "-o", ledger]
    let stopped = try run(arguments + ["--max-walltime", "1s"], ranks: 2)
    #expect(stopped.code == 75)
    #expect(stopped.errors.contains("stopped by --max-walltime; what is done is in"))
  }

  // MARK: Storing

  /// Where there is one that may trace.
  private static let strace = ["/usr/bin/strace", "/usr/local/bin/strace"].first { path in
    guard FileManager.default.isExecutableFile(atPath: path) else { return false }
    let trial = Process()
    trial.executableURL = URL(fileURLWithPath: path)
    trial.arguments = ["-f", "--seccomp-bpf", "-o", "/dev/null", "-e", "trace=fsync", "true"]
    trial.standardError = FileHandle.nullDevice
    guard (try? trial.run()) != nil else { return false }
    trial.waitUntilExit()
    return trial.terminationStatus == 0
  }

  /// Results are stored together: 400 cells of one trial take few syncs of the disk more than one.
  @Test(.enabled(if: strace != nil, "needs strace")) func syncs() throws {
    func syncs(_ cells: Int) throws -> Int {
      let (ledger, trace) = (folder.file("\(cells).landfall"), folder.file("\(cells).trace"))
      let hidden = (1...cells).map { "[\($0)]" }.joined(separator: ", ")
      let result = try ProgramUnderTest.Running(
        [
          Self.strace!, "-f", "--seccomp-bpf", "-o", trace, "-e", "trace=fsync,fdatasync", ProgramUnderTest.path, "run",
          "inner-bias", "--set", "network.hidden=[\(hidden)]", "--set", "training.steps=1", "--set", "limit=off",
          "--trials", "1",
          "-o", ledger,
        ], in: folder
      ).wait()
      #expect(result.code == 0, "\(result.errors)")
      let calls = try String(contentsOfFile: trace, encoding: .utf8)
      return calls.split(separator: "\n").count { $0.contains("sync(") }
    }
    let one = try syncs(1)
    #expect(one > 0)
    #expect(try syncs(400) <= one + 10)
  }

  // MARK: Extending

  @Test func moreTrialsAndMoreCells() throws {
    let ledger = folder.file("extended.landfall")
    let base = ["run", "inner-bias", "--set", "training.steps=100", "-o", ledger]
    #expect(try run(base + ["--set", "network.hidden=[[5]]", "--trials", "40"]).code == 0)
    let first = try export(ledger)
    let report = try run(["report", ledger]).output
    #expect(report.contains("Clopper-Pearson") && !report.contains("confidence sequence"))

    #expect(try run(base + ["--set", "network.hidden=[[3], [5]]", "--trials", "70"], ranks: 2).code == 0)
    let second = try export(ledger).split(separator: "\n")
    #expect(second.count == 141)
    // The 40 trials of before are the same; the new cell comes first, as in the study.
    #expect(
      second[71..<111].joined(separator: "\n") == first.split(separator: "\n").dropFirst().joined(separator: "\n"))
    // The extended cell keeps what was planned for it, the new one is planned.
    let table = try run(["report", ledger, "--format", "csv"]).output.split(separator: "\n")
    #expect(table[1].hasPrefix("3,3,70,") && table[1].contains("clopper-pearson"))
    #expect(table[2].hasPrefix("5,5,70,") && table[2].contains("planned-and-sequence"))
  }

  // MARK: Sizes

  /// Memory does not grow with the trials: 400,000 tiny ones, watched while they run.
  @Test func memoryAndLedgerSize() throws {
    let ledger = folder.file("many.landfall")
    let running = try ProgramUnderTest.Running(
      [
        ProgramUnderTest.path, "run", "inner-bias", "--set", "network.hidden=[[2]]", "--set", "training.steps=1",
        "--set", "training.batch.size=1", "--set", "limit=off", "--trials", "400000", "-o", ledger,
      ], in: folder)
    var peak = 0
    while running.process.isRunning {
      let status =
        (try? String(contentsOfFile: "/proc/\(running.process.processIdentifier)/status", encoding: .utf8)) ?? ""
      if let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) {
        peak = max(peak, Int(line.split(whereSeparator: \.isWhitespace)[1]) ?? 0)
      }
      usleep(20_000)
    }
    #expect(try running.wait().code == 0)
    #expect(peak > 0 && peak < 200 * 1024)
    let size = try FileManager.default.attributesOfItem(atPath: ledger)[.size] as? Int ?? .max
    #expect(size < 150 * 400_000)
  }
}
