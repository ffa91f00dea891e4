import Expressions
import Kernels
import Randomness

/// The initial laws of all blocks of a network.
public struct Initialization: Sendable, Hashable {
  /// A block has the law of its own name, or else the one of "weights" or "biases".
  public let laws: [BlockName: InitialLaw]

  public init(laws: [BlockName: InitialLaw]) { self.laws = laws }

  /// The law of a block; nil if there is none.
  public func law(_ block: ParameterBlock, depth: Int) -> InitialLaw? {
    laws[BlockName(block.name(depth: depth))] ?? laws[BlockName(block.kind.rawValue)]
  }

  /// The laws with the numbers of an architecture, ready to draw from.
  ///
  /// - Precondition: every block has a law.
  public func resolved(_ architecture: Architecture) -> ResolvedInitialization {
    ResolvedInitialization(
      blocks: architecture.blocks.map { block in
        let law = law(block, depth: architecture.depth)!
        return (
          count: architecture.count(block), step: block.streamStep,
          law: ResolvedLaw(
            law, values: Self.values(of: law, architecture), fanIn: architecture.fanIn(layer: block.layer),
            fanOut: architecture.fanOut(layer: block.layer))
        )
      })
  }

  /// The values of the expressions of a law in an architecture.
  public static func values(of law: InitialLaw, _ architecture: Architecture) -> [Double] {
    law.expressions.map { expression in
      var expression = expression.substituting("d", Double(architecture.inputDimension))
      for (layer, width) in architecture.hidden.enumerated() {
        expression = expression.substituting("h\(layer + 1)", Double(width))
      }
      return expression.program(of: "h").evaluate(at: [Double(architecture.width)])[0]
    }
  }
}

/// An initial law with its numbers.
enum ResolvedLaw: Sendable {
  case normal(scale: Double)
  case halfNormal(scale: Double)
  case uniform(lower: Double, upper: Double)
  case constant(Double)

  init(_ law: InitialLaw, values: [Double], fanIn: Int, fanOut: Int) {
    switch law {
    case .normal: self = .normal(scale: values[0])
    case .halfNormal: self = .halfNormal(scale: values[0])
    case .uniform: self = .uniform(lower: values[0], upper: values[1])
    case .constant: self = .constant(values[0])
    case .largeBias: self = .constant(-values[0])
    case .scaled(let rule, let shape, _):
      let variance = rule.variance(fanIn: fanIn, fanOut: fanOut)
      switch shape {
      case .normal: self = .normal(scale: values[0] * variance.squareRoot())
      case .uniform:
        let bound = values[0] * (3 * variance).squareRoot()
        self = .uniform(lower: -bound, upper: bound)
      }
    case .pytorch:
      let bound = values[0] / Double(fanIn).squareRoot()
      self = .uniform(lower: -bound, upper: bound)
    }
  }
}

/// Initial laws with the numbers of one architecture.
public struct ResolvedInitialization: Sendable {
  let blocks: [(count: Int, step: UInt32, law: ResolvedLaw)]

  /// The initial parameters of a trial in double precision, layer by layer the weights as [output][input], then the
  /// biases.
  public func draw(studySeed: UInt64, cellKey: UInt64, trial: Int, kernels: KernelTable) -> [Double] {
    draw(
      stream: StreamAddress(studySeed: studySeed, cellKey: cellKey, trial: trial, purpose: .initialization),
      kernels: kernels)
  }

  /// The same from a stream of one's own.
  public func draw(stream: StreamAddress, kernels: KernelTable) -> [Double] {
    blocks.flatMap { block -> [Double] in
      switch block.law {
      case .normal(let scale):
        kernels.standardNormals(block.count, stream: stream, step: block.step).map { scale * $0 }
      case .halfNormal(let scale):
        kernels.standardNormals(block.count, stream: stream, step: block.step).map { scale * $0.magnitude }
      case .uniform(let lower, let upper):
        kernels.uniforms(block.count, stream: stream, step: block.step).map { lower + (upper - lower) * $0 }
      case .constant(let value):
        Array(repeating: value, count: block.count)
      }
    }
  }
}
