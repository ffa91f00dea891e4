import Expressions
import Kernels
import Networks
import Problems

extension Problem {
  /// A target in x, or in x1, x2, ... if the inputs are vectors.
  package init(_ target: String, _ law: InputLaw = .uniform(lower: 0, upper: 1)) throws {
    let variables = law.dimension == 1 ? ["x"] : (1...law.dimension).map { "x\($0)" }
    self.init(input: law, target: try Expression(parsing: target, variables: variables))
  }
}

/// The orthonormal teacher of k neurons on standard normal inputs.
package func orthonormalProblem(_ k: Int) -> Problem {
  Problem(inputs: .law(.normal(mean: 0, standardDeviation: 1, dimension: k)), target: .teacher(.orthonormal(k)))
}

/// A student of a teacher, without biases: its inner weights neuron by neuron, outer weights 1 where they are not given.
package func student(_ dimension: Int, _ weights: [Double], outer: [Double]? = nil) -> Network {
  let width = weights.count / dimension
  return Network(
    architecture: Architecture(inputDimension: dimension, hidden: [width], activation: .relu),
    parameters: weights + Array(repeating: 0, count: width) + (outer ?? Array(repeating: 1, count: width)) + [0])
}
