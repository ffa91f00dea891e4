import Expressions
import Kernels
import Networks
import Problems
import Testing
import Training

@Suite struct AutomaticKernelTests {
  private func kernel(
    _ hidden: [Int], _ kind: Activation.Kind = .relu, dimension: Int = 1, isData: Bool = false, batchSize: Int = 1024,
    isExact: Bool = false
  ) -> GradientKernel {
    let inputs: Problem.Inputs =
      isData
      ? .data(
        DataSet(
          origin: .inline, dimension: dimension, inputs: Array(repeating: 1, count: dimension), labels: [1]))
      : .law(.normal(mean: 0, standardDeviation: 1, dimension: dimension))
    let steps = StepPlan(learningRate: Expression(constant: 1), count: 1)
    let method =
      isExact
      ? TrainingMethod.population(PopulationPlan(steps: steps))
      : .miniBatch(
        MiniBatchPlan(optimizer: .sgd, steps: steps, batchSize: batchSize, batchStream: .independent))
    return method.kernel(
      for: Architecture(inputDimension: dimension, hidden: hidden, activation: Activation(kind)),
      on: Problem(inputs: inputs, target: nil))
  }

  @Test func scalarLaws() {
    for kind in [Activation.Kind.relu, .leakyReLU, .clipping] {
      #expect(kernel([5], kind, batchSize: 1) == .shallow)
      #expect(kernel([1000], kind) == .shallow)
      #expect(kernel([8, 8], kind, batchSize: 129) == .piecewiseLinear)
      #expect(kernel([8, 8], kind, batchSize: 128) == .denseNetworks)
      #expect(kernel([8, 16], kind, batchSize: 128) == .denseNeurons)
    }
    for kind in [Activation.Kind.identity, .tanh, .threshold] {
      #expect(kernel([128], kind) == .denseNetworks)
      #expect(kernel([129], kind) == .denseNeurons)
      #expect(kernel([15, 15, 15], kind) == .denseNetworks)
      #expect(kernel([15, 16], kind) == .denseNeurons)
    }
  }

  @Test func vectorsAndData() {
    #expect(kernel([20], dimension: 16) == .denseNetworks)
    #expect(kernel([20], dimension: 17) == .denseNeurons)
    #expect(kernel([20], isData: true) == .denseNetworks)
    #expect(kernel([50, 50], isData: true) == .denseNeurons)
    #expect(kernel([50, 50], dimension: 2) == .denseNeurons)
  }

  @Test func population() { #expect(kernel([5], isExact: true) == .denseNeurons) }
}
