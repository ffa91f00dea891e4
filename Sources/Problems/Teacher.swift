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

  /// k ReLU neurons whose weights are the axes of k coordinates: f(x) = sum_j max(x_j, 0) (Safran and Shamir,
  /// arXiv:1712.08968).
  public static func orthonormal(_ count: Int) -> Teacher {
    let axes = (0..<count * count).map { $0 % (count + 1) == 0 ? 1.0 : 0.0 }
    return Teacher(
      architecture: Architecture(inputDimension: count, hidden: [count], activation: .relu),
      parameters: .given(
        axes + Array(repeating: 0, count: count) + Array(repeating: 1, count: count) + [0]))
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
