import Expressions
import Kernels
import Randomness

/// The law of the independent entries of a parameter block at initialization. Scales are expressions in the width h.
public enum InitialLaw: Sendable, Hashable {
  /// Normal with mean 0 and this standard deviation.
  case normal(Expression)
  /// The modulus of a normal variable with mean 0 and this standard deviation.
  case halfNormal(Expression)
  /// Uniform on [lower, upper].
  case uniform(lower: Expression, upper: Expression)
  /// Always this value.
  case constant(Expression)

  /// The expressions of the law, by the name a message can give them.
  public var expressions: [Expression] {
    switch self {
    case .normal(let scale), .halfNormal(let scale): [scale]
    case .uniform(let lower, let upper): [lower, upper]
    case .constant(let value): [value]
    }
  }
}

/// The initial laws of all blocks of a shallow network.
public struct Initialization: Sendable, Hashable {
  public let laws: [ParameterBlock: InitialLaw]

  /// - Precondition: every block has a law.
  public init(laws: [ParameterBlock: InitialLaw]) {
    precondition(ParameterBlock.allCases.allSatisfy { laws[$0] != nil })
    self.laws = laws
  }

  /// The laws at a fixed width, ready to draw from.
  public func resolved(width: Int) -> ResolvedInitialization {
    var scales: [ParameterBlock: [Double]] = [:]
    for (block, law) in laws {
      scales[block] = law.expressions.map { $0.program(of: "h").evaluate(at: [Double(width)])[0] }
    }
    return ResolvedInitialization(width: width, laws: laws, scales: scales)
  }
}

/// Initial laws with the numbers of one width.
public struct ResolvedInitialization: Sendable {
  public let width: Int
  let laws: [ParameterBlock: InitialLaw]
  let scales: [ParameterBlock: [Double]]

  /// The initial parameters of a trial, drawn in double precision and rounded to single.
  public func draw(studySeed: UInt64, cellKey: UInt64, trial: Int, kernels: KernelTable) -> ShallowParameters {
    let stream = StreamAddress(studySeed: studySeed, cellKey: cellKey, trial: trial, purpose: .initialization)
    func block(_ block: ParameterBlock) -> [Float] {
      let count = block.count(width: width)
      let scale = scales[block]!
      switch laws[block]! {
      case .normal:
        return kernels.standardNormals(count, stream: stream, step: block.streamStep).map { Float(scale[0] * $0) }
      case .halfNormal:
        return kernels.standardNormals(count, stream: stream, step: block.streamStep).map {
          Float(scale[0] * $0.magnitude)
        }
      case .uniform:
        return kernels.uniforms(count, stream: stream, step: block.streamStep).map {
          Float(scale[0] + (scale[1] - scale[0]) * $0)
        }
      case .constant:
        return Array(repeating: Float(scale[0]), count: count)
      }
    }
    return ShallowParameters(
      innerWeights: block(.innerWeights), innerBiases: block(.innerBiases), outerWeights: block(.outerWeights),
      outerBias: block(.outerBias)[0])
  }
}
