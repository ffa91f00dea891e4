import Kernels
import TestSupport

/// Parameters drawn through the kernels' normal numbers: weights of variance 2 / (neurons before), biases standard normal.
func normalParameters(_ shape: NetworkShape, trial: Int, kernels: KernelTable) -> [Double] {
  var parameters = kernels.standardNormals(
    shape.parameterCount, stream: stream(trial, .initialization), step: UInt32(shape.layers))
  for (layer, block) in shape.blocks.enumerated() {
    let scale = (2 / Double(shape.widths[layer])).squareRoot()
    for place in block.weights { parameters[place] *= scale }
  }
  return parameters
}
