import Kernels
import TestSupport

/// Parameters drawn through the kernels' normal numbers: weights of variance 2 / (neurons before), biases standard normal.
func normalParameters(_ architecture: Architecture, trial: Int, kernels: KernelTable) -> [Double] {
  var parameters = kernels.standardNormals(
    architecture.parameterCount, stream: stream(trial, .initialization), step: UInt32(architecture.layers))
  for (layer, block) in architecture.parameterRanges.enumerated() {
    let scale = (2 / Double(architecture.widths[layer])).squareRoot()
    for place in block.weights { parameters[place] *= scale }
  }
  return parameters
}
