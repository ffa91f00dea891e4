import Crypto
import Kernels
import Landscape
import Networks
import Outcomes
import Problems
import Training

/// One fully determined setting of a study: what a trial needs to know, and what names it.
public struct Cell: Sendable {
  public let architecture: Architecture
  /// The first 64 bits, big-endian, of SHA-256 over ``definition``.
  public let key: CellKey
  /// The hidden widths joined by hyphens: what tables call the cell.
  public let label: String
  /// Problem, network and training of the cell in the form of ``Study/text``: everything that determines the trained
  /// network of a trial but seed and trial index. Verdict, sampling, name and source are no part of it.
  public let definition: String

  public let problem: Problem
  public let initialization: Initialization
  public let trained: TrainedBlocks
  public let training: TrainingPlan
  public let verdictRule: VerdictRule
  public let seed: UInt64
}

extension Study {
  /// The cells, in the order of ``hidden``.
  public var cells: [Cell] {
    hidden.map { widths in
      let architecture = Architecture(hidden: widths, activation: activation)
      let definition = cellDefinition(widths)
      let digest = SHA256.hash(data: Array(definition.utf8))
      return Cell(
        architecture: architecture, key: CellKey(digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }),
        label: architecture.label, definition: definition, problem: problem, initialization: initialization,
        trained: TrainedBlocks(Set(trainable)), training: training, verdictRule: verdictRule, seed: sampling.seed)
    }
  }
}
