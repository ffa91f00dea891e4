import Foundation
import TestSupport

/// The landfall program of this build, run as users run it.
enum ProgramUnderTest {
  /// The program stands beside the test bundle.
  static let path: String = {
    let bundle =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("landfall").path
  }()

  struct Result {
    let code: Int32
    let output: String
    let errors: String
  }

  /// A started program.
  final class Running {
    let process = Process()
    private let folder: URL

    init(_ command: [String], environment: [String: String] = [:], in folder: TemporaryFolder) throws {
      self.folder = folder.url.appendingPathComponent(UUID().uuidString)
      try FileManager.default.createDirectory(at: self.folder, withIntermediateDirectories: false)
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = command
      process.currentDirectoryURL = folder.url
      var variables = ProcessInfo.processInfo.environment
      // Root may start mpirun, more ranks than processors are wanted, ranks float, all for the sake of the test.
      variables["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
      variables["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
      variables["OMPI_MCA_btl_vader_single_copy_mechanism"] = "none"
      process.environment = variables.merging(environment) { $1 }
      process.standardInput = FileHandle.nullDevice
      for name in ["out", "err"] {
        try Data().write(to: self.folder.appendingPathComponent(name))
      }
      process.standardOutput = try FileHandle(forWritingTo: self.folder.appendingPathComponent("out"))
      process.standardError = try FileHandle(forWritingTo: self.folder.appendingPathComponent("err"))
      // The threads that run tests have all signals blocked, and mpirun would inherit that.
      var all = sigset_t()
      var previous = sigset_t()
      sigfillset(&all)
      pthread_sigmask(SIG_UNBLOCK, &all, &previous)
      defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
      try process.run()
    }

    /// Waits for the end; a program that takes longer than `limit` seconds is killed, which fails the test by its code.
    func wait(limit: Double = 60) throws -> Result {
      let deadline = ContinuousClock.now + .seconds(limit)
      while process.isRunning {
        if .now > deadline { kill(process.processIdentifier, SIGKILL) }
        usleep(2000)
      }
      process.waitUntilExit()
      func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      }
      return Result(code: process.terminationStatus, output: try text("out"), errors: try text("err"))
    }
  }

  static func mpirun(_ ranks: Int) -> [String] {
    ["mpirun", "-n", "\(ranks)", "--oversubscribe", "--bind-to", "none", path]
  }

  static func run(
    _ arguments: [String], ranks: Int? = nil, environment: [String: String] = [:], in folder: TemporaryFolder
  ) throws -> Result {
    try Running((ranks.map(mpirun) ?? [path]) + arguments, environment: environment, in: folder).wait()
  }
}

/// Processes of a job, found by the ledger on their command line.
enum Job {
  /// Process identifiers by rank.
  static func ranks(ledger: String) -> [Int: pid_t] {
    var found: [Int: pid_t] = [:]
    for pid in processes(ledger: ledger) {
      guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/environ") else { continue }
      let variables = String(decoding: data, as: UTF8.self).split(separator: "\0")
      if let rank = variables.first(where: { $0.hasPrefix("OMPI_COMM_WORLD_RANK=") })?.split(separator: "=").last {
        found[Int(rank) ?? -1] = pid
      }
    }
    return found
  }

  /// The landfall processes that have this ledger on their command line.
  static func processes(ledger: String) -> [pid_t] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.compactMap { pid_t($0) }.filter { pid in
      guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { return false }
      let words = String(decoding: data, as: UTF8.self).split(separator: "\0")
      return words.first.map { $0.hasSuffix("/landfall") } == true && words.contains { $0 == ledger }
    }
  }

  /// Waits until no process of the job is left.
  static func waitForEnd(ledger: String) {
    while !processes(ledger: ledger).isEmpty { usleep(5000) }
  }
}
