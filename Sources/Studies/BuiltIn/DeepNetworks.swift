/// The experiments with deep networks of one shape.
extension BuiltInStudies {
  static let deepHe = deep("deep-he", [50, 50], he, sgd)
  static let deepXavier = deep("deep-xavier", [50, 50], xavier, sgd)
  static let threeLayerHe = deep("three-layer-he", [32, 32, 32], he, sgd)
  static let threeLayerXavier = deep("three-layer-xavier", [32, 32, 32], xavier, sgd)
  static let deepHeAdam = deep("deep-he-adam", [50, 50], he, adam)
  static let deepXavierAdam = deep("deep-xavier-adam", [50, 50], xavier, adam)

  private static let he = (
    name: "He initialization",
    lines: """
      # He et al., arXiv:1502.01852: the variance of a weight is 2 / (number of inputs of its neuron), biases are 0.
      initial:
        weights: he-normal
        biases: {constant: 0}
    """
  )

  private static let xavier = (
    name: "Xavier initialization",
    lines: """
      # Glorot and Bengio, AISTATS 2010: the variance of a weight is 2 / (inputs of its neuron + neurons of its layer),
      # biases are 0.
      initial:
        weights: xavier-normal
        biases: {constant: 0}
    """
  )

  private static let sgd = (
    title: "trained", source: "",
    lines: """
      optimizer: sgd
      # A flow time of 100.
      learning-rate: 0.01
    """
  )

  private static let adam = (
    title: "trained by Adam", source: ", Adam",
    lines: """
      optimizer: {adam: {beta1: 0.9, beta2: 0.999, epsilon: 1e-8}}
      # 0.01, halved every 500 steps.
      learning-rate: "0.01 * 0.5^floor((n+1)/500)"
    """
  )

  private static func deep(
    _ name: String, _ hidden: [Int], _ initial: (name: String, lines: String),
    _ optimizer: (title: String, source: String, lines: String)
  ) -> String {
    let layers = "\(hidden.count == 2 ? "two" : "three") hidden layers"
    return """
      # ReLU networks with \(layers) of width \(hidden[0]), all parameters \(optimizer.title) from the \(initial.name).
      study: \(name)
      source: "arXiv:2212.13111, section 4: ReLU, \(layers), \(initial.name)\(optimizer.source)"

      problem:
        input: {uniform: [0, 1]}
        target: "x^2 + 2*x"

      network:
        activation: relu
        hidden: [\(hidden)]
      \(initial.lines)
        trainable: [weights, biases]

      training:
      \(optimizer.lines)
        steps: 10000
      \(publishedBatch)

      \(quadraticVerdict)

      \(publishedTrajectory)

      \(publishedSampling())

      """
  }
}
