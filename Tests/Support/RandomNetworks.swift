import Kernels
import Networks
import Randomness

/// A shallow ReLU network, or another, with standard normal parameters.
package func standardNormal(_ width: Int, _ trial: Int, _ activation: Activation = .relu) -> Network {
  standardNormal([width], trial, activation)
}

/// A network with scalar input and standard normal parameters.
package func standardNormal(_ hidden: [Int], _ trial: Int, _ activation: Activation = .relu) -> Network {
  let architecture = Architecture(hidden: hidden, activation: activation)
  let stream = StreamAddress(studySeed: 1, cellKey: UInt64(hidden[0]), trial: trial, purpose: .initialization)
  return Network(
    architecture: architecture,
    parameters: widest.standardNormals(architecture.parameterCount, stream: stream, step: 0))
}
