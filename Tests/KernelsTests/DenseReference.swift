import Kernels
import TestSupport

/// The gradient of a batch's mean squared residual in double precision, by plain loops over samples and neurons:
/// nothing in common with the kernels but the formula. A neuron is active where w x + b > 0.
struct DenseReference {
  var innerWeights: [Double]
  var innerBiases: [Double]
  var outerWeights: [Double]
  var outerBias: Double

  init(_ network: ShallowParameters, inputs: [Float], target: (Double) -> Double) {
    let h = network.width
    let w = network.innerWeights.map(Double.init)
    let b = network.innerBiases.map(Double.init)
    let v = network.outerWeights.map(Double.init)
    var gw = [Double](repeating: 0, count: h)
    var gb = gw
    var gv = gw
    var gc = 0.0
    let factor = 2 / Double(inputs.count)
    for input in inputs {
      let x = Double(input)
      var residual = Double(network.outerBias) - target(x)
      for j in 0..<h {
        let z = w[j] * x + b[j]
        if z > 0 { residual += v[j] * z }
      }
      let r = factor * residual
      gc += r
      for j in 0..<h {
        let z = w[j] * x + b[j]
        if z > 0 {
          gw[j] += v[j] * x * r
          gb[j] += v[j] * r
          gv[j] += z * r
        }
      }
    }
    innerWeights = gw
    innerBiases = gb
    outerWeights = gv
    outerBias = gc
  }

  /// The largest |g - g_ref| / |g_ref| over the four parameter blocks, Euclidean norms. A block whose reference is 0
  /// must be 0: otherwise infinity.
  func largestError(of gradient: ShallowParameters) -> Double {
    max(
      Self.error(gradient.innerWeights, innerWeights), Self.error(gradient.innerBiases, innerBiases),
      Self.error(gradient.outerWeights, outerWeights), Self.error([gradient.outerBias], [outerBias]))
  }

  private static func error(_ gradient: [Float], _ reference: [Double]) -> Double {
    var difference = 0.0
    var norm = 0.0
    for (g, r) in zip(gradient, reference) {
      difference += (Double(g) - r) * (Double(g) - r)
      norm += r * r
    }
    return difference == 0 ? 0 : (difference / norm).squareRoot()
  }
}

/// Whether a sample lies within 4 ulp of a kink, so that rounding decides on which side it is.
func isNearKink(_ network: ShallowParameters, sortedInputs inputs: [Float]) -> Bool {
  for j in 0..<network.width where network.innerWeights[j] != 0 {
    let kink = -Double(network.innerBiases[j]) / Double(network.innerWeights[j])
    guard kink > Double(inputs[0]) - 1, kink < Double(inputs[inputs.count - 1]) + 1 else { continue }
    // The first sample at or right of the kink; the nearest ones are this and the one before.
    var low = 0
    var high = inputs.count
    while low < high {
      let middle = (low + high) / 2
      if Double(inputs[middle]) < kink { low = middle + 1 } else { high = middle }
    }
    for p in max(low - 1, 0)...min(low, inputs.count - 1) {
      let x = inputs[p]
      if abs(Double(x) - kink) <= 4 * Double(max(x.ulp, Float(kink).ulp)) { return true }
    }
  }
  return false
}

/// Draws batches of the trial from step 0 on until no sample is near a kink.
func drawAwayFromKinks(_ batch: MiniBatch, _ network: ShallowParameters, trial: Int) -> [Float] {
  for step in 0..<1000 as Range<UInt32> {
    batch.draw(stream(trial), step: step)
    let inputs = batch.inputs
    if !isNearKink(network, sortedInputs: inputs) { return inputs }
  }
  preconditionFailure("every batch has a sample near a kink")
}
