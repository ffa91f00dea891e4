import Kernels
import Networks
import Randomness

/// A network whose function is the target.
public struct Teacher: Sendable, Hashable {
  public enum Parameters: Sendable, Hashable {
    /// Layer by layer the weights as [output][input], then the biases.
    case given([Double])
    /// Drawn once for the study, from a stream of this seed.
    case random(Initialization, seed: UInt64)
  }

  public let architecture: Architecture
  public let parameters: Parameters

  public init(architecture: Architecture, parameters: Parameters) {
    self.architecture = architecture
    self.parameters = parameters
  }

  /// The network, with its parameters in double precision.
  ///
  /// Random parameters come from the teacher's stream (study seed: that of the teacher, cell key 0, trial 0) as the
  /// initial parameters of a trial do from theirs. They have the same bits everywhere.
  public var network: Network {
    switch parameters {
    case .given(let parameters): return Network(architecture: architecture, parameters: parameters)
    case .random(let initialization, let seed):
      let stream = StreamAddress(studySeed: seed, cellKey: 0, trial: 0, purpose: .teacher)
      let parameters = initialization.resolved(architecture).draw(stream: stream, kernels: KernelTable(.widest))
      return Network(architecture: architecture, parameters: parameters)
    }
  }
}
