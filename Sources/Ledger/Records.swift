import Foundation
import Outcomes

/// What makes a study the study it is, as a caller hands it to the ledger.
public struct StudyRecord: Sendable, Hashable {
  public var name: String
  /// The resolved study, defaults included, without trial target and list of cells. Any text.
  public var definition: String
  /// The part of it that identifies the trials. Two studies are the same if these texts are; their lines are compared
  /// otherwise. Empty if a ledger of an older schema does not know it.
  public var identity: String
  /// By what the trials are judged, any text; empty if a ledger of an older schema does not know it. It may change when a
  /// study is continued, and so may the parts of `definition` that do not identify it.
  public var verdict: String
  /// SHA-256 over what identified the study when its ledger was made, 64 hexadecimal digits: a part of every checksum.
  public var hash: String
  /// What `definition` leaves out of the cells, any text; empty if a ledger of an older schema does not know it. It may
  /// change when a study is continued.
  public var cells: String

  /// - Precondition: `hash` has 64 hexadecimal digits.
  public init(
    name: String, definition: String, identity: String, verdict: String = "", hash: String, cells: String = ""
  ) {
    precondition(hash.utf8.count == 64 && hash.allSatisfy(\.isHexDigit), "a study hash has 64 hexadecimal digits")
    self.name = name
    self.definition = definition
    self.identity = identity
    self.verdict = verdict
    self.hash = hash
    self.cells = cells
  }
}

/// A cell of a study, as a caller hands it to the ledger.
public struct CellRecord: Sendable, Hashable {
  public var key: CellKey
  /// What tables and messages call the cell: "20", "8-8".
  public var label: String
  /// The resolved cell, as text.
  public var definition: String
  /// The algorithm of the mini-batch gradients, as study files name it; empty if it is not known, as in ledgers of
  /// schema 1.
  public var kernel: String
  /// The numbers of steps after which trajectories are kept, ascending; empty if none are.
  public var checkpoints: [Int]
  /// What is measured at every checkpoint.
  public var followed: [Observable]
  /// Whether every trial that is computed gets an analysis.
  public var hasAnalysis: Bool
  /// What is measured of every trial besides outcome and analysis.
  public var further: [Observable]
  /// How far the limits of its trials are followed, any text; empty if a ledger of an older schema does not know it. It must
  /// not change once there are outcomes, or it would depend on the history of a ledger what is known of a trial.
  public var limits: String

  /// - Precondition: checkpoints are not negative, and ascend.
  public init(
    key: CellKey, label: String, definition: String, kernel: String = "", checkpoints: [Int] = [],
    followed: [Observable] = Observable.trajectory,
    hasAnalysis: Bool = false, further: [Observable] = [], limits: String = ""
  ) {
    precondition(Self.areCheckpoints(checkpoints), "checkpoints are not negative, and ascend")
    self.key = key
    self.label = label
    self.definition = definition
    self.kernel = kernel
    self.checkpoints = checkpoints
    self.followed = followed
    self.hasAnalysis = hasAnalysis
    self.further = further
    self.limits = limits
  }

  /// What is kept of every trial, a value each.
  public var columns: [Observable] {
    Outcome.observables + (hasAnalysis ? TrialAnalysis.observables : []) + further
  }

  /// Everything that is measured of a trial.
  var observables: [Observable] { columns + (checkpoints.isEmpty ? [] : followed) }

  static func areCheckpoints(_ steps: [Int]) -> Bool {
    steps.allSatisfy { $0 >= 0 } && zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 }
  }

  /// How messages name the cell: `cell 20 (00ff00ff00ff00ff)`.
  var nameInMessages: String { "cell \(label) (\(key.text))" }
}

/// Where and how a run of the program computes; the provenance of the outcomes it commits.
public struct RunRecord: Sendable, Hashable {
  /// Stored in whole seconds, UTC.
  public var started: Date
  public var host: String
  public var processID: Int
  public var ranks: Int
  /// Threads a rank.
  public var threads: Int
  /// The kernel level all ranks agreed on. It becomes the ledger's when the run creates the ledger, and has to be the
  /// ledger's otherwise.
  public var kernelLevel: String
  /// Version of landfall.
  public var version: String
  /// Of the source tree it was built from, any text; empty if a ledger of an older schema does not know it.
  public var revision: String
  /// The version of the arithmetic that computes outcomes: those of different versions must not meet. 0 if a ledger of
  /// an older schema does not know it.
  public var arithmetic: Int
  public var compiler: String
  public var mpi: String
  public var commandLine: String
  public var seed: UInt64

  public init(
    started: Date, host: String, processID: Int, ranks: Int, threads: Int, kernelLevel: String, version: String,
    revision: String = "", arithmetic: Int, compiler: String, mpi: String, commandLine: String, seed: UInt64
  ) {
    self.started = started
    self.host = host
    self.processID = processID
    self.ranks = ranks
    self.threads = threads
    self.kernelLevel = kernelLevel
    self.version = version
    self.revision = revision
    self.arithmetic = arithmetic
    self.compiler = compiler
    self.mpi = mpi
    self.commandLine = commandLine
    self.seed = seed
  }
}

/// The study of a ledger, with what was fixed when the ledger was created.
public struct StoredStudy: Sendable, Hashable {
  public var study: StudyRecord
  /// Binding: outcomes at another level are refused.
  public var kernelLevel: String
  public var created: Date
  /// Version of landfall that created the ledger.
  public var version: String
  /// Of the ledger as it is.
  public var schema: Int
  /// The text that the study's hash is one of, in ledgers whose rows have no seals; nil where that is not known: a ledger
  /// that was brought from an older schema keeps the hash of a text that is gone.
  public var hashedText: String?

  /// Whether all that the ledger says is covered by checksums.
  public var hasSeals: Bool { schema >= LedgerSchema.firstSealedVersion }
}

/// A run that wrote to the ledger.
public struct StoredRun: Sendable, Hashable {
  /// 1, 2, 3, ... in the order of starting.
  public var id: Int
  public var run: RunRecord
  /// Nil while the run goes on, and for good if it was killed.
  public var finished: Date?
  /// How the run ended in words, such as "done"; nil with `finished`.
  public var ending: String?
  /// By what its study judges trials, see ``StudyRecord/verdict``.
  public var verdict: String
}
