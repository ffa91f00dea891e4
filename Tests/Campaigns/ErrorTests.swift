import Foundation
import Kernels
import TestSupport
import Testing

/// What users see when something is wrong: exit codes and literal texts of the program.
@Suite(.serialized) struct ErrorTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let tiny = [
    "inner-bias", "--set", "network.hidden=[[3]]", "--set", "training.steps=5", "--trials", "4",
  ]

  private func fails(
    _ arguments: [String], code: Int32, _ message: String, ranks: Int? = nil, environment: [String: String] = [:],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let result = try ProgramUnderTest.run(arguments, ranks: ranks, environment: environment, in: folder)
    #expect(result.code == code, sourceLocation: sourceLocation)
    if ranks == nil {
      #expect(result.errors == message + "\n", sourceLocation: sourceLocation)
    } else {
      // mpirun adds its own lines; the message stands there once.
      #expect(
        result.errors.components(separatedBy: message).count == 2, "\(result.errors)", sourceLocation: sourceLocation)
    }
    #expect(result.output == "", sourceLocation: sourceLocation)
  }

  private func makeLedger(_ name: String, _ more: [String] = []) throws {
    let result = try ProgramUnderTest.run(["run"] + Self.tiny + ["-o", name] + more, in: folder)
    #expect(result.code == 0, "\(result.errors)")
  }

  @Test func studies() throws {
    try folder.write("study: s\nproblem: {target: \"x +\"}\n", to: "bad.yaml")
    let result = try ProgramUnderTest.run(["check", "bad.yaml"], in: folder)
    #expect(result.code == 2)
    #expect(result.errors.hasPrefix("landfall: 4 mistakes:\nbad.yaml:2: problem.target: "))
    #expect(result.errors.contains("    x +\n"))

    try fails(
      ["check", "inner-bias", "--set", "problem.target=log(x)"], code: 2,
      "landfall: --set problem.target: problem.target: the target is not finite on the input interval (it is -inf "
        + "at x = 0.0); choose an interval on which it is")
    try fails(
      ["run", "inner-bias", "--trials", "1099511627777", "-o", "x.landfall"], code: 2,
      "landfall: --trials: sampling.trials must be a whole number from 1 to 1099511627776 = 2^40 (it is 1099511627777)")
    #expect(!FileManager.default.fileExists(atPath: folder.file("x.landfall")))
  }

  /// What is wrong with a target shows only when its risk is computed; the message has its place all the same.
  @Test func targets() throws {
    func write(_ problem: String, _ more: String = "", to name: String) throws {
      try folder.write(
        """
        study: s
        problem:
          \(problem)
        network: {hidden: [[3]], initial: pytorch}
        training: {learning-rate: 0.1, steps: 5}
        verdict: {good: {risk-at-most: 1}}
        \(more)

        """, to: name)
    }
    let reason =
      "the target is not finite on the input interval (it is inf at x = 0.0); choose an interval on which it is"
    try write("target: 1/x", to: "pole.yaml")
    for overrides in [[], ["--set", "problem.input.uniform=[0, 2]"]] {
      try fails(["check", "pole.yaml"] + overrides, code: 2, "landfall: pole.yaml:3: problem.target: \(reason)")
    }
    try write("target: x", "vary:\n- problem.target: [x, 1/x]", to: "vary.yaml")
    try fails(
      ["run", "vary.yaml"], code: 2, "landfall: vary.yaml:8: problem.target (cell 3 target=1/x): \(reason)")

    let mean = "the risk of the network that is 0, must be finite in single precision"
    let advice = "rescale them, or set training.precision to float64"
    try write("data: {points: [[0, 1], [1, -3e38]]}", to: "labels.yaml")
    try fails(
      ["check", "labels.yaml"], code: 2,
      "landfall: labels.yaml:3: problem.data: the mean square of the labels, \(mean) (point 2 has -3e+38); \(advice)")
    try write("data: {points: [[0], [3], [1]]}\n  target: 1e40 * x", to: "data.yaml")
    try fails(
      ["check", "data.yaml"], code: 2,
      "landfall: data.yaml:4: problem.target: the mean square of the targets, \(mean) (point 2 has 3e+40); \(advice)")
    let double = [
      "check", "data.yaml", "--set", "training.precision=float64", "--set", "verdict.good.risk-at-most=1e70",
    ]
    #expect(try ProgramUnderTest.run(double, in: folder).code == 0)
    try fails(
      double + ["--set", "problem.target=1e154"], code: 2,
      "landfall: --set problem.target: problem.target: the mean square of the targets, the risk of the network that is "
        + "0, must be finite in double precision (point 1 has 1e+154); rescale them")
  }

  /// A data file that only the host of rank zero has: the other rank says which one it is and what it lacks.
  @Test func dataFileMissingOnAnotherRank() throws {
    // Every process sees its own working directory under this path.
    try folder.write(
      """
      study: s
      problem: {data: {csv: /proc/self/cwd/points.csv}}
      network: {hidden: [[3]], initial: pytorch}
      training: {learning-rate: 0.1, steps: 5}
      verdict: {good: {risk-at-most: 1}}
      """, to: "data.yaml")
    try folder.write("0,1\n1,2\n", to: "points.csv")
    let elsewhere = try TemporaryFolder()
    let command = [
      ProgramUnderTest.path, "run", folder.file("data.yaml"), "--trials", "2", "-o", folder.file("x.landfall"),
    ]
    let result = try ProgramUnderTest.Running(
      ["mpirun", "--oversubscribe", "--bind-to", "none", "-n", "1", "-wdir", folder.path] + command
        + [":", "-n", "1", "-wdir", elsewhere.path] + command, in: folder
    ).wait()
    #expect(result.code == 2)
    #expect(result.errors.contains("landfall: rank 1 on "), "\(result.errors)")
    #expect(result.errors.contains("problem.data.csv: "), "\(result.errors)")
  }

  /// Under a launcher one rank speaks, and no rank hangs.
  @Test func studyErrorUnderMPI() throws {
    try fails(
      ["run", "inner-bias", "--set", "training.stps=3", "-o", "x.landfall"], code: 2,
      "landfall: --set training.stps: training.stps is not a key here; did you mean \"steps\"?", ranks: 3)
    #expect(!FileManager.default.fileExists(atPath: folder.file("x.landfall")))
  }

  /// The ledger is opened on rank zero alone; its exit code is the job's.
  @Test func ledgerErrorUnderMPI() throws {
    try folder.write("no database\n", to: "poem.txt")
    let result = try ProgramUnderTest.run(["run"] + Self.tiny + ["-o", "poem.txt"], ranks: 3, in: folder)
    #expect(result.code == 3)
    #expect(result.errors.components(separatedBy: "landfall: ").count == 2, "\(result.errors)")
  }

  @Test func ledgerOfAnotherStudy() throws {
    try makeLedger("one.landfall")
    let result = try ProgramUnderTest.run(
      ["run"] + Self.tiny + ["--set", "training.batch.size=512", "-o", "one.landfall"], in: folder)
    #expect(result.code == 3)
    #expect(result.errors.contains("-   batch: {size: 1024, stream: independent}\n"))
    #expect(result.errors.contains("+   batch: {size: 512, stream: independent}"))
  }

  @Test func anotherKernelLevel() throws {
    guard KernelLevel.widest > .baseline else { return }
    try makeLedger("level.landfall", ["--kernel", "baseline"])
    let result = try ProgramUnderTest.run(
      ["run"] + Self.tiny + ["-o", "level.landfall", "--kernel", KernelLevel.widest.name], in: folder)
    #expect(result.code == 3)
    #expect(result.errors.contains("--kernel baseline"))
  }

  @Test func options() throws {
    try fails(
      ["run"] + Self.tiny + ["--kernel", "sse"], code: 2,
      "landfall: --kernel takes one of baseline, avx2, avx512 (it is \"sse\")")
    try fails(
      ["bench", "inner-bias", "--kernel", "sse"], code: 2,
      "landfall: --kernel takes one of baseline, avx2, avx512 (it is \"sse\")")
    try fails(
      ["run"] + Self.tiny + ["--max-walltime", "soon"], code: 2,
      "landfall: --max-walltime takes a time such as 90s, 50m or 1h30m, at most 3650d (it is \"soon\")")
    try fails(
      ["run"] + Self.tiny + ["--threads", "0"], code: 2, "landfall: --threads must be from 1 to 1024 (it is 0)")
    try fails(
      ["run"] + Self.tiny + ["--block", "0"], code: 2, "landfall: --block must be from 1 to 100000 trials (it is 0)")
    let bench = try ProgramUnderTest.run(["bench", "--format", "json"], in: folder)
    #expect(bench.code == 2 && bench.errors.hasPrefix("Error: --set, --networks and --format json need a study\n"))
    let unknown = try ProgramUnderTest.run(["rn"], in: folder)
    #expect(unknown.code == 2)
  }

  /// A closed standard output is told, a closed standard error costs nothing but the messages.
  @Test func closedDescriptors() throws {
    func code(_ redirections: String) throws -> Int32 {
      let ledger = folder.file("closed.landfall")
      try? FileManager.default.removeItem(atPath: ledger)
      let command = "exec \"$0\" run \(Self.tiny.map { "'\($0)'" }.joined(separator: " ")) -o \(ledger) \(redirections)"
      let result = try ProgramUnderTest.Running(["sh", "-c", command, ProgramUnderTest.path], in: folder).wait()
      #expect(try ProgramUnderTest.run(["export", ledger], in: folder).code == 0)
      return result.code
    }
    #expect(try code("2>&-") == 0)
    #expect(try code(">&-") == 3)
    #expect(try code("<&- >&- 2>&-") == 3)
  }

  @Test func filesThatAreNoLedgers() throws {
    try folder.write("This is a poem, not a database, and long enough to be read as one.\n", to: "poem.txt")
    for arguments in [["report", "poem.txt"], ["status", "poem.txt"], ["run"] + Self.tiny + ["-o", "poem.txt"]] {
      let result = try ProgramUnderTest.run(arguments, in: folder)
      #expect(result.code == 3)
      #expect(result.errors.contains("poem.txt"))
    }
    #expect(try String(contentsOfFile: folder.file("poem.txt"), encoding: .utf8).hasPrefix("This is a poem"))
    let missing = try ProgramUnderTest.run(["run"] + Self.tiny + ["-o", "no/such/folder/x.landfall"], in: folder)
    #expect(missing.code == 3)
    #expect(missing.errors.contains("no/such/folder"))
  }

  @Test func secondWriter() throws {
    let long = ["run", "inner-bias", "--trials", "100000", "-o", folder.file("locked.landfall")]
    let first = try ProgramUnderTest.Running([ProgramUnderTest.path] + long, in: folder)
    while !FileManager.default.fileExists(atPath: folder.file("locked.landfall.lock")) { usleep(2000) }
    usleep(200_000)
    let second = try ProgramUnderTest.run(long, in: folder)
    #expect(second.code == 3)
    #expect(second.errors.contains("\(first.process.processIdentifier)"))
    // Readers are welcome meanwhile.
    let status = try ProgramUnderTest.run(["status", folder.file("locked.landfall")], in: folder)
    #expect(status.code == 0)
    #expect(status.output.contains("running: process \(first.process.processIdentifier) on host "))
    kill(first.process.processIdentifier, SIGTERM)
    #expect(try first.wait().code == 75)
  }

  /// A foreign launcher starts N processes that each believe to be alone.
  @Test func wrongLauncher() throws {
    let result = try ProgramUnderTest.run(
      ["run"] + Self.tiny + ["-o", "x.landfall"],
      environment: ["PMI_SIZE": "3", "PMI_RANK": "0", "OMPI_MCA_ess_singleton_isolated": "1"], in: folder)
    #expect(result.code == 4)
    #expect(
      result.errors.hasPrefix(
        "landfall: started by the mpiexec of MPICH or Intel MPI with 3 processes, but MPI reports one: this program "
          + "was built with "))
    #expect(!FileManager.default.fileExists(atPath: folder.file("x.landfall")))
  }

  /// A crash cannot be caught, but it names its rank and block. The signal goes to the thread that computes.
  @Test func crashesNameTheBlock() throws {
    let ledger = folder.file("crash.landfall")
    let running = try ProgramUnderTest.Running(
      [
        ProgramUnderTest.path, "run", "inner-bias", "--trials", "1000", "--threads", "1", "--block", "10", "-o", ledger,
      ], in: folder)
    usleep(1_000_000)
    let pid = running.process.processIdentifier
    let threads = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task").compactMap { pid_t($0) }
    // The thread that has used most of the processor is the one that computes: field 14 of its statistics.
    let computing = try threads.max {
      func ticks(_ thread: pid_t) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(pid)/task/\(thread)/stat", encoding: .utf8)
        return Int(text.split(separator: ")").last?.split(separator: " ")[11] ?? "") ?? 0
      }
      return try ticks($0) < ticks($1)
    }
    // The system call tgkill, which sends a signal to one thread, has no wrapper in Swift.
    #if arch(x86_64)
      let tgkill = 234
    #else
      let tgkill = 131
    #endif
    let thread = try #require(computing)
    let sent = try ProgramUnderTest.Running(
      ["perl", "-e", "exit(syscall(\(tgkill), \(pid), \(thread), \(SIGSEGV)) != 0)"], in: folder)
    #expect(try sent.wait().code == 0)
    let result = try running.wait()
    #expect(result.code != 0)
    // Which cell it is depends on the moment: cells take turns.
    #expect(
      result.errors.contains(/landfall: crashed: rank 0, cell (5|20|100), trials \d+ to \d+/),
      "\(result.errors.prefix(500))")
  }

  @Test func helpHasExamples() throws {
    for verb in ["studies", "check", "run", "status", "report", "export", "replay", "bench"] {
      let result = try ProgramUnderTest.run([verb, "--help"], in: folder)
      #expect(result.code == 0)
      #expect(result.output.contains("landfall \(verb)"))
      #expect(result.output.lowercased().contains("example"))
    }
  }
}
