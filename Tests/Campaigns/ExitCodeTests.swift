import Campaign
import TestSupport
import Testing

/// Every exit code of the program, provoked.
@Suite(.serialized) struct ExitCodeTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private static let tiny = [
    "run", "inner-bias", "--set", "network.hidden=[[3]]", "--set", "training.steps=5", "--trials", "4", "-o",
    "a.landfall",
  ]

  /// Ways to end with a code, and what standard error then has.
  private func ways(to code: ExitCode) -> [(arguments: [String], environment: [String: String], errors: String)] {
    switch code {
    case .done:
      [(["studies"], [:], ""), (Self.tiny + ["--progress", "off"], [:], ""), (["run", "--help"], [:], "")]
    case .usage:
      [
        (["check", "no-such-study"], [:], "no-such-study"),
        (Self.tiny + ["--set", "training.stps=3"], [:], "did you mean \"steps\"?"),
        (Self.tiny + ["--threads", "0"], [:], "--threads must be from 1 to 1024"),
        (["rn"], [:], "\"rn\" is not a command; did you mean \"run\"?"),
        (["run"], [:], "Missing expected argument"),
      ]
    case .ledger:
      [
        (["report", "poem.txt"], [:], "poem.txt"), (["status", "missing.landfall"], [:], "missing.landfall"),
        (Array(Self.tiny.dropLast()) + ["poem.txt"], [:], "poem.txt"),
        (Array(Self.tiny.dropLast()) + ["no/such/folder/a.landfall"], [:], "no/such/folder"),
      ]
    case .messagePassing:
      [
        (
          Self.tiny, ["PMI_SIZE": "3", "PMI_RANK": "0", "OMPI_MCA_ess_singleton_isolated": "1"],
          "started by the mpiexec of MPICH or Intel MPI with 3 processes"
        )
      ]
    case .resources:
      // Needs limits of the system: HostileInputTests.
      []
    case .stopped:
      [
        (
          ["run", "inner-bias", "--trials", "100000", "--max-walltime", "1s", "-o", "b.landfall"], [:],
          "stopped by --max-walltime; what is done is in b.landfall, and the same command continues"
        )
      ]
    }
  }

  @Test(arguments: ExitCode.allCases) func everyCode(_ code: ExitCode) throws {
    try folder.write("This is a poem, not a database, and long enough to be read as one.\n", to: "poem.txt")
    for (arguments, environment, errors) in ways(to: code) {
      let result = try ProgramUnderTest.run(arguments, environment: environment, in: folder)
      #expect(result.code == code.rawValue, "\(arguments): \(result.errors)")
      if errors.isEmpty {
        #expect(result.errors == "", "\(arguments)")
      } else {
        #expect(result.errors.contains(errors), "\(arguments): \(result.errors)")
      }
    }
  }

  /// The help names every code.
  @Test func helpNamesEveryCode() throws {
    let help = try ProgramUnderTest.run(["--help"], in: folder).output
    for code in ExitCode.allCases { #expect(help.contains(" \(code.rawValue) "), "\(code)") }
  }
}
