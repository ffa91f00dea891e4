import BuildInformation
import Foundation
import Ledger
import Studies
import Trials

extension RunRecord {
  /// The provenance of what this process and the other ranks of its job compute from now on.
  ///
  /// - Parameters:
  ///   - threads: of each rank.
  ///   - kernelLevel: the one that all ranks have agreed on.
  ///   - mpi: the name and version of MPI.
  public init(of study: Study, host: String, ranks: Int, threads: Int, kernelLevel: String, mpi: String) {
    self.init(
      started: Date(), host: host, processID: Int(ProcessInfo.processInfo.processIdentifier), ranks: ranks,
      threads: threads, kernelLevel: kernelLevel, version: BuildInformation.version,
      revision: BuildInformation.revision, arithmetic: Arithmetic.version(of: study),
      compiler: BuildInformation.compiler,
      mpi: mpi,
      commandLine: Self.commandLine(CommandLine.arguments), seed: study.sampling.seed)
  }

  /// "landfall 0.2.0 (d0fc7cb), arithmetic 1, Swift 6.3.1"
  public var programText: String {
    Self.programText(version, revision, arithmetic == 0 ? "unknown" : "\(arithmetic)", compiler)
  }

  /// The line of this program, where it computes trials of `study`.
  public static func programText(for study: Study) -> String {
    programText(
      BuildInformation.version, BuildInformation.revision, "\(Arithmetic.version(of: study))", BuildInformation.compiler
    )
  }

  private static func programText(
    _ version: String, _ revision: String, _ arithmetic: String, _ compiler: String
  ) -> String {
    "landfall \(version)\(revision.isEmpty ? "" : " (\(revision))"), arithmetic \(arithmetic), \(compiler)"
  }
}
