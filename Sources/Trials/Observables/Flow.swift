import Networks
import Outcomes
import Studies

// Of trials that the gradient flow trains.
extension Measurement<MeasuredTrial> {
  /// Less than the whole where a trial met the stopping criterion, or the integration took too many steps.
  static let flowTime = Self(
    observable: Observable("flow-time", title: "flow time that was reached", .nonnegativeReal, at: .end)
  ) { $0.flow?.time }

  static let integrationSteps = Self(
    observable: Observable("integration-steps", title: "steps of the integration", .count, at: .end)
  ) { $0.flow.map { Double($0.steps) } }

  /// See ``Training/FlowRecord/energyError``.
  static let energyError = Self(
    observable: Observable(
      "energy-error", title: "|decrease of L - integral of |G|^2| / L at the start", .nonnegativeReal, at: .end)
  ) { $0.flow?.energyError.map(\.magnitude) }

  /// The largest change of |w|^2 + b^2 - |v|^2 over the hidden neurons, w its inner weights, b its bias and v its outer
  /// weights, which the flow of rectified networks leaves as it is (arXiv:2108.08106).
  static let balanceDrift = Self(
    observable: Observable(
      "balance-drift", title: "largest change of |w|^2 + b^2 - |v|^2 of a neuron", .nonnegativeReal, at: .end)
  ) { trial in
    guard let trained = trial.trained, let before = trial.initial.balances(trained: trial.cell.trained),
      let after = trained.balances(trained: trial.cell.trained)
    else { return nil }
    return zip(before, after).reduce(0) { max($0, ($1.0 - $1.1).magnitude) }
  }
}

extension Network {
  /// |w|^2 + b^2 - |v|^2 of the hidden neurons all of whose parameters are trained, layer by layer; nil where there are none,
  /// and for activations that are not homogeneous.
  fileprivate func balances(trained: [ParameterBlock]) -> [Double]? {
    guard architecture.activation.facts.rectifiedSlope != nil else { return nil }
    let blocks = Set(trained)
    let ranges = architecture.parameterRanges
    var balances: [Double] = []
    for layer in 1...architecture.depth {
      let needed = [
        ParameterBlock(layer: layer, kind: .weights), ParameterBlock(layer: layer, kind: .biases),
        ParameterBlock(layer: layer + 1, kind: .weights),
      ]
      guard blocks.isSuperset(of: needed) else { continue }
      let (own, next) = (ranges[layer - 1], ranges[layer])
      let width = own.biases.count
      let inputs = own.weights.count / width
      for neuron in 0..<width {
        var balance = parameters[own.biases.lowerBound + neuron] * parameters[own.biases.lowerBound + neuron]
        let first = own.weights.lowerBound + neuron * inputs
        for weight in parameters[first..<first + inputs] { balance += weight * weight }
        for weight in stride(from: next.weights.lowerBound + neuron, to: next.weights.upperBound, by: width) {
          balance -= parameters[weight] * parameters[weight]
        }
        balances.append(balance)
      }
    }
    return balances.isEmpty ? nil : balances
  }
}
