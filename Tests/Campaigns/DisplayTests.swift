import BuildInformation
import Foundation
import TestSupport
import Testing

/// What users look at: mistakes, the bar, the columns of reports.
@Suite struct DisplayTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func run(_ line: String, environment: [String: String] = [:]) throws -> ProgramUnderTest.Result {
    let words = line.split(separator: " ").map(String.init)
    return try ProgramUnderTest.run(words, environment: environment, in: folder)
  }

  // MARK: Mistakes

  /// Eight mistakes of somebody's first study; the second check is the last.
  @Test func twoRoundsOfCheck() throws {
    let text = """
      study: first
      problem: {target: "x**2"}
      network:
        hidden: [5, 20]
        initial: {weights: he-normal, biases: 0}
      training:
        optimizer: SDG
        learning_rate: 0.1
        steps: 2_000
        batch: 64
        epochs: 10
      verdict: {good: 1e-3}
      """
    try folder.write(text, to: "first.yaml")
    let first = try run("check first.yaml")
    #expect(first.code == 2 && first.output == "")
    #expect(
      first.errors.hasPrefix("landfall: 9 mistakes:\nfirst.yaml:2: problem.target: unexpected \"**\" in column 2; "))
    let told = first.errors.split(separator: "\n").filter { $0.hasPrefix("first.yaml:") }
    #expect(told.count == 9)
    for (part, advice) in [
      ("x**2", "\"^\""), ("[5, 20]", "; for a cell of each width write [[5], [20]]"),
      ("biases", "; write {constant: 0}"),
      ("SDG", "; did you mean \"sgd\"?"), ("learning_rate", "; did you mean \"learning-rate\"?"),
      ("2_000", "; write 2000"), ("batch", "; write {size: 64}"), ("epochs", "; write training.steps"),
      ("good", "; write {risk-at-most: 1e-3}"),
    ] {
      #expect(told.contains { $0.hasSuffix(advice) || $0.contains(advice) }, "\(part)")
    }
    let mended = [
      ("x**2", "x^2"), ("[5, 20]", "[[5], [20]]"), ("biases: 0", "biases: {constant: 0}"), ("SDG", "sgd"),
      ("learning_rate", "learning-rate"), ("2_000", "2000"), ("batch: 64", "batch: {size: 64}"), ("  epochs: 10\n", ""),
      ("1e-3", "{risk-at-most: 1e-3}"),
    ].reduce(text) { $0.replacing($1.0, with: $1.1) }
    try folder.write(mended, to: "first.yaml")
    #expect(try run("check first.yaml").code == 0)
  }

  @Test(arguments: [
    ("runn inner-bias", "\"runn\" is not a command; did you mean \"run\"?"),
    ("levles inner-bias", "\"levles\" is not a command; did you mean \"levels\"?"),
    (
      "inner-bias --trials 5",
      "\"inner-bias\" is not a command; write `landfall run STUDY`, or another command before the study"
    ),
    ("mine.yaml", "\"mine.yaml\" is not a command; write `landfall run STUDY`, or another command before the study"),
    (
      "xyzzyx",
      """
      "xyzzyx" is not a command; the commands are studies, check, plan, run, status, report, show, figures, trajectory, \
      export, replay, verify, salvage, levels, bench; see `landfall --help`
      """
    ),
    (
      "run inner-bias --trials -3",
      "--trials: sampling.trials must be a whole number from 1 to 1099511627776 = 2^40 (it is -3)"
    ),
    (
      "check inner-bias --seed -1",
      "--seed: sampling.seed must be a whole number from 0 to 18446744073709551615 (it is -1)"
    ),
    ("run inner-bias --threads -2", "--threads must be from 1 to 1024 (it is -2)"),
    ("plan inner-bias --ranks -2", "--ranks must be at least 1 (it is -2)"),
  ]) func commands(line: String, message: String) throws {
    let result = try run(line)
    #expect(result.code == 2)
    #expect(result.errors == "landfall: \(message)\n")
  }

  @Test func misspelledOptions() throws {
    #expect(try run("check inner-bias --trails 5").errors.contains("Did you mean '--trials'?"))
  }

  // MARK: Places of output

  @Test(arguments: [
    ("run inner-bias -o dd", "dd cannot be written: it is a folder. Give another file with -o."),
    ("run inner-bias -o file/x", "file/x cannot be written: file is no folder. Give another file with -o."),
    (
      "run inner-bias -o /proc/x",
      "/proc/x cannot be written: no files can be made in the folder /proc. Give another file with -o."
    ),
    (
      "run inner-bias -o none/x",
      "none/x cannot be created: its folder none does not exist. Make the folder, or give another file with -o."
    ),
    ("report dd", "dd cannot be read: it is a folder. Give the name of a ledger."),
    ("report file/x", "file/x cannot be read: Not a directory. Give the name of a ledger."),
    ("export a.landfall -o dd", "dd cannot be written: it is a folder; give the name of a file"),
    ("export a.landfall -o none/x", "none/x cannot be written: its folder none does not exist; make it first"),
    ("export a.landfall -o file/x", "file/x cannot be written: file is a file and no folder"),
    ("export a.landfall -o /proc/x", "/proc/x cannot be written: no files can be made in the folder /proc"),
    (
      "export a.landfall --format npy -o file",
      "the arrays cannot be written to file: it is a file; give the name of a folder"
    ),
    (
      "export a.landfall --format npy -o /proc/x/y",
      "the arrays cannot be written to /proc/x/y: no files can be made in the folder /proc"
    ),
    (
      "export a.landfall --parameters file --cell 2",
      "the arrays cannot be written to file: it is a file; give the name of a folder"
    ),
    (
      "figures a.landfall --data-only -o file",
      "the figures cannot be written to file: it is a file; give the name of a folder"
    ),
  ]) func placesOfOutput(line: String, message: String) throws {
    try FileManager.default.createDirectory(atPath: folder.file("dd"), withIntermediateDirectories: false)
    try folder.write("", to: "file")
    if line.contains("a.landfall") { try runSmall("inner-bias") }
    let result = try run(line)
    #expect([2, 3].contains(result.code))
    #expect(result.errors.split(separator: "\n").last.map(String.init) == "landfall: \(message)")
  }

  private func runSmall(_ study: String) throws {
    let result = try run(
      "run \(study) --set network.hidden=[[2],[3]] --set training.steps=20 --set trajectory={} --trials 6 -o a.landfall "
        + "--progress off")
    #expect(result.code == 0, "\(result.errors)")
  }

  // MARK: Reports

  private static let reports = [
    "status a.landfall", "report a.landfall", "report a.landfall --classes --law --trend --restarts --intervals",
    "report a.landfall --claim", "report a.landfall --methods", "trajectory a.landfall",
    "trajectory a.landfall --trial 0",
    "verify a.landfall", "replay a.landfall 2 0", "levels inner-bias --set network.hidden=[[2],[3]]",
    "plan a.landfall --seconds 0.2", "salvage a.landfall -o b.landfall", "show a.landfall",
  ]

  /// Every report says which program made it, and fits 80 columns; texts of others are not broken.
  @Test func reports() throws {
    let result = try run(
      "run inner-bias --set network.hidden=[[2],[3]] --set training.steps=20 --set trajectory.trials=[0] --trials 6 "
        + "-o a.landfall --progress off")
    try #require(result.code == 0, "\(result.errors)")
    for line in Self.reports {
      let result = try run(line)
      #expect(result.code == 0, "\(line): \(result.errors)")
      let words = result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      let isAboutPaper = line.contains("--methods")
      #expect(
        isAboutPaper
          || words.contains("landfall \(BuildInformation.version) (\(BuildInformation.revision)), arithmetic 1, Swift"),
        "\(line)")
      if line.hasPrefix("show") { continue }
      #expect(result.output.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(line)")
    }
  }

  /// Up to h + 1 pieces and three other minima; the data have all.
  @Test func levels() throws {
    let result = try run("levels inner-bias --set network.hidden=[[3]] --set network.trainable=[weights,biases]")
    #expect(result.code == 0)
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let start = try #require(lines.firstIndex { $0.hasPrefix("k ") || $0.hasPrefix("k  ") })
    #expect(
      lines[start...].prefix(5).map { $0.split(separator: " ").first.map(String.init) ?? "" } == [
        "k", "1", "2", "3", "4",
      ])
    #expect(lines[start + 5].hasPrefix("m_h: "))
    #expect(lines[(start + 1)...(start + 4)].allSatisfy { $0.split(separator: " ").count <= 5 })
    #expect(
      result.output.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains(
        "shown are lines of at most 4 pieces and 3 other minima each; --format json has all, up to 41 pieces"))
  }

  // MARK: The bar

  /// On a terminal of 46 columns no bar is longer than 45 characters, and all are drawn over one line.
  @Test func bar() throws {
    let command =
      "stty cols 46; exec '\(ProgramUnderTest.path)' run inner-bias --set network.hidden=[[20]] --set training.steps=400 "
      + "--trials 300 --progress bar -o bar.landfall"
    let result = try ProgramUnderTest.Running(["script", "-qec", command, "/dev/null"], in: folder).wait()
    #expect(result.code == 0)
    let pieces = result.output.components(separatedBy: "\r").map {
      $0.components(separatedBy: "\r\n")[0].replacing("\u{1B}[K", with: "")
    }
    let bars = pieces.filter { $0.contains(" trials (") }
    #expect(!bars.isEmpty)
    #expect(bars.allSatisfy { $0.count <= 45 && !$0.contains("\n") }, "\(bars)")
    #expect(bars.last?.hasPrefix("[") == true && bars.last?.contains("300/300 trials (100.0 %)") == true)
  }

  // MARK: Variables

  @Test func variablesThatAreNotUTF8() throws {
    let script = "export TMPDIR=$'/tmp/d\\xe9'; '\(ProgramUnderTest.path)' figures a.landfall -o f; echo $?; ls"
    let result = try ProgramUnderTest.Running(["bash", "-c", script], in: folder).wait()
    #expect(result.output.hasPrefix("2\n"))
    #expect(
      result.errors == """
        landfall: the environment variable TMPDIR is "/tmp/d\\xE9", which is not UTF-8, and what is there could not be named; \
        set it to another folder

        """)
  }

  /// Through a link of another name everything in such a folder can be used.
  @Test func linksToFoldersThatAreNotUTF8() throws {
    let script = """
      mkdir $'dos\\xe9' && ln -s $'dos\\xe9' link && printf '0,1\\n1,2\\n' > link/points.csv || exit 90
      landfall() { '\(ProgramUnderTest.path)' "$@"; }
      landfall check inner-bias --trials 3 --set training.steps=5 > link/a.yaml || exit 91
      landfall run link/a.yaml -o link/a.landfall --progress off || exit 92
      landfall run link/a.yaml -o link/a.landfall --trials 5 --progress off || exit 93
      landfall run inner-bias --set "problem={data: {csv: link/points.csv}}" --set limit=off --trials 2 \
        --set training.steps=5 -o link/b.landfall --progress off || exit 94
      landfall report link/a.landfall > link/report && landfall export link/a.landfall -o link/a.csv || exit 95
      ls link; ls -d $'dos\\xe9'/a.landfall | cat -v
      """
    let result = try ProgramUnderTest.Running(["bash", "-c", script], in: folder).wait()
    #expect(result.code == 0, "\(result.code) \(result.errors)")
    #expect(
      result.output.hasSuffix(
        "a.csv\na.landfall\na.yaml\nb.landfall\npoints.csv\nreport\ndosM-i/a.landfall\n"
      ),
      "\(result.output)")
  }
}
