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
  /// network of a trial but seed and trial index. Verdict, trajectory, sampling, name and source are no part of it.
  public let definition: String

  public let problem: Problem
  public let initialization: Initialization
  /// The blocks that training moves, in the order of the parameter vector.
  public let trained: [ParameterBlock]
  public let training: TrainingPlan
  /// The kernel that computes the gradients: the one that the study asks for, or the automatic one.
  public let kernel: GradientKernel
  public let verdictRule: VerdictRule
  /// Nil where no trajectories are kept.
  public let trajectory: TrajectoryPlan?
  public let seed: UInt64
}

extension Study {
  /// The cells, in the order of ``hidden``.
  public var cells: [Cell] {
    hidden.map { widths in
      let architecture = architecture(widths)
      let trained = trained(architecture)
      let kernel =
        training.kernel ?? .automatic(shape: architecture.shape, problem: problem, plan: training)
      let definition = cellDefinition(architecture, trained: trained, kernel: kernel)
      let digest = SHA256.hash(data: Array(definition.utf8))
      return Cell(
        architecture: architecture, key: CellKey(digest.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }),
        label: architecture.label, definition: definition, problem: problem, initialization: initialization,
        trained: trained, training: training, kernel: kernel, verdictRule: verdictRule, trajectory: trajectory,
        seed: sampling.seed)
    }
  }

  private func trained(_ architecture: Architecture) -> [ParameterBlock] {
    architecture.blocks.filter { block in trainable.contains { $0.covers(block, depth: architecture.depth) } }
  }
}
